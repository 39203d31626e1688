import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import module from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { hasLinks } from '../platform.ts'
import { Workspace } from './workspace.ts'

const repository = path.resolve(import.meta.dirname, '../..')

/** The package as Node without type stripping gets it: plain JavaScript. */
function build(): string {
  const target = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'polypool-build-')))
  afterAll(() => fs.rmSync(target, { recursive: true, force: true }))
  for (const folder of ['src', 'adapters']) {
    const from = path.join(repository, folder)
    for (const entry of fs.readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
      const file = path.join(entry.parentPath, entry.name)
      const text = module.stripTypeScriptTypes(fs.readFileSync(file, 'utf8'))
      const built = path.join(target, path.relative(repository, file)).replace(/\.ts$/, '.js')
      fs.mkdirSync(path.dirname(built), { recursive: true })
      fs.writeFileSync(built, text.replaceAll(/(from |import\()'(\.[^']*)\.ts'/g, "$1'$2.js'"))
    }
  }
  fs.writeFileSync(path.join(target, 'package.json'), '{"type": "module"}')
  fs.symlinkSync(path.join(repository, 'node_modules'), path.join(target, 'node_modules'), 'junction')
  return path.join(target, 'src/files/index.js')
}

const index = build()

/** Nodes to test with: this one, this one without type stripping, and one of the machine's own that is too old for it. */
function nodes(): { name: string; command: string; flags: string[]; strips: boolean; hooks: boolean }[] {
  const found = [
    { name: `Node ${process.versions.node}`, command: process.execPath, flags: [], strips: true, hooks: true },
    {
      name: 'without type stripping',
      command: process.execPath,
      flags: ['--no-experimental-strip-types'],
      strips: false,
      hooks: true,
    },
  ]
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const command = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
    if (!fs.existsSync(command)) continue
    const version = spawnSync(command, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim()
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major < 20 || major > 22 || (major === 22 && minor >= 18)) continue
    found.push({ name: `Node ${version}`, command, flags: [], strips: false, hooks: major === 22 && minor >= 15 })
    break
  }
  return found
}

const script = `
  const { loadPools } = await import(process.argv[1])
  try {
    const pools = await loadPools({ env: {} })
    console.log(pools.config().maxConnections)
  } catch (error) {
    console.log(error.code === 'ERR_POOL_CONFIG' ? error.message : error.stack)
  }`

interface Runtime {
  readonly command: string
  readonly flags: readonly string[]
}

const thisNode: Runtime = { command: process.execPath, flags: [] }

function run(workspace: Workspace, { command, flags } = thisNode, code = script) {
  const { stdout, stderr, status } = spawnSync(
    command,
    [...flags, '--input-type=module', '-e', code, pathToFileURL(index).href],
    {
      cwd: workspace.root,
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  return { stdout: stdout.trim(), stderr, status }
}

function result(files: { readonly [name: string]: string }, node = thisNode): string {
  const { stdout, stderr } = run(new Workspace(files), node)
  return stdout + stderr.replace(/\(node:\d+\) .*Warning.*\n\(Use .*\n/g, '')
}

describe.each(nodes())('$name', (node) => {
  it(node.strips ? 'reads a TypeScript file' : 'says what to do about a TypeScript file', () => {
    const config = 'definePools({ pools: { default: { maxConnections: 7 as number } } })'
    const text = `import { definePools } from ${JSON.stringify(pathToFileURL(index))}\nexport default ${config}\n`
    for (const extension of ['ts', 'mts']) {
      const expected =
        /^polypool\.config\.m?ts: Node [\d.]+ can't read TypeScript: use Node 22\.18 or newer, start with a loader \(node --import tsx\), or write the file as \.mjs, \.yaml or \.json$/
      const files = { [`polypool.config.${extension}`]: text, 'package.json': '{"type":"module"}' }
      expect(result(files, node)).toMatch(node.strips ? /^7$/ : expected)
    }
  })

  it.each([
    ['mjs', 'export default { pools: { default: { maxConnections: await 7 } } }'],
    ['js', 'module.exports = { pools: { default: { maxConnections: 7 } } }'],
    ['cjs', 'module.exports = { pools: { default: { maxConnections: 7 } } }'],
    // What tsc makes of `export default`.
    [
      'js',
      'Object.defineProperty(exports, "__esModule", { value: true })\nexports.default = { pools: { default: { maxConnections: 7 } } }',
    ],
    ['cjs', 'exports.default = { pools: { default: { maxConnections: 7 } } }'],
    ['json5', '{pools: {default: {maxConnections: 7}}}'],
    ['yaml', 'pools: { default: { maxConnections: 7 } }'],
    ['jsonc', '{"pools": {"default": {"maxConnections": 7}}} //'],
    ['toml', 'pools.default.maxConnections = 7'],
  ])('reads .%s', (extension, text) => {
    const files = { [`polypool.config.${extension}`]: text, 'package.json': '{"type":"commonjs"}' }
    expect(result(files, node)).toBe('7')
  })

  it.each([
    ['ts', 'const limit: number = 7\nexport default { pools: { default: { maxConnections: limit } } }'],
    ['cts', 'const limit: number = 7\nmodule.exports = { pools: { default: { maxConnections: limit } } }'],
    ['ts', 'const limit: number = 7\nmodule.exports = { pools: { default: { maxConnections: limit } } }'],
    // It only looks like a module.
    ['js', '/*\nexport default\n*/\nmodule.exports = { pools: { default: { maxConnections: 7 } } }'],
  ])('reads .%s in a package of CommonJS, without a warning: %j', (extension, text) => {
    const files = { [`polypool.config.${extension}`]: text, 'package.json': '{"type":"commonjs"}' }
    const { stdout, stderr } = run(new Workspace(files), node)
    const isRead = extension === 'js' || node.strips || (node.hooks && text.includes('export default'))
    if (isRead) expect([stdout, stderr]).toEqual(['7', ''])
    else expect(stdout).toContain("can't read TypeScript")
  })

  it.each([
    // A comment speaks of CommonJS.
    ['commonjs', '// module.exports, as it once was\nexport default { pools: { default: { maxConnections: 7 } } }'],
    // No export begins a line.
    ['commonjs', 'const limits={pools:{default:{maxConnections:7}}};export{limits as default};'],
    // No export but in a comment, and CommonJS in an unusual form.
    ['commonjs', "/*\nexport default\n*/\nexports['pools'] = { default: { maxConnections: 7 } }"],
  ])('reads what looks like the other kind, in a package of %s: %j', (type, text) => {
    const { stdout } = run(new Workspace({ 'polypool.config.js': text, 'package.json': JSON.stringify({ type }) }), node)
    const renamed = /it is an ES module, and Node takes it for CommonJS: name it polypool\.config\.mjs, or write module\.exports/
    expect(stdout).toMatch(node.hooks || text.includes("exports['pools']") ? /^7$/ : renamed)
  })

  it.each([
    ['js', 'exports.pools = {}', 'cjs'],
    ['mjs', 'exports.default = { pools: {} }', 'cjs'],
    ['js', "const os = require('node:os')\nexport default { pools: {} }", 'cjs'],
  ])('says what to do about CommonJS in .%s that is an ES module: %j', (extension, text, other) => {
    const files = { [`polypool.config.${extension}`]: text, 'package.json': '{"type":"module"}' }
    expect(run(new Workspace(files), node).stdout).toMatch(
      new RegExp(
        `it is CommonJS, and Node takes it for an ES module: write export default …, or name it polypool\\.config\\.${other}$`,
      ),
    )
  })

  it('reads an ES module called .js in a package of CommonJS, or says what to call it', () => {
    const files = {
      'polypool.config.js':
        "import { limit } from './limit.mjs'\nexport default { pools: { default: { maxConnections: limit } } }",
      'limit.mjs': 'export const limit = 7',
      'package.json': '{"type":"commonjs"}',
    }
    const renamed =
      'polypool.config.js:1: it is an ES module, and Node takes it for CommonJS: name it polypool.config.mjs, or write module.exports = …'
    const { stdout } = run(new Workspace(files), node)
    expect(stdout.replace(/:1:1:/, ':1:')).toBe(node.hooks ? '7' : renamed)
  })

  it.skipIf(!hasLinks).each(['mjs', 'js', 'cjs', ...(node.strips ? ['ts', 'mts', 'cts'] : [])])(
    'reads a changed .%s again behind links',
    (extension) => {
      const start = extension.startsWith('m') ? 'export default' : 'module.exports ='
      const text = (limit: number) => `${start} { pools: { default: { maxConnections: ${limit} } } }`
      const name = `polypool.config.${extension}`
      const workspace = new Workspace({
        [`..1/${name}`]: text(1),
        [`..2/${name}`]: text(2),
        [`..3/${name}`]: text(3),
        'package.json': '{}',
      })
      fs.symlinkSync('..1', workspace.path('..data'))
      fs.symlinkSync(`..data/${name}`, workspace.path(name))
      const code = `
      import fs from 'node:fs'
      const { loadPools } = await import(process.argv[1])
      const pools = await loadPools({ env: {} })
      for (const limit of [1, 2, 3]) {
        fs.symlinkSync('..' + limit, '..data_tmp')
        fs.renameSync('..data_tmp', '..data')
        fs.rmSync('..' + (limit - 1), { recursive: true, force: true })
        await pools.reload()
        console.log(pools.config().maxConnections)
      }`
      expect(run(workspace, node, code).stdout).toBe('1\n2\n3')
    },
  )

  it.each(['mjs', 'js'])('reads a changed .%s again', (extension) => {
    const start = extension === 'mjs' ? 'export default' : 'module.exports ='
    const text = (limit: number) => `${start} { pools: { default: { maxConnections: ${limit} } } }`
    const workspace = new Workspace({ [`polypool.config.${extension}`]: text(1), 'package.json': '{}' })
    const code = `
      import fs from 'node:fs'
      const { loadPools } = await import(process.argv[1])
      const pools = await loadPools({ env: {} })
      for (const limit of [2, 3]) {
        fs.writeFileSync(pools.file, ${JSON.stringify(text(0))}.replace('0', limit))
        await pools.reload()
        console.log(pools.config().maxConnections)
      }`
    expect(run(workspace, node, code).stdout).toBe('2\n3')
  })

  it('lets the process end while it watches and has pools open', () => {
    const workspace = new Workspace({ 'polypool.config.yaml': 'pools: { default: { maxConnections: 5 } }' })
    const code = `
      const { loadPools } = await import(process.argv[1])
      const adapter = await import(new URL('../../adapters/node-http.js', process.argv[1]))
      const pools = await loadPools({ env: {}, watch: true })
      pools.open(adapter)
      console.log('done')`
    // One that goes on is ended after a minute, and has no status.
    expect(run(workspace, node, code)).toMatchObject({ stdout: 'done', status: 0 })
  })
})

describe('a module that fails', () => {
  const at = 'polypool.config.mjs'
  it.each([
    [
      'by its syntax',
      'export default { pools: { a: }',
      `${at}: importing it failed with Unexpected token '}': run the file itself with node to see where`,
    ],
    [
      'by an error',
      'export default {}\nconst b = 1\nthrow new Error("no database")',
      `${at}:3:7: importing it failed with no database: mend the file`,
    ],
    ['by what is no error', 'throw null', `${at}: importing it failed with null: run the file itself with node to see where`],
    [
      'by an error that is up to something',
      'throw Object.create(null)',
      `${at}: importing it failed with an object: run the file itself with node to see where`,
    ],
    [
      'by an import',
      "import 'nothing-here'",
      `${at}: Cannot find package 'nothing-here': install it, or mend the path of the import`,
    ],
    [
      'for its exports',
      'export const pools = {}',
      `${at}: it has no default export: write export default definePools({ pools: { … } })`,
    ],
    [
      'for a value',
      'export default { pools: { default: { maxConnections: 0 } } }',
      `${at}: pools.default.maxConnections: 0 is not a cap: use a positive integer or "unlimited" (to refuse instead of waiting, set block: false)`,
    ],
    [
      'for a function',
      'export default () => ({ pools: {} })',
      `${at}: a function is not a pool config: write an object with pools`,
    ],
    [
      'for a getter that throws',
      'export default { get pools() { throw new Error("boo") } }',
      `${at}: an object is not a pool config: write an object with pools`,
    ],
    [
      'for a proxy',
      'const { proxy, revoke } = Proxy.revocable({}, {})\nrevoke()\nexport default proxy',
      `${at}: an object is not a pool config: write an object with pools`,
    ],
    [
      'for an instance',
      'export default new (class { pools = {} })',
      `${at}: an object is not a pool config: write an object with pools`,
    ],
  ])('%s', (_, text, message) => {
    expect(result({ [at]: text })).toBe(message)
  })

  it('by a circle of objects', () => {
    expect(result({ [at]: 'const a = {}\na.pools = a\nexport default a' })).toMatch(
      /^polypool\.config\.mjs: pools\.pools\.pools: unknown field: pass one pool's/,
    )
  })
})
