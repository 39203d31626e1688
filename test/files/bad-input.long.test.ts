import { describe, expect, it } from 'vitest'
import { readPools } from '../../src/files/load.ts'
import { effort } from '../time.ts'
import { refusal, Workspace } from './workspace.ts'

async function messageOf(name: string, content: string | Uint8Array): Promise<string> {
  const { root } = new Workspace({ [name]: content })
  return (await refusal(readPools({ cwd: root, file: name, env: false }))).message
}

const utf16 = Buffer.from('\uFEFFpools: {}', 'utf16le')
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`).join('\n')}`

describe('a file that is no config', () => {
  it.each<[string, string, string | Uint8Array, string]>([
    ['empty', 'a.yaml', '', 'a.yaml: the file is empty: write pools into it, or delete it'],
    ['blank', 'a.json', ' \r\n\t', 'a.json: the file is empty: write pools into it, or delete it'],
    ['only a byte order mark', 'a.toml', '\uFEFF', 'a.toml: the file is empty: write pools into it, or delete it'],
    ['only comments', 'a.yaml', '# pools:\n', 'a.yaml: the file has no content: write pools into it'],
    [
      '10 MB',
      'a.yaml',
      'a: 1\n'.repeat(2_000_000),
      'a.yaml: the file is larger than 256 KiB: is it the right file? A pool config has a few lines',
    ],
    [
      'binary',
      'a.yaml',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0, 1]),
      'a.yaml: the file is not text: is it the right file? A pool config is UTF-8 text',
    ],
    ['NULs', 'a.json', '{"pools":\0{}}', 'a.json: the file is not text: is it the right file? A pool config is UTF-8 text'],
    [
      'Latin-1',
      'a.yaml',
      Buffer.from('pools: {caf\xe9: {}}', 'latin1'),
      'a.yaml: the file is not text: is it the right file? A pool config is UTF-8 text',
    ],
    ['UTF-16', 'a.yaml', utf16, 'a.yaml: the file is in UTF-16: save it as UTF-8'],
    [
      'of an unknown format',
      'a.ini',
      'pools=1',
      'a.ini: its extension is not known: use one of .yaml, .yml, .json, .jsonc, .json5, .toml, .ts, .mts, .cts, .js, .mjs, .cjs',
    ],
    ['a list', 'a.yaml', '- a\n', 'a.yaml:1:1: an array is not a pool config: write an object with pools'],
    ['a string', 'a.json', '"pools"', 'a.json:1:1: "pools" is not a pool config: write an object with pools'],
    ['null', 'a.json', ' null', 'a.json:1:2: null is not a pool config: write an object with pools'],
    [
      'an object without pools',
      'a.json',
      '{}',
      'a.json:1:1: there are no pools: write pools: { default: { maxConnections: 50 } }',
    ],
    [
      'pools as a list',
      'a.yaml',
      'pools: [a]\n',
      'a.yaml:1:8: pools: an array is not a set of pools: write an object of pools by name, such as { default: { maxConnections: 50 } }',
    ],
    [
      'a pool as a number',
      'a.toml',
      'pools.a = 50',
      'a.toml:1:11: pools.a: 50 is not a pool: write an object of fields, such as { maxConnections: 50 }',
    ],
    [
      'a field at the top',
      'a.yaml',
      'pools: {}\nmaxConnections: 5\n',
      'a.yaml:2:1: maxConnections: a field stands outside the pools: write pools: { default: { maxConnections: … } }',
    ],
    ['a misspelt top', 'a.yaml', 'pools: {}\npool: 5\n', 'a.yaml:2:1: pool: unknown key: did you mean pools?'],
    [
      'an unknown top',
      'a.yaml',
      'pools: {}\nversion: 2\n',
      'a.yaml:2:1: version: unknown key: only pools, processes, audit, $schema stand here',
    ],
    [
      'a schema that is none',
      'a.json',
      '{"$schema": 1, "pools": {}}',
      'a.json:1:13: $schema: 1 is not a string: use the address of the JSON schema',
    ],
  ])('%s', async (_, name, content, message) => {
    expect(await messageOf(name, content)).toBe(message)
  })

  it.each<[string, string, string, string]>([
    [
      'YAML',
      'a.yaml',
      'pools:\n  a: {maxConnections: 5\n',
      'a.yaml:3:1: this is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }: look at this place and just before it',
    ],
    [
      'YAML with tabs',
      'a.yaml',
      'pools:\n\ta: {}\n',
      'a.yaml:2:1: this is not valid YAML: Tabs are not allowed as indentation: look at this place and just before it',
    ],
    [
      'YAML of two documents',
      'a.yaml',
      'pools: {}\n---\npools: {}\n',
      'a.yaml:2:1: a second document starts here: keep all pools in one document',
    ],
    [
      'YAML with code',
      'a.yaml',
      'pools: !!js/function "process.exit()"\n',
      'a.yaml:1:8: this is not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function: look at this place and just before it',
    ],
    [
      'JSON',
      'a.json',
      '{"pools": {\n "a": {}\n "b": {}}}',
      'a.json:3:2: this is not valid JSON: unexpected string: is a comma missing before it?',
    ],
    [
      'JSON, comma',
      'a.json',
      '{"pools": {},\n}',
      'a.json:2:1: this is not valid JSON: unexpected "}": is there a comma too many before it?',
    ],
    [
      'JSON, comment',
      'a.json',
      '{ // here\n}',
      'a.json:1:3: this is not valid JSON: unexpected "/": JSON has no comments: remove it, or name the file .jsonc',
    ],
    [
      'JSON, bare key',
      'a.json',
      '{ pools: {} }',
      'a.json:1:3: this is not valid JSON: unexpected "p": write keys and strings in double quotes',
    ],
    [
      'JSON, single quotes',
      'a.jsonc',
      "{ 'pools': {} }",
      'a.jsonc:1:3: this is not valid JSONC: unexpected "\'": write strings in double quotes',
    ],
    [
      'JSON, cut off',
      'a.json',
      '{"pools": ',
      'a.json:1:11: this is not valid JSON: it ends too early: look at this place and just before it',
    ],
    [
      'TOML',
      'a.toml',
      '[pools.a]\nmaxConnections = \n',
      'a.toml:2:18: this is not valid TOML: invalid value: look at this place and just before it',
    ],
    [
      'TOML, twice',
      'a.toml',
      '[pools.a]\nblock = true\nblock = false',
      'a.toml:3:1: this is not valid TOML: trying to redefine an already defined table or value: look at this place and just before it',
    ],
  ])('%s with a slip', async (_, name, content, message) => {
    expect(await messageOf(name, content)).toBe(message)
  })

  it.each<[string, string, string, string]>([
    [
      'an alias bomb',
      'a.yaml',
      bomb,
      'a.yaml:5:8: its aliases stand for more than 10000 values: let pools inherit with extends: name instead',
    ],
    [
      'an alias of itself',
      'a.yaml',
      'pools: &p\n  a: *p\n',
      'a.yaml:2:6: pools.a: *p stands for a value that contains it: write the value out',
    ],
    [
      'an alias of nothing',
      'a.yaml',
      'pools:\n  a: *p\n',
      'a.yaml:2:6: pools.a: *p has no anchor before it: write &p where its value stands',
    ],
    ...[
      ['block', 'pools:\n  a:\n    hosts:\n      *.b.test:\n        keepAlive: false\n', '4:7'],
      ['block, after another', 'pools:\n  a:\n    hosts:\n      b.test: {}\n      *.b.test: { keepAlive: false }\n', '5:7'],
      ['flow', 'pools: { a: { hosts: { *.b.test: { keepAlive: false } } } }', '1:24'],
      ['empty', 'pools:\n  a:\n    hosts:\n      *.b.test:\n', '4:7'],
      ['spaced', 'pools:\n  a:\n    hosts:\n      *.b.test : {}\n', '4:7'],
    ].map(([style = '', text = '', place]): [string, string, string, string] => [
      `a suffix that is not quoted, ${style}`,
      'a.yaml',
      text,
      `a.yaml:${place}: a key that starts with * is an alias in YAML: *.b.test: quote it, "*.b.test"`,
    ]),
    [
      'a merge',
      'a.yaml',
      'pools:\n  a: &a {block: true}\n  b:\n    <<: *a\n',
      'a.yaml:4:5: pools.b: "<<" does not merge here: let the pool inherit with extends: name',
    ],
    [
      'deep YAML',
      'a.yaml',
      '['.repeat(100_000),
      'a.yaml:1:129: values nest more than 64 deep: a pool config nests 5 deep: is it the right file?',
    ],
    [
      'deep YAML blocks',
      'a.yaml',
      '- '.repeat(100_000),
      'a.yaml:1:256: values nest more than 64 deep: a pool config nests 5 deep: is it the right file?',
    ],
    [
      'deep JSON',
      'a.json',
      '{"a":'.repeat(50_000),
      'a.json: values nest more than 64 deep: a pool config nests 5 deep: is it the right file?',
    ],
    [
      'deep TOML',
      'a.toml',
      `a${'.a'.repeat(100_000)} = 1`,
      'a.toml: values nest more than 64 deep: a pool config nests 5 deep: is it the right file?',
    ],
    [
      'a key twice in YAML',
      'a.yaml',
      'pools:\n  a: {}\n  b: {}\n  a: {}\n',
      'a.yaml:4:3: pools.a: written twice, first on line 2: keep one',
    ],
    [
      'a key twice in JSON',
      'a.json',
      '{"pools": {"a": {"block": true, "block": false}}}',
      'a.json:1:33: pools.a.block: written twice, first on line 1: keep one',
    ],
    [
      '__proto__ at the top',
      'a.json',
      '{"pools": {}, "__proto__": {"block": false}}',
      'a.json:1:15: __proto__: unknown key: only pools, processes, audit, $schema stand here',
    ],
    [
      '__proto__ as a pool',
      'a.yaml',
      'pools:\n  __proto__: {block: false}\n',
      'a.yaml:2:3: pools.__proto__: "__proto__" is no name for a pool: use up to 64 letters, digits, "-", "." and single "_", with a letter or digit first',
    ],
    [
      '__proto__ as a host',
      'a.toml',
      '[pools.a.hosts.__proto__]\nkeepAlive = false',
      'a.toml:1:16: pools.a.hosts.__proto__: is not a host: use a name such as "api.example.com", or an address',
    ],
  ])('%s', async (_, name, content, message) => {
    expect(await messageOf(name, content)).toBe(message)
    expect(({} as { block?: boolean }).block).toBeUndefined()
    expect(({} as { keepAlive?: boolean }).keepAlive).toBeUndefined()
  })

  it('is refused before it takes long, whatever a file of the largest size holds', async () => {
    const size = 256 * 1024
    const fill = (text: string) => text.repeat(Math.floor(size / text.length))
    for (const [name, text] of [
      ['a.yaml', `[${fill(',')}`.slice(0, size)],
      ['a.yaml', fill('a: ]\n')],
      ['a.yaml', fill('"')],
      ['a.yaml', `pools:\n${Array.from({ length: 8000 }, (_, at) => `  p${at}: {extends: q${at}}\n`).join('')}`],
      ['a.yaml', `pools:\n${Array.from({ length: 8000 }, (_, at) => `  p${at}: {extends: p${at + 1}}\n`).join('')}`],
      [
        'a.json',
        `{"pools":{${Array.from({ length: 9000 }, (_, at) => `"p${at}":{}`)},"default":{"hosts":{${Array.from({ length: 3000 }, (_, at) => `"h${at}.test":{"keepAlive":true}`)}}}}}`,
      ],
      ['a.jsonc', fill('/**/')],
      ['a.toml', `a="${fill('\\n')}"`.slice(0, size)],
    ] as const) {
      const spent = effort()
      const message = await messageOf(name, text)
      // Some seconds' worth; what this guards against, such as quadratic parsing, takes minutes.
      expect(spent(), text.slice(0, 30)).toBeLessThan(3000)
      expect(message.length).toBeLessThan(40_000)
    }
  })
})

it('a file of 256 KiB is read, one byte more is refused', async () => {
  const padded = (size: number) => `{"pools": {"default": {"maxConnections": 5}}}`.padEnd(size)
  const { root } = new Workspace({ 'a.json': padded(256 * 1024), 'b.json': padded(256 * 1024 + 1) })
  const { pools } = await readPools({ cwd: root, file: 'a.json', env: false })
  expect(pools.get('default')?.config.maxConnections).toBe(5)
  const { message } = await refusal(readPools({ cwd: root, file: 'b.json', env: false }))
  expect(message).toBe('b.json: the file is larger than 256 KiB: is it the right file? A pool config has a few lines')
})

it('a byte order mark and Windows line ends are nothing bad', async () => {
  for (const [name, text] of [
    ['a.yaml', '\uFEFFpools:\r\n  default:\r\n    maxConnections: 5\r\n'],
    ['a.json', '\uFEFF{"pools": {\r\n"default": {\r\n"maxConnections": 5}}}\r\n'],
    ['a.toml', '\uFEFF# pools\r\n[pools.default]\r\nmaxConnections = 5\r\n'],
  ] as const) {
    const { root } = new Workspace({ [name]: text })
    const { pools } = await readPools({ cwd: root, file: name, env: false })
    expect(pools.get('default')?.config.maxConnections).toBe(5)
    expect(pools.get('default')?.settings.get('maxConnections')?.origin).toMatchObject({ line: 3 })
  }
})
