import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { hangs } from '../../time.ts'
import { cleanup, get, listenRaw, open, sleep, variants } from './support.ts'

const adapter = (client: string) => JSON.stringify(new URL(`../../../adapters/${client}.ts`, import.meta.url).href)

/** Runs a module in a process of its own; gives its output and exit code, which is null if it had to be killed. */
async function run(source: string, env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const timer = setTimeout(() => child.kill(), 2 * hangs)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(timer)
  return { code, output }
}

/** An HTTP server with an event loop of its own. */
async function serve(source: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  cleanup(() => child.kill('SIGKILL'))
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

const silentServer = `
  import net from 'node:net'
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (head) => {
      const path = String(head).split(' ')[1]
      const answer = () => socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok')
      if (path === '/slow') setTimeout(answer, 300)
      else answer()
      // Sent while the client's event loop is blocked.
      if (path === '/then-close') setTimeout(() => socket.end(), 60)
      if (path === '/then-reset') setTimeout(() => socket.resetAndDestroy(), 60)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
`

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

// Node 20 can't run the sources of the adapters as they are.
const itRuns = it.skipIf(!process.features.typescript)

describe.each(variants.filter(({ scheme }) => scheme === 'http'))('$client', (variant) => {
  itRuns('lets the process end while connections idle', async () => {
    const { port } = await serve(silentServer)
    const { code, output } = await run(`
      import http from 'node:http'
      import { createPool } from ${adapter(variant.client)}
      const pool = createPool({ keepAliveExpiry: '1h', maxLifetime: '1h', acquireTimeout: '1h', maxConnections: 2 })
      for (let index = 0; index < 4; index++) {
        http.get({ port: ${port}, host: '127.0.0.1', agent: pool.options.http, timeout: 3600000 }, (response) => response.resume())
      }
      process.on('exit', () => console.log(JSON.stringify(pool.stats())))
    `)
    expect(output).toContain('"reused":2')
    expect(output).toContain('"idle":2')
    expect(code).toBe(0)
  })

  itRuns('keeps the process while requests wait', async () => {
    const { port } = await serve(silentServer)
    const { code, output } = await run(`
      import http from 'node:http'
      import { createPool } from ${adapter(variant.client)}
      const pool = createPool({ maxConnections: 1, acquireTimeout: 400, connectTimeout: 700 })
      pool.options.http.createConnection = () => undefined
      const get = (name) => http.get({ port: ${port}, host: '127.0.0.1', agent: pool.options.http }).on('error', (error) => console.log(name, error.code))
      get('dialled')
      get('waiting')
    `)
    expect(output).toBe('waiting ERR_POOL_ACQUIRE_TIMEOUT\ndialled ERR_POOL_CONNECT_TIMEOUT\n')
    expect(code).toBe(0)
  })

  itRuns('lets the process end after close() and destroy()', async () => {
    const { port } = await serve(silentServer)
    const { code, output } = await run(`
      import http from 'node:http'
      import { createPool } from ${adapter(variant.client)}
      const get = (pool, path) => http.get({ port: ${port}, host: '127.0.0.1', path, agent: pool.options.http }, (response) => response.resume()).on('error', (error) => console.log(error.code))
      const one = createPool({ keepAliveExpiry: '1h' })
      const two = createPool({ keepAliveExpiry: '1h' })
      get(one, '/slow')
      get(two, '/slow')
      await Promise.all([one.close(), two.destroy()])
      console.log(one.stats().open, two.stats().open)
    `)
    expect(output).toBe('ERR_POOL_CLOSED\n0 0\n')
    expect(code).toBe(0)
  })

  itRuns("asks no proxy of the environment's", async () => {
    const { port } = await serve(silentServer)
    const proxy = await listenRaw((socket) => socket.destroy())
    const address = `http://127.0.0.1:${proxy.port}`
    const { code, output } = await run(
      `
      import http from 'node:http'
      import https from 'node:https'
      import { createPool } from ${adapter(variant.client)}
      const pool = createPool({})
      http.globalAgent = pool.options.http
      https.globalAgent = pool.options.https
      const done = (name) => (what) => console.log(name, what.statusCode ?? 'failed')
      http.get({ port: ${port}, host: '127.0.0.1' }, (response) => response.resume()).on('response', done('http')).on('error', done('http'))
      https.get({ port: ${port}, host: '127.0.0.1' }).on('response', done('https')).on('error', done('https'))
      process.on('exit', () => console.log(pool.stats().created))
    `,
      { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: '' },
    )
    expect(output.split('\n').sort()).toEqual(['', '2', 'http 200', 'https failed'])
    expect(proxy.accepted()).toBe(0)
    expect(code).toBe(0)
    const { pool } = open(variant)
    for (const agent of [pool.options.http, pool.options.https]) expect(agent).toMatchObject({ options: { proxyEnv: null } })
  })

  it.each(['close', 'reset'])('uses no connection whose %s has come while the event loop was blocked', async (how) => {
    const { port } = await serve(silentServer)
    const opened = open(variant, { maxConnections: 1, keepAliveExpiry: '1m' })
    for (const method of ['GET', 'POST', 'POST']) {
      await get(opened, { port, path: `/then-${how}` })
      block(130)
      // Not even a turn of the loop between the block and the request.
      expect(await get(opened, { port, method, path: '/' })).toMatchObject({ status: 200, reused: false })
      await sleep(20)
    }
    const counts = opened.pool.stats()
    expect(counts.created).toBeGreaterThanOrEqual(4)
    expect(counts).toMatchObject({ open: 1, aborted: 0 })
  })
})
