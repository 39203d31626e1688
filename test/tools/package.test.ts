import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { npmCommand } from '../../scripts/npm-command.ts'
import { clients } from './clients.ts'
import { countingServer } from './counting-server.ts'
import { install } from './install.ts'
import { run, succeed } from './run.ts'

const { tarballs, outside, app } = inject('places')

describe('both copies in one process', () => {
  interface Across {
    readonly answers: number
    readonly maxConnections: number
    readonly known: boolean
  }

  interface Told {
    readonly different: boolean
    readonly clients: { readonly [client: string]: readonly Across[] }
  }

  let running: ReturnType<typeof runBoth> | undefined
  const both = () => {
    running ??= runBoth()
    return running
  }

  async function runBoth() {
    await using stack = new AsyncDisposableStack()
    const serve = async () => stack.use(await countingServer())
    const served = await Promise.all(clients.map(async (name) => [name, [await serve(), await serve()]] as const))
    const urls = Object.fromEntries(served.map(([name, servers]) => [name, servers.map(({ url }) => url)]))
    const { stdout, stderr } = await succeed(process.execPath, ['programs/both.mjs', JSON.stringify(urls)], app)
    const peaks = Object.fromEntries(served.map(([name, servers]) => [name, servers.map(({ seen }) => seen.peak)]))
    return { told: JSON.parse(stdout) as Told, stderr, peaks }
  }

  it('are two, and are loaded without a warning', async () => {
    const { told, stderr } = await both()
    expect(stderr, stderr).toBe('')
    expect(told.different).toBe(true)
  })

  it.each(clients)('of %s share limits, settings and errors', async (client) => {
    const { told, peaks } = await both()
    const across = { answers: 20, maxConnections: 2, known: true }
    expect(told.clients[client]).toEqual([across, across])
    expect(peaks[client]).toEqual([2, 2])
  })
})

describe('every entry', () => {
  const manifest = () =>
    JSON.parse(readFileSync(path.join(app, 'node_modules/polypool/package.json'), 'utf8')) as { exports: object }
  const program = `
    const { createRequire } = require('node:module')
    const found = ([, module]) => Object.keys(module).filter((name) => !['default', 'module.exports', '__esModule'].includes(name)).sort()
    Promise.all(process.argv.slice(1).map(async (name) => {
      const attributes = name.endsWith('.json') ? { with: { type: 'json' } } : {}
      return [name, found(['', await import(name, attributes)]), found(['', require(name)])]
    })).then((entries) => console.log(JSON.stringify(entries)))
  `

  it('gives the same to import and to require', async () => {
    const entries = Object.keys(manifest().exports).map((entry) => path.posix.join('polypool', entry))
    const { stdout, stderr } = await succeed(process.execPath, ['--input-type=commonjs', '-e', program, ...entries], app)
    const given = JSON.parse(stdout) as [name: string, imported: string[], required: string[]][]
    expect(stderr).toBe('')
    expect(given.map(([name]) => name)).toEqual(entries)
    for (const [name, imported, required] of given) if (!name.endsWith('.json')) expect(imported, name).toEqual(required)
  })
})

const home = path.join(outside, 'cli')

beforeAll(() => install(home, { polypool: `file:${tarballs.polypool}`, '@polypool/cli': `file:${tarballs.cli}` }))

describe('npx @polypool/cli', () => {
  // npx makes a folder like `home` for what it runs.
  const npx = (folder: string, line: string) => {
    const { command, args } = npmCommand(['exec', '--prefix', home, '--', 'polypool', ...line.split(' ')])
    return run(command, args, folder)
  }
  const empty = () => mkdtempSync(path.join(outside, 'empty-'))

  it.each(['--version', '--help', 'schema', 'size --rps 400 --latency 50ms'])('%s', async (command) => {
    const { code, stdout, stderr } = await npx(empty(), command)
    expect(stderr, stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).not.toBe('')
  })

  it('audit finds what there is', async () => {
    const folder = empty()
    writeFileSync(
      path.join(folder, 'api.ts'),
      "import http from 'node:http'\nexport const get = (url) => http.get(url, { agent: new http.Agent() })\n",
    )
    const { code, stdout, stderr } = await npx(folder, 'audit')
    expect(stderr, stderr).toBe('')
    expect(stdout).toContain('api.ts:2:52  new http.Agent(…) is made for the one request that follows')
    expect(code).toBe(1)
  })

  it.each(['check', 'explain axios', 'export httpx'])('init, then %s', async (command) => {
    const folder = empty()
    const made = await npx(folder, 'init')
    expect(made.code, made.stderr).toBe(0)
    const { code, stdout, stderr } = await npx(folder, command)
    expect(code, stderr).toBe(0)
    expect(stdout).not.toBe('')
  })
})

describe('what is packed', () => {
  it.each(['polypool', '@polypool/cli'])('of %s has no link that leads nowhere', (name) => {
    const folder = path.join(home, 'node_modules', name)
    const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
    const dead = pages.flatMap((page) => deadLinks(path.join(folder, page)).map((link) => `${page}: ${link}`))
    expect(pages).not.toEqual([])
    expect(dead).toEqual([])
  })
})

function deadLinks(page: string): string[] {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?![a-z]+:)([^)\s#]+)/g)].map(([, link = '']) => link)
  return links.filter((link) => !existsSync(path.join(path.dirname(page), link)))
}
