import http from 'node:http'
import net, { type Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { NativeAgent, OnCreate, RequestOptions } from '../../../src/engines/node-agent/native.ts'
import { openAgents } from '../../../src/engines/node-agent/open-agents.ts'
import { ConnectionPool } from '../../../src/pool/pool.ts'
import {
  countSockets,
  errorOf,
  expectEmpty,
  get,
  listen,
  listenRaw,
  type Opened,
  open,
  probeCertificate,
  type Scheme,
  send,
  sleep,
  stopwatch,
  until,
  variants,
} from './support.ts'

type Create = (options: RequestOptions, callback: OnCreate) => Socket | null | undefined

const assign = (opened: Opened, create: Create) => {
  ;(opened.agent as unknown as { createConnection: Create }).createConnection = create
}

const later =
  (scheme: Scheme, ms: number): Create =>
  (options, callback) => {
    setTimeout(() => callback(null, dial(scheme, options)), ms)
    return undefined
  }

const dial = (scheme: Scheme, { port }: RequestOptions): Socket => {
  const to = { port: Number(port), host: '127.0.0.1' }
  return scheme === 'http' ? net.connect(to) : tls.connect({ ...to, ca: probeCertificate })
}

describe.each(variants)('$name with a createConnection of its own', (variant) => {
  const { scheme } = variant

  it('that is asynchronous: limits hold and sockets are reused', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 3, maxConnectionsPerHost: 2 })
    const counter = countSockets(port)
    assign(opened, later(scheme, 10))
    await Promise.all(Array.from({ length: 20 }, () => get(opened, { port })))
    expect(counter.peak).toBe(2)
    expect(opened.pool.stats()).toMatchObject({ created: 2, reused: 18 })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that calls back with a connected socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant)
    assign(opened, (options, callback) => {
      const socket = dial(scheme, options)
      socket.once(scheme === 'http' ? 'connect' : 'secureConnect', () => callback(null, socket))
    })
    await get(opened, { port })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 1, open: 1 })
  })

  it('that fails later: the next request is served', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    let calls = 0
    assign(opened, (options, callback) => {
      const failing = ++calls <= 2
      setTimeout(() => (failing ? callback(new Error('no way')) : callback(null, dial(scheme, options))), 5)
    })
    const answers = await Promise.allSettled([get(opened, { port }), get(opened, { port }), get(opened, { port })])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect((answers[0] as PromiseRejectedResult).reason).toMatchObject({ message: 'no way' })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that calls back at once, with an error or a socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    let fails = true
    assign(opened, (options, callback) => {
      if (fails) callback(new Error('at once'))
      else callback(null, dial(scheme, options))
      return undefined
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ message: 'at once' })
    await expectEmpty(opened)
    fails = false
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
  })

  it('that calls back twice', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    assign(opened, (options, callback) => {
      const socket = dial(scheme, options)
      setTimeout(() => {
        callback(null, socket)
        callback(new Error('again'))
        callback(null, socket)
      }, 5)
      return undefined
    })
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
    expect(opened.pool.stats()).toMatchObject({ open: 1, created: 1 })
  })

  it('that throws: the caller hears of it, at once or by the request that waited', async () => {
    const { port } = await listen(scheme, (_, response) => setTimeout(() => response.end('ok'), 20))
    const opened = open(variant, { maxConnections: 1, keepAlive: false })
    let calls = 0
    assign(opened, (options) => {
      if (++calls % 2 === 1) throw new Error(`thrown ${calls}`)
      return dial(scheme, options)
    })
    expect(() => send(opened, { port })).toThrow('thrown 1')
    await expectEmpty(opened)
    const running = get(opened, { port })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ message: 'thrown 3' })
    await running
    await expectEmpty(opened)
  })

  it('that throws while requests of several hosts wait', async () => {
    const [one, two] = await Promise.all([listen(scheme), listen(scheme)])
    const opened = open(variant, { maxConnections: 1 })
    assign(opened, (options) => {
      if (Number(options.port) === two.port) throw new Error('bad host')
      return dial(scheme, options)
    })
    const requests = Array.from({ length: 9 }, (_, index) => {
      try {
        return get(opened, { port: index % 2 === 0 ? one.port : two.port })
      } catch (error) {
        return Promise.reject(error)
      }
    })
    const settled = await Promise.allSettled(requests)
    expect(settled.map(({ status }) => status)).toEqual(settled.map((_, index) => (index % 2 === 0 ? 'fulfilled' : 'rejected')))
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that gives a closed socket: the request fails, the place is free', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const closed = dial(scheme, { port })
    closed.destroy()
    await new Promise((resolve) => closed.once('close', resolve))
    for (const later of [true, false]) {
      assign(opened, (_, callback) => {
        if (!later) return closed
        setTimeout(() => callback(null, closed))
        return undefined
      })
      expect(await errorOf(get(opened, { port }))).toMatchObject({ message: expect.stringContaining('no open socket') })
      await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, active: 0 }))
    }
  })

  it('that never calls back: connectTimeout ends the request', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 100 })
    assign(opened, () => undefined)
    const started = performance.now()
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    expect(performance.now() - started).toBeGreaterThan(95)
    await expectEmpty(opened)
  })

  it('that calls back after the connect timeout: the socket is destroyed', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 50 })
    const counter = countSockets(port)
    assign(opened, later(scheme, 100))
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    await until(() => expect(counter.opened).toBe(1))
    await until(() => expect(counter.open).toBe(0))
    await expectEmpty(opened)
  })

  it.each(['destroy', 'abort', 'signal'])(
    'left by %s: the request ends at once, the place is kept for the socket',
    async (way) => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      const counter = countSockets(port)
      assign(opened, (options, callback) => {
        const socket = dial(scheme, options)
        setTimeout(() => callback(null, socket), 80)
        return undefined
      })
      const controller = new AbortController()
      const { request, answer } = send(opened, { port, signal: controller.signal })
      const next = get(opened, { port })
      await sleep(10)
      const elapsed = stopwatch()
      const closed = new Promise((resolve) => request.on('close', resolve))
      if (way === 'destroy') request.destroy(new Error('mine'))
      else if (way === 'abort') request.abort()
      else controller.abort()
      await closed
      expect(elapsed()).toBeLessThan(40)
      const expected = { destroy: { message: 'mine' }, abort: {}, signal: { name: 'AbortError' } }[way]
      expect(await errorOf(answer)).toMatchObject(expected ?? {})
      expect(await next).toMatchObject({ body: 'ok' })
      expect(counter.peak).toBe(1)
      expect(counter.opened).toBe(2)
      await opened.pool.close()
      await expectEmpty(opened)
    },
  )

  it('left, and then failing or never coming: the place is free by the connect timeout', async () => {
    const { port } = await listen(scheme)
    for (const fails of [true, false]) {
      const opened = open(variant, { maxConnections: 1, connectTimeout: 100 })
      assign(opened, (_, callback) => {
        if (fails) setTimeout(() => callback(new Error('late')), 50)
        return undefined
      })
      const { request, answer } = send(opened, { port })
      await sleep(5)
      request.destroy()
      expect(await errorOf(answer)).toMatchObject({ code: 'ECONNRESET' })
      await expectEmpty(opened)
    }
  })

  it('while the pool is destroyed or closed', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const counter = countSockets(port)
    assign(opened, later(scheme, 40))
    const first = errorOf(get(opened, { port }))
    await sleep(5)
    await opened.pool.destroy()
    expect(await first).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await until(() => expect(counter.opened).toBe(1))
    await until(() => expect(counter.open).toBe(0))

    const second = open(variant, { maxConnections: 1 })
    assign(second, later(scheme, 40))
    const answer = get(second, { port })
    await second.pool.close()
    expect(await answer).toMatchObject({ body: 'ok' })
  })

  it('that destroys the pool itself', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const counter = countSockets(port)
    assign(opened, (options) => {
      void opened.pool.destroy()
      return dial(scheme, options)
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await expectEmpty(opened)
    await until(() => expect(counter.open).toBe(0))
  })
})

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
    const path = `\0polypool-${process.pid}-${Math.random()}`
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
