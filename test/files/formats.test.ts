import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/files/formats/document.ts'
import { parseJson, parseJsonc } from '../../src/files/formats/json.ts'
import { parseToml } from '../../src/files/formats/toml.ts'
import { parseYaml } from '../../src/files/formats/yaml.ts'
import type { Path } from '../../src/files/paths.ts'
import { draws } from '../draws.ts'

/** What stands in the text where the document says that something stands. */
function textAt(text: string, { places }: Document, path: Path, part: 'key' | 'value'): string {
  const place = places?.find(path, part)
  if (place === undefined) return ''
  return text.split('\n')[place.line - 1]?.slice(place.column - 1) ?? ''
}

const samples: { readonly [name: string]: readonly [(text: string) => Document, string] } = {
  yaml: [
    parseYaml,
    `# pools
pools:
  default: { maxConnections: 50, keepAlive: false }
  "pay ments":
    acquireTimeout: '1.5s'   # short
    hosts:
      "*.x.test": {maxLifetime: 10m}
`,
  ],
  json: [
    parseJson,
    `{"pools": {
\t"default": {"maxConnections": 50, "keepAlive": false},
\t"pay ments": {
\t\t"acquireTimeout": "1.5s",
\t\t"hosts": {"*.x.test": {"maxLifetime": "10m"}}}}}`,
  ],
  jsonc: [
    parseJsonc,
    `// pools
{"pools": { /* "default": { */
  "default": {"maxConnections": 50, "keepAlive": false,},
  "pay ments": {
    "acquireTimeout": "1.5s", // short
    "hosts": {"*.x.test": {"maxLifetime": "10m"}}},}}`,
  ],
  'toml, with tables': [
    parseToml,
    `# pools = 1
[pools.default]
maxConnections = 50 # [pools.no]
keepAlive = false

[pools . "pay ments"]
acquireTimeout = '1.5s'
[pools."pay ments".hosts."*.x.test"]
maxLifetime = "10m"`,
  ],
  'toml, inline and dotted': [
    parseToml,
    `[pools]
default = { maxConnections = 50, keepAlive = false }
'pay ments'.acquireTimeout = """1.5s"""
"pay ments".hosts = { "*.x.test" = { maxLifetime = '''10m''' } }`,
  ],
}

describe.each(Object.entries(samples))('places in %s', (_, [parse, sample]) => {
  it.each([
    ['unix', sample],
    ['windows', sample.replaceAll('\n', '\r\n')],
  ])('%s line ends', (_, text) => {
    const document = parse(text)
    expect(document.faults).toEqual([])
    expect(document.value).toEqual({
      pools: {
        default: { maxConnections: 50, keepAlive: false },
        'pay ments': { acquireTimeout: '1.5s', hosts: { '*.x.test': { maxLifetime: '10m' } } },
      },
    })
    const key = (...path: string[]) => textAt(text, document, path, 'key')
    const value = (...path: string[]) => textAt(text, document, path, 'value')
    expect(key('pools')).toMatch(/^"?pools/)
    expect(key('pools', 'default')).toMatch(/^"?default/)
    expect(key('pools', 'default', 'keepAlive')).toMatch(/^"?keepAlive"? ?[:=] ?false/)
    expect(value('pools', 'default', 'maxConnections')).toMatch(/^50/)
    expect(value('pools', 'default', 'keepAlive')).toMatch(/^false/)
    expect(key('pools', 'pay ments')).toMatch(/^["']pay ments["']/)
    expect(value('pools', 'pay ments', 'acquireTimeout')).toMatch(/^['"]+1\.5s/)
    expect(key('pools', 'pay ments', 'hosts', '*.x.test')).toMatch(/^"\*\.x\.test"/)
    expect(value('pools', 'pay ments', 'hosts', '*.x.test', 'maxLifetime')).toMatch(/^['"]*10m/)
  })
})

describe('TOML keys', () => {
  const key = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/),
    fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[\uD800-\uDFFF]/.test(text)),
    fc.constantFrom('a.b', '"', "'", '#', '[x]', '=', '\\', 'é ', '"""', '\n'),
  )
  const leaf = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constantFrom('"""', "'''", '] #', '}', '\\"', 'a\nb = 1\n[c]'),
  )
  const value = fc.letrec((tie) => ({
    table: fc.dictionary(key, tie('any'), { maxKeys: 4 }),
    any: fc.oneof({ depthSize: 'small' }, leaf, fc.array(leaf, { maxLength: 3 }), tie('table')),
  })).table

  it('are found wherever the parser finds them, and at their own places', () => {
    fc.assert(
      fc.property(value, (table) => {
        const text = stringify(table as never)
        const document = parseToml(text)
        const places = new Set<string>()
        const check = (node: unknown, path: Path): void => {
          if (typeof node !== 'object' || node === null || Array.isArray(node)) {
            expect(document.places?.has(path), JSON.stringify(path)).toBe(true)
            const { line, column } = document.places?.find(path, 'value') ?? { line: 0, column: 0 }
            places.add(`${line}:${column}`)
          } else for (const [name, inner] of Object.entries(node)) check(inner, [...path, name])
        }
        check(document.value, [])
        const leaves = (node: unknown): number =>
          typeof node === 'object' && node !== null && !Array.isArray(node)
            ? Object.values(node).reduce<number>((sum, inner) => sum + leaves(inner), 0)
            : 1
        expect(places.size).toBe(leaves(document.value))
      }),
      { numRuns: draws(2000) },
    )
  })

  it('name a table where it has its header, else where it is mentioned first', () => {
    const text = '[a.b]\nx.y = 1\nx.z = 2\n[a]\nc = 1\n[d.e]\n[d.f]'
    const document = parseToml(text)
    expect(document.places?.find(['a'], 'key')).toEqual({ line: 4, column: 2 })
    expect(document.places?.find(['a', 'b'], 'key')).toEqual({ line: 1, column: 4 })
    expect(document.places?.find(['a', 'b', 'x'], 'key')).toEqual({ line: 2, column: 1 })
    expect(document.places?.find(['a', 'b', 'x', 'z'], 'key')).toEqual({ line: 3, column: 3 })
    expect(document.places?.find(['d'], 'key')).toEqual({ line: 6, column: 2 })
  })

  it('skips over everything that looks like a key and is none', () => {
    const text = `a = [ # b = 1
  "c = 1", 'd = "', """e = 1
[f]""", { g = "]" }, [ '''h''' , ] ]
"i" . 'j' = 1979-05-27T07:32:00Z
k = { l.m = 1, n = [ "}" ], }
[[o]]
p = ''''q''''
[[o]]
r = """"s\\""""
t = +1_000.5e-3`
    const document = parseToml(text)
    expect(textAt(text, document, ['i', 'j'], 'value')).toMatch(/^1979/)
    expect(textAt(text, document, ['k', 'n'], 'value')).toMatch(/^\[ "}" \]/)
    expect(textAt(text, document, ['k', 'l', 'm'], 'value')).toBe('1, n = [ "}" ], }')
    expect(textAt(text, document, ['o', 't'], 'value')).toBe('+1_000.5e-3')
    expect(document.places?.has(['b'])).toBe(false)
    expect(document.places?.has(['f'])).toBe(false)
  })
})

describe('YAML', () => {
  it('lets aliases stand for values, at their own places', () => {
    const text = 'pools:\n  a: &a { maxConnections: 5 }\n  b: *a\n'
    const document = parseYaml(text)
    expect(document.value).toEqual({ pools: { a: { maxConnections: 5 }, b: { maxConnections: 5 } } })
    expect(textAt(text, document, ['pools', 'b', 'maxConnections'], 'value')).toBe('*a')
  })

  it('keeps keys as they are written', () => {
    expect(Object.keys(parseYaml('1.10: a\n010: b\nnull: c\ntrue: d').value as object)).toEqual(['1.10', '010', 'null', 'true'])
  })

  it('knows no booleans of YAML 1.1', () => {
    expect(parseYaml('a: no\nb: on').value).toEqual({ a: 'no', b: 'on' })
  })
})

it.each([
  ['yaml', parseYaml, '__proto__: { polluted: 1 }\na: { __proto__: { polluted: 1 } }'],
  ['json', parseJson, '{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}'],
  ['toml', parseToml, '__proto__.polluted = 1\n[a.__proto__]\npolluted = 1'],
] as const)('%s makes __proto__ a key like any other', (_, parse, text) => {
  const { value } = parse(text)
  expect(Object.keys(value as object)).toEqual(['__proto__', 'a'])
  expect((value as { polluted?: number }).polluted).toBeUndefined()
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})
