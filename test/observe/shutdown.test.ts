import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../../scripts/root.ts'
import { useServers } from './scripted-server.ts'

const [upstream] = useServers(1) as [ReturnType<typeof useServers>[0]]

interface Service {
  readonly child: ChildProcess
  readonly port: number
  /** Resolves with the code that it exits with. */
  readonly exited: Promise<number | null>
}

async function start(deadline: number): Promise<Service> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'examples/shutdown.mjs'], {
    cwd: root,
    env: { ...process.env, UPSTREAM: upstream.url, DEADLINE: String(deadline) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { child, port: Number(line), exited }
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let body = ''
        response.on('data', (part) => (body += part)).on('end', () => resolve(`${response.statusCode} ${body}`))
        response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
}

/** Until the service takes nothing any more. */
async function refuses(port: number): Promise<void> {
  while ((await get(port, '/')) !== 'ECONNREFUSED') await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('SIGTERM', () => {
  test('what runs is answered, nothing new is taken, and the process ends by itself', async () => {
    const { child, port, exited } = await start(60_000)
    expect(await get(port, '/')).toBe('200 ok')
    const running = get(port, '/hold')
    await upstream.holds(1)
    child.kill('SIGTERM')
    await refuses(port)
    expect(child.exitCode).toBeNull()
    upstream.letGo()
    expect(await running).toBe('200 held')
    expect(await exited).toBe(0)
  })

  test('what is not answered in time is ended, and the process too', async () => {
    const { child, port, exited } = await start(200)
    const running = get(port, '/hold')
    await upstream.holds(1)
    child.kill('SIGTERM')
    expect(await running).toMatch(/^502|^ECONNRESET/)
    expect(await exited).toBe(0)
    upstream.letGo()
  })
})

const clients = ['node-http', 'agentkeepalive', 'undici'] as const

/** What of Node's is active while a request runs, and what after the pool has ended. */
const suite = (client: string, end: string) => `
  import http from 'node:http'
  import { createRequire } from 'node:module'
  import { createPool } from './adapters/${client}.ts'
  const before = process.getActiveResourcesInfo()
  const active = () => process.getActiveResourcesInfo().filter((name) => !before.includes(name))
  const url = process.env.UPSTREAM
  const pool = createPool({ keepAliveExpiry: '1h' })
  const ask = async (path) => {
    if ('dispatcher' in pool.options) {
      const { body } = await createRequire(import.meta.url)('undici').request(url + path, pool.options)
      return body.dump()
    }
    return new Promise((resolve, reject) => {
      http.get(url + path, { agent: pool.options.http }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })
  }
  await ask('/')
  const running = ask('/hold').catch(() => {})
  while (!active().includes('TCPSocketWrap')) await new Promise(setImmediate)
  const during = active()
  await pool.${end}
  await running
  // What asks for a turn of the event loop has it.
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  console.log(JSON.stringify({ during, after: active() }))
`

describe.each(clients)('a test suite of %s', (client) => {
  test.each(['close({ timeout: 20 })', 'destroy()'])('nothing is left after %s', async (end) => {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', suite(client, end)]
    const env = { ...process.env, UPSTREAM: upstream.url }
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
    const { during, after } = JSON.parse(stdout) as { during: string[]; after: string[] }
    expect(during).toContain('TCPSocketWrap')
    expect(after).toEqual([])
    upstream.letGo()
  })
})
