import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { inspect } from 'node:util'
import { EnvHttpProxyAgent, ProxyAgent, request } from 'undici'
import { EnvHttpProxyAgent as EnvHttpProxyAgent7, ProxyAgent as ProxyAgent7 } from 'undici7'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as fetchAdapter from '../../../adapters/fetch.ts'
import * as undici from '../../../adapters/undici.ts'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { PoolUnsupportedError } from '../../../src/errors.ts'
import { countSockets, errorOf, listen } from '../node-agent/support.ts'
import { open, versions } from '../undici-dispatcher/harness.ts'
import { echo } from './kinds.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

// What only undici and fetch can be given, or be seen doing; what is true of every client is tested beside this.

const tls = { connect: { ca: probeCertificate }, proxyTls: { ca: probeCertificate } }

describe.each(versions)('$name', (version) => {
  const { api } = version
  const getter = (pool: ReturnType<typeof open>) => async (url: string) => (await api.request(url, pool.options)).body.text()

  it('a connector of the caller’s own and a proxy exclude each other', () => {
    const connect = () => new Socket()
    const configs: PoolConfig[] = [{ proxy: 'http://proxy.test' }, { proxy: 'env' }, { hosts: { 'a.test': { proxy: 'env' } } }]
    for (const config of configs) {
      expect(() => open(version, config, { connect })).toThrow(PoolUnsupportedError)
      expect(() => open(version, config, { connect })).toThrow('connect: a connector of your own goes through no proxy')
    }
    const pool = open(version, { proxy: false, hosts: { 'a.test': { proxy: false } } }, { connect })
    expect(() => pool.reconfigure({ proxy: 'http://proxy.test' })).toThrow(PoolUnsupportedError)
    expect(pool.config.proxy).toBe(false)
  })

  it.each([
    [{ uri: 'http://user:secret@proxy.test' }, 'uri: set proxy in the pool config'],
    [{ httpProxy: 'http://user:secret@proxy.test' }, 'httpProxy: set proxy in the pool config'],
    [{ proxyEnv: process.env }, 'proxyEnv: set proxy in the pool config'],
    [{ token: 'Bearer secret' }, 'token: write user and password into the URL of proxy, or give proxyHeaders'],
    [{ headers: { a: 'secret' } }, 'headers: set it on the request'],
    [{ requestTls: { ca: 'secret' } }, 'requestTls: put it under connect'],
    [{ noProxy: 'a.test' }, 'it is a limit: put it into the pool config'],
    [{ connect: { proxyTls: {} } }, 'connect.proxyTls: put it beside connect, not in it'],
    [{ proxyTls: 'secret' }, 'proxyTls is a string: pass options of tls.connect'],
    [{ proxyHeaders: { Host: 'secret' } }, "proxyHeaders: Host can't be set"],
    [{ proxyHeaders: { a: 'secret\r\nb: c' } }, 'proxyHeaders: "a" is no valid header field'],
  ])('of the native options %j only the right ones are taken', (native, advice) => {
    const error = (() => {
      try {
        return open(version, {}, native as never)
      } catch (thrown) {
        return thrown as Error
      }
    })()
    expect(error).toBeInstanceOf(PoolUnsupportedError)
    expect(error).toMatchObject({ message: expect.stringContaining(advice) })
    expect(inspect(error, { depth: 9 })).not.toContain('secret')
  })

  it.each([{ localAddress: '127.0.0.2' }, { connect: { localAddress: '127.0.0.2' } }])(
    'connections to the proxy come from %j',
    async (native) => {
      const proxy = await countingProxy()
      const { port } = await listen('http', echo)
      const pool = open(version, { proxy: proxy.url().replace('localhost', '127.0.0.1') }, native)
      await getter(pool)(`http://localhost:${port}/`)
      expect([...proxy.sockets].map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.2'])
    },
  )

  it('who listens to undici’s channels sees requests as without a proxy', async () => {
    const proxy = await countingProxy({ credentials: 'user:secret' })
    const { port } = await listen('http', echo)
    const seen: string[] = []
    const channels = ['undici:request:create', 'undici:client:sendHeaders', 'undici:request:bodySent', 'undici:client:connected']
    const note = (message: unknown) => {
      const {
        headers,
        request: { path, method } = {},
        connectParams,
      } = message as {
        headers?: string
        request?: { path?: string; method?: string }
        connectParams?: object
      }
      seen.push(inspect({ headers, path, method, connectParams }, { depth: 5, maxStringLength: null }))
    }
    for (const channel of channels) subscribe(channel, note)
    onTestFinished(() => channels.forEach((channel) => void unsubscribe(channel, note)))
    const native = { ...tls, proxyHeaders: { 'X-Token': 'secret' } }
    const pool = open(version, { proxy: proxy.url('http', 'user:secret') }, native)
    await getter(pool)(`http://localhost:${port}/a`)
    expect(seen.some((text) => text.includes('GET /a HTTP/1.1'))).toBe(true)
    for (const text of seen) expect(text).not.toMatch(/secret|dXNlcj|http:\/\/localhost:\d+\/a/)
    expect(proxy.forwarded[0]?.headers).toMatchObject({ 'x-token': 'secret' })
  })

  it('what a proxy closes instead of answering is sent again if it may be', async () => {
    const asked: string[] = []
    const answer = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok'
    const proxy = await scriptedProxy(({ text, socket }) => {
      asked.push(text.slice(0, 4))
      socket.write(answer)
      // It has had enough of this connection when the next request comes.
      socket.once('data', (chunk: Buffer) => {
        asked.push(chunk.toString().slice(0, 4))
        socket.destroy()
      })
    })
    const pool = open(version, { proxy: proxy.url(), maxConnections: 1 })
    for (let time = 0; time < 2; time++) expect(await getter(pool)('http://a.test/')).toBe('ok')
    expect(asked).toEqual(['GET ', 'GET ', 'GET '])
    await errorOf(api.request('http://a.test/', { ...pool.options, method: 'POST', body: 'x' }))
    expect([asked.slice(3), proxy.accepted()]).toEqual([['POST'], 2])
    const without = open(version, { proxy: proxy.url(), maxConnections: 1, retryStale: false })
    await getter(without)('http://a.test/')
    await errorOf(getter(without)('http://a.test/'))
    expect(proxy.accepted()).toBe(3)
  })

  it('a server that answers before it has read the body leaves no half of it to the next request', async () => {
    const proxy = await countingProxy()
    const { port } = await listen('http', (request, response) => {
      if (request.method === 'POST') response.end('early')
      else response.end(request.url)
    })
    const pool = open(version, { proxy: proxy.url(), maxConnections: 1 })
    const post = api.request(`http://localhost:${port}/`, { ...pool.options, method: 'POST', body: 'x'.repeat(3_000_000) })
    const next = getter(pool)(`http://localhost:${port}/next`)
    await post.then(({ body }) => body.text()).catch(() => {})
    expect(await next).toBe('/next')
  })
})

const made: readonly (readonly [string, (url: string) => object])[] = [
  ['ProxyAgent', (uri) => new ProxyAgent({ uri, connections: 2 })],
  ['ProxyAgent of undici 7', (uri) => new ProxyAgent7({ uri, connections: 2 })],
  ['EnvHttpProxyAgent', (url) => new EnvHttpProxyAgent({ httpProxy: url, httpsProxy: url, connections: 2 })],
  ['EnvHttpProxyAgent of undici 7', (url) => new EnvHttpProxyAgent7({ httpProxy: url, httpsProxy: url, connections: 2 })],
  ['the options of a ProxyAgent', (uri) => ({ uri, connections: 2 })],
]

describe.each(made)('createPool of what is read of %s', (_, make) => {
  it.each(['http', 'https'] as const)('goes by the same proxy, and its limit holds for both schemes (%s)', async (scheme) => {
    const proxy = await countingProxy({ secure: scheme === 'https', credentials: 'us@er:p:w' })
    const origins = await Promise.all([listen('http'), listen('https')])
    const { config } = undici.readSettings(make(proxy.url(scheme, 'us%40er:p%3Aw')))
    const pools = [undici.createPool(config, tls), fetchAdapter.createPool(config, tls as never)] as const
    const counter = countSockets(proxy.port)
    for (const [index, pool] of pools.entries()) {
      const get = async (url: string) =>
        index === 0
          ? (await request(url, (pool as (typeof pools)[0]).options)).body.text()
          : (await (pool as (typeof pools)[1]).fetch(url)).text()
      const bodies = await Promise.all(
        Array.from({ length: 20 }, (_, at) => get(`http${at % 2 ? 's' : ''}://localhost:${origins[at % 2]?.port}/`)),
      )
      expect(new Set(bodies)).toEqual(new Set(['ok']))
      expect(pool.stats()).toMatchObject({ created: 4, reused: 16 })
      await pool.close()
    }
    expect([counter.peak, counter.opened, counter.open]).toEqual([4, 8, 0])
  })
})

it('what a ProxyAgent had as its token goes as proxyHeaders', async () => {
  const proxy = await countingProxy({ credentials: 'user:pass' })
  const { port } = await listen('https')
  const { config, notes } = undici.readSettings(new ProxyAgent({ uri: proxy.url(), token: `Basic ${btoa('user:pass')}` }))
  expect(notes.map(({ field }) => field)).toContain('token')
  await using without = undici.createPool(config, tls)
  expect(await errorOf(request(`https://localhost:${port}/`, without.options))).toMatchObject({ code: 'ERR_POOL_PROXY' })
  const proxyHeaders = { 'Proxy-Authorization': `Basic ${btoa('user:pass')}` }
  await using pool = undici.createPool(config, { ...tls, proxyHeaders })
  expect(await (await request(`https://localhost:${port}/`, pool.options)).body.text()).toBe('ok')
})
