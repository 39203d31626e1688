import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bareEnvironment } from '../../../test/platform.ts'
import { polypool, polypoolProcess, project, root } from '../command.ts'

/** A project with these packages installed, by the folder they come from. */
function installed(packages: { readonly [name: string]: string }, files: { readonly [name: string]: string } = {}): string {
  const cwd = project({ 'package.json': '{}', ...files })
  mkdirSync(path.join(cwd, 'node_modules'), { recursive: true })
  for (const [name, from] of Object.entries(packages))
    symlinkSync(path.join(root, 'node_modules', from), path.join(cwd, 'node_modules', name), 'junction')
  return cwd
}

const versionOf = (folder: string) =>
  JSON.parse(readFileSync(path.join(root, 'node_modules', folder, 'package.json'), 'utf8')).version as string

describe('verify', () => {
  it('runs the suite on what the project has installed, in its versions, and tells what is not there', async () => {
    const cwd = installed({ got: 'got14', undici: 'undici7' })
    const { code, stdout, stderr } = await polypoolProcess(['verify', '--filter', 'caps/'], { cwd })
    expect(stdout).toContain(`undici ${versionOf('undici7')}`)
    expect(stdout).toContain(`got ${versionOf('got14')}`)
    expect(stdout).toContain('not installed here: axios, node-fetch, agentkeepalive')
    expect(stdout).toMatch(/^ {2}1 a cap is a cap +(✓ \d+ +){3}✓ \d+$/m)
    expect(stdout).toMatch(/^\d+ passed, 0 absent, 0 failed/m)
    expect(stderr).toMatch(/^undici: \d+ scenarios\nfetch: \d+ scenarios\ngot: \d+ scenarios\nnode-http: \d+ scenarios\n$/)
    expect(code).toBe(0)
  })

  it('really imports those versions, also by require', async () => {
    const cwd = installed({ got: 'got14', undici: 'undici7' })
    const module = (file: string) => JSON.stringify(pathToFileURL(path.join(root, file)))
    const script = `
      import { importClientsFrom } from ${module('cli/src/commands/verify/installed.ts')}
      await importClientsFrom(${JSON.stringify(cwd)})
      const { loadClient } = await import(${module('cli/src/conformance/catalog.ts')})
      const { undiciPeer } = await import(${module('src/clients/undici/peer.ts')})
      const { module } = await loadClient({ driver: 'got' })
      const { module: undici } = await loadClient({ driver: 'undici' })
      console.log(JSON.stringify({ major: undiciPeer().major, same: undici.Client === undiciPeer().Client, options: process.env.NODE_OPTIONS }))
      process.exit(typeof module.got === 'function' ? 0 : 1)
    `
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      encoding: 'utf8',
      env: bareEnvironment(),
    })
    expect(JSON.parse(stdout)).toMatchObject({ major: 7, same: true, options: expect.stringContaining('client-hook') })
  })

  it('finds a client that does not keep the rules, and ends with 1', async () => {
    const cwd = installed({})
    // It takes agents and does not use them.
    const broken = `import http from 'node:http'
const api = ({ url }) => new Promise((resolve, reject) => http.get(url, { agent: false }, (response) => {
  let data = ''
  response.on('data', (part) => { data += part }).on('end', () => resolve({ status: response.statusCode, headers: response.headers, data }))
}).on('error', reject))
export default { create: () => api }`
    const folder = project({
      'package.json': '{ "name": "axios", "version": "1.99.0", "type": "module", "exports": "./index.js" }',
      'index.js': broken,
    })
    symlinkSync(folder, path.join(cwd, 'node_modules/axios'), 'junction')
    const { code, stdout } = await polypoolProcess(
      ['verify', '--client', 'axios', '--filter', 'caps/total', '--html', 'report.html', '--json'],
      { cwd },
    )
    const { clients, failures, counts, timelines } = JSON.parse(stdout)
    expect(clients).toEqual([{ client: 'axios', package: 'axios', version: '1.99.0' }])
    expect(counts.failed).toBeGreaterThan(0)
    expect(failures[0]).toMatchObject({
      client: 'axios',
      scenario: expect.stringContaining('caps/total'),
      message: expect.stringContaining('expected'),
    })
    expect(timelines[0].breaches).toEqual(
      expect.arrayContaining([expect.stringContaining('connections at one time, maxConnections is 6')]),
    )
    expect(readFileSync(path.join(cwd, 'report.html'), 'utf8')).toContain('<td class="failed">')
    expect(code).toBe(1)
  })

  it('puts limits of a config under load', async () => {
    const cwd = installed(
      {},
      { 'p.yaml': 'pools: { small: { maxConnections: 2, keepAliveExpiry: 300ms, acquireTimeout: 200ms, maxPending: 5 } }' },
    )
    const args = ['verify', '--client', 'node-http', '--filter', 'caps/total', '--config', 'p.yaml', '--pool', 'small']
    const { code, stdout } = await polypoolProcess(args, { cwd })
    expect(stdout).toContain('Under load, with the limits of pool small in p.yaml')
    expect(stdout).toMatch(/^node-http +\d+ +2 +2 +[0-2] +3\d\d ms +\d+ +\d+$/m)
    expect(code).toBe(0)
  })

  it('speaks HTTP/2 to its servers where the config does and the client can', async () => {
    const http2 = 'maxConnections: 3, keepAliveExpiry: 300ms, acquireTimeout: 1s, http2: only'
    const cwd = installed({ undici: 'undici' }, { 'p.yaml': `pools: { default: { ${http2} } }` })
    const args = ['verify', '--client', 'undici', 'node-http', '--filter', 'caps/total', '--config', 'p.yaml', '--json']
    const { code, stdout } = await polypoolProcess(args, { cwd })
    const { timelines } = JSON.parse(stdout) as { timelines: { client: string; measured: object; breaches: string[] }[] }
    expect(timelines).toMatchObject([
      { client: 'undici', measured: { peak: 3, failed: 0 }, breaches: [] },
      { client: 'node-http', measured: { peak: 3, failed: 0 }, breaches: [] },
    ])
    expect(code).toBe(0)
  })

  it.each([
    [['--client', 'axios'], 'axios is not installed here'],
    [['--client', 'fetch'], 'undici, on which fetch runs, is not installed here'],
    [['--filter', 'no such'], 'no scenario\'s name contains "no such"'],
    [['--config', 'absent.yaml'], 'absent.yaml: the file does not exist'],
    [['--html', 'no/such/folder.html'], "no/such/folder.html can't be written: its directory does not exist"],
    [['--html', '.'], ". can't be written: it is a directory"],
    [['--cleint', 'got'], "unknown option '--cleint'\n(Did you mean --client?)"],
  ])('refuses %j before it starts', async (args, message) => {
    const { code, stderr } = await polypool(['verify', ...args], { cwd: installed({}) })
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync('which', [name]).status === 0)

describe.skipIf(chromium === undefined)('the page in a browser', () => {
  it('shows the timelines in light and in dark', async () => {
    const cwd = installed({})
    await polypoolProcess(['verify', '--client', 'node-http', '--filter', 'caps/total', '--html', 'report.html'], { cwd })
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ]
    const open = (scheme: 0 | 1, ...more: string[]) =>
      execFileSync(
        String(chromium),
        [
          ...flags,
          `--user-data-dir=${path.join(cwd, `chromium${scheme}`)}`,
          `--blink-settings=preferredColorScheme=${scheme}`,
          ...more,
          path.join(cwd, 'report.html'),
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 },
      )
    // The browser's own reading of the markup.
    const dom = open(1, '--dump-dom')
    expect(dom).toContain('<svg viewBox=')
    expect(dom.match(/class="connection host/g)?.length).toBeGreaterThan(6)
    const pictures = ([0, 1] as const).map((scheme) => {
      const file = path.join(cwd, `${scheme}.png`)
      open(scheme, '--window-size=1200,1600', '--hide-scrollbars', `--screenshot=${file}`)
      expect(existsSync(file) && statSync(file).size).toBeGreaterThan(20_000)
      return readFileSync(file)
    })
    expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false)
  })
})
