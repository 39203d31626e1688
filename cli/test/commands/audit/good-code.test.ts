import { expect, test } from 'vitest'
import { broken, good, goodHttp } from './broken.ts'

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

test.each([
  ['proxy: false', `axios.create({ httpsAgent: ${good}, proxy: false })`],
  ['what may hold proxy', `axios.create({ httpsAgent: ${good}, ...rest }); axios.create(pool.options)`],
  ['defaults without one', `axios.defaults.proxy = false; axios.create({ httpsAgent: ${good} })`],
  ['the adapter of fetch', "axios.create({ adapter: 'fetch', timeout: 5 })"],
  ['a client without agents', 'axios.create({ timeout: 5 })'],
])('axios is not told of its proxy for %s', (_, code) => {
  expect(broken(code, undefined, 'proxy-bypass')).toEqual([])
})
