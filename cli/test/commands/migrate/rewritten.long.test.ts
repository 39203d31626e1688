import { execFile } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { bareEnvironment } from '../../../../test/platform.ts'
import { polypool, project, root } from '../../command.ts'

const run = promisify(execFile)
const applications = fileURLToPath(new URL('applications', import.meta.url))

/** Each application sends twelve requests at once; of connections it has at most so many. */
const limits: { readonly [file: string]: number } = {
  'axios.ts': 3,
  'axios-class.ts': 4,
  'undici-global.ts': 3,
  'undici-fetch.ts': 5,
  'node-fetch.ts': 4,
  'node-fetch-agent.mjs': 2,
  'got.ts': 3,
  'agentkeepalive.cjs': 3,
  'node-http.cjs': 4,
  'proxied.ts': 3,
}

const requests = 12

const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    exactOptionalPropertyTypes: true,
    lib: ['esnext'],
    allowJs: true,
    types: ['node'],
  },
  include: ['*.ts', '*.mjs'],
}

function applicationsIn(): string {
  const cwd = project({ 'package.json': '{ "type": "module" }', 'tsconfig.json': JSON.stringify(tsconfig) })
  cpSync(applications, cwd, { recursive: true })
  symlinkSync(path.join(root, 'node_modules'), path.join(cwd, 'node_modules'), 'dir')
  return cwd
}

test('there is a limit for every application', () => {
  expect(readdirSync(applications).sort()).toEqual(Object.keys(limits).sort())
})

/** What the compiler says of them. */
async function checked(cwd: string): Promise<string> {
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  return run(tsc, ['-p', 'tsconfig.json'], { cwd }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
}

/** A server that answers only when as many requests wait as connections are allowed: an application with fewer would wait for ever. */
async function gate(limit: number): Promise<{ origin: string; sockets: { open: number; most: number; all: number } }> {
  const sockets = { open: 0, most: 0, all: 0 }
  const waiting: [string, ServerResponse][] = []
  let served = 0
  const server = http.createServer((request, response) => {
    waiting.push([request.url ?? '', response])
    if (waiting.length < Math.min(limit, requests - served)) return
    // Once whatever else was sent at the same time has come in.
    setTimeout(() => {
      for (const [url, one] of waiting.splice(0)) {
        served++
        one.end(`answer to ${url.replace('http://target.test', '')}`)
      }
    }, 20)
  })
  server.on('connection', (socket: Socket) => {
    sockets.all++
    sockets.most = Math.max(sockets.most, ++sockets.open)
    socket.on('close', () => sockets.open--).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

/** What an application answers, and how many connections it opens, in all and at a time. */
async function outcome(cwd: string, file: string): Promise<{ answers: unknown; most: number; all: number }> {
  const { origin, sockets } = await gate(limits[file] ?? 0)
  const env = { ...bareEnvironment(), ORIGIN: origin }
  const { stdout } = await run(process.execPath, ['--no-warnings', file], { cwd, env, timeout: 60_000 })
  return { answers: JSON.parse(stdout), most: sockets.most, all: sockets.all }
}

test.each(Object.entries(limits))('%s: the same answers by as many connections', async (file, limit) => {
  const cwd = applicationsIn()
  const old = await outcome(cwd, file)
  expect(old).toEqual({ answers: Array.from({ length: requests }, (_, n) => `answer to /${n}`), most: limit, all: limit })
  const { code, stdout } = await polypool(['migrate', '--write', file], { cwd })
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^written: \d places? in 1 file, 0 left/m) })
  const source = readFileSync(path.join(cwd, file), 'utf8')
  expect(source).toContain('polypool/')
  expect(source).not.toMatch(/new \w*\.?(?:Http\w*)?Agent\(/)
  expect(await outcome(cwd, file)).toEqual(old)
  const again = await polypool(['migrate', '--write', file], { cwd })
  expect(again.stdout).toBe('no place was found where an agent or a dispatcher is made\n')
  expect(readFileSync(path.join(cwd, file), 'utf8')).toBe(source)
})

test('what is written type-checks where the files did, and applies as a diff', async () => {
  const cwd = applicationsIn()
  expect(await checked(cwd)).toBe('')
  const { stdout: diff } = await polypool(['migrate', '--diff', '.'], { cwd })
  await polypool(['migrate', '--write', '.'], { cwd })
  expect(await checked(cwd)).toBe('')
  const patched = applicationsIn()
  const child = run('git', ['apply', '-p1', '-'], { cwd: patched })
  child.child.stdin?.end(diff)
  await child
  for (const file of Object.keys(limits))
    expect(readFileSync(path.join(patched, file), 'utf8'), file).toBe(readFileSync(path.join(cwd, file), 'utf8'))
})

test('with a config file the limits are there, and hold', async () => {
  const cwd = applicationsIn()
  const file = 'undici-global.ts'
  const old = await outcome(cwd, file)
  await polypool(
    ['migrate', '--write', '--config-file', 'polypool.config.yaml', 'undici-global.ts', 'undici-fetch.ts', 'axios.ts'],
    { cwd },
  )
  const yaml = readFileSync(path.join(cwd, 'polypool.config.yaml'), 'utf8')
  expect(yaml).toMatch(/maxConnectionsPerHost: 3\n/)
  expect(readFileSync(path.join(cwd, file), 'utf8')).not.toContain('3,')
  // What is computed stays in code.
  expect(readFileSync(path.join(cwd, 'axios.ts'), 'utf8')).toContain('maxConnectionsPerHost: limit')
  expect(await outcome(cwd, file)).toEqual(old)
  expect(await checked(cwd)).toBe('')
})
