import { expect, test } from 'vitest'
import * as agentkeepalive from '../../../../adapters/agentkeepalive.ts'
import * as axios from '../../../../adapters/axios.ts'
import * as nodeFetch from '../../../../adapters/node-fetch.ts'
import * as nodeHttp from '../../../../adapters/node-http.ts'
import * as undici from '../../../../adapters/undici.ts'
import { clientNames } from '../../../../src/clients/index.ts'
import type { ClientName } from '../../../../src/clients/types.ts'
import { loadAdapter } from '../../../../test/load-adapter.ts'
import { effort } from '../../../../test/time.ts'
import { parseSettings, placesInSettings } from '../../../src/commands/migrate/json.ts'
import { type Move, moveOf } from '../../../src/commands/migrate/migrate.ts'
import { nothingSet } from '../../../src/reading/javascript/native.ts'
import type { Place } from '../../../src/reading/javascript/places.ts'
import { type Adapter, readPlace } from '../../../src/reading/javascript/reading.ts'
import { places } from '../../reading/javascript/helpers.ts'

function only(text: string): Place {
  const [place, ...others] = places(text)
  if (place === undefined || others.length > 0) throw new Error(`${others.length + 1} places`)
  return place
}

async function move(text: string, to: ClientName): Promise<Move> {
  const place = only(text)
  return moveOf(place, await loadAdapter(place.client), to, await loadAdapter(to))
}

const imports =
  "import http from 'http'; import https from 'https'; import axios from 'axios'; import got from 'got'; import * as undici from 'undici'; import Agentkeepalive from 'agentkeepalive'; import nodeFetch from 'node-fetch'\n"

test('a place means what its adapter reads from the same settings', () => {
  const options = {
    keepAlive: true,
    maxSockets: 50,
    maxTotalSockets: 90,
    maxFreeSockets: 10,
    timeout: 4000,
    keepAliveMsecs: 5000,
  }
  const agent = JSON.stringify(options)
  const cases: [string, Adapter, unknown][] = [
    [`new http.Agent(${agent})`, nodeHttp, options],
    [`axios.create({ httpAgent: new http.Agent(${agent}) })`, axios, { httpAgent: options }],
    [`axios.create({ baseURL: 'x' })`, axios, { baseURL: 'x' }],
    [
      `nodeFetch('x', { agent: (url) => url.protocol === 'https:' ? new https.Agent(${agent}) : new http.Agent() })`,
      nodeFetch,
      { http: {}, https: options },
    ],
    [`new undici.Agent({ connections: 5, keepAliveTimeout: 9000 })`, undici, { connections: 5, keepAliveTimeout: 9000 }],
    [`new undici.Pool('http://x', { connections: 5 })`, undici, { connections: 5 }],
    [`new undici.Client('http://x', { pipelining: 0 })`, undici, { connections: 1, pipelining: 0 }],
  ]
  for (const [text, adapter, native] of cases) {
    const reading = readPlace(only(imports + text), adapter)
    expect(reading, text).toEqual({ ...adapter.readSettings(native), unknown: [] })
  }
})

test("agentkeepalive's options are read with its own defaults, also inside axios", () => {
  const config = { keepAlive: true, keepAliveExpiry: 4000, maxConnectionsPerHost: 5 }
  expect(readPlace(only(`${imports}new Agentkeepalive({ maxSockets: 5 })`), agentkeepalive).config).toMatchObject(config)
  expect(
    readPlace(only(`${imports}axios.create({ httpAgent: new Agentkeepalive({ maxSockets: 5 }) })`), axios).config,
  ).toMatchObject(config)
})

test('with nothing set a place means what the client does by itself', () => {
  const { config } = readPlace(only("import http from 'http'\nhttp.get('http://x')"), nodeHttp)
  expect(config).toMatchObject({ keepAlive: true, keepAliveExpiry: 5000, maxConnections: 'unlimited' })
})

test('limits assigned to a global agent are added to what it has', () => {
  const { config } = readPlace(only("import http from 'http'\nhttp.globalAgent.maxSockets = 5"), nodeHttp)
  expect(config).toMatchObject({ keepAlive: true, keepAliveExpiry: 5000, maxConnectionsPerHost: 5 })
})

const unknownOf = (text: string, adapter: Adapter) => {
  const { unknown, config } = readPlace(only(imports + text), adapter)
  for (const { field } of unknown) expect(config).not.toHaveProperty(field)
  return Object.fromEntries(unknown.map(({ field, sources }) => [field, sources.join(' and ')]).sort())
}

test('an unknown value makes exactly those fields unknown that depend on it', () => {
  expect(unknownOf('new http.Agent({ keepAlive: true, maxSockets: size() })', nodeHttp)).toEqual({
    maxConnectionsPerHost: 'size()',
  })
  expect(unknownOf('new http.Agent({ keepAlive: true, timeout: process.env.T, maxSockets: 5 })', nodeHttp)).toEqual({
    keepAliveExpiry: 'process.env.T',
  })
  expect(unknownOf('new http.Agent({ keepAlive: true, maxSockets: a, maxTotalSockets: b })', nodeHttp)).toEqual({
    maxConnections: 'b',
    maxConnectionsPerHost: 'a',
  })
  // What keepAlive decides is unknown with it.
  expect(Object.keys(unknownOf('new http.Agent({ keepAlive: on, maxSockets: 5 })', nodeHttp))).toEqual([
    'keepAlive',
    'keepAliveExpiry',
    'keepAliveHintMargin',
    'maxIdleConnectionsPerHost',
    'tcpKeepAlive',
  ])
  // A value that counts only beside another one that is unknown too.
  expect(unknownOf('new http.Agent({ keepAlive: on, timeout: idle, maxSockets: 5 })', nodeHttp)).toMatchObject({
    keepAlive: 'on',
    keepAliveExpiry: 'on and idle',
    tcpKeepAlive: 'on',
  })
  expect(unknownOf('new undici.Agent({ connections: size(), keepAliveTimeout: 4000 })', undici)).toEqual({
    maxConnectionsPerHost: 'size()',
  })
  expect(unknownOf('new http.Agent({ keepAlive: true, rejectUnauthorized: strict, maxSockets: 5 })', nodeHttp)).toEqual({})
  expect(unknownOf('new Agentkeepalive({ freeSocketTimeout: idle })', agentkeepalive)).toEqual({
    keepAliveExpiry: 'idle',
  })
})

test('what may be spread in makes every field unknown that is not set after it', () => {
  const unknown = unknownOf('new http.Agent({ ...base, maxSockets: 5 })', nodeHttp)
  expect(Object.keys(unknown)).toContain('maxConnections')
  expect(Object.keys(unknown)).toContain('keepAlive')
  expect(Object.keys(unknown)).not.toContain('maxConnectionsPerHost')
  expect(new Set(Object.values(unknown))).toEqual(new Set(['...base']))
})

test('a place with very many unknown values is read in little time, and nothing of them is guessed', () => {
  const headers = Array.from({ length: 900 }, (_, index) => `h${index}: f(${index})`).join(', ')
  const text = `axios.create({ headers: { ${headers} }, httpAgent: new http.Agent({ keepAlive: true, maxSockets: size(), timeout: 4000 }) })`
  const spent = effort()
  const { config, unknown } = readPlace(only(imports + text), axios)
  expect(spent()).toBeLessThan(300)
  expect(unknown.map(({ field }) => field)).toEqual(['maxConnectionsPerHost'])
  expect(config).toMatchObject({ keepAliveExpiry: 4000 })
})

test('an agent that is unknown leaves nothing of its limits known, and no note guesses', () => {
  for (const [text, adapter] of [
    ['axios.create({ httpsAgent: agentFor(env) })', axios],
    ['axios.create(options)', axios],
    ['axios.create({ ...options })', axios],
  ] as const) {
    const { config, notes } = readPlace(only(imports + text), adapter)
    for (const field of ['maxConnectionsPerHost', 'keepAliveExpiry', 'maxConnections'])
      expect(config, text).not.toHaveProperty(field)
    expect(notes.map(({ message }) => message).join()).not.toMatch(/no agent is set/)
  }
})

test('a value that a pool refuses is left out and told', () => {
  const { config, notes } = readPlace(only(`${imports}new http.Agent({ keepAlive: true, timeout: 1e12 })`), nodeHttp)
  expect(config).not.toHaveProperty('keepAliveExpiry')
  expect(notes.map(({ message }) => message).join()).toMatch(/left out, since a pool refuses it/)
})

test.each([
  ['axios.create(5)', 'axios'],
  ['new undici.Agent(5)', 'undici'],
  ["new undici.ProxyAgent('http://proxy')", 'undici'],
  ['new http.Agent(null)', 'node-http'],
  ['axios.create({ httpAgent: 5 })', 'axios'],
  ["new http.Agent({ ['__proto__']: { maxSockets: 5 } })", 'node-http'],
] as const)('odd settings are read without harm: %s', async (text, client) => {
  const adapter = await loadAdapter(client)
  expect(readPlace(only(imports + text), adapter)).toHaveProperty('config')
})

test('the code for undici: config, what is unknown, and how to connect', async () => {
  const text = `${imports}
const agent = new https.Agent({ keepAlive: true, maxSockets: 50, timeout: idle(), ca: readFileSync('ca.pem'), 'x-y': 1 })
export const payments = axios.create({ baseURL: 'https://x', httpAgent: agent, httpsAgent: agent })`
  const { code, changes } = await move(text, 'undici')
  expect(code).toBe(`import { request } from 'undici'
import { createPool } from 'polypool/undici'

const pool = createPool({
  maxConnections: 'unlimited',
  maxConnectionsPerHost: 50,
  maxIdleConnectionsPerHost: 256,
  acquireTimeout: 'unlimited',
  connectTimeout: 'unlimited',
  tcpKeepAlive: '1s',
  retryStale: false,
  keepAliveExpiry: idle(),
}, { connect: { ca: readFileSync('ca.pem') } })
const { statusCode, body } = await request('https://api.example.com/', { ...pool.options })
`)
  // Of an unknown field nothing is said: it may ask for nothing.
  for (const notes of [changes.stricter, changes.nativeLosses, changes.defaults]) {
    expect(notes.map(({ field }: { field: string }) => field)).not.toContain('keepAliveExpiry')
  }
  expect(changes.meaning.filter(({ field }) => field === 'ca')).toEqual([])
  expect(changes.meaning.filter(({ field }) => field === 'x-y').map(({ message }) => message)).toEqual([
    "x-y is unknown to node's agents, which ignore it: it was left out",
  ])
  expect(changes.meaning.filter(({ field }) => field === 'baseURL').map(({ message }) => message)).toEqual([
    'an option of axios that is not about pools: it does not move to undici, look for what stands for it there',
  ])
})

test('the code for the same client keeps its name and its own options', async () => {
  const text = `${imports}const payments = axios.create({ baseURL, timeout: 5 * 1000, ...more, httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 5, timeout: 4000, rejectUnauthorized: false }) })`
  const { code } = await move(text, 'axios')
  expect(code.split('\n').slice(-4)).toEqual([
    '}, { rejectUnauthorized: false })',
    'const payments = axios.create({ baseURL, timeout: 5 * 1000, ...more, ...pool.options })',
    "const { data } = await payments.get('https://api.example.com/')",
    '',
  ])
})

test("what undici's dispatcher is told moves to undici whole, and to agents only as far as it is about connecting", async () => {
  const text = `${imports}new undici.Agent({ connections: 5, headersTimeout: 100, connect: { rejectUnauthorized: false, timeout: 500 } })`
  expect((await move(text, 'fetch')).code).toContain('{ headersTimeout: 100, connect: { rejectUnauthorized: false } }')
  const { code, changes } = await move(text, 'got')
  expect(code).toContain('}, { rejectUnauthorized: false })')
  expect(changes.meaning.filter(({ field }) => field === 'headersTimeout').map(({ message }) => message)).toEqual([
    'an option of undici that is not about pools: it does not move to got, look for what stands for it there',
  ])
})

test('changes are drawn from the declarations of both adapters', async () => {
  const text = `${imports}axios.create({ httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 5, maxTotalSockets: 9, timeout: 4000 }) })`
  const { changes } = await move(text, 'undici')
  const byField = (notes: readonly { field: string; message: string }[]) =>
    Object.fromEntries(notes.map(({ field, message }) => [field, message]))
  expect(byField(changes.stricter)).toMatchObject({
    maxConnections: axios.support.fields.maxConnections.message,
    keepAliveExpiry: axios.support.fields.keepAliveExpiry.message,
  })
  expect(byField(changes.nativeLosses)).toMatchObject({ maxConnections: undici.support.fields.maxConnections.message })
  expect(changes.weaker).toEqual([])
  const toAxios = await move(`${imports}new undici.Agent({ connections: 5 })`, 'axios')
  expect(byField(toAxios.changes.weaker)).toEqual({ tcpKeepAlive: axios.support.fields.tcpKeepAlive.message })
})

test('defaults: what it was, what the target does alone, and what a pool does', async () => {
  const { changes } = await move("import axios from 'axios'\naxios.get('x')", 'undici')
  expect(changes.defaults).toContainEqual({ field: 'maxConnections', before: 'unlimited', target: 'unlimited', pool: '100' })
  expect(changes.defaults).toContainEqual({ field: 'keepAliveExpiry', before: '5s', target: '4s', pool: '4s' })
  expect(changes.defaults).toContainEqual({ field: 'connectTimeout', before: 'unlimited', target: '10s', pool: '10s' })
  expect(changes.defaults.map(({ field }) => field)).not.toContain('keepAlive')
  expect((await move("import axios from 'axios'\naxios.get('x')", 'axios')).changes.defaults).toEqual([])
})

test('every client can be read with nothing set, and moved to every other', async () => {
  for (const from of clientNames) {
    const adapter = await loadAdapter(from)
    const place: Place = {
      client: from,
      file: 'a.js',
      line: 1,
      column: 1,
      label: 'x',
      settings: { kind: 'unknown', source: 'x', size: 1 },
      implicit: true,
      also: [],
    }
    expect(readPlace(place, adapter).config).toEqual(adapter.readSettings(nothingSet(from)).config)
    for (const to of clientNames) {
      const { code, config } = moveOf(place, adapter, to, await loadAdapter(to))
      expect(code).toContain(`from 'polypool/${to}'`)
      expect(config.maxConnections).toBe('unlimited')
    }
  }
})

test('settings as JSON: whose they are, and what they mean', async () => {
  const read = (json: string, from?: ClientName) => placesInSettings('s.json', parseSettings(json), from)
  const cases: [string, ClientName, unknown][] = [
    ['{ "maxSockets": 5 }', 'node-http', { maxSockets: 5 }],
    ['{ "https": { "maxSockets": 5 } }', 'node-http', { https: { maxSockets: 5 } }],
    ['{ "httpsAgent": { "maxSockets": 5 }, "timeout": 1 }', 'axios', { httpsAgent: { maxSockets: 5 }, timeout: 1 }],
    ['{ "agent": { "https": { "maxSockets": 5 } } }', 'got', { agent: { https: { maxSockets: 5 } } }],
    ['{ "agent": { "maxSockets": 5 } }', 'node-fetch', { agent: { maxSockets: 5 } }],
    ['{ "connections": 5 }', 'undici', { connections: 5 }],
    ['{ "dispatcher": { "connections": 5 } }', 'fetch', { dispatcher: { connections: 5 } }],
  ]
  for (const [json, client, native] of cases) {
    const [place] = read(json)
    expect(place?.client, json).toBe(client)
    const adapter = await loadAdapter(client)
    expect(readPlace(place as Place, adapter).config, json).toEqual(adapter.readSettings(native).config)
  }
  const [keepalive] = read('{ "freeSocketTimeout": "30s" }')
  expect(keepalive?.client).toBe('agentkeepalive')
  // Its own name decides, whatever others know of the rest.
  const [mixed] = read('{ "maxSockets": 5, "keepAliveTimeout": 1000, "freeSocketTimeout": 1000 }')
  expect(mixed?.client).toBe('agentkeepalive')
  expect(readPlace(keepalive as Place, agentkeepalive).config).toMatchObject({ keepAlive: true, keepAliveExpiry: 30_000 })
  expect(read('[{ "maxSockets": 5 }, { "connections": 5 }]').map(({ label, client }) => [label, client])).toEqual([
    ['item 1', 'node-http'],
    ['item 2', 'undici'],
  ])
  expect(() => read('{}')).toThrow("s.json: can't tell whose settings these are: say it with --from <client>")
  expect(() => read('[5]')).toThrow('s.json: item 1 must be an object of settings')
  expect(() => read(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`, 'axios')).toThrow('nested too deeply')
  expect(parseSettings('import x from "y"')).toBeUndefined()
  expect(parseSettings('{ broken')).toBeUndefined()
})
