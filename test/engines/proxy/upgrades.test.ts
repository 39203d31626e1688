import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { countSockets, errorOf, listen, type Scheme, until } from '../node-agent/support.ts'
import { open, versions } from '../undici-dispatcher/harness.ts'
import { schemes } from './engines.ts'
import { proxies } from './kinds.ts'
import { countingProxy } from './proxies.ts'

// What becomes something else than HTTP on its connection: upgrades, CONNECT, WebSocket. undici's; node's are tested with its agents.

const native = { connect: { ca: probeCertificate }, proxyTls: { ca: probeCertificate } }
const require = createRequire(import.meta.url)

interface OpenedSocket extends EventTarget {
  send(text: string): void
  close(): void
}

type WebSocketClass = new (url: string, options: object) => OpenedSocket

/** An origin that upgrades to `other` and says hello, takes CONNECT, and speaks as much WebSocket as to say what it was told. */
async function origin(scheme: Scheme): Promise<number> {
  const { server, port } = await listen(scheme)
  server.on('upgrade', (request, socket: Duplex) => {
    socket.on('error', () => {})
    const { upgrade, 'sec-websocket-key': key } = request.headers
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const more = upgrade === 'websocket' ? `Sec-WebSocket-Accept: ${accept}\r\n` : ''
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${upgrade}\r\nConnection: Upgrade\r\n${more}\r\n`)
    if (upgrade !== 'websocket') return void socket.write('hello')
    socket.on('data', (frame: Buffer) => {
      if (((frame[0] as number) & 15) !== 1) return socket.end()
      const length = (frame[1] as number) & 127
      const mask = frame.subarray(2, 6)
      const text = frame.subarray(6, 6 + length).map((byte, at) => byte ^ (mask[at % 4] as number))
      return socket.write(Buffer.concat([Buffer.from([0x81, length]), text]))
    })
  })
  server.on('connect', (request, socket: Duplex) => {
    socket.on('error', () => {})
    socket.write(`HTTP/1.1 200 OK\r\n\r\nto ${request.url}`)
  })
  return port
}

async function firstText(socket: Duplex): Promise<string> {
  for await (const chunk of socket) return String(chunk)
  return ''
}

describe.each(Object.entries(proxies))('through %s', (_, start) => {
  describe.each(versions.flatMap((version) => schemes.map((scheme) => [version.name, scheme, version] as const)))(
    '%s, %s',
    (_, scheme, version) => {
      it('an upgrade gets a tunnel: its caller has the socket of the origin, which leaves the pool', async () => {
        const { proxy, url } = await start()
        const port = await origin(scheme)
        const pool = open(version, { proxy: url, maxConnections: 1 }, native)
        const counter = countSockets(proxy.port)
        const to = `${scheme}://localhost:${port}/`
        const { socket } = await version.api.upgrade(to, { ...pool.options, protocol: 'other' })
        expect(await firstText(socket)).toBe('hello')
        socket.destroy()
        await until(() => expect(pool.stats()).toMatchObject({ open: 0, upgraded: 0 }))
        await until(() => expect([counter.opened, counter.open]).toEqual([1, 0]))
        // Requests of the same origin are not kept from their own connection.
        expect(await (await version.api.request(to, pool.options)).body.text()).toBe('ok')
      })

      it('CONNECT gets a tunnel: it is the origin that is asked, by its own right', async () => {
        const { url } = await start()
        const port = await origin(scheme)
        const pool = open(version, { proxy: url, maxConnections: 1 }, native)
        const { socket, statusCode } = await version.api.connect(`${scheme}://localhost:${port}`, {
          ...pool.options,
          // undici makes a path of it.
          path: 'a.test:81',
        })
        expect([statusCode, await firstText(socket)]).toEqual([200, 'to /a.test:81'])
        socket.destroy()
        await until(() => expect(pool.stats()).toMatchObject({ open: 0, upgraded: 0 }))
      })

      it('a WebSocket gets a tunnel', async () => {
        const { url } = await start()
        const port = await origin(scheme)
        const pool = open(version, { proxy: url, maxConnections: 1 }, native)
        const { WebSocket } = require(version.name.replace(' ', '').replace('8', '')) as { WebSocket: WebSocketClass }
        const socket = new WebSocket(`${scheme === 'http' ? 'ws' : 'wss'}://localhost:${port}/`, pool.options)
        const heard = new Promise<unknown>((resolve, reject) => {
          socket.addEventListener('open', () => socket.send('there and back'))
          socket.addEventListener('message', (event) => resolve((event as MessageEvent).data))
          socket.addEventListener('error', (event) => reject((event as ErrorEvent).error))
        })
        expect(await heard).toBe('there and back')
        socket.close()
        await until(() => expect(pool.stats()).toMatchObject({ open: 0, upgraded: 0 }))
      })
    },
  )
})

describe.each(versions)('$name', (version) => {
  it('requests in absolute form and tunnels to one origin have connections of their own, within its limit', async () => {
    const proxy = await countingProxy()
    const port = await origin('http')
    const pool = open(version, { proxy: proxy.url(), maxConnectionsPerHost: 1 }, native)
    const counter = countSockets(proxy.port)
    const to = `http://localhost:${port}/`
    const get = async () => (await version.api.request(to, pool.options)).body.text()
    const upgrade = async () => {
      const { socket } = await version.api.upgrade(to, { ...pool.options, protocol: 'other' })
      await firstText(socket)
      socket.destroy()
      // It is no connection of the pool's any more.
      await until(() => expect([pool.stats().upgraded, counter.open]).toEqual([0, 0]))
    }
    await get()
    await upgrade()
    await get()
    expect([proxy.tunnels, proxy.forwarded.map(({ url }) => url)]).toEqual([[`localhost:${port}`], [to, to]])
    expect([counter.opened, counter.peak]).toEqual([3, 1])
    expect(Object.keys(pool.stats().hosts)).toEqual([`http://localhost:${port}`])
  })

  it('Expect is refused by undici itself, as without a proxy, and nothing is sent', async () => {
    const proxy = await countingProxy()
    const errors = await Promise.all(
      [{ proxy: proxy.url() }, {}].map((config) => {
        const pool = open(version, config, native)
        const ask = { ...pool.options, method: 'PUT', body: 'x', headers: { Expect: '100-continue' } }
        return errorOf(version.api.request('http://a.test/', ask))
      }),
    )
    expect(errors.map(({ code }) => code)).toEqual(['UND_ERR_NOT_SUPPORTED', 'UND_ERR_NOT_SUPPORTED'])
    expect(proxy.accepted()).toBe(0)
  })

  it('a refusal of a tunnel is the error of an upgrade', async () => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const pool = open(version, { proxy: proxy.url('http', 'user:secret') }, native)
    for (const ask of [
      version.api.upgrade('http://a.test/', { ...pool.options, protocol: 'other' }),
      version.api.connect('http://a.test', { ...pool.options, path: 'b.test:80' }),
    ])
      expect(await errorOf(ask)).toMatchObject({ code: 'ERR_POOL_PROXY', statusCode: 407, origin: 'http://a.test:80' })
    await until(() => expect(pool.stats().open).toBe(0))
  })
})
