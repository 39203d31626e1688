import http from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { localSocketPath } from '../../platform.ts'
import { assign, type Create } from '../node-agent/connecting.ts'
import {
  answerOf,
  cleanup,
  countSockets,
  errorOf,
  expectEmpty,
  get,
  type Handler,
  listen,
  type Scheme,
  type SendOptions,
  send,
  until,
  variants,
} from '../node-agent/support.ts'
import { lookup, openProxied } from './proxied-pool.ts'
import { countingProxy, type Listener, openTunnel, rawServer, scriptedProxy, socksProxy } from './proxies.ts'

const nodeHttp = (scheme: Scheme) => ({ client: 'node-http', scheme }) as const

/** Says which request it was, and what of it must not have come here. */
const echo: Handler = (request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const { method, url, headers } = request
    response.end(JSON.stringify({ method, url, headers, body, port: request.socket.remotePort }))
  })
}

interface Echoed {
  readonly method: string
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  readonly port: number
}

const echoed = async (answer: Promise<{ body: string }>) => JSON.parse((await answer).body) as Echoed

const proxies = {
  'an http proxy': async () => {
    const proxy = await countingProxy({ credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('http', 'user:p%40ss') }
  },
  'an https proxy': async () => {
    const proxy = await countingProxy({ secure: true, credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('https', 'user:p%40ss') }
  },
  'an IPv6 proxy': async () => {
    const proxy = await countingProxy({ address: '::1', credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('http', 'user:p%40ss') }
  },
  'a SOCKS proxy': async () => {
    const proxy = await socksProxy({ credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('socks5h', 'user:p%40ss') }
  },
} satisfies { [name: string]: () => Promise<{ proxy: Listener; url: string }> }

describe.each(Object.entries(proxies))('%s', (_, start) => {
  describe.each(variants)('$name', (variant) => {
    const { scheme } = variant

    it('holds the caps by client sockets, reuses them, and tells no origin of its credentials', async () => {
      const { proxy, url } = await start()
      const origins = await Promise.all([listen('https', echo), listen('https', echo), listen('http', echo)])
      const opened = openProxied(variant, url, { maxConnections: 5, maxConnectionsPerHost: 3 })
      const counter = countSockets()
      const round = async () => {
        const answers = Array.from({ length: 40 }, async (_, index) => {
          const at = origins[index % 3] as (typeof origins)[number]
          return echoed(
            get(opened.by(at === origins[2] ? 'http' : 'https'), { host: 'localhost', port: at.port, path: `/${index}` }),
          )
        })
        return Promise.all(answers)
      }
      const answers = [...(await round()), ...(await round())]
      expect(answers.map(({ url: path }) => path)).toEqual([...Array(40).keys(), ...Array(40).keys()].map((index) => `/${index}`))
      for (const { headers } of answers) {
        expect(headers['proxy-authorization']).toBe(undefined)
        expect(origins.map(({ port }) => `localhost:${port}`)).toContain(headers.host)
      }
      const toProxy = counter.totals(proxy.port)
      expect(toProxy.peak).toBeLessThanOrEqual(5)
      expect(toProxy.opened).toBe(opened.pool.stats().created)
      await until(() => expect(proxy.accepted()).toBe(toProxy.opened))
      const { created, reused, hosts } = opened.pool.stats()
      expect(created + reused).toBe(80)
      expect(created).toBeLessThan(40)
      for (const { open } of Object.values(hosts)) expect(open).toBeLessThanOrEqual(3)
      await opened.pool.close()
      await expectEmpty(opened)
      expect(counter.totals(proxy.port).open).toBe(0)
    })

    it.each<readonly [string, SendOptions, Partial<Echoed>]>([
      ['a plain one', {}, { method: 'GET', url: '/' }],
      ['with a body', { method: 'POST', body: 'x'.repeat(200_000) }, { method: 'POST', body: 'x'.repeat(200_000) }],
      [
        'that asks first',
        { method: 'PUT', headers: { Expect: '100-continue' }, body: 'later' },
        { method: 'PUT', body: 'later' },
      ],
      ['whose headers are an array', { headers: ['Host', 'localhost', 'X-Mine', 'a'] as never }, { method: 'GET', url: '/' }],
      ['with a path of its own', { path: '/a/../b?c=http://d/#e' }, { url: '/a/../b?c=http://d/#e' }],
    ])('sends a request as it is: %s', async (_, options, expected) => {
      const { url } = await start()
      const { port } = await listen(scheme, echo)
      const opened = openProxied(variant, url)
      const origin = { host: 'localhost', port }
      for (let time = 0; time < 2; time++) {
        const { request, answer } = send(opened, { ...origin, ...options })
        const { headers, ...rest } = await echoed(answer)
        if (scheme === 'https' || url.startsWith('socks')) expect(rest).toMatchObject(expected)
        else
          expect(rest).toMatchObject({
            ...expected,
            ...(expected.url !== undefined && {
              url: new URL(expected.url, 'http://x').pathname + new URL(expected.url, 'http://x').search,
            }),
          })
        expect(headers['proxy-authorization']).toBe(undefined)
        // What can be seen of the request has neither the proxy's form nor its credentials.
        expect(inspect(request, { depth: 3 })).not.toMatch(/Proxy-Authorization|dXNlcj|p@ss|p%40ss/i)
        expect(request.path).toBe(options.path ?? '/')
      }
      expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 1 })
    })

    it('opens connections ahead of requests', async () => {
      const { proxy, url } = await start()
      const { port } = await listen(scheme, echo)
      const opened = openProxied(variant, url, { maxConnections: 3 })
      expect(await opened.pool.preconnect(`${scheme}://localhost:${port}`, 2)).toBe(2)
      await until(() => expect([opened.pool.stats().idle, proxy.accepted()]).toEqual([2, 2]))
      await Promise.all(['/1', '/2'].map((path) => get(opened, { host: 'localhost', port, path })))
      expect([opened.pool.stats().created, proxy.accepted()]).toEqual([2, 2])
    })

    it('keeps connections ready', async () => {
      const { proxy, url } = await start()
      const { port } = await listen(scheme, echo)
      const opened = openProxied(variant, url, { minIdleConnectionsPerHost: 2 })
      await get(opened, { host: 'localhost', port })
      await until(() => expect(opened.pool.stats().idle).toBeGreaterThanOrEqual(2))
      await until(() => expect(proxy.accepted()).toBe(opened.pool.stats().created))
      const before = opened.pool.stats().created
      for (const socket of proxy.sockets) socket.destroy()
      await until(() => {
        expect(opened.pool.stats().created).toBeGreaterThanOrEqual(before + 2)
        expect(opened.pool.stats().idle).toBe(2)
      })
    })

    it('that closes an idle connection, or one in use, costs that alone', async () => {
      const { proxy, url } = await start()
      const held: http.ServerResponse[] = []
      const { port } = await listen(scheme, (request, response) => {
        if (request.url === '/hold') held.push(response)
        else response.end('ok')
      })
      const opened = openProxied(variant, url, { maxConnections: 1 })
      const to = { host: 'localhost', port }
      await get(opened, to)
      for (const socket of proxy.sockets) socket.destroy()
      await until(() => expect(opened.pool.stats().open).toBe(0))
      expect(await get(opened, to)).toMatchObject({ body: 'ok', reused: false })
      const failed = errorOf(get(opened, { ...to, path: '/hold' }))
      const next = get(opened, to)
      await until(() => expect(held.length).toBe(1))
      for (const socket of proxy.sockets) socket.destroy()
      expect(await failed).toMatchObject({ code: 'ECONNRESET' })
      expect(await next).toMatchObject({ body: 'ok', reused: false })
      expect(opened.pool.stats()).toMatchObject({ open: 1, pending: 0 })
    })

    it('reaches an IPv6 origin', async () => {
      const { url } = await start()
      const server = http.createServer(echo)
      await new Promise<void>((resolve) => server.listen(0, '::1', resolve))
      cleanup(() => server.close())
      const { port } = server.address() as { port: number }
      const opened = openProxied({ ...variant, scheme: 'http' }, url)
      const { headers } = await echoed(get(opened, { host: '::1', port, headers: { Host: `[::1]:${port}` } }))
      expect(headers.host).toBe(`[::1]:${port}`)
      expect(Object.keys(opened.pool.stats().hosts)).toEqual([`http://[::1]:${port}`])
    })
  })
})

/** A proxy that is silent at a step, so that whatever is dialled through it is at that step; and the step in words. */
const silences: readonly (readonly [
  string,
  Scheme,
  RegExp,
  () => Promise<{ url: string; accepted: () => number; listener?: Listener }>,
])[] = [
  [
    'TLS with the proxy',
    'http',
    /the TLS handshake with the proxy .* was not over by then/,
    async () => silent(await rawServer(), 'https'),
  ],
  [
    'TLS with the proxy',
    'https',
    /the TLS handshake with the proxy .* was not over by then/,
    async () => silent(await rawServer(), 'https'),
  ],
  ['CONNECT', 'https', /the proxy .* had not answered CONNECT by then/, async () => silent(await scriptedProxy(), 'http')],
  [
    'CONNECT by TLS',
    'https',
    /the proxy .* had not answered CONNECT by then/,
    async () => silent(await scriptedProxy(() => {}, { secure: true }), 'https'),
  ],
  [
    'half an answer',
    'https',
    /the proxy .* had not answered CONNECT by then/,
    async () => silent(await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n')), 'http'),
  ],
  [
    'SOCKS',
    'http',
    /the SOCKS handshake with the proxy .* was not over by then/,
    async () => silent(await socksProxy({ answer: null }), 'socks5h'),
  ],
  [
    'TLS with the origin',
    'https',
    /the TLS handshake with the host, through the proxy .*, was not over by then/,
    async () => silent(await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n')), 'http'),
  ],
]

function silent(listener: Listener, scheme: string) {
  return { url: listener.url(scheme, 'user:secret'), accepted: listener.accepted, listener }
}

describe.each(silences)('silence at %s (%s)', (_, scheme, state, start) => {
  const to = { host: 'a.test', port: 81 }

  it('is over at connectTimeout, by an error that names the step; the cap holds', async () => {
    const { url, accepted } = await start()
    const opened = openProxied(nodeHttp(scheme), url, { maxConnections: 2, connectTimeout: 400, acquireTimeout: 'unlimited' })
    const counter = countSockets()
    const errors = await Promise.all(Array.from({ length: 6 }, () => errorOf(get(opened, to))))
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'ERR_POOL_CONNECT_TIMEOUT',
        pool: 'proxied',
        origin: `${scheme}://a.test:81`,
        limit: 400,
      })
      expect(error.message).toMatch(state)
      expect(inspect(error, { depth: 10 })).not.toMatch(/secret|dXNlcj/)
    }
    expect([counter.peak, counter.opened, accepted()]).toEqual([2, 6, 6])
    await expectEmpty(opened)
    expect(counter.open).toBe(0)
  })

  it.each(['destroy', 'signal'])(
    'ends by %s at once, and its place is free when its socket has closed, not before',
    async (how) => {
      const { url, accepted } = await start()
      const opened = openProxied(nodeHttp(scheme), url, { maxConnections: 1, connectTimeout: 'unlimited' })
      const counter = countSockets()
      const controller = new AbortController()
      const { request, answer } = send(opened, { ...to, signal: controller.signal })
      const waiting = send(opened, to)
      waiting.answer.catch(() => {})
      await until(() => expect(accepted()).toBe(1))
      if (how === 'destroy') request.destroy(new Error('mine'))
      else controller.abort()
      expect(await errorOf(answer)).toMatchObject(how === 'destroy' ? { message: 'mine' } : { name: 'AbortError' })
      await until(() => expect(accepted()).toBe(2))
      expect([counter.peak, counter.timeline().replaceAll(/:\d+/g, '')]).toEqual([1, '+1 -1 +2'])
      waiting.request.destroy()
      await expectEmpty(opened)
    },
  )

  it('ends with the pool', async () => {
    const { url, accepted } = await start()
    const opened = openProxied(nodeHttp(scheme), url, { maxConnections: 1, connectTimeout: 'unlimited' })
    const counter = countSockets()
    const failed = errorOf(get(opened, to))
    void opened.pool.preconnect(`${scheme}://b.test`)
    await until(() => expect(accepted()).toBe(1))
    await opened.pool.destroy()
    expect(await failed).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    expect(counter.open).toBe(0)
  })

  it('ends with its agent, as without a proxy', async () => {
    const { url, accepted } = await start()
    const opened = openProxied(nodeHttp(scheme), url, { maxConnections: 1, connectTimeout: 'unlimited' })
    const failed = errorOf(get(opened, to))
    await until(() => expect(accepted()).toBe(1))
    // One that is through is known to node.
    opened.agent.destroy()
    expect(await failed).toMatchObject({ code: 'ECONNRESET' })
    await expectEmpty(opened)
  })

  it('emits the timeout of a request, and leaves it at that', async () => {
    const { url } = await start()
    const opened = openProxied(nodeHttp(scheme), url, { connectTimeout: 'unlimited' })
    const { request } = send(opened, { ...to, timeout: 20 })
    await new Promise((resolve) => request.once('timeout', resolve))
    expect([request.destroyed, opened.pool.stats().open]).toEqual([false, 1])
    request.destroy()
    await expectEmpty(opened)
  })

  it('of a connection ahead of requests is over at connectTimeout', async () => {
    const { url } = await start()
    const opened = openProxied(nodeHttp(scheme), url, { connectTimeout: 50 })
    expect(await opened.pool.preconnect(`${scheme}://a.test:81`)).toBe(0)
    await expectEmpty(opened)
  })
})

it('silence of a look-up is told of as the proxy’s that was not reached', async () => {
  const opened = openProxied(nodeHttp('https'), 'http://proxy.test:3128', { connectTimeout: 50 }, { lookup: () => {} })
  expect((await errorOf(get(opened, { host: 'a.test' }))).message).toMatch(
    /the proxy http:\/\/proxy\.test:3128 was not reached by then/,
  )
  await expectEmpty(opened)
})

describe.each(variants.filter(({ scheme }) => scheme === 'https'))('$name: a refusal', (variant) => {
  it.each([401, 403, 407, 502, 503])(
    'by %i is the error of each request, and no more sockets are open than may be',
    async (status) => {
      const proxy = await scriptedProxy(({ socket }) => socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 6\r\n\r\nsecret`))
      const opened = openProxied(variant, proxy.url('http', 'user:secret'), { maxConnections: 2 })
      const counter = countSockets()
      const errors = await Promise.all(Array.from({ length: 8 }, () => errorOf(get(opened, { host: 'a.test' }))))
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
      await expectEmpty(opened)
    },
  )
})

describe('absolute form', () => {
  it('is what the proxy gets, with the request’s own fields, and the proxy’s besides', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    const native = { proxyHeaders: { 'X-Tenant': 'one' } }
    const opened = openProxied(nodeHttp('http'), proxy.url('http', 'user:pass'), { keepAlive: false }, native)
    await get(opened, { host: 'a.test', path: '/b?c', headers: { 'X-Mine': 'd' } })
    await get(opened, { host: 'a.test', port: 81, method: 'OPTIONS', path: '*' })
    await get(opened, { host: '127.0.0.1', headers: { Host: 'vhost.test', 'Proxy-Authorization': 'Bearer mine' } })
    await get(opened, { host: 'a.test', headers: ['Host', 'a.test', 'X-Mine', 'e'] as never })
    const besides = 'X-Tenant: one\r\n'
    const basic = `Proxy-Authorization: Basic ${btoa('user:pass')}\r\n`
    expect(proxy.heads.map(({ text }) => text)).toEqual([
      `GET http://a.test/b?c HTTP/1.1\r\nX-Mine: d\r\nHost: a.test\r\nConnection: close\r\n${basic}${besides}\r\n`,
      `OPTIONS http://a.test:81 HTTP/1.1\r\nHost: a.test:81\r\nConnection: close\r\n${basic}${besides}\r\n`,
      `GET http://127.0.0.1/ HTTP/1.1\r\nHost: vhost.test\r\nProxy-Authorization: Bearer mine\r\nConnection: close\r\n${besides}\r\n`,
      `GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-Mine: e\r\nConnection: close\r\n${basic}${besides}\r\n`,
    ])
  })

  it.each(variants.filter(({ scheme }) => scheme === 'http'))(
    '$name: 407 is the proxy’s, and no answer of the origin',
    async (variant) => {
      const proxy = await countingProxy({ credentials: 'user:pass' })
      const opened = openProxied(variant, proxy.url('http', 'user:secret'), { maxConnections: 1 })
      const { request, answer } = send(opened, { host: 'a.test', method: 'POST', body: 'x' })
      let answered = false
      request.on('response', () => {
        answered = true
      })
      const error = await errorOf(answer)
      expect(error).toMatchObject({
        code: 'ERR_POOL_PROXY',
        statusCode: 407,
        proxy: proxy.url(),
        origin: 'http://a.test:80',
        pool: 'proxied',
      })
      expect(error.message).toMatch(/it answered the request with 407: it does not take the credentials/)
      expect(answered).toBe(false)
      await expectEmpty(opened)
    },
  )

  it('leaves other answers as they are, for an origin may have given them', async () => {
    const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno'))
    expect(await get(openProxied(nodeHttp('http'), proxy.url()), { host: 'a.test' })).toMatchObject({ status: 503, body: 'no' })
  })

  it.each<readonly [string, http.RequestOptions]>([
    ['as usual', {}],
    ['as an array', { headers: ['Host', 'a.test', 'X-Mine', 'a'] as never }],
  ])('is written also where the head comes after the socket, with headers %s', async (_, options) => {
    const proxy = await countingProxy({ credentials: 'user:secret' })
    const { port } = await listen('http', echo)
    const opened = openProxied(nodeHttp('http'), proxy.url('http', 'user:secret'))
    for (const body of ['a', undefined, 'c']) {
      const request = http.request({ host: 'localhost', port, agent: opened.agent, method: 'POST', path: '/late', ...options })
      await new Promise((resolve) => request.once('socket', resolve))
      await turn()
      const answer = answerOf(request)
      if (body !== undefined) request.write(Buffer.from(body))
      request.end()
      expect(await echoed(answer)).toMatchObject({ url: '/late', body: body ?? '' })
      expect(inspect(request, { depth: 3 })).not.toMatch(/Proxy-Authorization|dXNlcj|secret/i)
      expect((request as unknown as { _header: string })._header).toMatch(/^POST \/late HTTP\/1\.1\r\n/)
    }
    expect(proxy.forwarded.map(({ url }) => url)).toEqual(Array(3).fill(`http://localhost:${port}/late`))
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 2 })
  })

  it('keeps origins apart: none uses the connection of another', async () => {
    const proxy = await countingProxy()
    const origins = await Promise.all([listen('http', echo), listen('http', echo)])
    const opened = openProxied(nodeHttp('http'), proxy.url())
    for (const { port } of [...origins, ...origins]) await get(opened, { host: 'localhost', port })
    expect(proxy.accepted()).toBe(2)
    expect(opened.pool.stats()).toMatchObject({ created: 2, reused: 2 })
  })

  it('is none of what becomes something else than HTTP: that goes through a tunnel', async () => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const { server, port } = await listen('http', echo)
    server.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello'),
    )
    const opened = openProxied(nodeHttp('http'), proxy.url('http', 'user:pass'))
    const headers = { Connection: 'Upgrade', Upgrade: 'x' }
    for (const given of [headers, ['Host', 'a', ...Object.entries(headers).flat()] as never]) {
      const request = http.get({ host: 'localhost', port, agent: opened.agent, headers: given })
      const [text] = await new Promise<[string]>((resolve, reject) => {
        request.on('error', reject)
        request.on('upgrade', (_, socket, head) => {
          socket.on('error', () => {})
          socket.destroy()
          resolve([head.toString()])
        })
      })
      expect(text).toBe('hello')
    }
    await get(opened, { host: 'localhost', port })
    expect([proxy.tunnels, proxy.forwarded.map(({ url }) => url)]).toEqual([
      [`localhost:${port}`, `localhost:${port}`],
      [`http://localhost:${port}/`],
    ])
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, upgraded: 0 }))
  })

  it('leaves alone what others have put over the request’s own methods', async () => {
    const proxy = await countingProxy()
    const { port } = await listen('http', echo)
    const opened = openProxied(nodeHttp('http'), proxy.url())
    const request = http.request({ host: 'localhost', port, agent: opened.agent, method: 'POST' })
    const events: unknown[] = []
    const native = request.emit
    request.emit = function (this: http.ClientRequest, event: string, ...args: unknown[]) {
      events.push(event)
      return native.call(this, event, ...args)
    } as never
    request.flushHeaders()
    const answer = answerOf(request)
    request.end('body')
    expect((await echoed(answer)).body).toBe('body')
    expect(events).toContain('response')
  })
})

describe.each(variants.filter(({ scheme }) => scheme === 'https'))('$name: TLS with the origin', (variant) => {
  it('has the origin’s name and identity, and the proxy its own', async () => {
    const proxy = await countingProxy({ secure: true })
    const names: unknown[] = []
    const { port } = await listen('https', (request, response) => {
      const socket = request.socket as TLSSocket & { servername?: unknown }
      names.push(socket.servername)
      response.end('ok')
    })
    const opened = openProxied(variant, proxy.url('https'), { maxConnectionsPerHost: 9 })
    const to = { host: 'localhost', port }
    await get(opened, { ...to, servername: 'a.probe.test' })
    await get(opened, { ...to, servername: 'b.probe.test' })
    await get(opened, { ...to, servername: 'a.probe.test' })
    expect(names).toEqual(['a.probe.test', 'b.probe.test', 'a.probe.test'])
    expect(new Set(proxy.servernames)).toEqual(new Set(['localhost']))
    expect(opened.pool.stats()).toMatchObject({ created: 2, reused: 1 })
    expect(await errorOf(get(opened, { ...to, servername: 'other.example' }))).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    const strict = openProxied(variant, proxy.url('https'), {}, { ca: undefined })
    expect(await errorOf(get(strict, to))).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 2 }))
  })

  it('resumes its sessions', async () => {
    const proxy = await countingProxy()
    const reused: boolean[] = []
    const { port } = await listen('https', (request, response) => {
      reused.push((request.socket as TLSSocket).isSessionReused())
      response.end('ok')
    })
    const opened = openProxied(variant, proxy.url(), { maxRequestsPerConnection: 1 })
    for (let time = 0; time < 3; time++) {
      await get(opened, { host: 'localhost', port })
      await until(() => expect(opened.pool.stats().open).toBe(0))
    }
    expect(reused).toEqual([false, true, true])
  })

  it('that fails is told of as without a proxy', async () => {
    const proxy = await countingProxy()
    const origin = await rawServer((socket) => socket.end('no TLS here'))
    const opened = openProxied(variant, proxy.url(), { maxConnections: 1 })
    const error = await errorOf(get(opened, { host: 'localhost', port: origin.port }))
    expect(error.code).toMatch(/^ERR_SSL|EPROTO/)
    await expectEmpty(opened)
  })
})

describe('what no proxy is asked for', () => {
  it('is a unix socket', async () => {
    const proxy = await scriptedProxy()
    const socketPath = localSocketPath()
    await listen('http', echo, socketPath)
    const opened = openProxied(nodeHttp('http'), proxy.url())
    expect((await echoed(get(opened, { socketPath }))).url).toBe('/')
    const whole = openProxied(nodeHttp('http'), proxy.url(), {}, { socketPath })
    expect((await echoed(get(whole, { host: 'a.test' }))).url).toBe('/')
    expect(proxy.accepted()).toBe(0)
  })

  it('is what noProxy lists', async () => {
    const proxy = await countingProxy()
    const { port } = await listen('http', echo)
    const opened = openProxied(nodeHttp('http'), { proxy: proxy.url(), noProxy: ['127.0.0.1'] })
    await get(opened, { host: '127.0.0.1', port })
    expect(proxy.accepted()).toBe(0)
    await get(opened, { host: 'localhost', port })
    expect(proxy.accepted()).toBe(1)
  })

  it('is the name of an origin: look-ups are of the proxy’s own', async () => {
    const proxy = await countingProxy()
    const origins = await Promise.all([listen('http', echo), listen('https', echo)])
    const names: string[] = []
    const counted: typeof lookup = (name, options, callback) => {
      names.push(name)
      lookup(name, options, callback)
    }
    const opened = openProxied(
      nodeHttp('http'),
      proxy.url().replace('localhost', 'proxy.test'),
      { dnsCacheTtl: '1m' },
      { lookup: counted },
    )
    await get(opened, { host: 'a.probe.test', port: origins[0].port })
    await get(opened.by('https'), { host: 'b.probe.test', port: origins[1].port })
    expect(proxy.accepted()).toBe(2)
    expect(names).toEqual(['proxy.test'])
  })
})

describe('a change of the proxy', () => {
  it.each(variants)('$name: what was made before takes no new request', async (variant) => {
    const { scheme } = variant
    const [one, other] = await Promise.all([countingProxy(), countingProxy()])
    const held: http.ServerResponse[] = []
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/hold') held.push(response)
      else response.end('ok')
    })
    const to = { host: 'localhost', port }
    const opened = openProxied(variant, one.url(), { maxConnections: 2 })
    await Promise.all([get(opened, to), get(opened, to)])
    const running = get(opened, { ...to, path: '/hold' })
    await until(() => expect(held.length).toBe(1))
    expect([one.sockets.size, other.accepted()]).toEqual([2, 0])

    opened.reroute({ proxy: other.url() })
    await until(() => expect(one.sockets.size).toBe(1))
    expect(await get(opened, to)).toMatchObject({ body: 'ok', reused: false })
    // Its request is finished, and whoever waits gets none that was made before.
    const waiting = [get(opened, { ...to, path: '/hold' }), get(opened, to)]
    await until(() => expect(held.length).toBe(2))
    held[0]?.end('late')
    expect((await running).body).toBe('late')
    await until(() => expect(one.sockets.size).toBe(0))
    held[1]?.end('later')
    expect((await Promise.all(waiting)).map(({ body }) => body)).toEqual(['later', 'ok'])
    expect([one.accepted(), other.accepted()]).toEqual([2, 2])

    opened.reroute({ proxy: false })
    expect(await get(opened, to)).toMatchObject({ body: 'ok', reused: false })
    await until(() => expect(other.sockets.size).toBe(0))
    opened.reroute({ proxy: one.url(), noProxy: ['localhost'] })
    expect(await get(opened, to)).toMatchObject({ body: 'ok', reused: true })
    expect(one.accepted()).toBe(2)
  })

  it.each(['http', 'https'] as const)(
    'at the end of an answer is heeded by who waits for its connection (%s)',
    async (scheme) => {
      const [one, other] = await Promise.all([countingProxy(), countingProxy()])
      const { port } = await listen(scheme, echo)
      const opened = openProxied(nodeHttp(scheme), one.url(), { maxConnections: 1 })
      const to = { host: 'localhost', port }
      const { request, answer } = send(opened, to)
      request.on('response', (response) => response.on('end', () => opened.reroute({ proxy: other.url() })))
      const next = get(opened, to)
      await answer
      expect(await next).toMatchObject({ status: 200, reused: false })
      expect([one.accepted(), other.accepted()]).toEqual([1, 1])
    },
  )

  it('to the same proxy leaves connections as they are', async () => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const { port } = await listen('http', echo)
    const opened = openProxied(nodeHttp('http'), proxy.url('http', 'user:pass'))
    await get(opened, { host: 'localhost', port })
    process.env.http_proxy = proxy.url('http', 'user:pass')
    cleanup(() => delete process.env.http_proxy)
    opened.reroute({ proxy: 'env', noProxy: ['b.test'] })
    expect(await get(opened, { host: 'localhost', port })).toMatchObject({ reused: true })
    opened.reroute({ proxy: proxy.url('http', 'user:other') })
    expect(await errorOf(get(opened, { host: 'localhost', port }))).toMatchObject({ code: 'ERR_POOL_PROXY', statusCode: 407 })
  })

  it.each(['http', 'https'] as const)('has requests that wait dial by the new one (%s)', async (scheme) => {
    const proxy = await countingProxy()
    const dead = await scriptedProxy(() => {}, { secure: true })
    const { port } = await listen(scheme, echo)
    const opened = openProxied(nodeHttp(scheme), `https://${'localhost'}:${dead.port}`, { maxConnections: 1 }, { proxyTls: {} })
    const failed = errorOf(get(opened, { host: 'localhost', port }))
    const waiting = echoed(get(opened, { host: 'localhost', port }))
    opened.reroute({ proxy: proxy.url() })
    expect(await failed).toMatchObject({ code: 'ERR_POOL_PROXY' })
    expect((await waiting).url).toBe('/')
  })

  it('ends what is opened ahead of requests by the old one', async () => {
    const dead = await scriptedProxy()
    const proxy = await countingProxy()
    const { port } = await listen('https', echo)
    const opened = openProxied(nodeHttp('https'), dead.url(), { maxConnections: 1, connectTimeout: 'unlimited' })
    const ready = opened.pool.preconnect(`https://localhost:${port}`)
    await until(() => expect(dead.heads.length).toBe(1))
    opened.reroute({ proxy: proxy.url() })
    expect(await ready).toBe(0)
    await until(() => expect(dead.sockets.size).toBe(0))
    expect((await echoed(get(opened, { host: 'localhost', port }))).url).toBe('/')
  })
})

describe.each(variants)('$name: a createConnection of the caller’s own', (variant) => {
  const { scheme } = variant
  type Assigned = { createConnection: Create }

  it('that calls the pool’s goes through the proxy, now or later', async () => {
    const proxy = await countingProxy()
    const { port } = await listen(scheme, echo)
    const opened = openProxied(variant, proxy.url(), { maxRequestsPerConnection: 1 })
    const original = (opened.agent as unknown as Assigned).createConnection
    assign(opened, (options, callback) => original.call(opened.agent, options, callback))
    expect((await echoed(get(opened, { host: 'localhost', port }))).url).toBe('/')
    assign(opened, (options, callback) => {
      setImmediate(() => original.call(opened.agent, options, callback))
      return undefined
    })
    expect((await echoed(get(opened, { host: 'localhost', port }))).url).toBe('/')
    expect(proxy.accepted()).toBe(2)
  })

  it('that calls the pool’s is ended at once with its request', async () => {
    const proxy = await scriptedProxy()
    const opened = openProxied(variant, proxy.url('https'), { maxConnections: 1, connectTimeout: 'unlimited' })
    const original = (opened.agent as unknown as Assigned).createConnection
    assign(opened, (options, callback) => original.call(opened.agent, options, callback))
    const { request, answer } = send(opened, { host: 'a.test' })
    await until(() => expect(proxy.sockets.size).toBe(1))
    request.destroy()
    await errorOf(answer)
    await expectEmpty(opened)
    await until(() => expect(proxy.sockets.size).toBe(0))
  })

  it('that dials by itself is asked as an origin is', async () => {
    const proxy = await scriptedProxy()
    const { port } = await listen('http', echo)
    const opened = openProxied({ ...variant, scheme: 'http' }, proxy.url('http', 'user:pass'))
    assign(opened, () => connect(port, '127.0.0.1') as Socket)
    for (const reused of [false, true]) {
      const answer = await get(opened, { host: 'a.test' })
      expect(answer.reused).toBe(reused)
      expect(JSON.parse(answer.body)).toMatchObject({ url: '/', headers: { host: 'a.test' } })
      expect(answer.body).not.toContain('proxy-authorization')
    }
    expect(proxy.accepted()).toBe(0)
  })
})

it('a createConnection without a callback can’t go through a proxy, and says so', async () => {
  const opened = openProxied(nodeHttp('https'), 'http://user:secret@proxy.test')
  const { createConnection } = opened.agent as unknown as { createConnection(options: object): unknown }
  expect(() => createConnection.call(opened.agent, { host: 'a.test', port: 443 })).toThrow(
    expect.objectContaining({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringMatching(/without a callback.*http:\/\/proxy\.test:80/),
    }),
  )
})

it.each(['http', 'https'] as const)('credentials are in nothing that a pool or its agents show (%s)', async (scheme) => {
  const proxy = await countingProxy({ secure: true, credentials: 'user:secret' })
  const { port } = await listen(scheme, echo)
  const native = { proxyHeaders: { 'X-Token': 'secret' } }
  const opened = openProxied(nodeHttp(scheme), proxy.url('https', 'user:secret'), {}, native)
  const request = http.request({ host: 'localhost', port, agent: opened.agent, protocol: `${scheme}:`, method: 'POST' })
  request.write('a')
  const answer = answerOf(request)
  request.end('b')
  await answer
  const names = [...Object.keys(opened.agent.freeSockets), opened.agent.getName({ host: 'localhost', port })]
  const everything = [opened.pool, opened.agent, request, opened.pool.stats()].flatMap((value) => [
    inspect(value, { depth: 6 }),
    inspect(value, { depth: 3, showHidden: true }),
  ])
  for (const text of [...names, ...everything, JSON.stringify(opened.pool)]) {
    // It asks for the credentials in no other spelling: percent-encoding and Basic.
    expect(/secret|dXNlcjpz/.exec(text)?.input.slice(0, 2000)).toBe(undefined)
  }
})

it('a proxy with its own tunnel for each origin gives each its own lane under the limits', async () => {
  const proxy = await scriptedProxy((head) => openTunnel(head))
  const origins = await Promise.all([listen('https', echo), listen('https', echo)])
  const opened = openProxied(nodeHttp('https'), proxy.url(), { maxConnections: 1 })
  for (const { port } of [...origins, ...origins]) await get(opened, { host: 'localhost', port })
  expect(proxy.heads.length).toBe(4)
  expect(proxy.peak()).toBe(1)
})
