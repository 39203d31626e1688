import { once } from 'node:events'
import http2 from 'node:http2'
import net, { type LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { probeCertificate as cert, probeKey as key } from '../../src/conformance/probe/certificates.ts'
import { forgetUnused, type OriginLane } from '../../src/engines/undici-dispatcher/lane.ts'
import type { ConnectCallback } from '../../src/engines/undici-dispatcher/peer.ts'
import { isPoolError, PoolUnsupportedError } from '../../src/errors.ts'
import { Gate, open, serve, serveRaw, sleep, type TestPool, until, versions } from './undici-harness.ts'

describe.each(versions)('$name', (version) => {
  const { api } = version

  async function get(pool: TestPool, url: string, options: object = {}): Promise<string> {
    const { body } = await api.request(url, { dispatcher: pool.dispatcher, ...options })
    return body.text()
  }

  const answering = (answer: string, end = false) =>
    serveRaw((socket) => socket.on('data', () => (end ? socket.end(answer) : socket.write(answer))))

  describe('is used again or not', () => {
    test.each([
      ['a plain answer', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 1],
      ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 1],
      ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 1],
      ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 1],
      ['Connection: close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok', 3],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 3],
      ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok', 1],
    ])('%s', async (_, answer, connections) => {
      const { origin, sockets } = await answering(answer)
      // Handed over to a request that waits, and taken by one that comes later.
      for (const together of [true, false]) {
        const pool = open(version, { maxConnections: 1, retryStale: false })
        if (together) await Promise.all([get(pool, origin), get(pool, origin), get(pool, origin)])
        else for (let i = 0; i < 3; i++) await get(pool, origin)
        expect(sockets.length).toBe(together ? connections : 2 * connections)
        expect(pool.stats()).toMatchObject({ created: connections, reused: 3 - connections, overflowed: 0 })
      }
    })

    test('an answer that ends with its connection', async () => {
      const { origin, sockets } = await answering('HTTP/1.1 200 OK\r\n\r\nok', true)
      const pool = open(version, { maxConnections: 1 })
      expect(await Promise.all([1, 2, 3].map(() => get(pool, origin)))).toEqual(['ok', 'ok', 'ok'])
      expect(sockets.length).toBe(3)
    })

    test.each([
      ['HEAD', { method: 'HEAD' }, 1],
      ['HEAD that asks for an end', { method: 'HEAD', reset: true }, 3],
      ['reset', { reset: true }, 3],
      ['the header Connection: close', { headers: { connection: 'close' } }, 3],
    ])('%s', async (_, options, connections) => {
      const { origin, sockets } = await serve((_request, response) => void response.end('ok'))
      const pool = open(version, { maxConnections: 1 })
      for (let i = 0; i < 3; i++) await get(pool, origin, options)
      expect(sockets.length).toBe(connections)
    })

    test('an answer that comes before the body was sent', async () => {
      const { origin, sockets } = await serveRaw((socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')),
      )
      const pool = open(version, { maxConnections: 1 })
      let onAnswered = () => {}
      const answered = new Promise<void>((resolve) => {
        onAnswered = resolve
      })
      async function* slow() {
        yield 'a'
        await answered
        yield 'b'
      }
      const first = get(pool, origin, { method: 'POST', body: slow() })
      const second = get(pool, origin)
      await first
      onAnswered()
      await second
      expect(sockets.length).toBe(2)
      await until(() => pool.stats().active === 0)
    })
  })

  test('keepAlive false sends Connection: close, per host too, and after reconfigure', async () => {
    const connection: (string | undefined)[] = []
    const { origin, port, sockets } = await serve((request, response) => {
      connection.push(request.headers.connection)
      response.end('ok')
    })
    const pool = open(version, { hosts: { [`localhost:${port}`]: { keepAlive: false } } })
    await get(pool, origin)
    await get(pool, origin)
    pool.reconfigure({ hosts: {} })
    await get(pool, origin)
    await get(pool, origin)
    pool.reconfigure({ keepAlive: false })
    await until(() => pool.stats().open === 0)
    await get(pool, origin)
    expect(connection).toEqual(['close', 'close', 'keep-alive', 'keep-alive', 'close'])
    expect(sockets.length).toBe(4)
  })

  test('overflow connections send Connection: close', async () => {
    const gate = new Gate()
    const connection: (string | undefined)[] = []
    const { origin } = await serve((request, response) => {
      connection.push(request.headers.connection)
      gate.listener(request, response)
    })
    const pool = open(version, { maxConnections: 1, maxOverflow: 1 })
    const held = get(pool, `${origin}/held`)
    await until(() => gate.waiting === 1)
    await get(pool, origin)
    gate.open()
    await held
    expect(connection).toEqual(['keep-alive', 'close'])
    await until(() => pool.stats().open === 1)
    expect(pool.stats()).toMatchObject({ overflowed: 1, idle: 1 })
  })

  test('idle connections end by the pool, never by undici: hints are the pool’s to heed', async () => {
    const answer = (hint: string) => `HTTP/1.1 200 OK\r\nkeep-alive: ${hint}\r\ncontent-length: 2\r\n\r\nok`
    const { origin } = await answering(answer('timeout=1'))
    // undici alone would close it at once: it takes two seconds off.
    const pool = open(version, { keepAliveExpiry: '10s', keepAliveHintMargin: 800 })
    await get(pool, origin)
    const since = performance.now()
    expect(pool.stats().idle).toBe(1)
    await until(() => pool.stats().open === 0)
    expect(performance.now() - since).toBeGreaterThan(180)
    expect(performance.now() - since).toBeLessThan(400)
    expect(pool.stats().expired).toBe(1)
    const { origin: silent } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    const patient = open(version, { keepAliveExpiry: 'unlimited' })
    await get(patient, silent)
    await sleep(200)
    expect(patient.stats().idle).toBe(1)
    const limited = open(version)
    const { origin: other, sockets } = await answering(answer('timeout=60, max=1'))
    for (let i = 0; i < 4; i++) await get(limited, other)
    expect(sockets.length).toBe(2)
  })

  test('the raw Keep-Alive header is found in any case', async () => {
    const { origin } = await answering('HTTP/1.1 200 OK\r\nKEEP-Alive: timeout=1\r\ncontent-length: 2\r\n\r\nok')
    const pool = open(version, { keepAliveExpiry: '10s', keepAliveHintMargin: '1s' })
    await get(pool, origin)
    await until(() => pool.stats().open === 0, 100)
    expect(pool.stats().expired).toBe(1)
  })

  test('a Client never connects again by itself', async () => {
    // Connections close right after the answer: requests are handed over that can't be sent any more.
    const { origin, sockets } = await serveRaw((socket) =>
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        setImmediate(() => socket.destroy())
      }),
    )
    const pool = open(version, { maxConnections: 2 })
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => get(pool, origin)))
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true)
    await until(() => pool.stats().open === 0)
    expect(pool.stats().created).toBe(sockets.length)
  })

  test('unread bodies keep their connection, given up ones free it', async () => {
    const { origin } = await serve((_request, response) => void response.end('x'.repeat(5_000_000)))
    const pool = open(version, { maxConnections: 1 })
    const { body } = await api.request(origin, { dispatcher: pool.dispatcher })
    const second = get(pool, origin)
    await sleep(50)
    expect(pool.stats()).toMatchObject({ active: 1, pending: 1 })
    body.on('error', () => {}).destroy()
    expect((await second).length).toBe(5_000_000)
    await until(() => pool.stats().active === 0)
  })

  test.each(['upgrade', 'CONNECT'])('%s hands the socket over and frees its place once', async (kind) => {
    const { origin } = await serveRaw((socket) =>
      socket.once('data', () => {
        socket.write(
          kind === 'CONNECT' ? 'HTTP/1.1 200 OK\r\n\r\n' : 'HTTP/1.1 101 Hi\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
        )
        socket.pipe(socket)
      }),
    )
    const pool = open(version, { maxConnections: 1 })
    const { dispatcher } = pool
    for (let i = 1; i <= 2; i++) {
      const { socket } =
        kind === 'CONNECT'
          ? await api.connect(origin, { dispatcher, path: 'other.test:443' })
          : await api.upgrade(origin, { dispatcher, protocol: 'echo' })
      expect(pool.stats()).toMatchObject({ open: 0, created: i })
      socket.write('ping')
      expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('ping')
      socket.destroy()
    }
    await pool.close()
  })

  test('an upgrade that is refused is an ordinary answer, and frees its place', async () => {
    const { origin } = await serve((_request, response) => void response.writeHead(400).end('no'))
    const pool = open(version, { maxConnections: 1 })
    await expect(api.upgrade(origin, { dispatcher: pool.dispatcher })).rejects.toThrow('bad upgrade')
    await until(() => pool.stats().open === 0)
  })

  describe('connecting', () => {
    test('fails by the pool’s own deadline, on time, with its own error', async () => {
      const { dispatcher, ...pool } = open(version, { connectTimeout: 100 }, { connect: () => new net.Socket() })
      const failed: unknown[] = []
      dispatcher.on('connectionError', (_origin, _targets, error) => failed.push(error))
      const before = performance.now()
      const error = await api.request('http://localhost:1', { dispatcher }).catch((error: unknown) => error)
      expect(performance.now() - before).toBeGreaterThan(95)
      expect(performance.now() - before).toBeLessThan(200)
      expect(isPoolError(error, 'ERR_POOL_CONNECT_TIMEOUT')).toBe(true)
      await until(() => pool.stats().open === 0)
    })

    test('that is refused fails its request, and is told', async () => {
      const pool = open(version, { maxConnections: 1 })
      const failed: unknown[][] = []
      pool.dispatcher.on('connectionError', (...args: unknown[]) => failed.push(args))
      const port = await closedPort()
      for (let i = 1; i <= 3; i++) {
        const error = await get(pool, `http://127.0.0.1:${port}`).catch((error: unknown) => error)
        expect(error).toMatchObject({ code: 'ECONNREFUSED' })
        expect(failed.length).toBe(i)
        expect(failed[i - 1]?.[2]).toBe(error)
      }
      await until(() => pool.stats().open === 0)
    })

    test('by a connector of one’s own', async () => {
      const { origin, port, sockets } = await serve((_request, response) => void response.end('ok'))
      const asked: object[] = []
      const connect = (options: object, callback: ConnectCallback) => {
        asked.push(options)
        // Returns nothing, and takes its time.
        setTimeout(() => {
          const socket = net.connect(port, 'localhost', () => callback(null, socket))
        }, 20)
      }
      const pool = open(version, { maxConnections: 1 }, { connect })
      expect(await Promise.all([get(pool, 'http://a.test/'), get(pool, 'http://a.test/')])).toEqual(['ok', 'ok'])
      expect(asked).toEqual([expect.objectContaining({ hostname: 'a.test', protocol: 'http:' })])
      expect(sockets.length).toBe(1)
      expect(origin).toContain(String(port))
    })

    test('a connector that calls back after the deadline has its socket destroyed, and only then is the place free', async () => {
      const { port, sockets } = await serve((_request, response) => void response.end('ok'))
      const connect = (_options: object, callback: ConnectCallback) => {
        setTimeout(() => {
          const socket = net.connect(port, 'localhost', () => callback(null, socket))
        }, 100)
      }
      const pool = open(version, { maxConnections: 1, connectTimeout: 40 }, { connect })
      const error = await get(pool, 'http://a.test/').catch((error: unknown) => error)
      expect(isPoolError(error, 'ERR_POOL_CONNECT_TIMEOUT')).toBe(true)
      expect(pool.stats().open).toBe(1)
      await until(() => pool.stats().open === 0)
      expect(sockets.length).toBe(1)
    })

    test('a connector that fails after the deadline frees the place then', async () => {
      const connect = (_options: object, callback: ConnectCallback) => {
        setTimeout(() => callback(new Error('late'), null), 80)
      }
      const pool = open(version, { maxConnections: 1, connectTimeout: 20 }, { connect })
      for (let i = 0; i < 2; i++) {
        const error = await get(pool, 'http://a.test/').catch((error: unknown) => error)
        expect(isPoolError(error, 'ERR_POOL_CONNECT_TIMEOUT')).toBe(true)
        expect(pool.stats().open).toBe(1)
        await until(() => pool.stats().open === 0)
      }
    })

    test('takes as long as the pool allows: undici has no say', async () => {
      const { port } = await serve((_request, response) => void response.end('ok'))
      const lookup: LookupFunction = (_name, options, callback) => {
        setTimeout(
          () => (options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)),
          1200,
        )
      }
      expect(await get(open(version, { connectTimeout: 'unlimited' }, { connect: { lookup } }), `http://a.test:${port}`)).toBe(
        'ok',
      )
    })

    test('counts by scheme, host and port, the port always there', () => {
      const pool = open(version, {}, { connect: () => new net.Socket() })
      for (const origin of ['http://A.test', 'https://a.test', 'http://a.test:8080', 'https://[::1]']) {
        api.request(origin, { dispatcher: pool.dispatcher }).catch(() => {})
      }
      const origins = ['http://a.test:80', 'https://a.test:443', 'http://a.test:8080', 'https://[::1]:443']
      expect(Object.keys(pool.stats().hosts)).toEqual(origins)
    })

    test.each([
      ['throws', () => fail('by throwing')],
      ['calls back with an error', (_: unknown, callback: ConnectCallback) => callback(new Error('by calling back'), null)],
      [
        'gives an error after which undici would try again',
        (_: unknown, callback: ConnectCallback) =>
          callback(Object.assign(new Error('by an info'), { code: 'UND_ERR_INFO' }), null),
      ],
    ])('a connector that %s fails the request', async (_, connect) => {
      const pool = open(version, { maxConnections: 1 }, { connect: connect as never })
      for (let i = 0; i < 2; i++) await expect(get(pool, 'http://a.test/')).rejects.toThrow('by ')
      await until(() => pool.stats().open === 0)
    })

    test('through a unix socket', async () => {
      const path = join(tmpdir(), `polypool-${process.pid}-${version.peer.major}.sock`)
      const server = net.createServer((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
      })
      server.listen(path)
      onTestFinished(() => void server.close())
      expect(await get(open(version, {}, { socketPath: path }), 'http://anything.test/')).toBe('ok')
    })

    test('with TCP keep-alive as configured', async () => {
      const { port } = await serve((_request, response) => void response.end('ok'))
      const delays: unknown[] = []
      const connect = (_options: object, callback: ConnectCallback) => {
        const socket = net.connect(port, 'localhost', () => callback(null, socket))
        socket.setKeepAlive = (...args: unknown[]) => {
          delays.push(args)
          return socket
        }
        return socket
      }
      const pool = open(version, { tcpKeepAlive: '5s', keepAlive: false }, { connect })
      await get(pool, 'http://a.test/')
      pool.reconfigure({ tcpKeepAlive: false })
      await get(pool, 'http://a.test/')
      expect(delays).toEqual([[true, 5000], [false]])
    })
  })

  describe('TLS', () => {
    test('connections of one name are not used for another, whichever way it is given', async () => {
      const { origin, port } = await serve(
        (request, response) => void response.end((request.socket as { servername?: string | false }).servername || '-'),
        { key, cert },
      )
      const pool = open(version, { maxConnectionsPerHost: 2 }, { connect: { rejectUnauthorized: false } })
      const ip = `https://127.0.0.1:${port}`
      for (let i = 0; i < 2; i++) {
        expect(await get(pool, ip)).toBe('-')
        expect(await get(pool, ip, { headers: { host: 'a.test' } })).toBe('a.test')
        expect(await get(pool, ip, { headers: ['Host', 'a.test:443'] })).toBe('a.test')
        expect(await get(pool, ip, { headers: { HOST: 'b.test' } })).toBe('b.test')
        expect(await get(pool, ip, { headers: new Map([['host', 'c.test']]) })).toBe('c.test')
        expect(await get(pool, ip, { headers: { host: '127.0.0.1' } })).toBe('-')
        expect(await get(pool, ip, { headers: { host: '[::1]:8443' } })).toBe('-')
      }
      expect(await get(pool, origin)).toBe('localhost')
      expect(Object.keys(pool.stats().hosts).sort()).toEqual([ip, origin].sort())
      expect(pool.stats().hosts[ip]?.open).toBeLessThanOrEqual(2)
    })

    test('connections under a name are used again', async () => {
      const { port, sockets } = await serve((_request, response) => void response.end('ok'), { key, cert })
      const pool = open(version, {}, { connect: { rejectUnauthorized: false } })
      const ip = `https://127.0.0.1:${port}`
      for (let i = 0; i < 3; i++) {
        await get(pool, ip)
        await get(pool, ip, { headers: { host: 'a.test' } })
        await get(pool, ip, { headers: ['accept', '*/*', 'Host', 'a.test:443'] })
        await get(pool, ip, { servername: 'b.test' })
      }
      expect(sockets.length).toBe(3)
    })

    test('is HTTP/1.1 with a server that prefers HTTP/2', async () => {
      const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
        response.end(request.httpVersion)
      })
      server.listen(0)
      onTestFinished(() => void server.close())
      await once(server, 'listening')
      const pool = open(version, {}, { connect: { ca: cert } })
      expect(await get(pool, `https://localhost:${(server.address() as net.AddressInfo).port}`)).toBe('1.1')
      await pool.destroy()
    })

    test('a certificate that is not trusted fails the request and frees its place', async () => {
      const { origin } = await serve((_request, response) => void response.end('ok'), { key, cert })
      const pool = open(version, { maxConnections: 1 })
      for (let i = 0; i < 2; i++) await expect(get(pool, origin)).rejects.toThrow()
      await until(() => pool.stats().open === 0)
      const trusting = open(version, { maxConnections: 1 }, { connect: { ca: cert } })
      expect(await get(trusting, origin)).toBe('ok')
    })
  })

  test.each([
    [{ connections: 5 }, 'maxConnectionsPerHost'],
    [{ pipelining: 0 }, 'keepAlive: false'],
    [{ keepAliveTimeout: 5 }, 'keepAliveExpiry'],
    [{ keepAliveMaxTimeout: 5 }, 'keepAliveExpiry'],
    [{ keepAliveTimeoutThreshold: 5 }, 'keepAliveHintMargin'],
    [{ connectTimeout: 5 }, 'connectTimeout'],
    [{ connect: { timeout: 5 } }, 'connect.timeout: set connectTimeout'],
    [{ connect: { keepAlive: false } }, 'tcpKeepAlive'],
    [{ maxRequestsPerClient: 5 }, 'maxRequestsPerConnection'],
    [{ clientTtl: 5 }, 'maxLifetime'],
    [{ maxOrigins: 5 }, 'maxHosts'],
    [{ allowH2: true }, 'HTTP/1.1'],
    [{ connect: { allowH2: true } }, 'HTTP/1.1'],
    [{ factory: () => {} }, 'factory'],
  ])('the native option %j is refused by name', (native, advice) => {
    expect(() => open(version, {}, native as never)).toThrow(PoolUnsupportedError)
    expect(() => open(version, {}, native as never)).toThrow(advice)
  })

  test('native options that undici refuses are refused at once', () => {
    expect(() => open(version, {}, { headersTimeout: -1 })).toThrow('headersTimeout')
  })

  test('dnsCacheTtl and a connector of one’s own exclude each other', () => {
    const connect = () => new net.Socket()
    expect(() => open(version, { dnsCacheTtl: '1s' }, { connect })).toThrow(PoolUnsupportedError)
    const pool = open(version, { maxConnections: 3 }, { connect })
    expect(() => pool.reconfigure({ maxConnections: 5, dnsCacheTtl: '1s' })).toThrow(PoolUnsupportedError)
    expect(pool.config).toMatchObject({ maxConnections: 3, dnsCacheTtl: 0 })
  })

  test('native options of a request’s kind work', async () => {
    const { origin } = await serve(() => {})
    const pool = open(version, {}, { headersTimeout: 100 })
    await expect(get(pool, origin)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    await until(() => pool.stats().open === 0)
  })

  test('the limit of an origin holds for pools of one budget, also for one that the core had forgotten', async () => {
    const gate = new Gate()
    const { origin } = await serve(gate.listener)
    const first = open(version, { maxConnectionsPerHost: 1, keepAlive: false })
    const second = open(version, first as never)
    await get(first, origin)
    await until(() => first.stats().open === 0)
    const held = get(second, `${origin}/held`)
    await until(() => gate.waiting === 1)
    const waiting = get(first, origin)
    expect(first.stats()).toMatchObject({ open: 1, pending: 1 })
    gate.open()
    await Promise.all([held, waiting])
  })

  test('lanes of origins that are not in use any more are forgotten', async () => {
    const pool = open(version, { keepAlive: false })
    const { port } = await serve((_request, response) => void response.end('ok'))
    for (let i = 2; i < 200; i++) await get(pool, `http://127.0.0.${i}:${port}`)
    await until(() => pool.stats().open === 0)
    expect(pool.stats().hosts).toEqual({})
    const lanes = new Map(Array.from({ length: 128 }, (_, i) => [`${i}`, { inUse: i % 2 === 0 } as OriginLane]))
    forgetUnused(lanes)
    expect(lanes.size).toBe(64)
  })
})

function fail(message: string): never {
  throw new Error(message)
}

async function closedPort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
