import { once } from 'node:events'
import http2 from 'node:http2'
import net, { type LookupFunction } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { probeCertificate as cert, probeKey as key } from '../../../cli/src/conformance/probe/certificates.ts'
import type { ConnectCallback } from '../../../src/engines/undici-dispatcher/peer.ts'
import { isPoolError } from '../../../src/errors.ts'
import { always } from '../../faults/answers.ts'
import { FaultServer } from '../../faults/fault-server.ts'
import { localSocketPath } from '../../platform.ts'
import { freePort } from '../../programs.ts'
import { getterOf, open, serve, stopwatch, until, versions, wallClock } from './harness.ts'

describe.each(versions)('$name', (version) => {
  const { api } = version
  const get = getterOf(version)

  describe('connecting', () => {
    test('fails by the pool’s own deadline, on time, with its own error', async () => {
      const { dispatcher, ...pool } = open(version, { connectTimeout: 100 }, { connect: () => new net.Socket() })
      const failed: unknown[] = []
      dispatcher.on('connectionError', (_origin, _targets, error) => failed.push(error))
      const [elapsed, own] = [wallClock(), stopwatch()]
      const error = await api.request('http://localhost:1', { dispatcher }).catch((error: unknown) => error)
      expect(elapsed()).toBeGreaterThan(95)
      expect(own()).toBeLessThan(200)
      expect(isPoolError(error, 'ERR_POOL_CONNECT_TIMEOUT')).toBe(true)
      await until(() => pool.stats().open === 0)
    })

    test('that is refused fails its request, and is told', async () => {
      const pool = open(version, { maxConnections: 1 })
      const failed: unknown[][] = []
      pool.dispatcher.on('connectionError', (...args: unknown[]) => failed.push(args))
      const port = await freePort()
      for (let i = 1; i <= 3; i++) {
        const error = await get(pool, `http://127.0.0.1:${port}`).catch((error: unknown) => error)
        expect(error).toMatchObject({ code: 'ECONNREFUSED' })
        expect(failed.length).toBe(i)
        expect(failed[i - 1]?.[2]).toBe(error)
      }
      await until(() => pool.stats().open === 0)
    })

    // On Linux a full backlog drops SYN, as a host that is down does.
    test.runIf(process.platform === 'linux')(
      'that times out at one of several addresses tells of no timeout that is not there',
      async () => {
        await using server = new FaultServer()
        const { port } = await server.listen({ scheme: 'http', backlog: 1, connections: [always('ok')] })
        await server.block(600_000)
        const filling: net.Socket[] = []
        const connecting = () => filling.filter((socket) => socket.connecting).length
        // Until the kernel takes no more.
        while (connecting() < 3) {
          filling.push(net.connect(port, '127.0.0.1').on('error', () => {}))
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
        // Nobody listens at the second one.
        const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
        const lookup = (_host: string, _options: object, callback: (error: null, found: typeof addresses) => void) =>
          callback(null, addresses)
        const pool = open(
          version,
          {},
          { connect: { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 50 } as object },
        )
        const error = await get(pool, `http://two.test:${port}`).catch((error: unknown) => error)
        for (const socket of filling) socket.destroy()
        expect(error).toMatchObject({ code: expect.stringMatching(/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/) })
        expect(String(error)).not.toContain('0ms')
        await until(() => pool.stats().open === 0)
      },
    )

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
      const path = localSocketPath()
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
})

function fail(message: string): never {
  throw new Error(message)
}
