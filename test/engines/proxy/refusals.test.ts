import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { countSockets, errorOf, listen } from '../node-agent/support.ts'
import { clients, engines } from './engines.ts'
import { countingProxy, type Head, openTunnel, rawServer, scriptedProxy, socksProxy } from './proxies.ts'

describe.each([401, 403, 407, 502, 503])('a refusal of CONNECT by %i', (status) => {
  it.each(clients)('$name: is the error of each request, and no more sockets are open than may be', async ({ open }) => {
    const proxy = await scriptedProxy(({ socket }) => socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 6\r\n\r\nsecret`))
    const proxied = open(proxy.url('http', 'user:secret'), { maxConnections: 2 })
    const counter = countSockets()
    const errors = await Promise.all(Array.from({ length: 8 }, () => errorOf(proxied.get('https://a.test/'))))
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'ERR_POOL_PROXY',
        statusCode: status,
        proxy: proxy.url(),
        pool: 'proxied',
        origin: 'https://a.test:443',
      })
      expect(inspect(error, { depth: 10 })).not.toMatch(/secret|dXNlcj/)
    }
    expect([counter.peak, counter.opened]).toEqual([2, 8])
    await proxied.expectEmpty()
  })
})

it.each(engines)('$name: a refusal is told of when its socket has closed, and not before', async ({ open }) => {
  const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 403 No\r\n\r\n'))
  const proxied = open(proxy.url())
  const counter = countSockets()
  await errorOf(
    proxied.get('https://a.test/').catch((error) => Promise.reject(Object.assign(error, { open: counter.open }))),
  ).then((error) => expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', open: 0 }))
})

it.each(engines)('$name: a refusal by SOCKS is told of', async ({ open }) => {
  const proxy = await socksProxy({ answer: 2 })
  for (const scheme of ['http', 'https']) {
    const proxied = open(proxy.url('socks5h', 'user:secret'), { maxConnections: 1 })
    const error = await errorOf(proxied.get(`${scheme}://a.test/`))
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/its rules do not allow the connection/),
    })
    expect(inspect(error, { depth: 10 })).not.toContain('secret')
    await proxied.expectEmpty()
  }
})

describe.each([
  ['user', `${'u'.repeat(256)}:pass`],
  ['password', `user:${'p'.repeat(256)}`],
  // Bytes count, not letters.
  ['password', `user:${'%C3%A4'.repeat(128)}`],
])('a %s that is too long for SOCKS', (_, credentials) => {
  it.each(engines)('$name: is refused before anything is opened, and not told', async ({ open }) => {
    const refused = await errorOf((async () => open(`socks5h://${credentials}@localhost`))())
    expect(refused).toMatchObject({
      code: 'ERR_POOL_CONFIG',
      message: expect.stringMatching(/more than 255 bytes, which SOCKS 5 can not send/),
    })
    expect(inspect(refused, { depth: 10, showHidden: true })).not.toMatch(/uuuu|pppp|ä|%C3/i)
  })
})

describe('407 in answer to a request in absolute form', () => {
  it.each(clients)('$name: is the proxy’s, and no answer of the origin', async ({ open }) => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const proxied = open(proxy.url('http', 'user:secret'), { maxConnections: 1 })
    const error = await errorOf(proxied.get('http://a.test/', { method: 'POST', body: 'x' }))
    expect(error).toMatchObject({
      code: 'ERR_POOL_PROXY',
      statusCode: 407,
      proxy: proxy.url(),
      origin: 'http://a.test:80',
      pool: 'proxied',
    })
    expect(error.message).toMatch(/it answered the request with 407: it does not take the credentials/)
    expect(inspect(error, { depth: 10 })).not.toMatch(/secret|dXNlcj/)
    expect(proxy.accepted()).toBe(1)
    await proxied.expectEmpty()
  })

  it.each(engines)('$name: leaves the connection to nobody', async ({ open }) => {
    const proxy = await scriptedProxy(({ socket }, index) =>
      socket.write(`HTTP/1.1 ${index === 0 ? 407 : 200} Ok\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok`),
    )
    const proxied = open(proxy.url(), { maxConnections: 1 })
    const [refused, next] = [errorOf(proxied.get('http://a.test/')), proxied.get('http://a.test/')]
    expect(await refused).toMatchObject({ code: 'ERR_POOL_PROXY' })
    expect(await next).toMatchObject({ body: 'ok' })
    expect(proxy.accepted()).toBe(2)
  })
})

it.each(engines)('$name: other answers are left as they are, for an origin may have given them', async ({ open }) => {
  const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno'))
  expect(await open(proxy.url()).get('http://a.test/')).toMatchObject({ status: 503, body: 'no' })
})

const success = 'HTTP/1.1 200 OK\r\nVia: x\r\n\r\n'

describe.each(['ends', 'resets'])('a proxy that %s after any number of bytes of its answer', (how) => {
  it.each(engines)('$name: is told of, and its place is free again', async ({ open }) => {
    let cut = 0
    const proxy = await scriptedProxy(({ socket }) => {
      if (how === 'ends') return socket.end(success.slice(0, cut))
      // A reset throws away what has not been read.
      return socket.write(success.slice(0, cut), async () => {
        for (let count = 0; count < 20; count++) await turn()
        socket.resetAndDestroy()
      })
    })
    const proxied = open(proxy.url(), { maxConnections: 1 })
    const counter = countSockets()
    for (cut = 0; cut < success.length; cut++) {
      const error = await errorOf(proxied.get('https://a.test/'))
      expect([cut, error.code]).toEqual([cut, 'ERR_POOL_PROXY'])
    }
    // The tunnel is there; what ends now is the way to the origin, as it would without a proxy.
    expect((await errorOf(proxied.get('https://a.test/'))).code).toBe('ECONNRESET')
    await proxied.expectEmpty()
    expect([counter.peak, counter.opened, counter.open]).toEqual([1, success.length + 1, 0])
  })
})

describe.each([false, true])('a proxy (TLS: %s)', (secure) => {
  const scheme = secure ? 'https' : 'http'

  it.each(engines)(
    '$name: may answer byte by byte, with interim answers and the tunnel’s bytes right behind',
    async ({ open }) => {
      const inBytes = async (head: Head) => {
        const answer = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
        for (const byte of answer.slice(0, -1)) {
          head.socket.write(byte)
          await turn()
        }
        // The last byte comes with what the origin says.
        openTunnel(head, answer.slice(-1))
      }
      const proxy = await scriptedProxy(inBytes, { secure })
      const { port } = await listen('https')
      const proxied = open(proxy.url(scheme))
      for (let time = 0; time < 2; time++) expect(await proxied.get(`https://localhost:${port}/`)).toMatchObject({ body: 'ok' })
      expect(proxied.pool.stats()).toMatchObject({ created: 1, reused: 1 })
    },
  )

  it.each(engines)('$name: that says what is no HTTP is told of', async ({ open }) => {
    const proxy = await scriptedProxy(({ socket }) => socket.write('SSH-2.0-OpenSSH\r\n'), { secure })
    const proxied = open(proxy.url(scheme))
    expect(await errorOf(proxied.get('https://a.test/'))).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/what is no HTTP/),
    })
    await proxied.expectEmpty()
  })

  it.each(engines)('$name: answers a request in absolute form byte by byte', async ({ open }) => {
    const proxy = await scriptedProxy(
      async ({ socket }) => {
        for (const byte of 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok') {
          socket.write(byte)
          await turn()
        }
        socket.end()
      },
      { secure },
    )
    expect(await open(proxy.url(scheme)).get('http://a.test/')).toMatchObject({ status: 200, body: 'ok' })
  })
})

describe('TLS with the proxy', () => {
  it.each(engines)('$name: that it does not speak, or by a certificate that is not known, is told of', async ({ open }) => {
    const plain = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const secure = await scriptedProxy(() => {}, { secure: true })
    for (const scheme of ['http', 'https']) {
      const speaksNone = open(plain.url('https'), { maxConnections: 1 })
      expect(await errorOf(speaksNone.get(`${scheme}://a.test/`))).toMatchObject({
        code: 'ERR_POOL_PROXY',
        message: expect.stringMatching(/TLS with it failed.*its URL begins with http:\/\//),
      })
      const unknown = open(secure.url('https'), { maxConnections: 1 }, { proxyTls: {} })
      expect(await errorOf(unknown.get(`${scheme}://a.test/`))).toMatchObject({
        code: 'ERR_POOL_PROXY',
        cause: expect.objectContaining({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      })
      const anothers = open(secure.url('https'), {}, { proxyTls: { rejectUnauthorized: true, servername: 'proxy.example' } })
      expect(await errorOf(anothers.get(`${scheme}://a.test/`))).toMatchObject({ code: 'ERR_POOL_PROXY' })
      for (const { expectEmpty } of [speaksNone, unknown, anothers]) await expectEmpty()
    }
    expect(secure.heads).toEqual([])
  })

  it.each(engines)('$name: that the URL does not speak of is told of', async ({ open }) => {
    const secure = await scriptedProxy(() => {}, { secure: true })
    const proxied = open(secure.url('http'), { maxConnections: 1 })
    expect(await errorOf(proxied.get('https://a.test/'))).toMatchObject({
      code: 'ERR_POOL_PROXY',
      message: expect.stringMatching(/https:\/\//),
    })
    await proxied.expectEmpty()
  })
})

it.each(engines)('$name: a proxy that is not there is told of', async ({ open }) => {
  for (const scheme of ['http', 'https']) {
    const proxied = open('http://127.0.0.1:1', { maxConnections: 1 })
    expect(await errorOf(proxied.get(`${scheme}://a.test/`))).toMatchObject({
      code: 'ERR_POOL_PROXY',
      proxy: 'http://127.0.0.1:1',
      message: expect.stringMatching(/it can't be reached \(connect ECONNREFUSED 127\.0\.0\.1:1\): check the address/),
    })
    await proxied.expectEmpty()
  }
})
