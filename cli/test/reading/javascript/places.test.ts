import { expect, test } from 'vitest'
import { outline, places } from './helpers.ts'

/** Line, client, label, name and settings of every place. */
const found = (text: string) =>
  places(text).map(({ line, client, label, name, settings }) => [line, client, label, ...(name ? [name] : []), outline(settings)])

const agent = { 'http#Agent': { maxSockets: 5 } }

test.each([
  ['default', "import http from 'http'\nnew http.Agent({ maxSockets: 5 })"],
  ['with node:', "import http from 'node:http'\nnew http.Agent({ maxSockets: 5 })"],
  ['namespace', "import * as http from 'http'\nnew http.Agent({ maxSockets: 5 })"],
  ['namespace and default', "import * as http from 'http'\nnew http.default.Agent({ maxSockets: 5 })"],
  ['named', "import { Agent } from 'http'\nnew Agent({ maxSockets: 5 })"],
  ['aliased', "import { Agent as A } from 'http'\nnew A({ maxSockets: 5 })"],
  ['default as', "import { default as h } from 'http'\nnew h.Agent({ maxSockets: 5 })"],
  ['a string name', "import { 'Agent' as A } from 'http'\nnew A({ maxSockets: 5 })"],
  ['require', "const http = require('http')\nnew http.Agent({ maxSockets: 5 })"],
  ['require, destructured', "const { Agent } = require('http')\nnew Agent({ maxSockets: 5 })"],
  ['require, aliased', "const { Agent: A } = require('node:http')\nnew A({ maxSockets: 5 })"],
  ['require, a member', "const A = require('http').Agent\nnew A({ maxSockets: 5 })"],
  ['require, in place', "\nnew (require('http').Agent)({ maxSockets: 5 })"],
  [
    'createRequire',
    "import { createRequire } from 'module'; const require = createRequire(import.meta.url); const h = require('http')\nnew h.Agent({ maxSockets: 5 })",
  ],
  ['import =', "import http = require('http')\nnew http.Agent({ maxSockets: 5 })"],
  ['compiled by TypeScript', "const http_1 = __importDefault(require('http'))\nnew http_1.default.Agent({ maxSockets: 5 })"],
  ['dynamic', "const http = await import('http')\nnew http.Agent({ maxSockets: 5 })"],
  ['dynamic, destructured', "const { Agent } = await import('http')\nnew Agent({ maxSockets: 5 })"],
  ['dynamic, default', "const { default: http } = await import('http')\nnew http.Agent({ maxSockets: 5 })"],
  ['dynamic, then', "import('http').then((http) => {\nnew http.Agent({ maxSockets: 5 }) })"],
  ['dynamic, then, destructured', "import('http').then(({ Agent: A }) =>\nnew A({ maxSockets: 5 }))"],
  ['another name', "import http from 'http'; const h = http; const { Agent: A } = h\nnew A({ maxSockets: 5 })"],
  ['a default or the module itself', "const ns = require('http'); const h = ns.default || ns\nnew h.Agent({ maxSockets: 5 })"],
  ['the same either way', "import ns from 'http'; const h = ns.default ? ns.default : ns\nnew h.Agent({ maxSockets: 5 })"],
  ['a string member', "import http from 'http'\nnew http['Agent']({ maxSockets: 5 })"],
  ['without new', "import http from 'http'\nhttp.Agent({ maxSockets: 5 })"],
  ['with types', "import http, { type AgentOptions } from 'http'\nnew (http.Agent as any)<X>({ maxSockets: 5 } as AgentOptions)"],
])('an import: %s', (_, text) => {
  expect(found(text)).toEqual([[2, 'node-http', 'new http.Agent(…)', agent]])
})

test.each([
  ['a class of the same name', 'class Agent {}\nnew Agent({ maxSockets: 5 })'],
  ['a parameter that shadows the import', "import http from 'http'\nfunction f(http) { new http.Agent({ maxSockets: 5 }) }"],
  ['a type import', "import type { Agent } from 'http'\nnew Agent()"],
  ['another module', "import { Agent } from './http'\nnew Agent()"],
  ['a require of the user', "function require() {}\nconst http = require('http')\nnew http.Agent()"],
  ['a name that is assigned', "let http = require('http'); http = other\nnew http.Agent()"],
  ['a type', "import http from 'http'\nlet agent: http.Agent"],
  ['a server', "import http from 'http'\nhttp.createServer((req, res) => res.end()).listen(0)"],
  ['names in a circle', "const a = b.http; const b = a.http\nnew a.Agent(); 'http'"],
  ['a module that only mentions one', "const text = 'axios'\nfetchAll()"],
])('no place: %s', (_, text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ["import { Agent } from 'https'\nnew Agent()", 'node-http', 'new https.Agent(…)', { 'https#Agent': {} }],
  ["import A from 'agentkeepalive'\nnew A({ a: 1 })", 'agentkeepalive', 'new Agentkeepalive(…)', { 'agentkeepalive#': { a: 1 } }],
  [
    "import { HttpAgent } from 'agentkeepalive'\nnew HttpAgent()",
    'agentkeepalive',
    'new Agentkeepalive(…)',
    { 'agentkeepalive#HttpAgent': {} },
  ],
  [
    "const A = require('agentkeepalive')\nnew A.HttpsAgent()",
    'agentkeepalive',
    'new HttpsAgent(…) of agentkeepalive',
    { 'agentkeepalive#HttpsAgent': {} },
  ],
  [
    "import { Agent } from 'undici'\nnew Agent({ connections: 5 })",
    'undici',
    'new Agent(…)',
    { 'undici#Agent': { connections: 5 } },
  ],
  [
    "import { Pool } from 'undici'\nnew Pool('http://a', { connections: 5 })",
    'undici',
    'new Pool(…)',
    { 'undici#Pool': { connections: 5 } },
  ],
  ["import { Client } from 'undici'\nnew Client('http://a')", 'undici', 'new Client(…)', { 'undici#Client': {} }],
  [
    "import { ProxyAgent } from 'undici'\nnew ProxyAgent('http://a')",
    'undici',
    'new ProxyAgent(…)',
    { 'undici#ProxyAgent': 'http://a' },
  ],
  ["import axios from 'axios'\naxios.create({ baseURL: 'x' })", 'axios', 'axios.create(…)', { baseURL: 'x' }],
  ["import { Axios } from 'axios'\nnew Axios({ timeout: 1 })", 'axios', 'new Axios(…)', { timeout: 1 }],
  ["import axios from 'axios'\naxios.create()", 'axios', 'axios.create(…)', {}],
  ["import axios from 'axios'\naxios.create(options)", 'axios', 'axios.create(…)', '‹options›'],
  ["import got from 'got'\ngot.extend({ http2: true })", 'got', 'got.extend(…)', { http2: true }],
  ["import got from 'got'\ngot.extend(a, b)", 'got', 'got.extend(…)', '‹got.extend(a, b)›'],
])('%s', (text, client, label, settings) => {
  expect(found(text)).toEqual([[2, client, label, settings]])
})

test('an agent is part of the client that it is given to, and not a place of its own', () => {
  const text = `import axios from 'axios'
import { Agent } from 'https'
const agent = new Agent({ maxSockets: 5 })
export const api = axios.create({ httpsAgent: agent, baseURL: 'x' })
api.get('/a')`
  expect(found(text)).toEqual([
    [4, 'axios', 'axios.create(…)', 'api', { httpsAgent: { 'https#Agent': { maxSockets: 5 } }, baseURL: 'x' }],
  ])
  expect(places(text).map(({ column }) => column)).toEqual([20])
})

test('axios.defaults and the defaults of an instance', () => {
  const text = `const axios = require('axios'), https = require('https')
axios.defaults.httpsAgent = new https.Agent({ maxSockets: 1 })
axios.defaults.httpAgent = other
const api = axios.create({ timeout: 5 })
api.defaults.httpsAgent = new https.Agent({ maxSockets: 2 })
axios.get('x')`
  expect(found(text)).toEqual([
    [2, 'axios', 'axios.defaults', { httpsAgent: { 'https#Agent': { maxSockets: 1 } }, httpAgent: '‹other›' }],
    [4, 'axios', 'axios.create(…)', 'api', { timeout: 5, httpsAgent: { 'https#Agent': { maxSockets: 2 } } }],
  ])
})

test('an instance of an instance begins with its options', () => {
  const text = `import got from 'got'
import { Agent } from 'https'
const base = got.extend({ agent: { https: new Agent({ maxSockets: 5 }) }, retry: 0 })
const api = base.extend({ retry: 2 })`
  const agent = { https: { 'https#Agent': { maxSockets: 5 } } }
  expect(found(text)).toEqual([
    [3, 'got', 'got.extend(…)', 'base', { agent, retry: 0 }],
    [4, 'got', 'extend(…) of a got instance', 'api', { agent, retry: 2 }],
  ])
})

test('requests with an agent of their own: one place, with the lines of the others that use it', () => {
  const text = `import got from 'got'
import { Agent } from 'https'
const https = new Agent({ maxSockets: 5 })
got('x', { agent: { https }, json: true })
await got.post('y', { agent: { https } })
const answer = await got({ url: 'z', agent: { https: new Agent() } })`
  expect(found(text)).toEqual([
    [4, 'got', 'got(…)', { agent: { https: { 'https#Agent': { maxSockets: 5 } } } }],
    [6, 'got', 'got(…)', { agent: { https: { 'https#Agent': {} } } }],
  ])
  expect(places(text).map(({ also }) => also)).toEqual([[5], []])
})

test.each([
  ['axios.get(url, { httpsAgent: agent })', 'axios', 'axios.get(…)', 'httpsAgent'],
  ['axios.post(url, data, { httpsAgent: agent })', 'axios', 'axios.post(…)', 'httpsAgent'],
  ['axios({ url, httpsAgent: agent })', 'axios', 'axios(…)', 'httpsAgent'],
  ['axios(url, { httpsAgent: agent })', 'axios', 'axios(…)', 'httpsAgent'],
  ['axios.request({ url, httpsAgent: agent })', 'axios', 'axios.request(…)', 'httpsAgent'],
  ['nodeFetch(url, { agent })', 'node-fetch', 'node-fetch(…)', 'agent'],
])('a request: %s', (call, client, label, carrier) => {
  const text = `import axios from 'axios'; import nodeFetch from 'node-fetch'; import { Agent } from 'https'; const agent = new Agent()\n${call}`
  expect(found(text)).toEqual([[2, client, label, { [carrier]: { 'https#Agent': {} } }]])
})

test("node-fetch's function that chooses an agent", () => {
  const imports =
    "import fetch from 'node-fetch'; import http from 'http'; import https from 'https'; const a = new http.Agent(); const b = new https.Agent()\n"
  const both = [[2, 'node-fetch', 'node-fetch(…)', { agent: { http: { 'http#Agent': {} }, https: { 'https#Agent': {} } } }]]
  expect(found(`${imports}fetch(url, { agent: (url) => url.protocol === 'https:' ? b : a })`)).toEqual(both)
  expect(found(`${imports}fetch(url, { agent: ({ protocol }) => (protocol == 'http:' ? a : b) })`)).toEqual(both)
  expect(found(`${imports}fetch(url, { agent: function (u) { return u.protocol !== 'https:' ? a : b } })`)).toEqual(both)
  const choose = "(url) => url.host === 'x' ? a : b"
  expect(found(`${imports}fetch(url, { agent: ${choose} })`).at(-1)).toEqual([
    2,
    'node-fetch',
    'node-fetch(…)',
    { agent: `‹${choose}›` },
  ])
})

test('the dispatcher for all, composed or not, and that of the built-in fetch', () => {
  const made = { 'undici#Agent': { connections: 5 } }
  const imports = "import { Agent, setGlobalDispatcher, interceptors } from 'undici'\n"
  expect(found(`${imports}setGlobalDispatcher(new Agent({ connections: 5 }))\nfetch('x')`)).toEqual([
    [2, 'undici', 'setGlobalDispatcher(…)', made],
  ])
  expect(found(`${imports}setGlobalDispatcher(new Agent({ connections: 5 }).compose(interceptors.retry()))`)).toEqual([
    [2, 'undici', 'setGlobalDispatcher(…)', made],
  ])
  expect(found(`${imports}fetch('x', { dispatcher: new Agent({ connections: 5 }) })`)).toEqual([
    [2, 'fetch', 'fetch(…)', { dispatcher: made }],
  ])
  expect(found(`${imports}globalThis.fetch('x', { dispatcher: new Agent({ connections: 5 }) })`)).toEqual([
    [2, 'fetch', 'fetch(…)', { dispatcher: made }],
  ])
})

test('limits of the global agents', () => {
  const text =
    "import http from 'http'\nhttp.globalAgent.maxSockets = 5\nhttp.globalAgent.options.timeout = 9\nhttp.get('http://x')"
  expect(found(text)).toEqual([[2, 'node-http', 'http.globalAgent', { 'http#globalAgent': { maxSockets: 5, timeout: 9 } }]])
})

test('requests with nothing set: one place for each client, at the first', () => {
  const text = `import axios from 'axios'
import http from 'http'
axios.get('x')
axios.post('x', { a: 1 }, { timeout: 5 })
http.get('http://x', (response) => {})
fetch('x', { method: 'POST' })
axios.get('x', options)`
  expect(found(text)).toEqual([
    [3, 'axios', 'axios.get(…) with nothing set', {}],
    [5, 'node-http', 'http.get(…) with nothing set', {}],
    [6, 'fetch', 'fetch(…) with nothing set', {}],
  ])
  expect(places(text).map(({ also, implicit }) => [also, implicit])).toEqual([
    [[4], true],
    [[], true],
    [[], true],
  ])
})

test('of one client only: its agents count for themselves then', () => {
  const text = "import axios from 'axios'; import { Agent } from 'https'\naxios.create({ httpsAgent: new Agent() })"
  expect(found(text).map(([, client]) => client)).toEqual(['axios'])
})

test('a class that is chosen is one for either scheme', () => {
  const chosen = "import http from 'http'; import https from 'https'; const A = secure ? https.Agent : http.Agent"
  expect(found(`${chosen}\nexport const agent = new A({ maxSockets: 5 })`)).toEqual([
    [2, 'node-http', expect.stringContaining('Agent(…)'), 'agent', { 'http#Agent|https#Agent': { maxSockets: 5 } }],
  ])
  const modules = "import http from 'http'; import https from 'https'; const mod = secure ? https : http"
  expect(found(`${modules}\nexport const agent = new mod.Agent({ maxSockets: 5 })`)).toHaveLength(1)
  expect(found("import http from 'http'; const A = own ? Own : http.Agent\nnew A()")).toEqual([])
})

test("a class of the file's own that extends an agent is no place: what it does besides can't be carried over", () => {
  expect(found("import http from 'http'; class Own extends http.Agent {}\nnew Own({ maxSockets: 5 })")).toEqual([])
})
