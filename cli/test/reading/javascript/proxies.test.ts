import { expect, test } from 'vitest'
import * as axios from '../../../../adapters/axios.ts'
import * as got from '../../../../adapters/got.ts'
import * as nodeFetch from '../../../../adapters/node-fetch.ts'
import * as nodeHttp from '../../../../adapters/node-http.ts'
import * as undici from '../../../../adapters/undici.ts'
import { type Adapter, readPlace } from '../../../src/reading/javascript/reading.ts'
import { allImports, places } from './helpers.ts'

const adapters: { readonly [client: string]: Adapter } = { axios, got, 'node-fetch': nodeFetch, 'node-http': nodeHttp, undici }

/** What the only place of a piece of code says of proxies; nothing of it tells a password. */
function read(code: string) {
  const [place, ...more] = places(`${allImports}\n${code}`)
  expect(more).toEqual([])
  if (place === undefined) throw new Error('no place is found')
  const reading = readPlace(place, adapters[place.client] as Adapter)
  const { proxy, noProxy, maxConnectionsPerHost } = reading.config
  const { settings: _, ...shown } = place
  expect(JSON.stringify([reading, shown])).not.toMatch(/sesame|c2VzYW1l/)
  return {
    client: place.client,
    proxy: typeof proxy === 'object' ? String(proxy) : proxy,
    ...(noProxy && { noProxy }),
    limit: maxConnectionsPerHost,
    unknown: reading.unknown.filter(({ field }) => field === 'proxy').flatMap(({ sources }) => sources),
    notes: reading.notes.map(({ field }) => field),
  }
}

const url = "'http://user:sesame@p.test:3128'"
const masked = 'http://user:***@p.test:3128'
const limits = '{ keepAlive: true, maxSockets: 5 }'

test.each([
  [`new HttpsProxyAgent(${url}, ${limits})`, 'node-http', masked],
  [`new HttpsProxyAgent(new URL('http://p.test:3128'), ${limits})`, 'node-http', 'http://p.test:3128'],
  [`new createHttpsProxyAgent(${url}, ${limits})`, 'node-http', masked],
  [`new HttpProxyAgent(${url}, ${limits})`, 'node-http', masked],
  [`new SocksProxyAgent('socks://user:sesame@p.test', ${limits})`, 'node-http', 'socks5h://user:***@p.test:1080'],
  [`new SocksProxyAgent('socks5://p.test:1081', ${limits})`, 'node-http', 'socks5://p.test:1081'],
  [`new ProxyAgent(${limits})`, 'node-http', 'env'],
  [`new hpagent.HttpsProxyAgent({ ...${limits}, proxy: ${url} })`, 'node-http', masked],
  ['new https.Agent({ keepAlive: true, maxSockets: 5, proxyEnv: process.env })', 'node-http', 'env'],
  [
    `new https.Agent({ keepAlive: true, maxSockets: 5, proxyEnv: { HTTP_PROXY: ${url}, HTTPS_PROXY: ${url} } })`,
    'node-http',
    masked,
  ],
  [`got.extend({ agent: { https: new HttpsProxyAgent(${url}, ${limits}) } })`, 'got', masked],
  [`axios.create({ proxy: false, httpsAgent: new HttpsProxyAgent(${url}, ${limits}) })`, 'axios', masked],
  [
    "axios.create({ proxy: { host: 'p.test', port: 3128, auth: { username: 'user', password: 'sesame' } }, httpsAgent: new https.Agent({ maxSockets: 5 }) })",
    'axios',
    masked,
  ],
  [
    "axios.defaults.proxy = { protocol: 'https', host: 'p.test' }; axios.defaults.httpsAgent = new https.Agent({ maxSockets: 5 })",
    'axios',
    'https://p.test:443',
  ],
  [`await nodeFetch('https://a', { agent: new HttpsProxyAgent(${url}, ${limits}) })`, 'node-fetch', masked],
  [`new undici.ProxyAgent({ uri: ${url}, connections: 5 })`, 'undici', masked],
  ['undici.setGlobalDispatcher(new undici.EnvHttpProxyAgent({ connections: 5 }))', 'undici', 'env'],
  [`new undici.EnvHttpProxyAgent({ httpsProxy: ${url}, httpProxy: ${url}, connections: 5 })`, 'undici', masked],
])('%s', (code, client, proxy) => {
  const found = read(code)
  expect([found.client, found.proxy, found.limit]).toEqual([client, proxy, 5])
})

test('a list of what is reached directly', () => {
  expect(read("new undici.EnvHttpProxyAgent({ noProxy: 'a.test,.b' })")).toMatchObject({
    proxy: 'env',
    noProxy: ['a.test', '.b'],
  })
})

test.each([
  ['new HttpsProxyAgent(process.env.HTTPS_PROXY)', 'process.env.HTTPS_PROXY'],
  [`new HttpsProxyAgent(proxyUrl, ${limits})`, 'proxyUrl'],
  ['new hpagent.HttpsProxyAgent({ keepAlive: true, proxy: config.proxy })', 'config.proxy'],
  ['new undici.ProxyAgent(proxyUrl)', 'proxyUrl'],
  ['new undici.ProxyAgent({ uri: proxyUrl })', 'proxyUrl'],
  ['axios.create({ proxy: settings })', 'settings'],
  ['new https.Agent({ keepAlive: true, proxyEnv: variables })', 'variables'],
])('%s: the proxy is not told', (code, source) => {
  const found = read(code)
  expect([found.proxy, found.unknown]).toEqual([undefined, [source]])
})

test('what is beside it is said', () => {
  expect(read(`new HttpsProxyAgent(${url}, { keepAlive: true, headers: { a: 'b' } })`).notes).toContain('proxy')
  expect(read(`new undici.ProxyAgent({ uri: ${url}, token: 'Basic c2VzYW1l' })`).notes).toContain('token')
  expect(read(`new SocksProxyAgent('socks4://p.test', ${limits})`).notes).toContain('proxy')
})
