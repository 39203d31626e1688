import type { LookupFunction, Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { dialTo, readAll } from './dialled.ts'
import { rawServer, socksProxy } from './proxies.ts'

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

  it('takes a user and a password of 255 bytes', async () => {
    const credentials = `${'u'.repeat(255)}:${'p'.repeat(255)}`
    const origin = await rawServer((socket) => socket.end('hello'))
    const proxy = await socksProxy({ credentials })
    const { error, socket } = await dialTo(proxy.url('socks5h', credentials), { port: origin.port }).ended
    expect(error).toBe(null)
    expect(await readAll(socket as Socket)).toBe('hello')
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
