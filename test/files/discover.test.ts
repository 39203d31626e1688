import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/root.ts'
import { findConfigFile } from '../../src/files/discover.ts'
import { readPools } from '../../src/files/load.ts'
import { hasLinks } from '../platform.ts'
import { refusal, Workspace } from './workspace.ts'

const contents: { readonly [extension: string]: string } = {
  yaml: 'pools: { default: { maxConnections: 7 } }',
  yml: 'pools: { default: { maxConnections: 7 } }',
  json: '{"pools": {"default": {"maxConnections": 7}}}',
  jsonc: '{"pools": {"default": {"maxConnections": 7}}} // 7',
  json5: "{pools: {default: {'maxConnections': +7}}} // 7",
  toml: '[pools.default]\nmaxConnections = 7',
  js: 'export default { pools: { default: { maxConnections: 7 } } }',
  mjs: 'export default { pools: { default: { maxConnections: 7 } } }',
  ts: 'export default { pools: { default: { maxConnections: 7 as number } } }',
  mts: 'export default { pools: { default: { maxConnections: 7 as number } } }',
  cjs: 'module.exports = { pools: { default: { maxConnections: 7 } } }',
  // Vitest reads no TypeScript in it; module.test.ts has Node do that.
  cts: 'module.exports = { pools: { default: { maxConnections: 7 } } }',
}

it.each(
  Object.entries(contents).flatMap(([extension, content]) => [
    [`polypool.config.${extension}`, content],
    [`.config/polypool.${extension}`, content],
  ]),
)('finds %s from a directory below', async (name, content) => {
  const workspace = new Workspace({ 'package.json': '{"type": "module"}', [name]: content, 'a/b/c.txt': '' })
  const { file, pools } = await readPools({ cwd: workspace.path('a/b'), env: false })
  expect(file).toBe(workspace.path(name))
  expect(pools.get('default')?.config.maxConnections).toBe(7)
})

it('finds the key of a package.json, and goes past one without it', async () => {
  const workspace = new Workspace({
    'package.json': '{\n  "name": "x",\n  "polypool": {\n    "pools": { "default": { "maxConnections": 7, "block": 1 } }\n  }\n}',
    'a/package.json': '{"name": "y"}',
    'a/b/package.json': '\uFEFF{"name": "z", "constructor": 1}',
  })
  const { issues } = await refusal(readPools({ cwd: workspace.path('a/b'), env: false }))
  expect(issues).toEqual([
    expect.objectContaining({ file: workspace.path('package.json'), line: 4, column: 59, path: 'polypool.pools.default.block' }),
  ])
})

it('finds a key of package.json that holds nothing, and says so', async () => {
  const { root } = new Workspace({ 'package.json': '{"polypool": null}' })
  const { message } = await refusal(readPools({ cwd: root, env: false }))
  expect(message).toBe('package.json:1:14: polypool: null is not a pool config: write an object with pools')
})

it.each<[string, string | Uint8Array]>([
  ['JSON', '{"name": "x",}'],
  ['JSON that depends on polypool', '{"dependencies": {"polypool": "^1.0.0",}}'],
  ['an object', '["polypool"]'],
  ['text', new Uint8Array([0xff, 0xfe, 0])],
  ['anything', ''],
])('goes past a package.json on the way that is not %s', async (_, content) => {
  const workspace = new Workspace({ 'polypool.config.yaml': contents.yaml ?? '', 'a/package.json': content, 'a/b/x': '' })
  fs.mkdirSync(workspace.path('a/b/package.json'))
  const { file } = await readPools({ cwd: workspace.path('a/b'), env: false })
  expect(file).toBe(workspace.path('polypool.config.yaml'))
})

it('tells of a broken package.json that sets pools', async () => {
  const { root } = new Workspace({ 'package.json': '{"polypool": {"pools": {}},}' })
  const { message } = await refusal(readPools({ cwd: root, env: false }))
  expect(message).toBe('package.json:1:28: this is not valid JSON: unexpected "}": is there a comma too many before it?')
})

describe('a file that is called like a config', () => {
  const read =
    /\(read are polypool\.config\.\{yaml,yml,json,jsonc,json5,toml,ts,mts,cts,js,mjs,cjs\}, \.config\/polypool\.\{[^}]+\} and the key "polypool" of package\.json\)$/

  it.each([
    ['polypool.yaml', 'yaml'],
    ['polypool.json', 'json'],
    ['polypool.toml', 'toml'],
    ['.polypoolrc', 'yaml'],
    ['.polypoolrc.json', 'json'],
    ['polypoolrc', 'yaml'],
    ['.polypool', 'yaml'],
    ['polypool.config', 'yaml'],
    ['polypool.config.ini', 'yaml'],
    ['polypool.config.YAML', 'yaml'],
    ['polypool-config.json5', 'json5'],
    ['polypool.conf', 'yaml'],
    ['.config/polypool.config.yaml', 'yaml'],
    ['.config/polypool.config.ts', 'ts'],
    ['.config/polypool', 'yaml'],
    ['.config/.polypoolrc', 'yaml'],
  ])('%s is refused by its name where there is no config', async (name, extension) => {
    const workspace = new Workspace({ 'polypool.config.yaml': contents.yaml ?? '', [`a/${name}`]: 'pools: {}', 'a/b/x': '' })
    const { message } = await refusal(readPools({ cwd: workspace.path('a/b'), env: false }))
    expect(message).toContain(
      `${workspace.path(`a/${name}`)}: it is called like a config file, but is not read: name it polypool.config.${extension}, or something else`,
    )
    expect(message).toMatch(read)
    workspace.write('a/polypool.config.json', contents.json ?? '')
    const { file, shadowed } = await readPools({ cwd: workspace.path('a/b'), env: false })
    expect([file, shadowed]).toEqual([workspace.path('a/polypool.config.json'), [workspace.path(`a/${name}`)]])
    expect(
      (await readPools({ cwd: workspace.path('a/b'), file: workspace.path('polypool.config.yaml'), env: false })).shadowed,
    ).toEqual([])
  })

  it.each([
    'polypool.config.yaml~',
    'polypool.config.yaml.bak',
    '.polypool.config.yaml.swp',
    'polypool.config.d.ts',
    'polypool.config.test.ts',
    'polypool.schema.json',
    'polypool.ts',
    'polypool.log',
    'polypool',
    'my-polypool.yaml',
  ])('%s is not', async (name) => {
    const { root } = new Workspace({ [name]: 'x' })
    expect(await findConfigFile(root, root)).toBeNull()
  })

  it('a directory is not', async () => {
    const { root } = new Workspace({ '.polypool/x': '', 'polypool.config/x': '', '.config/polypool/x': '' })
    expect(await findConfigFile(root, root)).toBeNull()
  })
})

it('tells of a key of package.json that is not read', async () => {
  const workspace = new Workspace({ 'package.json': '{"polypool": {"pools": {}}}', 'polypool.config.yaml': 'pools: {}' })
  const { shadowed } = await readPools({ cwd: workspace.root, env: false })
  expect(shadowed).toEqual([workspace.path('package.json')])
})

it.skipIf(!hasLinks)('a link that leads nowhere is no reason to look further', async () => {
  const workspace = new Workspace({ 'polypool.config.yaml': 'pools: {}', 'a/b': '' })
  fs.symlinkSync('gone.yaml', workspace.path('a/polypool.config.yaml'))
  const { message } = await refusal(readPools({ cwd: workspace.path('a'), env: false }))
  expect(message).toContain('the file does not exist')
})

it('takes the nearest directory, in it the first name, and tells which files it does not read', async () => {
  const yaml = 'pools: {}'
  const workspace = new Workspace({
    'polypool.config.yaml': yaml,
    'a/polypool.config.toml': '[pools]',
    'a/.config/polypool.yaml': yaml,
    'a/b/x': '',
  })
  const { file, shadowed } = await readPools({ cwd: workspace.path('a/b'), env: false })
  expect(file).toBe(workspace.path('a/polypool.config.toml'))
  expect(shadowed).toEqual([workspace.path('a/.config/polypool.yaml')])
})

it('stops at the home directory', async () => {
  const workspace = new Workspace({ 'polypool.config.yaml': 'pools: {}', 'home/user/x': '' })
  expect(await findConfigFile(workspace.path('home/user'), workspace.path('home'))).toBeNull()
  workspace.write('home/polypool.config.yaml', 'pools: {}')
  expect(await findConfigFile(workspace.path('home/user'), workspace.path('home'))).toBe(
    workspace.path('home/polypool.config.yaml'),
  )
})

it('takes a file that is named, by path or URL, also package.json, and no other', async () => {
  const workspace = new Workspace({
    'x/pools.yaml': 'pools: { a: }',
    'package.json': '{}',
    'polypool.config.yaml': 'pools: { b: }',
  })
  const file = workspace.path('x/pools.yaml')
  for (const given of ['x/pools.yaml', file, pathToFileURL(file), pathToFileURL(file).href]) {
    const read = await readPools({ cwd: workspace.root, file: given, env: false })
    expect([read.file, ...read.pools.keys()]).toEqual([file, 'default', 'a'])
  }
  const { message } = await refusal(readPools({ cwd: workspace.root, file: 'package.json', env: false }))
  expect(message).toBe('package.json: it has no key "polypool": write "polypool": { "pools": { … } }')
})

it.skipIf(!hasLinks)('follows a link to the file', async () => {
  const workspace = new Workspace({ 'real/pools.yaml': 'pools: { a: }' })
  fs.symlinkSync('real/pools.yaml', workspace.path('polypool.config.yaml'))
  expect((await readPools({ cwd: workspace.root, env: false })).pools.has('a')).toBe(true)
})

describe('under node’s permission model', () => {
  const sources = fileURLToPath(root).replace(/[/\\]$/, '')
  const read = (cwd: string, allowed: readonly string[]) => {
    const script = `
      const { readPools } = await import(${JSON.stringify(pathToFileURL(`${sources}/src/files/load.ts`).href)})
      const told = await readPools({ env: false }).then(({ file }) => String(file), ({ message }) => message)
      process.stdout.write(told)`
    const may = [`${sources}/*`, ...allowed].map((path) => `--allow-fs-read=${path}`)
    const args = ['--no-warnings', '--permission', ...may, '--input-type=module', '-e', script]
    return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' }).stdout
  }

  it('refuses to start without what it may not see, and takes what it may', () => {
    const workspace = new Workspace({ 'polypool.config.json': contents.json as string })
    const cwd = fs.realpathSync(workspace.path('.'))
    expect(read(cwd, [])).toContain('this process may not look whether it is there: start node with --allow-fs-read=')
    expect(read(cwd, [`${cwd}/polypool.config.json`])).toBe(`${cwd}/polypool.config.json`)
    const empty = fs.realpathSync(new Workspace({}).path('.'))
    expect(read(empty, [`${empty}/*`])).toBe('null')
  })
})
