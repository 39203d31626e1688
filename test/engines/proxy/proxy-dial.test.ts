import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { dialTo, readAll, settle, success } from './dialled.ts'
import { scriptedProxy } from './proxies.ts'

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
