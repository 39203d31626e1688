import { expect, test } from 'vitest'
import { rules } from '../../../src/commands/audit/rules.ts'
import { allImports, findings } from '../../reading/javascript/helpers.ts'

// Agents given to axios in examples of other rules have no proxy set beside them.
const ofItself = 'proxy-env'

/** What is found in code that has every client at hand, as `line:column rule`. */
function broken(code: string, undici?: number, wanted?: string): string[] {
  return findings(`${allImports}\n${code}`, { undici })
    .filter(({ rule }) => rule !== ofItself || wanted === ofItself)
    .map(({ line, column, rule }) => `${line - 1}:${column} ${rule}`)
}

const messages = (code: string, undici?: number) =>
  findings(`${allImports}\n${code}`, { undici }).flatMap(({ rule, message }) => (rule === ofItself ? [] : message))

/** Agents without any mistake of their own. */
const good = 'new https.Agent({ keepAlive: true, maxSockets: 9, timeout: 4000 })'
const goodHttp = 'new http.Agent({ keepAlive: true, maxSockets: 9, timeout: 4000 })'

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

test.each([
  ['agents that go through a proxy', "new HttpsProxyAgent('http://p', { keepAlive: true, maxSockets: 5 })"],
  [
    'a proxy without a limit',
    "new undici.ProxyAgent('http://p'); new hpagent.HttpProxyAgent({ keepAlive: true, maxSockets: size() })",
  ],
  ['agents with limits', `${good}; ${goodHttp}; new Agentkeepalive({ maxSockets: 5, keepAliveMsecs: 1000 })`],
  [
    'dispatchers with limits',
    "new undici.Agent({ connections: 5 }); new undici.Client('http://x'); new undici.Agent({ factory })",
  ],
  [
    'values that are not known',
    'new https.Agent({ keepAlive, maxSockets: size(), maxTotalSockets: total }); new http.Agent(options); new undici.Agent({ ...rest })',
  ],
  [
    'an agent that is unknown in part',
    'new https.Agent({ ...base, rejectUnauthorized: false }); new http.Agent({ keepAlive: true, ...limits, keepAliveMsecs: 5 })',
  ],
  ['keepAliveMsecs beside timeout', 'new http.Agent({ keepAlive: true, maxSockets: 5, keepAliveMsecs: 1000, timeout: 4000 })'],
  ['a total without a limit', 'new http.Agent({ keepAlive: true, maxSockets: 5, maxTotalSockets: Infinity })'],
  ['a client for the module', `const api = axios.create({ httpsAgent: ${good} }); export const get = (id) => api.get(id)`],
  [
    'a script',
    `const agent = ${good}; await axios.get('x', { httpsAgent: agent }); await axios.get('y', { httpsAgent: ${good} })`,
  ],
  [
    'a factory',
    `export function make(base) { const agent = ${good}; const api = axios.create({ baseURL: base, httpsAgent: agent }); api.interceptors.request.use(log); return api }`,
  ],
  [
    'a factory of a function',
    `export function make() { const agent = ${good}; return (url) => axios.get(url, { httpsAgent: agent }) }`,
  ],
  ['a factory that gives the options', `function options() { const agent = ${good}; return { httpsAgent: agent } }`],
  [
    'a cache',
    `const cache = new Map(); function of(host) { let agent = cache.get(host); if (!agent) { agent = ${good}; cache.set(host, agent) } return agent }`,
  ],
  [
    'a cache in one expression',
    `let agent; function get(url) { agent ??= ${good}; return axios.get(url, { httpsAgent: agent }) }`,
  ],
  [
    'a cache in a handler',
    `let api; app.get('/', async (req, res) => { api ||= axios.create({ timeout: 5 }); res.json(await api.get('x')) })`,
  ],
  [
    'kept by other code',
    `function get(url) { const agent = ${good}; register(agent); return axios.get(url, { httpsAgent: agent }) }`,
  ],
  [
    'a class',
    `class Api { constructor() { this.agent = ${good} } api = axios.create({ timeout: 5 }); get(url) { return axios.get(url, { httpsAgent: this.agent }) } }`,
  ],
  ['a main function', `async function main() { const agent = ${good}; await axios.get('x', { httpsAgent: agent }) }\nmain()`],
  [
    'a main function that another file calls',
    `export async function main() { const agent = ${good}; await axios.get('x', { httpsAgent: agent }) }`,
  ],
  [
    'a function that is called once',
    `async function load() { const agent = ${good}; await axios.get('x', { httpsAgent: agent }) }\nawait load()`,
  ],
  ['a function that is its own call', `;(async () => { const agent = ${good}; await axios.get('x', { httpsAgent: agent }) })()`],
  ['a test', `test.each([1])('x', async () => { const agent = ${good}; await axios.get('x', { httpsAgent: agent }) })`],
  [
    'a batch',
    `async function all(urls) { const agent = ${good}; for (const url of urls) await axios.get(url, { httpsAgent: agent }) }`,
  ],
  [
    'a batch at once',
    `function all(urls) { const agent = ${good}; return Promise.all(urls.map((url) => axios.get(url, { httpsAgent: agent }))) }`,
  ],
  [
    'several requests in a function',
    `async function pair() { const api = axios.create({ timeout: 5 }); const a = await api.get('a'); return api.get(a.data) }`,
  ],
  [
    'a client for each upstream',
    'for (const host of hosts) pools[host] = new undici.Pool(host, { connections: 5 }); const more = hosts.map((host) => new undici.Pool(host, { connections: 5 }))',
  ],
  [
    'a client for each region, used in a loop',
    'for (const region of regions) { const api = axios.create({ baseURL: region }); for (const page of pages) await api.get(page) }',
  ],
  [
    'requests in handlers',
    "const api = axios.create({ timeout: 5 }); app.get('/', async (req, res) => { res.json((await api.get('x')).data) })",
  ],
  ['got with both agents', `got.extend({ agent: { http: ${goodHttp}, https: ${good} } })`],
  ['axios with both agents', `axios.create({ httpAgent: ${goodHttp}, httpsAgent: ${good} })`],
  ["axios' fetch adapter without agents", "axios.create({ adapter: 'fetch', timeout: 5 })"],
  ['node-fetch with an agent', `nodeFetch('x', { agent: ${good} })`],
  ["fetch's own options", "fetch('x', { method: 'POST', body, headers, signal, dispatcher })"],
  ['another fetch', "import fetch from './fetch.ts'; fetch('x', { agent })"],
  ['a fetch that is given', "function get(fetch) { return fetch('x', { agent }) }"],
  ['a fetch that the file puts in place', "globalThis.fetch = nodeFetch; fetch('x', { agent })"],
  ["undici's own fetch with its dispatcher", "undici.fetch('x', { dispatcher: new undici.Agent({ connections: 5 }) })"],
  [
    'undefined for a foreign name',
    "fetch('x', { agent: undefined }); new http.Agent({ keepAlive: true, maxSockets: 5, freeSocketTimeout: undefined })",
  ],
  [
    'a pool of polypool',
    "import { createPool } from 'polypool/axios'; const pool = createPool({ maxConnections: 50 }); axios.create(pool.options)",
  ],
])('nothing is found in good code: %s', (_, code) => {
  for (const undici of [undefined, 7, 8]) expect(broken(code, undici)).toEqual([])
})

test('the dispatcher of a major that every built-in fetch takes, or of an unknown one, is fine', () => {
  const code = "fetch('x', { dispatcher: new undici.Agent({ connections: 5 }) })"
  expect(broken(code, 7)).toEqual([])
  expect(broken(code)).toEqual([])
  expect(broken("new undici.Pool('http://x', { connections: 5, clientTtl: 60_000 })", 8)).toEqual([])
})

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

test('a comment allows a finding: every rule, or the ones it names', () => {
  expect(broken('// polypool-ignore: it is a test\nnew http.Agent()')).toEqual([])
  expect(broken('new http.Agent() // polypool-ignore keep-alive-off: it is a test')).toEqual([])
  expect(broken('/* polypool-ignore keep-alive-off: it is a test */\nnew http.Agent()')).toEqual([])
  expect(broken('/*\n * polypool-ignore keep-alive-off: a\n * test\n */\nnew http.Agent()')).toEqual([])
  expect(broken('new http.Agent(); x = "// polypool-ignore"')).toEqual(['1:1 keep-alive-off'])
  expect(broken('f() // polypool-ignore: not the next line\nnew http.Agent()')).toEqual([
    '1:5 ignore-comment',
    '2:1 keep-alive-off',
  ])
})

test('comments that allow nothing, name no rule or give no reason are told', () => {
  const faults = (code: string) => messages(code).filter((message) => !message.startsWith('keepAlive'))
  expect(faults('// polypool-ignore unlimited-sockets: why\nnew http.Agent()')).toEqual(['unlimited-sockets finds nothing here'])
  expect(faults('// polypool-ignore keep-alive-of: why\nnew http.Agent()')).toEqual([
    'there is no rule keep-alive-of: did you mean keep-alive-off?',
  ])
  expect(faults('// polypool-ignore keep-alive-off\nnew http.Agent()')).toEqual(['it gives no reason: write one behind a colon'])
  expect(faults('// polypool-ignore: why\nf()')).toEqual(['no rule finds anything here'])
  expect(faults('// polypool-ignore keep-alive-off, sdk-agent: why\nnew http.Agent()')).toEqual(['sdk-agent finds nothing here'])
})

test('findings stand in the order of the file, with the position of what is wrong', () => {
  const code =
    'const a = new http.Agent({\n  keepAlive: true,\n  maxTotalSockets: 5,\n  freeSocketTimeout: 1,\n}); new https.Agent()'
  expect(broken(code)).toEqual(['1:11 ignored-option', '1:11 max-total-sockets', '5:5 keep-alive-off'])
})

test.each([
  ['proxy: false', `axios.create({ httpsAgent: ${good}, proxy: false })`],
  ['what may hold proxy', `axios.create({ httpsAgent: ${good}, ...rest }); axios.create(pool.options)`],
  ['defaults without one', `axios.defaults.proxy = false; axios.create({ httpsAgent: ${good} })`],
  ['the adapter of fetch', "axios.create({ adapter: 'fetch', timeout: 5 })"],
  ['a client without agents', 'axios.create({ timeout: 5 })'],
])('axios is not told of its proxy for %s', (_, code) => {
  expect(broken(code, undefined, 'proxy-bypass')).toEqual([])
})
