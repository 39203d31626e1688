import http from 'node:http'
import https from 'node:https'
import { inspect } from 'node:util'
import Agentkeepalive, { HttpsAgent } from 'agentkeepalive'
import axios from 'axios'
import fc from 'fast-check'
import got from 'got'
import got14 from 'got14'
import got15 from 'got15'
import { describe, expect, it } from 'vitest'
import * as agentkeepalive from '../../adapters/agentkeepalive.ts'
import * as axiosAdapter from '../../adapters/axios.ts'
import * as gotAdapter from '../../adapters/got.ts'
import * as nodeFetch from '../../adapters/node-fetch.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import type { Reading } from '../../src/adapter.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfigField } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import {
  keepaliveMeaning,
  keepaliveOptions,
  mapped,
  mappedWithKeepAlive,
  type Native,
  nodeMeaning,
  nodeOptions,
  unnamed,
} from './native-meaning.ts'

const adapters = { agentkeepalive, axios: axiosAdapter, got: gotAdapter, 'node-fetch': nodeFetch, 'node-http': nodeHttp }

// Their types are alike enough for what is done with them here.
const gots = [got, got14, got15] as unknown as (typeof got)[]

describe('readSettings and translate', () => {
  it('give native options their meaning back', () => {
    fc.assert(
      fc.property(nodeOptions, (options) => {
        const reading = nodeHttp.readSettings(options)
        const { config } = parsePoolConfig(reading.config)
        for (const adapter of [nodeHttp, nodeFetch]) {
          const { settings } = adapter.translate(reading.config)
          expect(nodeMeaning(settings.http as unknown as Native)).toEqual(nodeMeaning(options))
          expect(settings.https).toEqual(settings.http)
        }
        expect(config.acquireTimeout).toBe(Number.POSITIVE_INFINITY)
        // What is translated can be given to the native class.
        const agent = new https.Agent(nodeHttp.translate(reading.config).settings.https)
        expect(nodeMeaning(agent.options as Native)).toEqual(nodeMeaning(options))
      }),
    )
  })

  it('give agentkeepalive its meaning back', () => {
    fc.assert(
      fc.property(keepaliveOptions, (options) => {
        const { config } = agentkeepalive.readSettings(options)
        parsePoolConfig(config)
        const { settings } = agentkeepalive.translate(config)
        expect(keepaliveMeaning({ ...settings.http })).toEqual(keepaliveMeaning(options))
        expect(settings.http.timeout).toBe(0)
      }),
    )
  })

  it('read a live agent as they read its options', () => {
    fc.assert(
      fc.property(nodeOptions, (options) => {
        const { config } = nodeHttp.readSettings(options)
        for (const Agent of [http.Agent, https.Agent]) expect(nodeHttp.readSettings(new Agent(options)).config).toEqual(config)
      }),
    )
    fc.assert(
      fc.property(keepaliveOptions, (options) => {
        const { config } = agentkeepalive.readSettings(options)
        for (const Agent of [Agentkeepalive, HttpsAgent]) {
          for (const { readSettings } of [agentkeepalive, nodeHttp]) {
            expect(readSettings(new Agent({ ...options })).config).toEqual(config)
          }
        }
      }),
    )
  })

  it('map or name every option, and tell no values', () => {
    fc.assert(
      fc.property(nodeOptions, (options) => {
        const reading = nodeHttp.readSettings(options)
        expect(unnamed(options, reading, options.keepAlive ? mappedWithKeepAlive : mapped)).toEqual([])
        expect(
          unnamed(options, nodeHttp.readSettings(new https.Agent(options)), options.keepAlive ? mappedWithKeepAlive : mapped),
        ).toEqual([])
        expect(inspect(reading)).not.toContain('SECRET')
      }),
    )
    fc.assert(
      fc.property(keepaliveOptions, (options) => {
        const reading = agentkeepalive.readSettings(options)
        const taken = [
          ...(options.keepAlive === false ? mapped : mappedWithKeepAlive),
          'timeout',
          'socketActiveTTL',
          'freeSocketTimeout',
        ]
        expect(unnamed(options, reading, taken)).toEqual([])
        expect(inspect(reading)).not.toContain('SECRET')
      }),
    )
  })

  it('know what the defaults of each class mean', () => {
    expect(nodeHttp.readSettings({}).config).toMatchObject({ keepAlive: false, maxConnections: 'unlimited' })
    expect(nodeHttp.readSettings(new http.Agent()).notes).toContainEqual(
      expect.objectContaining({ field: 'keepAlive', message: expect.stringContaining('a connection of its own') }),
    )
    expect(nodeHttp.readSettings(http.globalAgent).config).toMatchObject({ keepAlive: true, keepAliveExpiry: 5000 })
    for (const native of [{}, new Agentkeepalive(), new HttpsAgent()]) {
      expect(agentkeepalive.readSettings(native).config).toMatchObject({
        keepAlive: true,
        keepAliveExpiry: 4000,
        maxIdleConnectionsPerHost: 256,
        maxLifetime: 'unlimited',
      })
    }
  })

  it('take what was assigned to a live agent for what counts', () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 5 })
    Object.assign(agent, { maxSockets: 7, maxTotalSockets: 9, scheduling: 'fifo', keepAliveMsecs: 3000 })
    expect(nodeHttp.readSettings(agent).config).toMatchObject({
      maxConnectionsPerHost: 7,
      maxConnections: 9,
      scheduling: 'fifo',
      tcpKeepAlive: 3000,
    })
    agent.maxFreeSockets = 0
    expect(nodeHttp.readSettings(agent).config).toMatchObject({ keepAlive: false })
  })

  it('name the options that no agent can hold to', () => {
    const { config, notes } = nodeHttp.readSettings({ maxSockets: -1, freeSocketTimeout: 5, keepAlive: true })
    expect(config.maxConnectionsPerHost).toBe('unlimited')
    const fields = notes.map(({ field }) => field)
    expect(fields).toEqual(expect.arrayContaining(['maxSockets', 'freeSocketTimeout']))
    expect(agentkeepalive.readSettings({ freeSocketTimeout: 'soon' }).notes).toContainEqual(
      expect.objectContaining({ field: 'freeSocketTimeout', support: 'unsupported' }),
    )
  })

  it('read an agent for each scheme, and say where they differ', () => {
    const first = new http.Agent({ keepAlive: true, maxSockets: 5 })
    const second = new https.Agent({ keepAlive: true, maxSockets: 9, servername: 'x.test' })
    const readings = [
      nodeHttp.readSettings({ http: first, https: second }),
      axiosAdapter.readSettings({ httpAgent: first, httpsAgent: second }),
      axiosAdapter.readSettings(axios.create({ httpAgent: first, httpsAgent: second })),
      gotAdapter.readSettings({ agent: { http: first, https: second } }),
      ...gots.map((client) => gotAdapter.readSettings(client.extend({ agent: { http: first, https: second } }))),
      nodeFetch.readSettings({ agent: ({ protocol }: URL) => (protocol === 'http:' ? first : second) }),
      nodeFetch.readSettings(({ protocol }: URL) => (protocol === 'http:' ? first : second)),
    ]
    for (const { config, notes } of readings) {
      expect(config).toEqual(nodeHttp.readSettings(second).config)
      expect(notes).toContainEqual(
        expect.objectContaining({ field: 'maxConnectionsPerHost', message: expect.stringContaining('differ') }),
      )
      expect(notes.map(({ field }) => field)).toContain('servername')
    }
    const { notes } = axiosAdapter.readSettings({ httpsAgent: second })
    expect(notes).toContainEqual(expect.objectContaining({ field: 'http', support: 'approximated' }))
  })

  it("fall back on node's global agent, and on none where a client is told so", () => {
    const globally = { keepAlive: true, keepAliveExpiry: 5000, maxConnections: 'unlimited' }
    for (const native of [{}, axios, axios.create()]) expect(axiosAdapter.readSettings(native).config).toMatchObject(globally)
    for (const native of [{}, got, got14, got15]) expect(gotAdapter.readSettings(native).config).toMatchObject(globally)
    for (const native of [{}, () => undefined]) expect(nodeFetch.readSettings(native).config).toMatchObject(globally)
    expect(gotAdapter.readSettings({ agent: false }).config).toMatchObject({ keepAlive: false })
    expect(gotAdapter.readSettings({ agent: { http: false, https: false } }).config).toMatchObject({ keepAlive: false })
  })

  it('name the options of the client that have nothing to do with pooling', () => {
    const fields = (reading: Reading) => reading.notes.map(({ field }) => field)
    expect(fields(axiosAdapter.readSettings({ baseURL: 'http://user:SECRET@x.test', maxRedirects: 5 }))).toEqual(
      expect.arrayContaining(['baseURL', 'maxRedirects']),
    )
    expect(fields(gotAdapter.readSettings({ http2: true, agent: { http2: {} } }))).toEqual(
      expect.arrayContaining(['http2', 'agent.http2']),
    )
    expect(fields(gotAdapter.readSettings(got14.extend({ http2: true })))).toContain('http2')
    expect(fields(nodeFetch.readSettings({ compress: true }))).toContain('compress')
    expect(inspect(axiosAdapter.readSettings({ baseURL: 'http://user:SECRET@x.test' }))).not.toContain('SECRET')
  })

  it("give the pool's own config for one of its agents", async () => {
    await using pool = nodeHttp.createPool({ maxConnections: 3, acquireTimeout: '2s' })
    for (const native of [pool.options, pool.options.http, pool.options.https]) {
      expect(nodeHttp.readSettings(native).config).toEqual(pool.config)
    }
    expect(axiosAdapter.readSettings({ httpAgent: pool.options.http, httpsAgent: pool.options.https }).config).toEqual(
      pool.config,
    )
  })

  it.each(Object.entries(adapters))('refuse what is no setting of %s, without repeating it', (name, { readSettings }) => {
    const bad = [undefined, null, 5, 'http://user:SECRET@proxy.test', true, Symbol('SECRET'), [], 1n]
    if (name === 'node-http' || name === 'agentkeepalive') bad.push((() => {}) as never, { http: 'SECRET' } as never)
    if (name === 'axios') bad.push({ httpAgent: 'SECRET' } as never, (() => {}) as never)
    if (name === 'got') bad.push({ agent: 'SECRET' } as never, { agent: { http: 5 } } as never, (() => {}) as never)
    if (name === 'node-fetch') {
      bad.push({ agent: 'SECRET' } as never)
      bad.push((() => {
        throw new Error('SECRET')
      }) as never)
    }
    for (const native of bad) {
      const error = caught(() => readSettings(native))
      expect(isPoolError(error, 'ERR_POOL_CONFIG'), inspect(native)).toBe(true)
      expect((error as Error).message).toMatch(/^readSettings: /)
      expect(inspect(error)).not.toContain('user:')
    }
  })

  it.each(Object.entries(adapters))('say of %s what its settings do not hold', (_, { translate, support }) => {
    const asked = {
      maxConnections: 5,
      maxIdleConnections: 3,
      maxHosts: 2,
      maxLifetime: '1m',
      maxRequestsPerConnection: 9,
      block: false,
      maxOverflow: 1,
      acquireTimeout: '1s',
      maxPending: 4,
      connectTimeout: '1s',
      dnsCacheTtl: '1m',
      tcpKeepAlive: false,
      keepAliveExpiry: '2s',
      keepAliveHintMargin: '2s',
      hosts: { 'a.test': { keepAlive: false } },
    } as const
    const { notes } = translate(asked)
    const named = new Map(notes.map((note) => [note.field, note]))
    for (const field of Object.keys(asked) as PoolConfigField[]) {
      if (field === 'tcpKeepAlive' || support.fields[field].native !== 'native') {
        expect(named.get(field)?.message, field).toMatch(/\w/)
      }
    }
    for (const field of ['retryStale'] as const) expect(named.get(field)?.message).toMatch(/\w/)
    expect(
      translate({ tcpKeepAlive: 5000, keepAlive: true }).notes.map(({ support: s, field }) => `${field} ${s}`),
    ).not.toContain('tcpKeepAlive unsupported')
  })

  it.each(Object.entries(adapters))('%s refuses native options that compete with the config', async (_, { createPool }) => {
    const competing = {
      keepAlive: true,
      keepAliveMsecs: 5,
      maxSockets: 5,
      maxTotalSockets: 5,
      maxFreeSockets: 5,
      scheduling: 'fifo',
      timeout: 5,
      freeSocketTimeout: 5,
      socketActiveTTL: 5,
      agentKeepAliveTimeoutBuffer: 5,
      proxyEnv: {},
      createConnection: () => {},
      protocol: 'http:',
      defaultPort: 5,
    }
    for (const [option, value] of Object.entries(competing)) {
      const error = caught(() => createPool({}, { [option]: value }))
      expect(isPoolError(error, 'ERR_POOL_UNSUPPORTED'), option).toBe(true)
      expect((error as Error).message).toMatch(new RegExp(`^${option} can't be passed as a native option: \\w`))
      await createPool({}, { [option]: undefined }).destroy()
    }
  })
})

function caught(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('expected a throw')
}
