import { once } from 'node:events'
import type { LookupFunction, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { Gateway, type ProxyOptions } from '../../../src/engines/proxy/gateway.ts'
import { type DialOptions, ProxyDial } from '../../../src/engines/proxy/proxy-dial.ts'

import type { PoolProxyError } from '../../../src/errors.ts'
import { openTunnel, rawServer, scriptedProxy, serverOf, socksProxy } from './proxies.ts'

interface Dialled {
  readonly dial: ProxyDial
  readonly ended: Promise<{ error: PoolProxyError | null; socket: Socket | undefined; closed: boolean }>
  readonly calls: () => number
}

const proxyTls = { ca: probeCertificate }

function dialTo(url: string, options: Partial<DialOptions> & ProxyOptions = {}): Dialled {
  let resolve: (ended: Awaited<Dialled['ended']>) => void
  const ended: Dialled['ended'] = new Promise((settle) => (resolve = settle))
  const gateway = new Gateway(serverOf(url), { proxyTls, ...options })
  let calls = 0
  const given = { gateway, origin: 'https://a.test:443', pool: 'mine', host: 'a.test', port: 443, tunnel: true, socket: {} }
  const dial = new ProxyDial({ ...given, ...options }, (error, socket) => {
    calls++
    resolve({ error: error as PoolProxyError | null, socket, closed })
  })
  // `closed` of a socket says only that it was destroyed. The dial listens first, so that this is as late as it may be.
  let closed = false
  dial.socket.prependListener('close', () => {
    closed = true
  })
  return { dial, ended, calls: () => calls }
}

/** As often as the loop has turned, everything on loopback that was sent has arrived. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn()
}

/** Everything that the socket gives until it ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1')
  return text
}

const success = 'HTTP/1.1 200 OK\r\n\r\n'

describe.each(['http', 'https'] as const)('an %s proxy', (scheme) => {
  const secure = scheme === 'https'

  it('is asked by CONNECT, with what it is to know', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(success), { secure })
    const { ended } = dialTo(proxy.url(scheme, 'user:p%40ss'), { proxyHeaders: { 'X-Tenant': 'one' } })
    expect((await ended).error).toBe(null)
    expect(proxy.heads.map(({ text }) => text)).toEqual([
      `CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nProxy-Authorization: Basic ${btoa('user:p@ss')}\r\nX-Tenant: one\r\n\r\n`,
    ])
  })

  it('is asked for an IPv6 address in brackets', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(success), { secure })
    await dialTo(proxy.url(scheme), { host: '2001:db8::1', port: 8443 }).ended
    expect(proxy.heads[0]?.text).toBe('CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n')
  })

  it('may answer byte by byte, with interim answers, and the tunnel’s bytes right behind', async () => {
    const answer = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n\r\n\r\nfrom the origin`
    const proxy = await scriptedProxy(
      async ({ socket }) => {
        for (const byte of answer) {
          socket.write(byte)
          await turn()
        }
        socket.end()
      },
      { secure },
    )
    const { socket } = await dialTo(proxy.url(scheme)).ended
    expect(await readAll(socket as Socket)).toBe('\r\n\r\nfrom the origin')
  })

  it('may send a lot right behind its answer, which nobody loses who listens later', async () => {
    const much = 'x'.repeat(300_000)
    const proxy = await scriptedProxy(({ socket }) => socket.end(`${success}${much}`), { secure })
    const { socket } = await dialTo(proxy.url(scheme)).ended
    await settle()
    expect((await readAll(socket as Socket)).length).toBe(much.length)
  })

  it('leaves nothing of the dial on the socket', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(success), { secure })
    const plain = dialTo(proxy.url(scheme), { tunnel: false })
    const { socket: bare } = await plain.ended
    const { socket } = await dialTo(proxy.url(scheme)).ended
    for (const event of ['error', 'close', 'end', 'readable', 'connect', 'secureConnect', 'data'])
      expect([event, socket?.listenerCount(event)]).toEqual([event, bare?.listenerCount(event)])
  })

  it('is only connected with for requests in absolute form', async () => {
    const proxy = await scriptedProxy(() => {}, { secure })
    const { ended } = dialTo(proxy.url(scheme), { tunnel: false })
    const { error, socket } = await ended
    expect(error).toBe(null)
    expect(proxy.heads).toEqual([])
    socket?.write('GET http://a.test/ HTTP/1.1\r\n\r\n')
    await expect.poll(() => proxy.heads.length).toBe(1)
  })

  it.each([
    [407, 'Proxy-Authenticate: Basic realm="x"\r\n', '', /it wants credentials: write them into its URL, user:password@/],
    [407, 'Proxy-Authenticate: Basic realm="x"\r\n', 'user:secret', /it does not take the credentials that it was sent/],
    [
      407,
      'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n',
      'user:secret',
      /it wants Negotiate or NTLM.*proxyHeaders/,
    ],
    [401, 'WWW-Authenticate: Basic realm="x"\r\n', 'user:secret', /it does not take the credentials/],
    [403, '', '', /it does not allow this host or port: .*noProxy/],
    [405, '', '', /it may be no proxy, or allow no CONNECT/],
    [429, '', '', /it takes no more now/],
    [502, '', '', /it can not reach the host/],
    [503, '', '', /it can not reach the host, or has too much to do/],
    [500, '', '', /see its log/],
    [302, 'Location: http://portal.test/\r\n', '', /see its log/],
    [101, '', '', /see its log/],
  ])('that refuses by %i (%j, %j) is told of once its socket has closed', async (status, fields, credentials, advice) => {
    const body = '<html>secret of the proxy'
    const proxy = await scriptedProxy(({ socket }) => socket.write(`HTTP/1.1 ${status} No\r\n${fields}\r\n${body}`), { secure })
    const url = proxy.url(scheme, credentials)
    const { dial, ended, calls } = dialTo(url)
    const { error, socket, closed } = await ended
    expect(error).toMatchObject({
      name: 'PoolProxyError',
      code: 'ERR_POOL_PROXY',
      statusCode: status,
      pool: 'mine',
      origin: 'https://a.test:443',
      proxy: proxy.url(scheme),
      message: expect.stringMatching(advice),
    })
    expect(error?.message).toContain(`through the proxy ${proxy.url(scheme)}: it answered CONNECT with ${status}: `)
    expect({ socket, closed, open: dial.open }).toEqual({ socket: undefined, closed: true, open: false })
    expect(inspect(error, { depth: 10 })).not.toMatch(/secret|dXNlcj/)
    await settle()
    expect(calls()).toBe(1)
  })

  it.each(['ends', 'resets'])('that %s after any number of bytes of its answer is told of', async (how) => {
    const answer = 'HTTP/1.1 200 OK\r\nVia: x\r\n\r\n'
    let cut = 0
    const proxy = await scriptedProxy(
      ({ socket }) => {
        // A reset throws away what has not been read.
        if (how === 'ends') socket.end(answer.slice(0, cut))
        else
          socket.write(answer.slice(0, cut), async () => {
            await settle()
            socket.resetAndDestroy()
          })
      },
      { secure: secure && how === 'ends' },
    )
    for (cut = 0; cut < answer.length; cut++) {
      const { error, closed } = await dialTo(proxy.url(secure && how === 'ends' ? 'https' : 'http')).ended
      expect([cut, error?.code, closed]).toEqual([cut, 'ERR_POOL_PROXY', true])
      expect(error?.message).toMatch(/closed the connection before it had answered CONNECT|failed before it had answered CONNECT/)
    }
    const { error, socket } = await dialTo(proxy.url(secure && how === 'ends' ? 'https' : 'http')).ended
    expect(error).toBe(null)
    socket?.destroy()
  })

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', /what is no HTTP/],
    ['more than a head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}`, /more than 16 KiB of headers/],
  ])('that says %s is told of', async (_, answer, message) => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(answer), { secure })
    const { error, closed } = await dialTo(proxy.url(scheme)).ended
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', message: expect.stringMatching(message) })
    expect(closed).toBe(true)
  })
})

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

describe('SOCKS 5', () => {
  it.each([
    ['socks5h', 'the proxy looks names up', 'a.test'],
    ['socks5', 'this machine looks names up', '127.0.0.1'],
  ])('by %s: %s', async (scheme, _, asked) => {
    const origin = await rawServer((socket) => socket.once('data', (chunk) => socket.end(`${chunk} back`)))
    const proxy = await socksProxy({ credentials: 'user:p@ss' })
    const looked: string[] = []
    const lookup: LookupFunction = (name, options, callback) => {
      looked.push(name)
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    }
    const { error, socket } = await dialTo(proxy.url(scheme, 'user:p%40ss'), { port: origin.port, socket: { lookup } }).ended
    expect(error).toBe(null)
    socket?.write('there and')
    expect(await readAll(socket as Socket)).toBe('there and back')
    expect(proxy.asked).toEqual([`${asked}:${origin.port}`])
    expect(looked).toEqual(scheme === 'socks5' ? ['localhost', 'a.test'] : ['localhost'])
  })

  it.each<[string, number[]]>([
    ['10.0.0.1', [1, 10, 0, 0, 1]],
    ['::1', [4, ...new Array<number>(15).fill(0), 1]],
    ['2001:db8::8:800', [4, 0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(8).fill(0), 0, 8, 8, 0]],
    ['::ffff:1.2.3.4', [4, ...new Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
    ['a.test', [3, 6, ...Buffer.from('a.test')]],
  ])('%s is asked for as SOCKS says it, and what follows an answer in pieces is the tunnel’s', async (host, destination) => {
    const heard: number[][] = []
    const proxy = await rawServer((socket) =>
      socket.on('data', (chunk) => {
        heard.push([...(chunk as Buffer)])
        if (heard.length === 1) socket.write(Buffer.from([5, 0]))
        else for (const byte of [5, 0, 0, 3, 1, 97, 0, 80, ...Buffer.from('hello')]) socket.write(Buffer.from([byte]))
        if (heard.length === 2) socket.end()
      }),
    )
    const { error, socket } = await dialTo(proxy.url('socks5h'), { host, port: 443 }).ended
    expect(error).toBe(null)
    expect(await readAll(socket as Socket)).toBe('hello')
    expect(heard).toEqual([
      [5, 1, 0],
      [5, 1, 0, ...destination, 1, 187],
    ])
  })

  it('does not ask for a name that is too long for it', async () => {
    const proxy = await socksProxy()
    const { error } = await dialTo(proxy.url('socks5h'), { host: 'a'.repeat(256) }).ended
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', message: expect.stringContaining('more than the 255 bytes') })
  })

  it.each([
    ['wrong credentials', { credentials: 'user:other' }, /the SOCKS handshake failed \(.*does not let this user and password in/],
    ['a refusal', { answer: 2 }, /the SOCKS handshake failed \(.*its rules do not allow/],
    ['a host that can’t be reached', { answer: 4 }, /the SOCKS handshake failed \(.*the host can’t be reached/],
  ])('%s: it is told of once its socket has closed, without the credentials', async (_, options, message) => {
    const proxy = await socksProxy(options)
    const { error, closed } = await dialTo(proxy.url('socks5h', 'user:secret')).ended
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', message: expect.stringMatching(message) })
    expect(closed).toBe(true)
    expect(inspect(error, { depth: 10 })).not.toContain('secret')
  })

  it('that is none, or closes, is told of', async () => {
    const none = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect((await dialTo(none.url('socks5h')).ended).error).toMatchObject({ code: 'ERR_POOL_PROXY' })
    const closing = await rawServer((socket) => socket.once('data', () => socket.end()))
    expect((await dialTo(closing.url('socks5h')).ended).error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/before the SOCKS handshake was over|SOCKS handshake failed/),
    })
  })

  it('to a host whose name is not known here fails as that does', async () => {
    const proxy = await socksProxy()
    const lookup: LookupFunction = (name, _, callback) =>
      name === 'localhost'
        ? callback(null, [{ address: '127.0.0.1', family: 4 }])
        : callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), [])
    const { error } = await dialTo(proxy.url('socks5'), { socket: { lookup } }).ended
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', message: expect.stringContaining('ENOTFOUND a.test') })
    expect(proxy.asked).toEqual([])
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
