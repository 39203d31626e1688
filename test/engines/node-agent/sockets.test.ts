import http from 'node:http'
import net, { type Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { NativeAgent } from '../../../src/engines/node-agent/native.ts'
import { openAgents } from '../../../src/engines/node-agent/open-agents.ts'
import { ConnectionPool } from '../../../src/pool/pool.ts'
import { localSocketPath } from '../../platform.ts'
import { assign, later } from './connecting.ts'
import { countSockets, errorOf, expectEmpty, get, listen, listenRaw, open, send, sleep, until } from './support.ts'

describe('sockets', () => {
  it.each(['http', 'https'] as const)('bad %s options throw at the caller, and reach the request that waits', async (scheme) => {
    const { port } = await listen(scheme, (_, response) => setTimeout(() => response.end('ok'), 20))
    const opened = open({ client: 'node-http', scheme }, { maxConnections: 1, keepAlive: false })
    const bad = scheme === 'http' ? { port: 70_000 } : { port, ciphers: 'NONSENSE' }
    expect(() => send(opened, bad)).toThrow()
    await expectEmpty(opened)
    const running = get(opened, { port })
    expect(await errorOf(get(opened, bad))).toMatchObject({ code: expect.stringMatching(/^ERR_/) })
    await running
    await expectEmpty(opened)
  })

  it('a subclass with an asynchronous createConnection', async () => {
    const { port } = await listen('http')
    class Slow extends http.Agent {
      override createConnection(options: http.ClientRequestArgs, callback?: (error: Error | null, socket: Duplex) => void) {
        setTimeout(() => callback?.(null, net.connect({ port: Number(options.port), host: '127.0.0.1' })), 10)
        return undefined as unknown as Duplex
      }
    }
    const core = new ConnectionPool(parsePoolConfig({ maxConnections: 2 }).config)
    const { options } = openAgents(core, {}, { http: Slow, https: Slow })
    const counter = countSockets(port)
    await Promise.all(Array.from({ length: 8 }, () => get({ agent: options.http, scheme: 'http' }, { port })))
    expect(counter.peak).toBe(2)
    expect(options.http).toBeInstanceOf(Slow)
    options.http.destroy()
  })

  it('a stream that is no socket', async () => {
    const opened = open(undefined, { maxConnections: 1 })
    assign(opened, () => {
      const answer = new PassThrough()
      const stream = Duplex.from({ readable: answer, writable: new PassThrough().resume() } as never)
      setTimeout(() => answer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 5)
      return stream as Socket
    })
    for (let round = 0; round < 2; round++) expect(await get(opened, { port: 1 })).toMatchObject({ body: 'ok', reused: false })
    await opened.pool.close()
  })

  it.each(['http', 'https'] as const)('a unix socket is an origin of its own (%s)', async (scheme) => {
    const path = localSocketPath()
    await listen(scheme, undefined, path)
    const { port } = await listen(scheme)
    const opened = open({ client: 'node-http', scheme }, { maxConnectionsPerHost: 1 })
    await get(opened, { socketPath: path, servername: 'localhost' })
    expect(await get(opened, { socketPath: path, servername: 'localhost' })).toMatchObject({ reused: true })
    expect(await get(opened, { port })).toMatchObject({ reused: false })
    const origins = Object.keys(opened.pool.stats().hosts)
    expect(origins.sort()).toEqual([`${scheme}://127.0.0.1:${port}`, `${scheme}://unix:${path}`].sort())
  })

  it('localAddress and family separate connections under one origin', async () => {
    const { port } = await listen('http', (request, response) => response.end(request.socket.remoteAddress))
    const opened = open(undefined, { maxConnectionsPerHost: 3 })
    expect(await get(opened, { port })).toMatchObject({ body: '127.0.0.1' })
    expect(await get(opened, { port, localAddress: '127.0.0.2' })).toMatchObject({ body: '127.0.0.2', reused: false })
    expect(await get(opened, { port, family: 4 })).toMatchObject({ reused: false })
    expect(await get(opened, { port, localAddress: '127.0.0.2' })).toMatchObject({ body: '127.0.0.2', reused: true })
    expect(opened.pool.stats().hosts).toMatchObject({ [`http://127.0.0.1:${port}`]: { open: 3 } })
    expect(await get(opened, { port, localAddress: '127.0.0.3' })).toMatchObject({ body: '127.0.0.3' })
    expect(opened.pool.stats()).toMatchObject({ open: 3, evicted: 1 })
  })

  it("a family that only the caller's own look-up knows reaches it, and separates connections", async () => {
    const { port } = await listen('http')
    const opened = open()
    const asked: unknown[] = []
    const lookup: net.LookupFunction = (_, { family }, callback) => {
      asked.push(family)
      callback(null, [{ address: '127.0.0.1', family: 4 }])
    }
    const families = [Symbol('near'), Symbol('far'), { zone: 1 }, { zone: 2 }, 'near'] as never[]
    for (const family of families) {
      expect(await get(opened, { host: 'own.test', port, lookup, family })).toMatchObject({ body: 'ok', reused: false })
      expect(await get(opened, { host: 'own.test', port, lookup, family })).toMatchObject({ reused: true })
    }
    expect(asked).toEqual(families)
  })

  it("an agent's own host and port count instead of the request's", async () => {
    const { port } = await listen('http')
    const opened = open(undefined, {}, { host: '127.0.0.1', port } as object)
    expect(await get(opened, { host: 'a.invalid', port: 1 })).toMatchObject({ body: 'ok' })
    expect(await get(opened, { host: 'b.invalid', port: 2 })).toMatchObject({ reused: true })
    expect(Object.keys(opened.pool.stats().hosts)).toEqual([`http://127.0.0.1:${port}`])
  })

  it('the legacy signature of addRequest', async () => {
    const { port } = await listen('http')
    const opened = open()
    for (let round = 0; round < 2; round++) {
      const request = new http.ClientRequest({
        agent: { addRequest: () => {}, protocol: 'http:', defaultPort: 80 } as unknown as http.Agent,
        host: '127.0.0.1',
        port,
      })
      ;(request as unknown as { agent: unknown }).agent = opened.agent
      ;(request as { shouldKeepAlive: boolean }).shouldKeepAlive = true
      ;(opened.agent as unknown as NativeAgent).addRequest(request as never, '127.0.0.1', port)
      const answer = new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
      const closed = new Promise((resolve) => request.on('close', resolve))
      request.end()
      ;(await answer).resume()
      await closed
    }
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 1 })
  })

  it('a refused, reset or failing connect frees its place', async () => {
    const reset = await listenRaw((socket) => socket.resetAndDestroy())
    const good = await listen('http')
    for (const scheme of ['http', 'https'] as const) {
      const opened = open({ client: 'node-http', scheme }, { maxConnections: 1 })
      const failures = [
        { port: 1 },
        { port: reset.port },
        { port: good.port, host: 'no.invalid' },
        { port: good.port, localAddress: '203.0.113.1' },
      ]
      for (const options of failures) await errorOf(get(opened, options))
      if (scheme === 'https') await errorOf(get(opened, { port: good.port }))
      await Promise.all(failures.map((options) => errorOf(get(opened, options))))
      await expectEmpty(opened)
    }
  })

  it('dnsCacheTtl stands before a look-up that was given, and leaves that of a request alone', async () => {
    const { port } = await listen('http')
    const asked: string[] = []
    const lookup =
      (name: string) =>
      (_: string, options: { all?: boolean }, callback: (error: null, address: unknown, family?: number) => void) => {
        asked.push(name)
        if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
        else callback(null, '127.0.0.1', 4)
      }
    const opened = open(undefined, { dnsCacheTtl: '1m', keepAlive: false }, { lookup: lookup('pool') } as object)
    for (let round = 0; round < 3; round++) await get(opened, { host: 'cached.test', port })
    expect(asked).toEqual(['pool'])
  })

  it('holds a cap that was raised or lowered while a connection is dialled', async () => {
    const { port } = await listen('http')
    const opened = open(undefined, { maxConnections: 1 })
    const counter = countSockets(port)
    assign(opened, later('http', 20))
    const answers = Array.from({ length: 6 }, () => get(opened, { port }))
    opened.pool.reconfigure({ maxConnections: 3 })
    await sleep(5)
    opened.pool.reconfigure({ maxConnections: 2 })
    await Promise.all(answers)
    expect(counter.peak).toBeLessThanOrEqual(3)
    await until(() => expect(opened.pool.stats().open).toBeLessThanOrEqual(2))
  })
})
