import fs from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { findConfigFile } from '../../src/files/discover.ts'
import { readPools } from '../../src/files/load.ts'
import { refusal, Workspace } from './workspace.ts'

const contents: { readonly [extension: string]: string } = {
  yaml: 'pools: { default: { maxConnections: 7 } }',
  yml: 'pools: { default: { maxConnections: 7 } }',
  json: '{"pools": {"default": {"maxConnections": 7}}}',
  jsonc: '{"pools": {"default": {"maxConnections": 7}}} // 7',
  toml: '[pools.default]\nmaxConnections = 7',
  js: 'export default { pools: { default: { maxConnections: 7 } } }',
  mjs: 'export default { pools: { default: { maxConnections: 7 } } }',
  ts: 'export default { pools: { default: { maxConnections: 7 as number } } }',
  mts: 'export default { pools: { default: { maxConnections: 7 as number } } }',
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

it('tells of a package.json on the way that is broken', async () => {
  const { root } = new Workspace({ 'package.json': '{"name": "x",}' })
  const { message } = await refusal(readPools({ cwd: root, env: false }))
  expect(message).toBe('package.json:1:14: this is not valid JSON: unexpected "}": is there a comma too many before it?')
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

it('follows a link to the file', async () => {
  const workspace = new Workspace({ 'real/pools.yaml': 'pools: { a: }' })
  fs.symlinkSync('real/pools.yaml', workspace.path('polypool.config.yaml'))
  expect((await readPools({ cwd: workspace.root, env: false })).pools.has('a')).toBe(true)
})
