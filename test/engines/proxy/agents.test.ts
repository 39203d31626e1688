import http from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { localSocketPath } from '../../platform.ts'
import {
  answerOf,
  countSockets,
  errorOf,
  expectEmpty,
  get,
  listen,
  type Scheme,
  type SendOptions,
  send,
  until,
  variants,
} from '../node-agent/support.ts'
import { type Echoed, echo, echoed, proxies } from './kinds.ts'
import { openProxied } from './proxied-pool.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'
import { silences } from './silences.ts'

// What only requests of node:http can be seen doing; what is true of every client is tested beside this.

const nodeHttp = (scheme: Scheme) => ({ client: 'node-http', scheme }) as const

describe.each(Object.entries(proxies))('%s', (_, start) => {
  describe.each(variants)('$name', (variant) => {
    const { scheme } = variant

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
  })
})

describe.each(silences)('silence at %s (%s)', (_, scheme, _state, start) => {
  const to = { host: 'a.test', port: 81 }

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
})

describe('a change of the proxy', () => {
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
