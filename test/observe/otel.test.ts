import { metrics as global } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { joinFleet } from '../../src/fleet/index.ts'
import { metrics } from '../../src/observe/metrics.ts'
import { instrument } from '../../src/observe/otel.ts'
import { MemoryStore } from '../fleet/memory-store.ts'
import { ask, cleanup, holding, refusing, undiciPool, until } from './support.ts'

/** The real SDK, and what it exports. */
function sdk() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30, exportTimeoutMillis: 2 ** 29 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  cleanup(() => meterProvider.shutdown())
  const exported = async (): Promise<MetricData[]> => {
    exporter.reset()
    await reader.forceFlush()
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    return scopes.flatMap((scope) => scope.metrics)
  }
  /** The points of one metric, as `attributes: value`. */
  const points = async <Value = number>(name: string): Promise<[attributes: object, value: Value][]> => {
    const found = (await exported()).find(({ descriptor }) => descriptor.name === name)
    return (found?.dataPoints ?? []).map((point) => {
      const { attributes, value } = point as DataPoint<unknown>
      return [attributes, value as Value]
    })
  }
  return { meterProvider, exported, points }
}

function hostOf(origin: string) {
  const { hostname, port, protocol } = new URL(origin)
  return { 'server.address': hostname, 'server.port': Number(port), 'url.scheme': protocol.slice(0, -1) }
}

describe('polypool/otel', () => {
  it('tells of what is open, waits and is limited when it is exported', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    const pool = undiciPool({ maxConnections: 2 }, { name: 'orders' })
    cleanup(instrument(pool, { meterProvider }))
    const host = hostOf(server.origin)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(2))
    expect(await points('http.client.open_connections')).toEqual([
      [{ 'http.connection.state': 'active', ...host }, 2],
      [{ 'http.connection.state': 'idle', ...host }, 0],
    ])
    expect(await points('http.client.active_requests')).toEqual([[host, 3]])
    expect(await points('polypool.pending_requests')).toEqual([[{ 'polypool.pool.name': 'orders', ...host }, 1]])
    expect(await points('polypool.limit')).toEqual([[{ 'polypool.pool.name': 'orders' }, 2]])
    server.release()
    await Promise.all(asked)
    expect(await points('http.client.open_connections')).toEqual([
      [{ 'http.connection.state': 'active', ...host }, 0],
      [{ 'http.connection.state': 'idle', ...host }, 2],
    ])
    expect(await points('http.client.active_requests')).toEqual([[host, 0]])
  })

  it('tells of connections that are kept ready, and that nothing is missing once none are', async () => {
    const { meterProvider, points } = sdk()
    const [one, other] = [await refusing(), await refusing()]
    const wanted = { minIdleConnectionsPerHost: 3 }
    const pool = undiciPool({ hosts: { [one]: wanted, [other]: wanted } }, { name: 'orders' })
    cleanup(instrument(pool, { meterProvider }))
    const of = (origin: string) => ({ 'polypool.pool.name': 'orders', ...hostOf(origin) })
    await until(() => expect(pool.stats().ready?.[one]?.failures).toBeGreaterThanOrEqual(2))
    expect(await points('polypool.ready.missing')).toEqual([
      [of(one), 3],
      [of(other), 3],
    ])
    const [[, failures] = []] = await points('polypool.ready.failures')
    expect(failures).toBeGreaterThanOrEqual(2)
    pool.reconfigure({ hosts: { [other]: wanted } })
    expect(await points('polypool.ready.missing')).toEqual([
      [of(one), 0],
      [of(other), 3],
    ])
  })

  it('is named, measured and described as the conventions have it', async () => {
    const { meterProvider, exported } = sdk()
    const server = await holding()
    const pool = undiciPool({ maxConnections: 1, minIdleConnectionsPerHost: 1 })
    joinFleet(pool, { name: 'tested', maxConnections: 4, maxMembers: 1, store: new MemoryStore() })
    await until(() => expect(pool.stats().fleet?.members).toBe(1))
    cleanup(instrument(pool, { meterProvider }))
    server.release()
    await Promise.all([1, 2].map(() => ask(pool, server.origin)))
    await exported()
    await pool.close()
    const found = (await exported()).map(({ descriptor: { name, unit, description } }) => ({ name, unit, description }))
    const declared = Object.values(metrics).flatMap((metric) =>
      'otel' in metric ? [{ name: metric.otel, unit: metric.unit, description: metric.help }] : [],
    )
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
    expect(found.toSorted(byName)).toEqual(declared.toSorted(byName))
  })

  it('records waits in seconds, of those that waited, and how long connections were open', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    const pool = undiciPool({ maxConnections: 1 })
    const other = undiciPool({ maxConnections: 1 })
    cleanup(instrument(pool, { meterProvider }))
    const waited = [pool, pool, other, other].map((one) => ask(one, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(2))
    server.release()
    await Promise.all(waited)
    expect(await points<Histogram>('http.client.connection.duration')).toEqual([])
    await pool.close()
    const host = hostOf(server.origin)
    const [[queueHost, queue] = [], ...more] = await points<Histogram>('http.client.request.time_in_queue')
    expect(more).toEqual([])
    expect(queueHost).toEqual(host)
    expect(queue).toMatchObject({ count: 1, buckets: { boundaries: metrics.acquire.buckets } })
    const [[durationHost, duration] = []] = await points<Histogram>('http.client.connection.duration')
    expect(durationHost).toEqual(host)
    expect(duration).toMatchObject({ count: 1, buckets: { boundaries: metrics.connectionDuration.buckets } })
    // The connection was there for as long as the second request waited, and for less than a minute: seconds, not milliseconds.
    expect(queue?.sum).toBeGreaterThan(0)
    expect(duration?.sum).toBeGreaterThanOrEqual(queue?.sum ?? Number.POSITIVE_INFINITY)
    expect(duration?.max).toBeLessThan(60)
  })

  it('counts what was refused', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    const pool = undiciPool({ maxConnections: 1, acquireTimeout: 1, maxPending: 1 }, { name: 'orders' })
    cleanup(instrument([pool], { meterProvider }))
    const first = ask(pool, `${server.origin}/hold`)
    await until(() => expect(server.handler.seen).toHaveLength(1))
    const refused = await Promise.allSettled([1, 2].map(() => ask(pool, server.origin)))
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    server.release()
    await first
    expect(await points('polypool.refused')).toEqual([
      [{ 'polypool.pool.name': 'orders', 'polypool.refusal': 'acquire_timeout' }, 1],
      [{ 'polypool.pool.name': 'orders', 'polypool.refusal': 'rejected' }, 1],
    ])
  })

  it('counts pools of one budget once, and adds up those that only lead to the same host', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    server.release()
    const first = undiciPool({ maxConnections: 5 }, { name: 'a' })
    const shared = nodeHttp.createPool(first)
    cleanup(() => shared.destroy())
    const other = undiciPool({ maxConnections: 3 }, { name: 'b' })
    cleanup(instrument([first, shared, other], { meterProvider }))
    await Promise.all([ask(first, server.origin), ask(other, server.origin)])
    const host = hostOf(server.origin)
    expect(await points('http.client.open_connections')).toContainEqual([{ 'http.connection.state': 'idle', ...host }, 2])
    expect(await points('polypool.limit')).toEqual([
      [{ 'polypool.pool.name': 'a' }, 5],
      [{ 'polypool.pool.name': 'b' }, 3],
    ])
  })

  it('tells no limit where there is none, and nothing once it is stopped', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    server.release()
    const pool = undiciPool({ maxConnections: 'unlimited' })
    const stop = instrument(pool, { meterProvider })
    await ask(pool, server.origin)
    expect(await points('polypool.limit')).toEqual([])
    const before = await points('http.client.open_connections')
    stop()
    await pool.close()
    // The SDK repeats what it was told last.
    expect(await points('http.client.open_connections')).toEqual(before)
    expect(await points('http.client.connection.duration')).toEqual([])
  })

  it('has no more series than it may, and says so once', async () => {
    const { meterProvider, points } = sdk()
    const servers = await Promise.all([holding(), holding(), holding(), holding()])
    const pool = undiciPool({})
    cleanup(instrument(pool, { meterProvider, maxOrigins: 2 }))
    const warnings: (Error & { code?: string })[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    cleanup(() => process.off('warning', onWarning))
    for (const server of servers) {
      server.release()
      await ask(pool, server.origin)
    }
    for (let exports = 0; exports < 2; exports++) {
      const idle = (await points('http.client.open_connections')).filter(
        ([attributes]) => (attributes as { 'http.connection.state'?: string })['http.connection.state'] === 'idle',
      )
      const other = { 'http.connection.state': 'idle', 'server.address': '_OTHER', 'server.port': 0, 'url.scheme': '_OTHER' }
      expect(idle).toHaveLength(3)
      expect(idle).toContainEqual([other, 2])
    }
    await until(() => expect(warnings).toHaveLength(1))
    expect(warnings[0]).toMatchObject({ code: 'POLYPOOL_ORIGINS_MERGED', message: expect.stringContaining('maxOrigins') })
  })

  it('tells that a host is left, and a pool', async () => {
    const { meterProvider, points } = sdk()
    const server = await holding()
    server.release()
    const pools = new Set([undiciPool({ maxConnections: 4 })])
    cleanup(instrument(pools, { meterProvider }))
    const [pool] = pools
    if (pool === undefined) throw new Error('no pool')
    await ask(pool, server.origin)
    const sum = async () => (await points('http.client.open_connections')).reduce((all, [, value]) => all + value, 0)
    expect(await sum()).toBe(1)
    await pool.close()
    expect(await sum()).toBe(0)
    pools.clear()
    expect(await points('polypool.limit')).toEqual([[{ 'polypool.pool.name': 'unnamed' }, 0]])
  })

  it('takes the global provider unless told otherwise', async () => {
    const { meterProvider, points } = sdk()
    global.setGlobalMeterProvider(meterProvider)
    cleanup(() => global.disable())
    const pool = undiciPool({ maxConnections: 7 })
    cleanup(instrument(pool))
    expect(await points('polypool.limit')).toEqual([[{ 'polypool.pool.name': 'unnamed' }, 7]])
  })

  it.each([
    ['no pool', [undefined], 'undefined is no pool'],
    ['a list with something else', [[{}]], 'is no pool'],
    ['a provider of something else', [[], { meterProvider: {} }], 'meterProvider of the second argument of instrument'],
    ['no number', [[], { maxOrigins: 0 }], 'use a positive integer'],
    ['a misspelt option', [[], { meterprovider: {} }], 'did you mean'],
  ] as const)('refuses %s', (_, args, message) => {
    const call = instrument as (...args: readonly unknown[]) => unknown
    expect(() => call(...args)).toThrow(
      expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringContaining(message) }),
    )
  })
})
