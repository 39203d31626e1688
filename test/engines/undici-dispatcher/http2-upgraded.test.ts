import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { open, until } from './harness.ts'
import { Census, codeOf, scene, tls, undici8 } from './http2-harness.ts'

describe('streams that are the caller’s after an upgrade', () => {
  async function tunnels() {
    const server = http2.createSecureServer({ key: probeKey, cert: probeCertificate, settings: { enableConnectProtocol: true } })
    server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200 })
      if (headers[':method'] === 'CONNECT') stream.pipe(stream)
      else stream.end('ok')
    })
    const sessions: http2.ServerHttp2Session[] = []
    server.on('session', (session) => void sessions.push(session))
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
    const sockets = new Census()
    const pool = open(undici8, { http2: true, maxConnections: 1, maxStreamsPerConnection: 2 }, tls)
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`
    const get = async () => (await undici8.api.request(origin, { dispatcher: pool.dispatcher })).body.text()
    return { origin, pool, get, sockets, sessions }
  }

  const echoes = async (socket: Duplex) => {
    socket.write('hello')
    const [data] = await once(socket, 'data')
    return String(data)
  }

  test.each(['CONNECT', 'websocket'] as const)(
    '%s: it keeps its slot until it ends, and the connection stays in the pool',
    async (kind) => {
      const { origin, pool, get, sockets } = await tunnels()
      await get()
      const ask = async (): Promise<Duplex> => {
        if (kind === 'CONNECT')
          return (await undici8.api.connect(origin, { dispatcher: pool.dispatcher, path: 'a.test:1' })).socket
        return (await undici8.api.upgrade(origin, { dispatcher: pool.dispatcher, protocol: 'websocket', path: '/' } as object))
          .socket
      }
      const first = await ask()
      expect(await echoes(first)).toBe('hello')
      expect(pool.stats()).toMatchObject({ open: 1, active: 1, upgraded: 0, streams: { active: 1, capacity: 2 } })
      const second = await ask()
      expect(pool.stats().streams.active).toBe(2)
      const waiting = get()
      expect(pool.stats().pending).toBe(1)
      first.destroy()
      expect(await waiting).toBe('ok')
      expect(await echoes(second)).toBe('hello')
      second.end()
      second.resume()
      await until(() => pool.stats().idle === 1)
      expect(pool.stats()).toMatchObject({ open: 1, streams: { active: 0 } })
      expect(sockets.opened).toBe(1)
    },
  )

  test('one outlives GOAWAY, and its connection counts as long', async () => {
    const { origin, pool, get, sockets, sessions } = await tunnels()
    const { socket } = await undici8.api.connect(origin, { dispatcher: pool.dispatcher, path: 'a.test:1' })
    sessions[0]?.goaway(0)
    await until(() => pool.stats().draining === 1)
    expect(await echoes(socket)).toBe('hello')
    const waiting = get()
    expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
    socket.destroy()
    expect(await waiting).toBe('ok')
    expect(sockets).toMatchObject({ peak: 1, opened: 2 })
  })

  test('a server that has no such streams refuses the request alone', async () => {
    const { url, pool, get, sockets } = await scene()
    const failed = undici8.api.upgrade(url, { dispatcher: pool.dispatcher, protocol: 'websocket', path: '/' } as object)
    expect(codeOf(await failed.catch((error: unknown) => error))).toBe('UND_ERR_INFO')
    const strange = undici8.api.upgrade(url, { dispatcher: pool.dispatcher, protocol: 'strange', path: '/' } as object)
    await expect(strange).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
    expect(await get()).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(sockets.opened).toBe(1)
  })

  test.each([1, 2])('undici then asks for a WebSocket without HTTP/2, in %i places, and the rest stays on it', async (places) => {
    const seen: string[] = []
    const server = http2.createSecureServer({ key: probeKey, cert: probeCertificate, allowHTTP1: true }, (request, response) => {
      seen.push(request.httpVersion)
      response.end('ok')
    })
    const tunnelled: Duplex[] = []
    server.on('upgrade', ({ httpVersion, headers }: IncomingMessage, socket: Duplex) => {
      seen.push(`WebSocket ${httpVersion}`)
      tunnelled.push(socket)
      const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      socket.write(
        `HTTP/1.1 101 -\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept.digest('base64')}\r\n\r\n`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => {
      for (const socket of tunnelled) socket.destroy()
      server.close()
    })
    const sockets = new Census()
    const pool = open(undici8, { http2: true, maxConnections: places }, tls)
    const host = `localhost:${(server.address() as AddressInfo).port}`
    const get = async () => (await undici8.api.request(`https://${host}`, { dispatcher: pool.dispatcher })).body.text()
    await get()
    const socket = new WebSocket(`wss://${host}`, { dispatcher: pool.dispatcher } as object)
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = reject
    })
    await get()
    expect(seen).toEqual(['2.0', 'WebSocket 1.1', '2.0'])
    expect(pool.stats()).toMatchObject({ open: 1, upgraded: 1, streams: { active: 0, capacity: 100 } })
    expect(sockets.opened).toBe(places === 1 ? 3 : 2)
  })
})
