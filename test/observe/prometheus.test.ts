import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry, register } from 'prom-client'
import { describe, expect, it } from 'vitest'
import * as undici from '../../adapters/undici.ts'
import { loadPools } from '../../src/files/index.ts'
import { joinFleet } from '../../src/fleet/index.ts'
import { metrics } from '../../src/observe/metrics.ts'
import { type CollectOptions, collect, type Observed } from '../../src/observe/prometheus.ts'
import { MemoryStore } from '../fleet/memory-store.ts'
import { ask, cleanup, holding, refusing, undiciPool, until } from './support.ts'

/** What Prometheus reads: by name and labels as they stand there. */
type Scraped = ReadonlyMap<string, number>

/** A server with /metrics, as services have it, and what a scrape of it gives. */
async function exporting(pools: Observed, options: CollectOptions = {}) {
  const registry = new Registry()
  const stop = collect(pools, { registry, ...options })
  const server = http.createServer(async (_, response) => {
    response.setHeader('Content-Type', registry.contentType).end(await registry.metrics())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => new Promise((resolve) => server.close(resolve)))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  const text = async () => (await fetch(url, { headers: { connection: 'close' } })).text()
  const scrape = async (): Promise<Scraped> => {
    const lines = (await text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map((line) => {
        const [, series = '', value = ''] = /^(.*) (\S+)$/.exec(line) ?? []
        return [series, Number(value.replace('Inf', 'Infinity'))]
      }),
    )
  }
  return { registry, stop, text, scrape }
}

describe('polypool/prometheus', () => {
  it('tells a scrape of what is open, waits and is limited, and of what was counted', async () => {
    const server = await holding()
    const pool = undiciPool({ maxConnections: 2 }, { name: 'orders' })
    const { scrape } = await exporting(pool)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(2))
    const host = `pool="orders",host="${server.origin}"`
    const busy = await scrape()
    expect(Object.fromEntries(busy)).toMatchObject({
      [`polypool_connections{${host},state="active"}`]: 2,
      [`polypool_connections{${host},state="idle"}`]: 0,
      [`polypool_requests{${host}}`]: 3,
      [`polypool_pending_requests{${host}}`]: 1,
      'polypool_limit_connections{pool="orders"}': 2,
      'polypool_created_total{pool="orders"}': 2,
      'polypool_reused_total{pool="orders"}': 0,
    })
    server.release()
    await Promise.all(asked)
    expect(Object.fromEntries(await scrape())).toMatchObject({
      [`polypool_connections{${host},state="active"}`]: 0,
      [`polypool_connections{${host},state="idle"}`]: 2,
      [`polypool_pending_requests{${host}}`]: 0,
      'polypool_reused_total{pool="orders"}': 1,
    })
  })

  it('tells of connections that are kept ready, of those hosts alone', async () => {
    const [server, down] = [await holding(), await refusing()]
    const pool = undiciPool({ hosts: { [down]: { minIdleConnectionsPerHost: 3 } } }, { name: 'orders' })
    const { scrape } = await exporting(pool)
    server.release()
    await ask(pool, server.origin)
    await until(() => expect(pool.stats().ready?.[down]?.failures).toBeGreaterThanOrEqual(2))
    const told = [...(await scrape())].filter(([name]) => name.includes('ready'))
    expect(Object.fromEntries(told)).toEqual({
      [`polypool_ready_missing_connections{pool="orders",host="${down}"}`]: 3,
      [`polypool_ready_failures{pool="orders",host="${down}"}`]: expect.toSatisfy((value: number) => value >= 2),
    })
    pool.reconfigure({ hosts: { [server.origin]: { minIdleConnectionsPerHost: 1 } } })
    expect([...(await scrape())].filter(([name]) => name.includes('ready'))).toEqual([
      [`polypool_ready_missing_connections{pool="orders",host="${server.origin}"}`, 0],
      [`polypool_ready_failures{pool="orders",host="${server.origin}"}`, 0],
    ])
  })

  it('tells what a pool has of its fleet, and of the limit that this leaves to it', async () => {
    const pool = undiciPool({ maxConnections: 10 }, { name: 'orders' })
    const { scrape } = await exporting(pool)
    expect([...(await scrape()).keys()].filter((name) => name.includes('fleet'))).toEqual([])
    const share = joinFleet(pool, { maxConnections: 6, floor: 2, maxMembers: 2, ttl: '2s', store: new MemoryStore() })
    await until(() => expect(pool.stats().fleet?.learning).toBe(true))
    expect(Object.fromEntries(await scrape())).toMatchObject({
      'polypool_limit_connections{pool="orders"}': 2,
      'polypool_fleet_lease_connections{pool="orders"}': 0,
      'polypool_fleet_want_connections{pool="orders"}': 0,
      'polypool_fleet_floor_connections{pool="orders"}': 2,
      'polypool_fleet_members{pool="orders"}': 1,
      'polypool_fleet_learning{pool="orders"}': 1,
      'polypool_fleet_lost_leases_total{pool="orders"}': 0,
    })
    const server = await holding()
    await until(() => expect(share.stats().learning).toBe(false))
    const asked = [1, 2, 3, 4].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(pool.stats().open).toBe(4))
    expect(Object.fromEntries(await scrape())).toMatchObject({
      'polypool_limit_connections{pool="orders"}': 4,
      'polypool_fleet_lease_connections{pool="orders"}': 2,
      'polypool_fleet_learning{pool="orders"}': 0,
    })
    server.release()
    await Promise.all(asked)
  })

  it('has histograms of waits and of how long connections were open, in seconds', async () => {
    const server = await holding()
    const pool = undiciPool({ maxConnections: 1 }, { name: 'orders' })
    const { scrape } = await exporting(pool)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(1))
    server.release()
    await Promise.all(asked)
    const waits = await scrape()
    const name = 'polypool_acquire_duration_seconds'
    expect(waits.get(`${name}_count{pool="orders"}`)).toBe(3)
    expect(waits.get(`${name}_bucket{le="+Inf",pool="orders"}`)).toBe(3)
    const buckets = metrics.acquire.buckets.map((le) => waits.get(`${name}_bucket{le="${le}",pool="orders"}`) ?? Number.NaN)
    // The first did not wait, and no more are within a bound than within the next.
    expect(buckets[0]).toBeGreaterThanOrEqual(1)
    expect(buckets.toSorted((a, b) => a - b)).toEqual(buckets)
    expect(waits.get(`${name}_sum{pool="orders"}`)).toBeGreaterThan(0)
    expect(waits.get('polypool_connection_duration_seconds_count{pool="orders"}')).toBe(0)
    await pool.close()
    const closed = await scrape()
    const sum = closed.get('polypool_connection_duration_seconds_sum{pool="orders"}') ?? Number.NaN
    expect(closed.get('polypool_connection_duration_seconds_count{pool="orders"}')).toBe(1)
    // The last one waited for as long as the connection was in use, and that was no minute: seconds, not milliseconds.
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThan(60)
  })

  it('has a help and a type for every metric that is declared, and no other', async () => {
    const server = await holding()
    server.release()
    const pool = undiciPool({ minIdleConnectionsPerHost: 1 })
    joinFleet(pool, { name: 'tested', maxConnections: 4, maxMembers: 1, store: new MemoryStore() })
    await until(() => expect(pool.stats().fleet?.members).toBe(1))
    const { text, scrape } = await exporting(pool)
    await ask(pool, server.origin)
    const found = [...(await text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
    const declared = Object.values(metrics).flatMap((metric) =>
      'name' in metric ? [`polypool_${metric.name} ${metric.kind}`] : [],
    )
    expect(found.toSorted()).toEqual(declared.toSorted())
    const labels = [...(await scrape()).keys()].flatMap((series) => {
      const [, name = '', inside = ''] = /^(\w+?)(?:_bucket|_sum|_count)?\{(.*)\}$/.exec(series) ?? []
      return [[name, [...inside.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le')] as const]
    })
    for (const metric of Object.values(metrics).filter((one) => 'name' in one)) {
      const own = labels.filter(([name]) => name === `polypool_${metric.name}`)
      expect(own.length, metric.name).toBeGreaterThan(0)
      for (const [name, found] of own) expect(found.toSorted(), name).toEqual([...metric.labels].sort())
    }
  })

  it('adds up pools of one name, counts those of one budget once, and its counters never fall', async () => {
    const server = await holding()
    server.release()
    const first = undiciPool({ maxConnections: 3 }, { name: 'orders' })
    const second = undiciPool({ maxConnections: 4 }, { name: 'orders' })
    const pools = new Set([first, undiciPool(first), second])
    const { scrape } = await exporting(pools)
    await Promise.all([ask(first, server.origin), ask(second, server.origin)])
    const both = await scrape()
    expect(both.get('polypool_limit_connections{pool="orders"}')).toBe(7)
    expect(both.get('polypool_created_total{pool="orders"}')).toBe(2)
    pools.delete(second)
    await ask(first, server.origin)
    const one = await scrape()
    expect(one.get('polypool_limit_connections{pool="orders"}')).toBe(3)
    expect(one.get('polypool_created_total{pool="orders"}')).toBe(2)
    expect(one.get('polypool_reused_total{pool="orders"}')).toBe(1)
  })

  it('takes what loadPools gives, and finds pools that are opened later', async () => {
    const server = await holding()
    server.release()
    const pools = await loadPools({ pools: { payments: { maxConnections: 9 } }, env: false, cwd: import.meta.dirname })
    cleanup(() => pools.close())
    const { scrape } = await exporting(pools)
    expect((await scrape()).has('polypool_limit_connections{pool="payments"}')).toBe(false)
    const pool = pools.open(undici, 'payments')
    await ask(pool, server.origin)
    expect((await scrape()).get('polypool_limit_connections{pool="payments"}')).toBe(9)
  })

  it('has no more hosts than it may', async () => {
    const servers = await Promise.all([holding(), holding(), holding()])
    const pool = undiciPool({ maxConnections: 'unlimited' })
    const { scrape } = await exporting(pool, { maxOrigins: 1, prefix: 'app_' })
    for (const server of servers) {
      server.release()
      await ask(pool, server.origin)
    }
    const scraped = await scrape()
    expect([...scraped.keys()].filter((series) => series.startsWith('app_connections')).length).toBe(4)
    expect(scraped.get('app_connections{pool="unnamed",host="_OTHER",state="idle"}')).toBe(2)
    expect(scraped.get('app_limit_connections{pool="unnamed"}')).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes the registry of prom-client unless told otherwise, and leaves nothing there once it is stopped', async () => {
    const pool = undiciPool({})
    const stop = collect(pool)
    expect(await register.metrics()).toContain('polypool_limit_connections{pool="unnamed"} 100')
    expect(() => collect(pool)).toThrow(expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED' }))
    stop()
    expect(register.getMetricsAsArray()).toEqual([])
    collect(pool)()
  })

  it('goes with what else a registry does', async () => {
    const pool = undiciPool({ maxConnections: 5 })
    const { registry, text } = await exporting(pool)
    registry.setDefaultLabels({ service: 'shop' })
    registry.resetMetrics()
    expect(await text()).toContain('polypool_limit_connections{pool="unnamed",service="shop"} 5')
    expect(await registry.getMetricsAsJSON()).toContainEqual(
      expect.objectContaining({ name: 'polypool_acquire_duration_seconds', type: 'histogram' }),
    )
    const merged = Registry.merge([registry])
    expect(await merged.metrics()).toContain('polypool_acquire_duration_seconds')
    const open = new Registry()
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    cleanup(collect(pool, { registry: open }))
    expect(await open.metrics()).toMatch(/^polypool_created_total\{pool="unnamed"\} 0$/m)
  })

  it.each([
    ['no pool', [null], 'null is no pool'],
    ['a registry of something else', [[], { registry: {} }], 'registry of the second argument of collect'],
    ['a prefix that is none', [[], { prefix: '1-' }], 'prefix of the second argument of collect'],
    ['a misspelt option', [[], { regsitry: {} }], 'did you mean'],
  ] as const)('refuses %s', (_, args, message) => {
    const call = collect as (...args: readonly unknown[]) => unknown
    expect(() => call(...args)).toThrow(
      expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringContaining(message) }),
    )
  })
})
