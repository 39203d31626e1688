import { once } from 'node:events'
import type { LookupFunction, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { dialTo, proxyTls, readAll, settle, success } from './dialled.ts'
import { openTunnel, rawServer, scriptedProxy, socksProxy } from './proxies.ts'

const never: LookupFunction = () => {}

/** A server that says nothing at each step, and the step. */
const silences = [
  ['connect', async () => ({ url: 'http://proxy.test:1', accepted: () => 0, lookup: never })],
  ['proxy-tls', async () => withUrl(await rawServer(), 'https')],
  ['answer', async () => withUrl(await scriptedProxy(), 'http')],
  ['answer', async () => withUrl(await scriptedProxy(() => {}, { secure: true }), 'https')],
  ['socks', async () => withUrl(await rawServer(), 'socks5h')],
  ['socks', async () => withUrl(await socksProxy({ answer: null }), 'socks5h')],
] as const

function withUrl({ url, accepted }: Awaited<ReturnType<typeof rawServer>>, scheme: string) {
  return { url: url(scheme), accepted, lookup: undefined }
}

describe.each(silences)('silence at the step %s', (hop, start) => {
  it('lasts until it is given up, and then the socket closes before that is told', async () => {
    const { url, accepted, lookup } = await start()
    const { dial, ended, calls } = dialTo(url, { socket: { lookup } })
    await expect.poll(() => dial.hop).toBe(hop)
    if (lookup === undefined) await expect.poll(accepted).toBe(1)
    await settle()
    expect([calls(), dial.open]).toEqual([0, true])
    const mine = new Error('mine')
    dial.destroy(mine)
    dial.destroy(new Error('another'))
    expect(calls()).toBe(0)
    const { error, closed } = await ended
    expect([error, closed, dial.hop]).toEqual([mine, true, hop])
    await settle()
    expect(calls()).toBe(1)
  })
})

describe('TLS with the proxy', () => {
  it('is told of where the proxy speaks none', async () => {
    const proxy = await scriptedProxy()
    // What it takes for a head may have no end.
    const server = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { error, closed } = await dialTo(server.url('https')).ended
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/TLS with it failed.*its URL begins with http:\/\//),
    })
    expect(closed).toBe(true)
    expect(proxy.heads).toEqual([])
  })

  it('is told of where the proxy speaks it alone', async () => {
    const proxy = await scriptedProxy(() => {}, { secure: true })
    const { error } = await dialTo(proxy.url('http')).ended
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', message: expect.stringMatching(/https:\/\//) })
  })

  it('is told of where its certificate is not known', async () => {
    const proxy = await scriptedProxy(() => {}, { secure: true })
    const { error } = await dialTo(proxy.url('https'), { proxyTls: {} }).ended
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/TLS with it failed \(.*certificate.*\): give the native option proxyTls/),
      cause: expect.objectContaining({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    })
    expect(proxy.heads).toEqual([])
  })

  it('is told of where its certificate is another’s', async () => {
    const proxy = await scriptedProxy(() => {}, { secure: true })
    const { error } = await dialTo(proxy.url('https'), { proxyTls: { ...proxyTls, servername: 'proxy.example' } }).ended
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      cause: expect.objectContaining({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    })
  })

  it('asks for the proxy’s own name and for HTTP/1.1, and an address by none', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(success), { secure: true })
    await dialTo(proxy.url('https')).ended
    await dialTo(`https://127.0.0.1:${proxy.port}`).ended
    expect(proxy.heads.map(({ socket }) => (socket as Socket & { servername?: unknown }).servername)).toEqual([
      'localhost',
      false,
    ])
  })
})

describe('the connection to the proxy', () => {
  it('is told of where nobody listens', async () => {
    const gone = await scriptedProxy()
    const { socket } = await dialTo(gone.url()).dial
    socket.destroy()
    const { error, closed } = await dialTo('http://127.0.0.1:1').ended
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      proxy: 'http://127.0.0.1:1',
      message: expect.stringMatching(/it can't be reached \(connect ECONNREFUSED 127\.0\.0\.1:1\): check the address/),
      cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
    })
    expect(closed).toBe(true)
  })

  it('is made with the options of TCP, those of TLS being the origin’s', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(success), { secure: true })
    const names: string[] = []
    const lookup: LookupFunction = (name, options, callback) => {
      names.push(name)
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    }
    const ofTheOrigin = {
      ca: 'none',
      servername: 'a.test',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
      path: 'a.sock',
      host: 'a.test',
    }
    const { error } = await dialTo(proxy.url('https'), { socket: { lookup, localAddress: '127.0.0.1', ...ofTheOrigin } }).ended
    expect([error, names]).toEqual([null, ['localhost']])
  })

  it.each(['127.0.0.1', '::1'])('goes to %s', async (address) => {
    const origin = await rawServer((socket) => socket.end('hello'))
    const proxy = await scriptedProxy((head) => openTunnel(head), { address })
    const { socket } = await dialTo(proxy.url(), { host: '127.0.0.1', port: origin.port }).ended
    expect(await readAll(socket as Socket)).toBe('hello')
  })
})

it('what net.connect throws is thrown', () => {
  expect(() => dialTo('http://localhost:1', { socket: { localAddress: 'nowhere' } })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_IP_ADDRESS' }),
  )
})

it('a socket that is ended by somebody else ends the dial', async () => {
  const proxy = await scriptedProxy()
  const { dial, ended } = dialTo(proxy.url())
  await once(dial.socket, 'connect')
  dial.socket.destroy()
  expect((await ended).error).toMatchObject({ code: 'ERR_POOL_PROXY' })
})
