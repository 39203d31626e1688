import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPools } from '../../src/files/load.ts'
import { draws } from '../draws.ts'
import { Workspace } from '../files/workspace.ts'
import { effort } from '../time.ts'
import { outcomeOf, patience, poisons, watchPrototypes } from './support.ts'

const seeds: { readonly [extension: string]: string } = {
  yaml: 'pools:\n  default: &d\n    maxConnections: 50\n    hosts: { "a.test": { keepAlive: true } }\n  b: { extends: default, block: no }\n  c: *d\n',
  json: '{"pools": {"default": {"maxConnections": 50, "hosts": {"a.test": {"keepAlive": true}}}, "b": {"extends": "default"}}}',
  jsonc: '{ // pools\n "pools": {"default": {"maxConnections": 50, /* */ }, "b": {"extends": "default",},} }',
  toml: '[pools.default]\nmaxConnections = 50\nhosts."a.test" = { keepAlive = true }\n[pools.b]\nextends = """default"""\n',
}
const extensions = Object.keys(seeds)

const extension = fc.constantFrom(...extensions)

/** Bytes at odds with every rule of text, in front, within or behind. */
const bytes = fc.oneof(
  fc.constantFrom(
    [0xef, 0xbb, 0xbf],
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0, 0, 0xfe, 0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x80, 0xa8],
    [0xc2, 0x85],
    [0x0d],
    [0x0b],
    [0x1b, 0x5b, 0x33, 0x31, 0x6d],
    [0x00],
  ),
  fc.array(fc.nat(255), { maxLength: 12 }),
)

const edits = fc.array(fc.tuple(fc.nat(250), fc.nat(10), bytes), { minLength: 1, maxLength: 5 })

let workspace: Workspace
let assertClean: () => void

beforeEach(() => {
  workspace = new Workspace()
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

async function read(name: string, content: string | Uint8Array, env: { [name: string]: string } | false = false) {
  const file = workspace.write(name, content)
  const spent = effort()
  const outcome = await outcomeOf(() => readPools({ cwd: workspace.root, file, env }))
  expect(spent()).toBeLessThan(patience)
  return outcome
}

describe('a file of hostile bytes', () => {
  it('may hold anything', async () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 200 }))
    await fc.assert(
      fc.asyncProperty(extension, content, async (end, anything) => void (await read(`a.${end}`, anything))),
      { numRuns: draws(400) },
    )
  })

  it('may be a config with any bytes put into it', async () => {
    await fc.assert(
      fc.asyncProperty(extension, edits, async (end, changes) => {
        let content = Buffer.from(seeds[end] ?? '')
        for (const [at, length, inserted] of changes) {
          const start = at % (content.length + 1)
          content = Buffer.concat([content.subarray(0, start), Buffer.from(inserted), content.subarray(start + length)])
        }
        const outcome = await read(`a.${end}`, content)
        // Messages are for terminals and logs: what the file holds must not steer them.
        if (outcome instanceof Error) expect(outcome.message).not.toMatch(/(?!\n)\p{Cc}/u)
      }),
      { numRuns: draws(600) },
    )
  })

  it('may name anchors that would steer a terminal', async () => {
    const outcome = await read('a.yaml', Buffer.from('pools:\n  a:\n    block: *d\u0085\u009b2J\n'))
    expect(outcome).toBeInstanceOf(Error)
    expect((outcome as Error).message).toContain('*d\\u0085\\u009b2J has no anchor')
  })

  it('may hold any JSON under any key', async () => {
    const key = fc.oneof(
      fc.constantFrom(...poisons, 'pools', 'default', 'extends', 'hosts', 'a.test', 'maxConnections', '$schema'),
      fc.string({ maxLength: 6 }),
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.oneof(
          fc.integer(),
          fc.double(),
          fc.boolean(),
          fc.constant(null),
          fc.string({ maxLength: 8 }),
          fc.constantFrom('unlimited', '4s', 'default'),
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(tree, async (data) => {
        const text = JSON.stringify({ pools: data })
        // JSON is YAML, so both readers must come to the same pools.
        const [json, yaml] = [await read('a.json', text), await read('a.yaml', text)]
        expect(json instanceof Error).toBe(yaml instanceof Error)
        if (!(json instanceof Error) && !(yaml instanceof Error)) {
          expect([...json.pools].map(([, { config }]) => config)).toEqual([...yaml.pools].map(([, { config }]) => config))
        }
      }),
      { numRuns: draws(300) },
    )
  })
})

const deep = 100_000
const anchors = 'abcdefghijklmnopqrst'

/** Each is small or of the largest size that is read, and would take very long, much memory or the stack in a naive reader. */
const bombs: readonly (readonly [name: string, file: string, content: string])[] = [
  [
    'a billion laughs',
    'a.yaml',
    `a: &a [lol]\n${[...anchors]
      .slice(1)
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${anchors[at]}`).join()}]`)
      .join('\n')}\npools: *t\n`,
  ],
  [
    'a billion laughs of maps',
    'a.yaml',
    `a: &a {x: 1}\n${[...anchors]
      .slice(1)
      .map((name, at) => `${name}: &${name} {p: *${anchors[at]}, q: *${anchors[at]}, r: *${anchors[at]}}`)
      .join('\n')}\npools: *t\n`,
  ],
  ['an alias in itself', 'a.yaml', 'pools: &p { default: { hosts: *p } }\n'],
  [
    'ten thousand aliases',
    'a.yaml',
    `pools: { default: &d { maxConnections: 5 }, ${Array.from({ length: 10_000 }, (_, at) => `p${at}: *d`).join()} }`,
  ],
  ['deep flow sequences', 'a.yaml', `pools: ${'['.repeat(deep)}`],
  ['deep flow maps', 'a.yaml', `pools: ${'{a: '.repeat(deep / 2)}`],
  ['deep blocks', 'a.yaml', Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['deep arrays', 'a.json', `{"pools":${'['.repeat(deep)}${']'.repeat(deep)}}`],
  ['deep objects', 'a.jsonc', `{"pools":${'{"a":'.repeat(deep / 4)}1${'}'.repeat(deep / 4)}}`],
  ['deep tables', 'a.toml', `[pools${'.a'.repeat(deep)}]\n`],
  ['deep arrays', 'a.toml', `a = ${'['.repeat(deep)}${']'.repeat(deep)}\n`],
  ['deep inline tables', 'a.toml', `a = ${'{a='.repeat(deep / 2)}1${'}'.repeat(deep / 2)}\n`],
  ['many comments', 'a.jsonc', `${'/**/'.repeat(60_000)}{}`],
  ['a string without end', 'a.yaml', `pools: "${'\\'.repeat(200_000)}`],
  ['a block text', 'a.yaml', `pools: |\n${'  x\n'.repeat(50_000)}`],
  ['many documents', 'a.yaml', '---\n'.repeat(60_000)],
  ['many anchors', 'a.yaml', `pools: [${Array.from({ length: 20_000 }, (_, at) => `&a${at} 1`).join()}]`],
  ['tags', 'a.yaml', `pools: ${'!!map '.repeat(10_000)}{}`],
  ['many keys', 'a.toml', Array.from({ length: 20_000 }, (_, at) => `k${at} = 1`).join('\n')],
  ['many tables', 'a.toml', Array.from({ length: 20_000 }, (_, at) => `[pools.p${at}]`).join('\n')],
  [
    'many wrong hosts',
    'a.json',
    `{"pools":{"default":{"hosts":{${Array.from({ length: 9000 }, (_, at) => `"${at}":{"x":1}`).join()}}}}}`,
  ],
  ['a long key', 'a.json', `{"pools":{"default":{"${'k'.repeat(200_000)}":1}}}`],
  ['a long name', 'a.json', `{"pools":{"${'p'.repeat(200_000)}":{}}}`],
  ['a long host', 'a.json', `{"pools":{"default":{"hosts":{"${'h.'.repeat(100_000)}":{}}}}}`],
  ['a long duration', 'a.json', `{"pools":{"default":{"acquireTimeout":"${'1'.repeat(200_000)}s"}}}`],
  [
    'a long chain of extends',
    'a.json',
    `{"pools":{${Array.from({ length: 5000 }, (_, at) => `"p${at}":{"extends":"p${at + 1}"}`).join()}}}`,
  ],
  [
    'a circle of extends',
    'a.json',
    `{"pools":{${Array.from({ length: 5000 }, (_, at) => `"p${at}":{"extends":"p${(at + 1) % 5000}"}`).join()}}}`,
  ],
  ['ten megabytes', 'a.yaml', `pools: ${'x'.repeat(10_000_000)}`],
]

it.each(bombs)('%s (%s) is refused in good time', async (_, name, content) => {
  const outcome = await read(name, content)
  expect(outcome).toBeInstanceOf(Error)
  expect((outcome as Error).message.length).toBeLessThan(60_000)
})

it.each<[string, string]>([
  ['a tag for a function', 'pools: { default: { maxConnections: !!js/function "() => process.exit()" } }'],
  ['a tag for a regular expression', 'pools: { default: { maxConnections: !!js/regexp /(a+)+$/ } }'],
  ['a tag of one’s own', 'pools: { default: !mine { maxConnections: 5 } }'],
  ['binary', 'pools: { default: { maxConnections: !!binary "NTA=" } }'],
  ['an ordered map', 'pools: !!omap [ default: {} ]'],
  ['a date', 'pools: { default: { acquireTimeout: 2020-01-01 } }'],
  ['a merge', 'a: &a { block: false }\npools: { default: { <<: *a } }'],
  ['a key that is a map', 'pools: { ? { a: 1 } : {} }'],
  ['a key that is an alias', 'pools: { &a default: {}, *a : {} }'],
  ['a directive', '%YAML 9.9\n---\npools: { default: {} , default: {} }'],
])('YAML makes nothing but plain data: %s', async (_, text) => {
  expect(await read('a.yaml', text)).toBeInstanceOf(Error)
})

describe.each(poisons)('the name %s', (poison) => {
  it.each(extensions)('is a name like any other in .%s, at every level', async (end) => {
    const key = JSON.stringify(poison)
    const paths = [
      [poison],
      ['pools', poison],
      ['pools', 'default', poison],
      ['pools', 'default', 'hosts', poison],
      ['pools', 'default', 'hosts', 'a.test', poison],
    ]
    for (const path of paths) {
      const at = path.map((part) => (part === poison ? key : JSON.stringify(part)))
      const inner = '{"polluted":true,"block":false,"maxConnections":7}'
      const content = end === 'toml' ? `${at.join('.')}.polluted = true\n` : `{"pools":{}}`
      const nested = at.reduceRight((text, part) => `{${part}:${text}}`, inner)
      expect(await read(`a.${end}`, end === 'toml' ? content : nested)).toBeInstanceOf(Error)
      assertClean()
    }
  })

  it('is no pool that another extends, and no variable', async () => {
    expect(await read('a.json', JSON.stringify({ pools: { default: { extends: poison } } }))).toBeInstanceOf(Error)
    const name = poison.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
    expect(await read('a.json', '{"pools":{"default":{}}}', { [`POLYPOOL_${name}`]: '1' })).toBeInstanceOf(Error)
    expect(await read('a.json', '{"pools":{"default":{}}}', { [`POLYPOOL_${name}__BLOCK`]: 'true' })).toBeInstanceOf(Error)
  })
})

describe('the environment', () => {
  const name = fc.oneof(
    fc.constantFrom('MAX_CONNECTIONS', 'B__BLOCK', '__PROTO__', '_', '__', 'HOSTS', 'A__B__C'),
    fc.string({ maxLength: 12 }),
  )
  const value = fc.oneof(
    fc.constantFrom('', '0', '1e999', '-0', 'true', '{}', '9'.repeat(5000), '$(id)'),
    fc.string({ unit: 'binary', maxLength: 30 }),
  )

  it('may hold any variable', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          name.map((one) => `POLYPOOL_${one}`),
          value,
          { maxKeys: 6 },
        ),
        async (env) => {
          await read('a.json', '{"pools":{"default":{},"b":{}}}', env)
        },
      ),
      { numRuns: draws(300) },
    )
  })

  it('may hold names of any length', async () => {
    for (const part of ['A', 'A_', '__', '_SERVICE_PORT_D', 'É']) {
      const env = { [`POLYPOOL_${part.repeat(100_000 / part.length)}`]: '1' }
      expect(await read('a.json', '{"pools":{"default":{},"b":{}}}', env)).toBeInstanceOf(Error)
    }
  })
})

it('a file may be named in any way', async () => {
  const names = fc.oneof(
    fc.constantFrom(
      '',
      '.',
      '..',
      '/',
      '\0',
      'a\0.yaml',
      'file:',
      'file://x/y',
      'file:///%00',
      'file:///%2f',
      '~',
      'a'.repeat(5000),
      'data:text/yaml,a',
    ),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(names, async (file) => {
      await outcomeOf(() => readPools({ cwd: workspace.root, file, env: false }))
      await outcomeOf(() => readPools({ cwd: `${workspace.root}/${file}`, env: false }))
    }),
    { numRuns: draws(300) },
  )
})
