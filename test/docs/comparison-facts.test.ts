import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import Agentkeepalive, { HttpsAgent } from 'agentkeepalive'
import axios from 'axios'
import got from 'got'
import got14 from 'got14'
import got15 from 'got15'
import nodeFetch from 'node-fetch'
import { describe, expect, it } from 'vitest'
import { clientNames, clients } from '../../src/clients/index.ts'
import type { ClientName, NativeSetting } from '../../src/clients/types.ts'
import { parseDuration } from '../../src/config/durations.ts'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames } from '../../src/config/fields.ts'
import type { PoolConfig, PoolConfigField } from '../../src/config/types.ts'
import { cleanup, listen } from '../engines/node-agent/support.ts'
import { loadAdapter } from '../load-adapter.ts'
import { stopwatch, wallClock } from '../time.ts'

const nodeFetch2 = createRequire(import.meta.url)('node-fetch2') as typeof nodeFetch

interface Options {
  readonly [option: string]: unknown
}

const settingsOf = (client: ClientName) => clients[client].pooling.settings
const declared = (client: ClientName) => Object.entries(settingsOf(client)) as [PoolConfigField, NativeSetting][]

const at = (options: unknown, path: string) =>
  path.split('.').reduce<unknown>((value, key) => (value as Options | undefined)?.[key], options)

/** The options of one agent or dispatcher, wherever an adapter puts them. */
function ownOptions(settings: unknown): Options {
  const { http, httpAgent, agent } = settings as { http?: Options; httpAgent?: Options; agent?: { http: Options } }
  return http ?? httpAgent ?? agent?.http ?? (settings as Options)
}

describe('keywords', () => {
  describe.each(clientNames)('of %s', (client) => {
    it('are declared where its own settings are declared to do something', async () => {
      const { support } = await loadAdapter(client)
      // The way through a proxy is a page of its own, docs/proxies.md, and no setting of a pool.
      const pooled = fieldNames.filter((field) => field !== 'proxy' && field !== 'noProxy')
      const known = pooled.filter((field) => support.fields[field].native !== 'unsupported')
      expect(Object.keys(settingsOf(client)).toSorted()).toEqual(known.toSorted())
    })

    it.each(declared(client))('say %s in what translate gives', async (field, { keyword }) => {
      const { translate } = await loadAdapter(client)
      const config = { keepAliveExpiry: '4s', http2: true, [field]: fieldTexts[field].example } as PoolConfig
      expect(at(ownOptions(translate(config).settings), keyword)).toBeDefined()
    })
  })
})

/** What an agent holds: a property of its own, or one of its options. Properties that it inherits warn of being deprecated. */
function held(agent: object, keyword: string): unknown {
  return Object.hasOwn(agent, keyword) ? at(agent, keyword) : at(agent, `options.${keyword}`)
}

const agents = { 'http.Agent': new http.Agent(), 'https.Agent': new https.Agent() }
const keepaliveAgents = { HttpAgent: new Agentkeepalive(), HttpsAgent: new HttpsAgent() }

describe.each([
  ['node-http', agents],
  ['agentkeepalive', keepaliveAgents],
] as const)('defaults of %s', (client, instances) => {
  it('belong to the classes that are declared', () => {
    expect(clients[client].pooling.poolClasses).toEqual(Object.keys(instances))
  })

  it.each(declared(client))('hold for %s', (_, setting) => {
    for (const agent of Object.values(instances)) {
      const value = held(agent, setting.keyword)
      // To agents 0 and nothing are no limit.
      expect(typeof setting.default === 'number' ? value || Number.POSITIVE_INFINITY : value).toBe(setting.default)
    }
  })
})

describe('agents of clients', () => {
  // Their types are alike enough for what is done with them here.
  const gots = { got, got14, got15 } as unknown as { [name: string]: typeof got }
  const requests: { readonly [name: string]: (url: string) => Promise<unknown> } = {
    axios: (url) => axios.get(url),
    'node-fetch 2': async (url) => (await nodeFetch2(url)).text(),
    'node-fetch 3': async (url) => (await nodeFetch(url)).text(),
    'node:http': (url) =>
      new Promise((resolve, reject) => http.get(url, (response) => response.resume().on('close', resolve)).on('error', reject)),
    ...Object.fromEntries(Object.entries(gots).map(([name, client]) => [name, (url: string) => client(url).text()])),
  }

  it.each(Object.entries(requests))('are the global one for %s by itself', async (_, get) => {
    const { port, accepted } = await listen('http')
    cleanup(() => http.globalAgent.destroy())
    await get(`http://127.0.0.1:${port}/`)
    const idle = () => Object.keys(http.globalAgent.freeSockets).filter((name) => name.includes(`:${port}:`))
    await expect.poll(idle).toHaveLength(1)
    expect(accepted()).toBe(1)
  })

  it('differ from a new one in what is declared, and in no limit', () => {
    const { settings, fallback } = clients['node-http'].pooling
    for (const agent of [http.globalAgent, https.globalAgent]) {
      for (const [field, { keyword }] of declared('node-http')) {
        const expected = field in fallback.settings ? at(fallback.settings, field) : held(agents['http.Agent'], keyword)
        expect(held(agent, keyword), keyword).toBe(expected)
      }
    }
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(fallback.settings)))
  })

  it.each(Object.entries(gots))('%s has no timeouts, two retries and no cache of look-ups', (_, { defaults }) => {
    for (const { keyword, default: value } of clients.got.pooling.parameters) {
      const actual = at(defaults.options, keyword)
      expect(actual === undefined || actual === false ? 'none' : String(actual), keyword).toBe(value)
    }
  })

  it("axios' and agentkeepalive's further parameters have the defaults that are declared", () => {
    const { parameters: ofAxios } = clients.axios.pooling
    for (const { keyword, default: value } of ofAxios) expect(String(at(axios.defaults, keyword))).toBe(value)
    const { parameters: ofKeepalive } = clients.agentkeepalive.pooling
    for (const agent of Object.values(keepaliveAgents)) {
      for (const { keyword, default: value } of ofKeepalive) expect(held(agent, keyword)).toBe(parseDuration(value))
    }
    expect([ofAxios.length, ofKeepalive.length]).toEqual([1, 1])
  })
})

describe('the fetch of Node by itself', () => {
  it('has no limit to connections and keeps them as long as undici does', async () => {
    const { settings } = clients.fetch.pooling
    expect(settings).toBe(clients.undici.pooling.settings)
    const expiry = settings.keepAliveExpiry?.default ?? Number.NaN
    const { port, accepted, server, sockets } = await listen('http', (_, response) => setTimeout(() => response.end('ok'), 300))
    // Else its hint prolongs what the client keeps by itself.
    server.keepAliveTimeout = 0
    await Promise.all(Array.from({ length: 30 }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()))
    expect(accepted()).toBe(30)
    const [elapsed, own] = [wallClock(), stopwatch()]
    await expect.poll(() => sockets.size, { interval: 20 }).toBe(0)
    // The first answers came a moment before.
    expect(elapsed()).toBeGreaterThan(expiry - 300)
    expect(own()).toBeLessThan(expiry + 2000)
  })
})
