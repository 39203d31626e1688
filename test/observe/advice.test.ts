import { describe, expect, it } from 'vitest'
import type { OriginStats, PoolStats } from '../../src/adapter.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { advise, type CloseCounts, type PoolSample } from '../../src/observe/advice/index.ts'

type HostState = Partial<Pick<OriginStats, 'active' | 'idle' | 'pending'>>

interface State {
  readonly hosts?: { readonly [host: string]: HostState }
  /** Counted since the beginning. */
  readonly counts?: Partial<PoolStats>
  readonly closes?: CloseCounts
}

/** Samples a second apart, each from its number. */
function samples(count: number, stateOf: (second: number) => State): PoolSample[] {
  return Array.from({ length: count }, (_, second) => {
    const { hosts = {}, counts, closes } = stateOf(second)
    const origins = Object.fromEntries(
      Object.entries(hosts).map(([host, { active = 0, idle = 0, pending = 0 }]) => [
        host,
        { open: active + idle, active, idle, pending, requests: active },
      ]),
    )
    const sum = (key: keyof OriginStats) => Object.values(origins).reduce((all, origin) => all + origin[key], 0)
    const gauges = {
      open: sum('open'),
      active: sum('active'),
      idle: sum('idle'),
      pending: sum('pending'),
      requests: sum('requests'),
    }
    const none = { created: 0, reused: 0, evicted: 0, expired: 0, overflowed: 0, acquireTimeouts: 0, rejected: 0, aborted: 0 }
    const stats = { ...gauges, draining: 0, streams: { active: 0, capacity: 0 }, upgraded: 0, ...none, ...counts, hosts: origins }
    return { at: 1000 * second, stats, ...(closes && { closes }) }
  })
}

const fields = (config: PoolConfig, of: readonly PoolSample[]) =>
  advise(config, of).map(({ field, host, current, suggested }) => [field, host, current, suggested])

const a = 'https://a.test:443'
const b = 'https://b.test:443'

/** 20 connections in use by 400 requests a second, others wait. */
const full = (waiting: (second: number) => number) => (second: number) => ({
  hosts: { [a]: { active: 20, pending: waiting(second) } },
  counts: { created: 20, reused: 400 * second, acquireTimeouts: 100 * second },
})

describe('advise', () => {
  it("raises a total that is in the way, by Little's law and 20 %, and says by which numbers", () => {
    // 400/s on 20 connections: 50 ms each. 500/s come, which would keep 25 in use.
    const [suggestion, ...more] = advise(
      { maxConnections: 20 },
      samples(
        60,
        full(() => 12),
      ),
    )
    expect(more).toEqual([])
    expect(suggestion).toMatchObject({ field: 'maxConnections', current: 20, suggested: 30 })
    expect(suggestion?.reason).toContain('in 60 of 60 samples all 20 were in use and requests waited (12 on average)')
    expect(suggestion?.reason).toContain('500/s × 50 ms on a connection = 25 in use')
  })

  it('raises it no further than was ever wanted at one time, and no more than twice', () => {
    expect(
      fields(
        { maxConnections: 20 },
        samples(
          60,
          full(() => 1),
        ),
      ),
    ).toEqual([['maxConnections', undefined, 20, 26]])
    const flood = samples(60, (second) => ({
      hosts: { [a]: { active: 20, pending: 9000 } },
      counts: { created: 20, reused: 400 * second, rejected: 9000 * second },
    }))
    expect(fields({ maxConnections: 20 }, flood)).toEqual([['maxConnections', undefined, 20, 40]])
  })

  it.each([
    [
      'fewer than ten samples',
      samples(
        9,
        full(() => 12),
      ),
    ],
    [
      'one moment of sixty',
      samples(
        60,
        full((second) => (second === 30 ? 12 : 0)),
      ),
    ],
    [
      'two moments of ten, which may be chance',
      samples(
        10,
        full((second) => (second < 2 ? 12 : 0)),
      ),
    ],
    [
      'samples of one moment',
      samples(
        60,
        full(() => 12),
      ).map((sample) => ({ ...sample, at: 5 })),
    ],
    ['a pool that nobody used', samples(60, () => ({}))],
  ])('says nothing of %s', (_, of) => {
    expect(advise({ maxConnections: 20 }, of)).toEqual([])
  })

  it('knows of an earlier run of the process by counters that fell, and leaves it aside', () => {
    const before = samples(
      60,
      full(() => 12),
    ).map(({ at, stats }) => ({ at: at - 1e6, stats: { ...stats, reused: stats.reused + 1e6 } }))
    const after = samples(
      9,
      full(() => 12),
    )
    expect(advise({ maxConnections: 20 }, [...before, ...after])).toEqual([])
    expect(
      advise(
        { maxConnections: 20 },
        [
          ...samples(
            60,
            full(() => 12),
          ),
          ...before,
        ].reverse(),
      ),
    ).toHaveLength(1)
  })

  it('raises a total that has hosts take connections from each other, to what they use at their busiest', () => {
    const of = samples(60, (second) => ({
      hosts: Object.fromEntries([a, b, 'c'].map((host, at) => [host, second % 3 === at ? { active: 4 } : { idle: 1 }])),
      counts: { created: 20 * second, reused: 80 * second, evicted: 20 * second },
    }))
    expect(fields({ maxConnections: 6 }, of)).toEqual([['maxConnections', undefined, 6, 12]])
    expect(fields({ maxConnections: 10 }, of)).toEqual([])
    // Those are closed for another limit: there was room.
    expect(fields({ maxConnections: 7 }, of)).toEqual([])
  })

  it('lowers a total of which half was never open, if so many samples show it', () => {
    const calm = (second: number) => ({ hosts: { [a]: { active: 2, idle: 3 } }, counts: { created: 5, reused: 50 * second } })
    expect(fields({ maxConnections: 100 }, samples(60, calm))).toEqual([['maxConnections', undefined, 100, 6]])
    expect(fields({ maxConnections: 100 }, samples(29, calm))).toEqual([])
    expect(fields({ maxConnections: 11 }, samples(60, calm))).toEqual([])
    const waited = (second: number) => ({ ...calm(second), counts: { ...calm(second).counts, acquireTimeouts: 1 * second } })
    expect(fields({ maxConnections: 100 }, samples(60, waited))).toEqual([])
  })

  it('raises the limit of a host that is in its way, or of all if most are', () => {
    const of = (other: HostState) =>
      samples(60, (second) => ({
        hosts: { [a]: { active: 4, pending: 3 }, [b]: other },
        counts: { created: 8, reused: 100 * second },
      }))
    expect(fields({ maxConnectionsPerHost: 4 }, of({ active: 1 }))).toEqual([['maxConnectionsPerHost', a, 4, 8]])
    expect(fields({ maxConnectionsPerHost: 4 }, of({ active: 4, pending: 1 }))).toEqual([
      ['maxConnectionsPerHost', undefined, 4, 8],
    ])
    expect(fields({ hosts: { 'a.test': { maxConnectionsPerHost: 4 } } }, of({ active: 4, pending: 1 }))).toEqual([
      ['maxConnectionsPerHost', a, 4, 8],
    ])
    expect(fields({ maxConnectionsPerHost: 9 }, of({ active: 4, pending: 1 }))).toEqual([])
  })

  it('leaves the limit of a host where the total is full too: more for one would be less for others', () => {
    const of = samples(60, (second) => ({
      hosts: { [a]: { active: 4, pending: 3 }, [b]: { active: 4 } },
      counts: { created: 8, reused: 100 * second },
    }))
    expect(fields({ maxConnections: 8, maxConnectionsPerHost: 4 }, of).map(([field]) => field)).not.toContain(
      'maxConnectionsPerHost',
    )
    expect(fields({ maxConnections: 9, maxConnectionsPerHost: 4 }, of)).toEqual([['maxConnectionsPerHost', a, 4, 5]])
  })

  it('raises the total beside the limit of a host whose others would have to connect again for it, and names each field once', () => {
    const of = (idle: number, evicted = 0) =>
      samples(60, (second) => ({
        hosts: { [a]: { active: 4, pending: 3 }, [b]: second % 10 === 0 ? { active: 4 } : { active: 0, idle } },
        counts: { created: 8, reused: 100 * second, evicted: evicted * second },
      }))
    expect(fields({ maxConnections: 8, maxConnectionsPerHost: 4 }, of(4))).toEqual([
      ['maxConnections', undefined, 8, 12],
      ['maxConnectionsPerHost', a, 4, 8],
    ])
    // Twice as many as are ever in use: what idles beside those is room.
    expect(fields({ maxConnections: 12, maxConnectionsPerHost: 4 }, of(8))).toEqual([['maxConnectionsPerHost', a, 4, 8]])
    const [total, ...others] = advise({ maxConnections: 8, maxConnectionsPerHost: 4 }, of(4, 10))
    expect(total).toMatchObject({ field: 'maxConnections', suggested: 12 })
    expect(total?.reason).toMatch(/were closed to make room.*; https:\/\/a\.test:443 needs 4 more/)
    expect(others.map(({ field }) => field)).toEqual(['maxConnectionsPerHost'])
  })

  it('bounds a host that takes the total, beside a larger one', () => {
    const of = samples(60, (second) => ({
      hosts: { [a]: { active: 9 }, [b]: { active: 1, pending: 4 } },
      counts: { created: 10 * second, reused: 90 * second, evicted: 10 * second, acquireTimeouts: 20 * second },
    }))
    expect(fields({ maxConnections: 10 }, of)).toEqual([
      ['maxConnections', undefined, 10, 15],
      ['maxConnectionsPerHost', a, Number.POSITIVE_INFINITY, 10],
    ])
  })

  it('raises how many may idle, where they close and are made again', () => {
    const of = samples(60, (second) => ({
      hosts: { [a]: second % 2 === 0 ? { active: 10 } : { idle: 2 } },
      counts: { created: 10 * second, reused: 10 * second, evicted: 8 * second },
    }))
    expect(fields({ maxIdleConnections: 2 }, of)).toEqual([['maxIdleConnections', undefined, 2, 12]])
    expect(fields({ maxIdleConnections: 12 }, of)).toEqual([])
  })

  it('fits keepAliveExpiry to how often connections are used, and to when servers close them', () => {
    const of = (closes: CloseCounts) =>
      samples(60, (second) => ({
        hosts: { [a]: { idle: 1 } },
        counts: { created: second, reused: second, expired: second },
        closes: Object.fromEntries(Object.entries(closes).map(([reason, each]) => [reason, each * second])),
      }))
    expect(fields({ keepAliveExpiry: '4s', maxConnections: 2 }, of({ expired: 1 }))).toEqual([
      ['keepAliveExpiry', undefined, 4000, 8000],
    ])
    expect(fields({ keepAliveExpiry: '40s', maxConnections: 2 }, of({ expired: 1 }))).toEqual([])
    expect(fields({ keepAliveExpiry: '40s', maxConnections: 2 }, of({ expired: 1, server: 1 }))).toEqual([
      ['keepAliveExpiry', undefined, 40_000, 20_000],
    ])
  })

  it('keeps connections ready where requests wait for connects after quiet times', () => {
    const summary = (count: number, sum: number) => ({ count, sum, p50: 0, p95: 0, p99: 0, max: 0 })
    const histograms = { acquire: summary(600, 0), connect: summary(100, 15_000), age: summary(0, 0), uses: summary(0, 0) }
    const of = samples(61, (second) => ({
      hosts: { [a]: { idle: 1 } },
      counts: {
        created: 2 * second,
        reused: 8 * second,
        expired: 2 * second,
        histograms: { ...histograms, recorded: 60_000, hosts: { [a]: histograms } },
      },
    }))
    // 10/s, and 150 ms a connect.
    const found = advise({ keepAliveExpiry: '60s', maxConnections: 2 }, of)
    expect(found).toEqual([expect.objectContaining({ field: 'minIdleConnectionsPerHost', host: a, current: 0, suggested: 2 })])
    expect(found[0]?.reason).toContain('100 connects of 150 ms for 600 requests')
  })

  it.each([
    ['a config that is none', [{ maxSockets: 5 }, []], 'maxSockets'],
    ['no list', [{}, {}], 'samples: '],
    ['what is no sample', [{}, [...samples(1, () => ({})), { at: '5' }]], 'samples[1]'],
    ['statistics that lack something', [{}, [{ at: 5, stats: { open: 1 } }]], 'samples[0]'],
  ] as const)('refuses %s', (_, args, message) => {
    const call = advise as (...args: readonly unknown[]) => unknown
    expect(() => call(...args)).toThrow(
      expect.objectContaining({ code: 'ERR_POOL_CONFIG', message: expect.stringContaining(message) }),
    )
  })
})
