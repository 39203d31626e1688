import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import axios from 'axios'
import got from 'got'
import got14 from 'got14'
import got15 from 'got15'
import nodeFetch from 'node-fetch'
import * as undici from 'undici'
import * as undici7 from 'undici7'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Pool } from '../../src/adapter.ts'
import { isPoolError } from '../../src/errors.ts'
import { adapterModules } from '../hostile/adapters.ts'

// It has no types.
const nodeFetch2: unknown = createRequire(import.meta.url)('node-fetch2')

let seen = 0
const server = http.createServer((_, response) => {
  seen++
  response.end()
})
let url: string

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const pools: Pool<unknown>[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.destroy())))

function poolOf(adapter: string): Pool<unknown> {
  const pool = adapterModules.find(({ name }) => name === adapter)?.module.createPool()
  if (pool === undefined) throw new Error(`no adapter ${adapter}`)
  pools.push(pool)
  return pool
}

/** Calls that a program without types may make with a pool in the place of its options. */
type Call = (pool: never) => unknown

const nodeCalls: { readonly [name: string]: Call } = {
  'http.get(url, { agent: pool })': (agent) => answered(http.get(url, { agent })),
  'http.get({ agent: pool })': (agent) => answered(http.get({ ...url_(), agent })),
  'https.get(url, { agent: pool })': (agent) => answered(https.get(url.replace('http:', 'https:'), { agent })),
  'http.get(url, pool)': (pool) => answered(http.get(url, pool)),
  'http.get(url, { ...pool })': (pool: object) => answered(http.get(url, { ...pool })),
}

const undiciCalls = ({ request, fetch, stream, setGlobalDispatcher }: typeof undici): { readonly [name: string]: Call } => ({
  'request(url, { dispatcher: pool })': (dispatcher) => request(url, { dispatcher }),
  'request(url, pool)': (pool) => request(url, pool),
  'request(url, { ...pool })': (pool: object) => request(url, { ...pool }),
  'stream(url, { dispatcher: pool })': (dispatcher) => stream(url, { dispatcher, method: 'GET' }, () => process.stdout),
  'fetch(url, { dispatcher: pool })': (dispatcher) => fetch(url, { dispatcher }),
  'fetch(url, pool)': (pool) => fetch(url, pool),
  'fetch(url, { ...pool })': (pool: object) => fetch(url, { ...pool }),
  'setGlobalDispatcher(pool)': (pool) => setGlobalDispatcher(pool),
})

const nodeFetchCalls = (fetch: (url: string, options: never) => Promise<unknown>): { readonly [name: string]: Call } => ({
  'fetch(url, { agent: pool })': (agent) => fetch(url, { agent } as never),
  'fetch(url, pool)': (pool) => fetch(url, pool),
  'fetch(url, { ...pool })': (pool: object) => fetch(url, { ...pool } as never),
})

const calls: { readonly [client: string]: readonly [adapter: string, calls: { readonly [name: string]: Call }] } = {
  'node:http': ['node-http', nodeCalls],
  agentkeepalive: ['agentkeepalive', nodeCalls],
  undici: ['undici', undiciCalls(undici)],
  'undici 7': ['undici', undiciCalls(undici7 as unknown as typeof undici)],
  fetch: [
    'fetch',
    {
      'fetch(url, { dispatcher: pool })': (dispatcher) => fetch(url, { dispatcher }),
      'fetch(url, pool)': (pool) => fetch(url, pool),
      'fetch(new Request(url, pool))': async (pool) => fetch(new Request(url, pool)),
      'fetch(url, { ...pool })': (pool: object) => fetch(url, { ...pool }),
    },
  ],
  axios: [
    'axios',
    {
      'axios.create(pool)': (pool) => axios.create(pool).get(url),
      'axios.create({ ...pool })': (pool: object) => axios.create({ ...pool }).get(url),
      'axios.create({ httpAgent: pool })': (httpAgent) => axios.create({ httpAgent }).get(url),
      'axios.get(url, pool)': (pool) => axios.get(url, pool),
      'axios.get(url, { httpAgent: pool, maxRedirects: 0 })': (httpAgent) => axios.get(url, { httpAgent, maxRedirects: 0 }),
      'axios.get(url, { httpsAgent: pool })': (httpsAgent) => axios.get(url.replace('http:', 'https:'), { httpsAgent }),
    },
  ],
  'node-fetch': ['node-fetch', nodeFetchCalls(nodeFetch as never)],
  'node-fetch 2': ['node-fetch', nodeFetchCalls(nodeFetch2 as never)],
}

function url_(): { host: string; port: string } {
  const { hostname: host, port } = new URL(url)
  return { host, port }
}

function answered(request: http.ClientRequest): Promise<unknown> {
  return new Promise((resolve, reject) => request.on('error', reject).on('response', resolve))
}

describe.each(Object.entries(calls))('%s', (_, [adapter, cases]) => {
  it.each(Object.entries(cases))('%s is refused, and says what to give', async (_, call) => {
    const before = seen
    const error = await (async () => call(poolOf(adapter) as never))().catch((thrown: unknown) => thrown)
    expect(isPoolError(error, 'ERR_POOL_UNSUPPORTED'), inspect(error)).toBe(true)
    expect(inspect(error)).toMatch(/the pool itself was given to .+, which takes its options: .*pool\.options/)
    expect(seen).toBe(before)
  })
})

// got looks at the names of options only, and refuses them itself.
it.each([
  ['got 14', got14 as unknown as typeof got],
  ['got 15', got15 as unknown as typeof got],
  ['got 16', got],
] as const)('%s refuses a pool by itself', async (_, client) => {
  const pool = poolOf('got')
  const before = seen
  expect(() => client.extend(pool as never)).toThrow('Unexpected option: options')
  expect(() => client.extend({ agent: pool as never })).toThrow(/Unexpected agent option: options|plain object/)
  const error = await client
    .extend({ agent: { http: pool as never } })(url, { retry: { limit: 0 } })
    .catch((thrown: unknown) => thrown)
  expect(inspect(error)).toContain('the pool itself was given to got')
  expect(seen).toBe(before)
})

it.each(adapterModules)('readSettings of $name takes a pool for its options', async ({ module }) => {
  await using pool = module.createPool({ maxConnections: 7, acquireTimeout: '2s' })
  expect(module.readSettings(pool).config).toEqual(pool.config)
})

it('a pool is shown, copied and compared without harm', () => {
  for (const { name } of adapterModules) {
    const pool = poolOf(name)
    expect(inspect(pool, { showHidden: true, getters: true })).toContain('maxConnections')
    expect(inspect({ ...pool })).toContain('maxConnections')
    expect(JSON.parse(JSON.stringify(pool))).toHaveProperty('stats')
    expect(Object.prototype.toString.call(pool)).toBe('[object Pool]')
  }
})
