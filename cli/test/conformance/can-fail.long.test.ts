import { describe, expect, it } from 'vitest'
import type { PoolConfig, PoolConfigField } from '../../../src/config/types.ts'
import { PoolUnsupportedError } from '../../../src/errors.ts'
import { loadClient } from '../../src/conformance/catalog.ts'
import type { AnyAdapter, AnyPool, ConformanceClient } from '../../src/conformance/client.ts'
import { planCases } from '../../src/conformance/plan.ts'
import { type Result, runCase } from '../../src/conformance/run-case.ts'
import { nativeAgents, nativeKeepAlive, nativeUndici } from './native-adapters.ts'

/** A suite that can't fail proves nothing: here it meets pools that are broken. Hanging counts after this, of an event loop that is not late. */
const limitMs = 1200

const nodeHttp = await loadClient({ driver: 'node-http' })
const keepAlive = await loadClient({ driver: 'agentkeepalive' })
const undici = await loadClient({ driver: 'undici' })

async function run(client: ConformanceClient, name: string, limit = limitMs): Promise<Result> {
  const one = planCases({ clients: [client] }).find((planned) => planned.name === name)
  if (!one) throw new Error(`there is no case "${name}"`)
  return runCase(one, limit)
}

async function failsWith(client: ConformanceClient, name: string, message: RegExp): Promise<void> {
  const { status, error } = await run(client, name)
  expect(status, `${name} of ${client.name}`).toBe('failed')
  expect(String(error)).toMatch(message)
}

describe('native agents, passed off as an adapter, are found out', () => {
  const client = { ...nodeHttp, adapter: nativeAgents }

  it.each([
    ['caps/both-schemes', /most client sockets at one time: expected 2, got [34]/],
    ['caps/names-share-limit', /most client sockets at one time: expected 1, got 2/],
    ['starvation/evicts-idle https', /did not finish/],
    ['starvation/freed-slot-is-used', /did not finish/],
    ['waiting/acquire-timeout http', /did not finish/],
    ['waiting/max-pending-zero', /did not finish/],
    ['connect/timeout-tls', /did not finish/],
    ['destroy/active-and-waiting http', /client sockets after destroy\(\): expected 0 within 1000 ms, is 1/],
    ['waiting/abort', /from abort to rejection|did not finish|pending/],
    ['proxy/caps-total https', /sockets|connections that the origins accepted/],
    ['proxy/refused http', /expected an error, got status 200/],
    ['proxy/refused https', /expected an error, got status 200/],
    ['stats/sums', /created \+ stats\(\).reused: expected 60, got 0/],
  ])('%s', (name, message) => failsWith(client, name, message))
})

it("agentkeepalive's own idle timer is found out", () =>
  failsWith(
    { ...keepAlive, adapter: nativeKeepAlive },
    'expiry/spares-active',
    /a request longer than keepAliveExpiry: expected an answer, got after/,
  ))

describe("undici's own Agent, passed off as an adapter, is found out", () => {
  const client = { ...undici, adapter: nativeUndici }

  it.each([
    ['caps/total http', /most client sockets at one time: expected 3, got 9/],
    ['caps/both-schemes', /expected 2, got 4/],
    ['expiry/hint-never-raises', /client sockets: expected 0|did not finish/],
    ['expiry/hint-within-margin', /requests per connection|client sockets|created/],
    ['connect/timeout-tls', /expected ERR_POOL_CONNECT_TIMEOUT|did not finish/],
    ['lifetime/max-requests http', /requests per connection: expected \[3,3,1\], got \[\d,?\d?\]/],
    ['starvation/longest-idle-first', /sockets to the host that idled longest: expected 0, got 1/],
  ])('%s', (name, message) => failsWith(client, name, message))
})

/** The real adapter, but deaf to one field. */
function deafTo(field: PoolConfigField, { adapter, ...client }: ConformanceClient): ConformanceClient {
  const without = <T extends PoolConfig | AnyPool | undefined>(config: T): T => {
    if (config === undefined || 'options' in config) return config
    const { [field]: _, ...rest } = config
    return rest as T
  }
  const createPool: AnyAdapter['createPool'] = (config, native, options) => adapter.createPool(without(config), native, options)
  return { ...client, adapter: { ...adapter, createPool } }
}

describe('a field that is ignored is noticed', () => {
  const guards: Record<PoolConfigField, string> = {
    maxConnections: 'caps/total http',
    maxConnectionsPerHost: 'caps/per-host http',
    maxIdleConnections: 'idle/max-total-burst',
    maxIdleConnectionsPerHost: 'idle/max-per-host',
    minIdleConnectionsPerHost: 'ready/kept-up http',
    maxHosts: 'idle/max-hosts-active',
    keepAlive: 'idle/keep-alive-off http',
    keepAliveExpiry: 'expiry/on-time http',
    keepAliveHintMargin: 'expiry/hint-lowers',
    maxLifetime: 'lifetime/closes-idle http',
    maxRequestsPerConnection: 'lifetime/max-requests http',
    block: 'overflow/block-false-none',
    maxOverflow: 'overflow/then-wait',
    acquireTimeout: 'waiting/acquire-timeout http',
    maxPending: 'waiting/max-pending-zero',
    connectTimeout: 'connect/timeout-tls',
    tcpKeepAlive: 'tcp-keep-alive/delay http',
    dnsCacheTtl: 'dns/cached',
    scheduling: 'idle/fifo',
    retryStale: 'stale/no-retry-when-off',
    proxy: 'proxy/caps-total http',
    noProxy: 'proxy/limit-waits',
    maxConnectionsPerProxy: 'proxy/limit',
    http2: 'http2/one-connection http',
    maxStreamsPerConnection: 'http2/cold-burst http',
    pingInterval: 'http2/dead-peer',
    hosts: 'hosts/keys',
  }

  /** What only dispatchers can honour in full. */
  const ofDispatchers: readonly PoolConfigField[] = ['retryStale', 'http2', 'maxStreamsPerConnection', 'pingInterval']

  const throughProxies: readonly [PoolConfigField, string][] = [
    ['maxConnections', 'proxy/caps-total https'],
    ['maxConnectionsPerHost', 'proxy/caps-per-host https'],
    ['maxIdleConnections', 'proxy/idle-max-total http'],
    ['maxIdleConnectionsPerHost', 'proxy/idle-max-per-host'],
    ['maxHosts', 'proxy/idle-max-hosts'],
    ['maxRequestsPerConnection', 'proxy/lifetime-max-requests-hand-over'],
    ['maxOverflow', 'proxy/overflow-then-wait'],
    ['maxConnectionsPerProxy', 'proxy/limit-evicts http'],
    ['maxConnectionsPerProxy', 'proxy/limit-evicts https'],
    ['hosts', 'proxy/hosts-keys'],
    ['proxy', 'proxy/https-caps-total http'],
    ['proxy', 'proxy/socks5-caps-total https'],
    ['maxStreamsPerConnection', 'http2/through-http-cap https'],
    ['proxy', 'http2/through-socks5-cold-burst http'],
  ]

  it.each([...(Object.entries(guards) as [PoolConfigField, string][]), ...throughProxies])('%s, by %s', async (field, name) => {
    const client = ofDispatchers.includes(field) || name.startsWith('http2') ? undici : nodeHttp
    // It takes as long as it takes.
    expect(await run(client, name, 10_000), 'with the field').toMatchObject({ status: 'passed' })
    expect(await run(deafTo(field, client), name), 'without the field').toMatchObject({ status: 'failed' })
  })
})

describe('what the runner itself looks at', () => {
  it('sees sockets that are left after destroy()', async () => {
    const leaky: AnyAdapter = {
      ...nodeHttp.adapter,
      createPool(config, native, options) {
        const pool = nodeHttp.adapter.createPool(config, native, options)
        return { ...pool, config: pool.config, destroy: async () => {} }
      },
    }
    const client = { ...nodeHttp, adapter: leaky }
    const { status, error } = await run(client, 'config/frozen')
    expect([status, error]).toEqual(['passed', null])
    expect(String((await run(client, 'stats/snapshot')).error)).toMatch(/client sockets after destroy\(\)|did not finish/)
  })

  it('sees books that do not agree with the sockets', async () => {
    const dishonest: AnyAdapter = {
      ...nodeHttp.adapter,
      createPool(config, native, options) {
        const pool = nodeHttp.adapter.createPool(config, native, options)
        return { ...pool, config: pool.config, stats: () => ({ ...pool.stats(), created: 7 }) }
      },
    }
    await failsWith({ ...nodeHttp, adapter: dishonest }, 'body/read-late', /stats\(\).created.*expected 1 to 1, got 7/)
  })

  it('holds an adapter to what it declares', async () => {
    const { adapter } = nodeHttp
    const fields = { ...adapter.support.fields, scheduling: { native: 'unsupported', pool: 'unsupported' } as const }
    const modest = { ...nodeHttp, adapter: { ...adapter, support: { ...adapter.support, fields } } }
    await failsWith(modest, 'idle/fifo', /createPool with scheduling: expected ERR_POOL_UNSUPPORTED, nothing was thrown/)
    const createPool: AnyAdapter['createPool'] = (config, native, options) => {
      const refused = config && 'scheduling' in config && options?.strict !== false
      if (refused) throw new PoolUnsupportedError('scheduling is not supported')
      return adapter.createPool(config, native, options)
    }
    const honest = { ...modest, adapter: { ...modest.adapter, createPool } }
    expect(await run(honest, 'idle/fifo')).toMatchObject({ status: 'absent', error: null })
  })
})
