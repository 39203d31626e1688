import { expect, test } from 'vitest'
import { rules } from '../../../src/commands/audit/rules.ts'
import { broken, good, goodHttp, messages } from './broken.ts'

const bad: { readonly [rule: string]: readonly (readonly [code: string, at: string, undici?: number])[] } = {
  'client-per-request': [
    [`async function get(id) { const agent = ${good}; return axios.get(id, { httpsAgent: agent }) }`, '1:40'],
    [`const get = (id) => axios.get(id, { httpsAgent: ${good} })`, '1:49'],
    [
      `async function get(id) { const api = axios.create({ httpsAgent: ${good} }); const { data } = await api.get(id); return data }`,
      '1:65',
    ],
    [`const get = async (id) => (await axios.create({ httpsAgent: ${good} }).get(id)).data`, '1:61'],
    [`async function get(id) { const options = { agent: ${good}, path: id }; return https.request(options) }`, '1:51'],
    [
      `app.get('/a', async (req, res) => { const agent = ${good}; await axios.get('x', { httpsAgent: agent }); await axios.get('y', { httpsAgent: agent }) })`,
      '1:51',
    ],
    [
      `export async function GET(request) { const api = got.extend({ agent: { https: ${good} } }); await api('x'); return api('y') }`,
      '1:79',
    ],
    [
      `exports.handler = async (event) => { const c = new undici.Client('http://x'); const { body } = await c.request({ path: '/' }); await body.dump(); await c.close() }`,
      '1:48',
    ],
    [`http.createServer((incoming, answer) => { nodeFetch('https://x', { agent: ${good} }) })`, '1:75'],
    ['for (const url of urls) { await undici.fetch(url, { dispatcher: new undici.Agent({ connections: 5 }) }) }', '1:65'],
    [`for (const url of urls) { const agent = ${good}; await nodeFetch(url, { agent }); agent.destroy() }`, '1:41'],
    [
      `async function get(id) { const agent = ${good}; const api = axios.create({ httpsAgent: agent }); return api.get(id) }`,
      '1:40',
    ],
  ],
  'keep-alive-off': [
    ['new http.Agent()', '1:1'],
    ['new https.Agent({ rejectUnauthorized: false })', '1:1'],
    ['new https.Agent({ keepAlive: false, maxSockets: 5 })', '1:1'],
    ['new Agentkeepalive({ keepAlive: false })', '1:1'],
    ["new undici.Client('http://x', { pipelining: 0 })", '1:1'],
  ],
  'keep-alive-msecs': [
    ['new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 30_000 })', '1:1'],
    ['new https.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: process.env.KEEP })', '1:1'],
  ],
  'ignored-option': [
    ['new http.Agent({ keepAlive: true, maxSockets: 5, freeSocketTimeout: 4000 })', '1:1'],
    ['new https.Agent({ keepAlive: true, maxSockets: 5, connections: 5 })', '1:1'],
    ['new undici.Agent({ connections: 5, maxSockets: 5 })', '1:1'],
    ['new Agentkeepalive({ maxSockets: 5, connections: 5 })', '1:1'],
    ["fetch('x', { agent })", '1:1'],
    ["globalThis.fetch('x', { agent })", '1:1'],
    ["undici.fetch('x', { agent })", '1:1'],
    ["axios.get('x', { agent })", '1:1'],
    ['axios.create({ dispatcher })', '1:1'],
    ["nodeFetch('x', { httpsAgent })", '1:1'],
    ["https.get('https://x', { httpsAgent })", '1:1'],
    ["axios.create({ adapter: 'fetch', httpsAgent })", '1:1'],
    ["axios.get('x', { adapter: 'fetch', httpAgent })", '1:1'],
    ["axios.get('x', { httpVersion: 2, httpsAgent })", '1:1'],
    ["got('x', { http2: true, agent })", '1:1'],
    ['new http.Agent({ keepAlive: true, maxSockets: 5, maxFreeSockets: 0 })', '1:1'],
    ['new undici.Agent({ connections: 1, clientTtl: 5000 })', '1:1'],
  ],
  'unlimited-sockets': [
    ['new http.Agent({ keepAlive: true })', '1:1'],
    ['new https.Agent({ keepAlive: true, maxSockets: Infinity })', '1:1'],
    ['new https.Agent({ keepAlive: true, maxSockets: 0 })', '1:1'],
    ['new Agentkeepalive()', '1:1'],
    ['new undici.Agent()', '1:1'],
    ['new undici.Agent({ connections: 0 })', '1:1'],
    ["new undici.Pool('http://x', { connections: null })", '1:1'],
  ],
  'max-total-sockets': [
    ['new http.Agent({ keepAlive: true, maxTotalSockets: 50 })', '1:1'],
    ['new http.Agent({ keepAlive: true, maxTotalSockets: 50, timeout: 4000 })', '1:1'],
    ['new Agentkeepalive({ maxSockets: 5, maxTotalSockets: 50 })', '1:1'],
  ],
  'got-raw-agent': [
    [`got('x', { agent: ${good} })`, '1:1'],
    [`got.extend({ agent: ${good} })`, '1:1'],
    [`const agent = ${good}; got.post('x', { agent })`, `1:${`const agent = ${good}; `.length + 1}`],
  ],
  'fetch-dispatcher': [
    ["fetch('x', { dispatcher: new undici.Agent({ connections: 5 }) })", '1:1', 8],
    ["fetch('x', { dispatcher: new undici.Agent({ connections: 5 }) })", '1:1', 6],
    ["const pool = new undici.Pool('http://x', { connections: 5 }); fetch('x', { dispatcher: pool })", '1:63', 8],
  ],
  'agent-scheme': [
    [`axios.create({ httpsAgent: ${goodHttp} })`, '1:1'],
    [`axios.get('x', { httpAgent: ${good} })`, '1:1'],
    [`got.extend({ agent: { https: ${goodHttp} } })`, '1:1'],
    [`https.get('https://x', { agent: ${goodHttp} })`, '1:1'],
    ['axios.create({ httpAgent: new Agentkeepalive.HttpsAgent({ maxSockets: 5 }) })', '1:1'],
  ],
  'proxy-limit': [
    ["new hpagent.HttpsProxyAgent({ keepAlive: true, maxSockets: 5, proxy: 'http://p' })", '1:1'],
    ['new hpagent.HttpProxyAgent({ keepAlive: true, maxSockets: LIMIT, proxy }); const LIMIT = 5', '1:1'],
    ['new https.Agent({ keepAlive: true, maxSockets: 5, proxyEnv: process.env })', '1:1'],
    ["new undici.ProxyAgent({ uri: 'http://p', connections: 5 })", '1:1'],
    ['undici.setGlobalDispatcher(new undici.EnvHttpProxyAgent({ connections: 5 }))', '1:28'],
  ],
  'proxy-bypass': [
    [`axios.create({ httpsAgent: ${good}, proxy: { host: 'p', port: 1 } })`, '1:1'],
    ["axios.create({ httpsAgent: new HttpsProxyAgent('http://p', { keepAlive: true, maxSockets: 5 }) })", '1:1'],
  ],
  'proxy-env': [
    [`axios.create({ httpsAgent: ${good} })`, '1:1'],
    [`axios.get('x', { httpsAgent: ${good}, httpAgent: ${goodHttp} })`, '1:1'],
  ],
  'unread-body': [
    ["const { statusCode } = await undici.request('x')", '1:30'],
    ["await undici.request('x', { method: 'PUT' })", '1:7'],
  ],
  'disposed-at-load': [
    [
      "import { createPool } from 'polypool/got'; await using pool = createPool(); export const api = got.extend(pool.options)",
      '1:44',
    ],
    [
      'await using one = new undici.Agent({ connections: 5 }); export function get(url) { return undici.request(url, { dispatcher: one }) }',
      '1:1',
    ],
  ],
  'sdk-agent': [
    [
      "import { NodeHttpHandler } from '@smithy/node-http-handler'; new NodeHttpHandler({ httpsAgent: { keepAlive: false } })",
      '1:62',
    ],
  ],
  'ignore-comment': [
    ['// polypool-ignore keep-alive-off: nothing is wrong', '1:1'],
    ['f() // polypool-ignore no-such-rule: why', '1:5'],
    ['// polypool-ignore: whatever', '1:1'],
  ],
  'client-ttl': [["new undici.Pool('http://x', { connections: 5, clientTtl: 60_000 })", '1:1', 7]],
}

test('every rule has an example of what it finds, and says why and what to do', () => {
  expect(Object.keys(bad).sort()).toEqual(rules.map(({ id }) => id).sort())
  for (const { title, why, fix } of rules) for (const text of [title, why, fix]) expect(text.length).toBeGreaterThan(10)
})

for (const [rule, examples] of Object.entries(bad)) {
  test.each(examples.map(([code, at, undici]) => ({ code, at, undici })))(`${rule}: $code`, ({ code, at, undici }) => {
    expect(broken(code, undici, rule)).toEqual([`${at} ${rule}`])
  })
}

test('messages name the value and the cause', () => {
  expect(messages('new http.Agent({ keepAlive: true, maxSockets: 5, freeSocketTimeout: 4000 })')).toEqual([
    "http.Agent does not know freeSocketTimeout: that is agentkeepalive's name; for idle connections it is timeout here",
  ])
  expect(messages('new http.Agent({ keepAlive: true, maxTotalSockets: 25 })')).toEqual([
    'maxTotalSockets: 25 without timeout: a host can wait for another one’s idle connection for ever',
  ])
  expect(messages("fetch('x', { dispatcher: new undici.Agent({ connections: 5 }) })", 8)).toEqual([
    'the dispatcher is of undici 8: Node 22 and 24 refuse it (invalid onRequestStart method)',
  ])
  expect(messages(`export const get = (id) => axios.get(id, { httpsAgent: ${good} })`)).toEqual([
    'new https.Agent(…) is made for the one request that follows',
  ])
})

test('findings stand in the order of the file, with the position of what is wrong', () => {
  const code =
    'const a = new http.Agent({\n  keepAlive: true,\n  maxTotalSockets: 5,\n  freeSocketTimeout: 1,\n}); new https.Agent()'
  expect(broken(code)).toEqual(['1:11 ignored-option', '1:11 max-total-sockets', '5:5 keep-alive-off'])
})
