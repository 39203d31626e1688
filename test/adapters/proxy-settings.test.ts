import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import axios from 'axios'
import { EnvHttpProxyAgent, ProxyAgent, request } from 'undici'
import { EnvHttpProxyAgent as EnvHttpProxyAgent7, ProxyAgent as ProxyAgent7 } from 'undici7'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as agentkeepalive from '../../adapters/agentkeepalive.ts'
import * as axiosAdapter from '../../adapters/axios.ts'
import * as fetchAdapter from '../../adapters/fetch.ts'
import * as got from '../../adapters/got.ts'
import * as nodeFetch from '../../adapters/node-fetch.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { Reading } from '../../src/adapter.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'

const adapters = {
  agentkeepalive,
  axios: axiosAdapter,
  fetch: fetchAdapter,
  got,
  'node-fetch': nodeFetch,
  'node-http': nodeHttp,
  undici,
}
const url = 'http://us%40er:p%3Aw@proxy.test:3128'

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'])
    for (const spelling of [name, name.toUpperCase()]) vi.stubEnv(spelling, undefined)
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

/** Only what is said of proxies; a reading shows no password. */
function told({ config, notes }: Reading) {
  const { proxy, noProxy } = config
  const shown = proxy instanceof ProxyServer ? proxy.urlWithCredentials() : proxy
  if (proxy instanceof ProxyServer) expect(inspect({ config, notes })).not.toMatch(/p%3Aw|p:w|cDp3/)
  parsePoolConfig(config)
  const about = notes.filter(({ field }) => /proxy|uri|token|headers|requestTls/i.test(field))
  return { proxy: shown, ...(noProxy && { noProxy }), notes: about.map(({ field, support }) => `${field} ${support}`) }
}

describe('read by readSettings', () => {
  const agent = (more: object) =>
    Object.assign(Object.create(http.Agent.prototype), { addRequest() {}, options: { keepAlive: true } }, more)

  it.each<readonly [string, object, object]>([
    [
      'https-proxy-agent',
      { proxy: new URL(url), connectOpts: { host: 'proxy.test' }, proxyHeaders: {} },
      { proxy: url, notes: [] },
    ],
    [
      'https-proxy-agent, with headers and TLS',
      { proxy: new URL('https://proxy.test'), connectOpts: { ca: 'x' }, proxyHeaders: { a: 'b' } },
      { proxy: 'https://proxy.test:443', notes: ['proxy native', 'proxy native'] },
    ],
    [
      'https-proxy-agent 5, by url.parse',
      { proxy: { protocol: 'http:', host: 'proxy.test', port: 3128, auth: 'us@er:p:w' } },
      { proxy: url, notes: [] },
    ],
    ['hpagent', { proxy: new URL(url), proxyRequestOptions: { headers: { a: 'b' } } }, { proxy: url, notes: ['proxy native'] }],
    ['proxy-agent', { getProxyForUrl: () => '', connectOpts: {} }, { proxy: 'env', notes: ['proxy approximated'] }],
    [
      'socks-proxy-agent',
      { proxy: { host: '::1', port: 1080, type: 5, userId: 'us@er', password: 'p:w' }, shouldLookup: false },
      { proxy: 'socks5h://us%40er:p%3Aw@[::1]:1080', notes: [] },
    ],
    [
      'socks-proxy-agent that looks names up',
      { proxy: { host: 's.test', port: 1081, type: 5 }, shouldLookup: true },
      { proxy: 'socks5://s.test:1081', notes: [] },
    ],
    [
      'socks-proxy-agent of version 4',
      { proxy: { host: 's.test', port: 1080, type: 4 } },
      { proxy: undefined, notes: ['proxy unsupported'] },
    ],
  ])('an agent of %s', (_, held, expected) => {
    expect(told(nodeHttp.readSettings(agent(held)))).toEqual(expected)
    expect(told(got.readSettings({ agent: { http: agent(held), https: agent(held) } }))).toEqual(expected)
  })

  it.each<readonly [string, object, object]>([
    [
      'for both',
      { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: 'a,.b' },
      { proxy: url, noProxy: ['a', '.b'], notes: ['noProxy approximated'] },
    ],
    ['for each', { http_proxy: 'http://o.test', https_proxy: url }, { proxy: url, notes: ['proxy approximated'] }],
    ['for one', { HTTP_PROXY: url }, { proxy: url, notes: ['proxy approximated'] }],
    ['without one', { NO_PROXY: 'a' }, { proxy: undefined, notes: [] }],
    ['no proxy', { HTTPS_PROXY: 'ftp://us%40er:p%3Aw@x' }, { proxy: undefined, notes: ['HTTPS_PROXY of proxyEnv unsupported'] }],
    ['no list', { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '10.*' }, { proxy: url, notes: ['noProxy unsupported'] }],
    ["the process's", process.env, { proxy: 'env', notes: [] }],
  ])("proxyEnv of node's agents: %s", (_, proxyEnv, expected) => {
    expect(told(nodeHttp.readSettings({ proxyEnv }))).toEqual(expected)
  })

  it("proxyEnv of a live agent, of which one scheme's is read", () => {
    const proxyEnv = { HTTP_PROXY: 'http://o.test', HTTPS_PROXY: url }
    const options = { keepAlive: true, proxyEnv } as https.AgentOptions
    expect(told(nodeHttp.readSettings(new https.Agent(options)))).toEqual({ proxy: url, notes: [] })
    expect(told(nodeHttp.readSettings(new http.Agent(options)))).toEqual({ proxy: 'http://o.test:80', notes: [] })
  })

  it.each([
    ['8', ProxyAgent, EnvHttpProxyAgent],
    ['7', ProxyAgent7, EnvHttpProxyAgent7],
  ])('ProxyAgent and EnvHttpProxyAgent of undici %s', (_, Proxying, ByEnvironment) => {
    const read = (dispatcher: unknown) => told(undici.readSettings(dispatcher))
    expect(read(new Proxying({ uri: url, connections: 5 }))).toEqual({ proxy: url, notes: ['proxy approximated'] })
    expect(undici.readSettings(new Proxying({ uri: url, connections: 5 })).config.maxConnectionsPerHost).toBe(5)
    const full = {
      uri: 'http://proxy.test',
      token: 'Basic cDp3',
      headers: { a: 'b' },
      requestTls: { ca: 'x' },
      proxyTls: { ca: 'y' },
    }
    const expected = ['headers native', 'proxyTls native', 'requestTls native', 'token native']
    for (const given of [full, new Proxying(full)])
      expect({ ...read(given), notes: read(given).notes.sort() }).toEqual({ proxy: 'http://proxy.test:80', notes: expected })
    const pair = { httpProxy: url, httpsProxy: url, noProxy: 'a,.b', connections: 5 }
    expect(read(pair)).toEqual({ proxy: url, noProxy: ['a', '.b'], notes: ['noProxy approximated', 'proxy approximated'] })
    // A live one hides what it was given as noProxy.
    expect(read(new ByEnvironment(pair))).toMatchObject({ proxy: url })
    expect(undici.readSettings(new ByEnvironment(pair)).notes[0]?.message).toMatch(/does not tell what it was given as noProxy/)
    expect(read(new ByEnvironment({ httpProxy: url, httpsProxy: 'http://o.test' })).proxy).toBe('http://o.test:80')
    expect(read(new ByEnvironment()).proxy).toBe('env')
    vi.stubEnv('HTTP_PROXY', url)
    expect(read(new ByEnvironment()).proxy).toBe('env')
  })

  it('proxy of axios', () => {
    const auth = { username: 'us@er', password: 'p:w' }
    const read = (options: object) => told(axiosAdapter.readSettings(options))
    expect(read({ proxy: { protocol: 'http', host: 'proxy.test', port: 3128, auth } })).toEqual({ proxy: url, notes: [] })
    const instance = axios.create({ proxy: { protocol: 'https:', host: 'proxy.test', port: 443 } })
    expect(read(instance).proxy).toBe('https://proxy.test:443')
    expect(read({ proxy: {} })).toEqual({ proxy: undefined, notes: ['proxy unsupported'] })
    expect(read({ proxy: false })).toEqual({ proxy: undefined, notes: [] })
    expect(read({})).toEqual({ proxy: undefined, notes: [] })
    vi.stubEnv('HTTPS_PROXY', url)
    expect(read({})).toEqual({ proxy: undefined, notes: ['proxy unsupported'] })
    expect(read({ proxy: false }).notes).toEqual([])
  })
})

describe('given by translate', () => {
  const config = { proxy: url, noProxy: ['a.test', '.b.test'] }

  it.each(Object.entries(adapters))('of %s, and read back', (_, { translate, readSettings }) => {
    const { settings, notes } = translate(config)
    expect(notes.map(({ field }) => field)).toEqual(expect.arrayContaining(['proxy', 'noProxy']))
    const { proxy, noProxy } = parsePoolConfig((readSettings as (native: unknown) => Reading)(settings).config).config
    expect([(proxy as ProxyServer).urlWithCredentials(), noProxy]).toEqual([url, ['a.test', '.b.test']])
  })

  it.each(Object.entries(adapters))('of %s says what is not there for env and SOCKS', (_, { translate }) => {
    for (const proxy of ['env', 'socks5h://s.test']) {
      const { settings, notes } = translate({ proxy, maxConnectionsPerProxy: 5 })
      expect(inspect(settings, { depth: 5 })).not.toMatch(/proxy/i)
      expect(notes.map(({ field }) => field)).toEqual(expect.arrayContaining(['proxy', 'maxConnectionsPerProxy']))
    }
  })

  it('goes that way on the wire, with its credentials, and directly where noProxy says so', async () => {
    const seen: string[] = []
    const listen = async (handle: http.RequestListener) => {
      const server = http.createServer(handle).listen(0, '127.0.0.1')
      closing.push(
        () => new Promise((resolve) => server.close(resolve)),
        () => server.closeAllConnections(),
      )
      await new Promise((resolve) => server.once('listening', resolve))
      return (server.address() as AddressInfo).port
    }
    const origin = await listen((asked, answer) => {
      seen.push(`origin ${asked.url}`)
      answer.end()
    })
    const proxy = await listen(({ url: path, headers }, answer) => {
      seen.push(`proxy ${path} ${headers['proxy-authorization']}`)
      answer.end()
    })
    // undici makes a tunnel or asks in absolute form, by its version; the proxy here does both.
    const given = { proxy: `http://user:sesame@127.0.0.1:${proxy}`, noProxy: ['localhost'] }
    const agent = new http.Agent(nodeHttp.translate(given).settings.http as http.AgentOptions)
    const dispatcher = new EnvHttpProxyAgent(undici.translate(given).settings)
    closing.push(
      () => agent.destroy(),
      () => dispatcher.close(),
    )
    const get = (to: string) =>
      new Promise((resolve, reject) => {
        http.get(to, { agent }, (answer) => answer.resume().on('end', resolve)).on('error', reject)
      })
    const basic = `Basic ${Buffer.from('user:sesame').toString('base64')}`
    await get('http://name.test/node')
    await get(`http://localhost:${origin}/node`)
    for (const to of ['http://name.test/undici', `http://localhost:${origin}/undici`])
      await (await request(to, { dispatcher })).body.dump()
    expect(seen).toEqual([
      `proxy http://name.test/node ${basic}`,
      'origin /node',
      `proxy http://name.test/undici ${basic}`,
      'origin /undici',
    ])
  })
})
