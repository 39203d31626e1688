import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../../../src/config/parse.ts'
import { sizeFor } from '../../../src/commands/size/sizing.ts'

/** A random number in [0, 1), the same ones in every run (mulberry32). */
type Random = () => number

function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const exponential = (mean: number) => (random: Random) => -mean * Math.log(1 - random())

/** Log-normal times with this mean and 99th percentile; there is one up to a p99 of 14 means. */
function logNormal(mean: number, p99: number): (random: Random) => number {
  const z = 2.326347874
  const sigma = z - Math.sqrt(z * z - 2 * Math.log(p99 / mean))
  const mu = Math.log(mean) - sigma ** 2 / 2
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.exp(mu + sigma * normal)
  }
}

/** One in a hundred takes the p99, all others equally long. */
const twoTimes = (mean: number, p99: number) => (random: Random) => (random() < 0.01 ? p99 : (mean - p99 / 100) / 0.99)

interface Pool {
  readonly connections: number
  readonly acquireTimeout: number
  readonly maxPending: number
}

/** Shares of requests that come at random to a pool which serves them in order: M/G/c with a bounded queue that is left after a while. */
function simulate(pool: Pool, rps: number, timeOf: (random: Random) => number, requests = 200_000) {
  const random = seeded(20_261_128)
  const gap = exponential(1000 / rps)
  const freeAt = new Float64Array(pool.connections)
  // When each waiting request leaves the queue, served or not: as they are served in order, these times never fall.
  const leaves: number[] = []
  let left = 0
  let now = 0
  const count = { waited: 0, refused: 0, timedOut: 0 }
  for (let request = 0; request < requests; request++) {
    now += gap(random)
    const time = timeOf(random)
    while (left < leaves.length && Number(leaves[left]) <= now) left++
    const first = earliest(freeAt)
    const start = Math.max(now, Number(freeAt[first]))
    if (start > now) {
      count.waited++
      if (leaves.length - left >= pool.maxPending) {
        count.refused++
        continue
      }
      leaves.push(Math.min(start, now + pool.acquireTimeout))
      if (start - now > pool.acquireTimeout) {
        count.timedOut++
        continue
      }
    }
    freeAt[first] = start + time
  }
  return { waited: count.waited / requests, refused: count.refused / requests, timedOut: count.timedOut / requests }
}

function earliest(times: Float64Array): number {
  let first = 0
  for (let index = 1; index < times.length; index++) if (Number(times[index]) < Number(times[first])) first = index
  return first
}

const latency = 50
const endless = { acquireTimeout: Number.POSITIVE_INFINITY, maxPending: Number.POSITIVE_INFINITY }
/** Requests in flight on average. */
const loads = [0.4, 0.8, 1.6, 2.5, 5, 10, 25]
const rate = (load: number) => (load / latency) * 1000

function recommended(load: number, p99?: number): Pool & { calm: number } {
  const { recommendations, headroom } = sizeFor({ rps: rate(load), latency, instances: 1, ...(p99 && { p99 }) })
  const { config } = parsePoolConfig(Object.fromEntries(recommendations.map(({ field, value }) => [field, value])))
  const { maxConnections: connections, acquireTimeout, maxPending } = config
  return { connections, acquireTimeout, maxPending, calm: headroom[1].maxConnections }
}

describe('what size says, simulated', () => {
  it('as many wait as Erlang C says, under both numbers', () => {
    for (const load of loads) {
      for (const { maxConnections: connections, waiting } of sizeFor({ concurrency: load, instances: 1 }).headroom) {
        const { waited } = simulate({ connections, ...endless }, rate(load), exponential(latency))
        expect(Math.abs(waited - waiting), `${load} in flight, ${connections} connections`).toBeLessThan(0.02)
      }
    }
  })

  it('59 % wait at 5 in flight and 20 % more; with twice the square root 4 %', () => {
    const [usual, calm] = sizeFor({ concurrency: 5, instances: 1 }).headroom
    expect(usual).toMatchObject({ maxConnections: 6, waiting: expect.closeTo(0.5875, 4) })
    expect(calm).toMatchObject({ maxConnections: 10, waiting: expect.closeTo(0.0361, 4) })
  })

  it('with twice the square root 2 to 6 % wait from 5 in flight up', () => {
    for (let load = 5; load < 5000; load *= 1.003) {
      const { waiting } = sizeFor({ concurrency: load, instances: 1 }).headroom[1]
      expect(waiting, `${load} in flight`).toBeLessThan(0.06)
      expect(waiting, `${load} in flight`).toBeGreaterThan(0.02)
    }
  })

  it('steady traffic is not refused, and hardly ever times out', () => {
    for (const load of loads) {
      const { refused, timedOut } = simulate(recommended(load), rate(load), exponential(latency))
      expect(refused, `${load} in flight`).toBeLessThan(1e-4)
      expect(timedOut, `${load} in flight`).toBeLessThan(2e-4)
    }
  })

  it.each([
    ['exponential', 230, exponential(latency)],
    ['log-normal', 300, logNormal(latency, 300)],
    ['log-normal', 500, logNormal(latency, 500)],
    ['mostly equal', 300, twoTimes(latency, 300)],
  ])('nor with a p99: %s times, %d ms', (_name, p99, timeOf) => {
    for (const load of loads) {
      const { refused, timedOut } = simulate(recommended(load, p99), rate(load), timeOf)
      expect(refused, `${load} in flight`).toBeLessThan(2e-4)
      expect(timedOut, `${load} in flight`).toBeLessThan(load < 1 ? 4e-3 : 1e-3)
    }
  })

  it('a p99 far above the mean: some time out, and the second number of connections helps more than waiting', () => {
    const p99 = latency * 14
    const timeOf = logNormal(latency, p99)
    const note = sizeFor({ rps: rate(5), latency, p99, instances: 1 }).notes.find((one) => one.includes('14 × the mean'))
    expect(note).toContain('10 connections help more than a longer acquireTimeout')
    const pool = recommended(5, p99)
    const given = simulate(pool, rate(5), timeOf).timedOut
    const patient = simulate({ ...pool, acquireTimeout: pool.acquireTimeout * 2 }, rate(5), timeOf).timedOut
    const larger = simulate({ ...pool, connections: pool.calm }, rate(5), timeOf).timedOut
    expect(given).toBeGreaterThan(1e-3)
    expect(larger).toBeLessThan(patient)
    expect(larger).toBeLessThan(1e-3)
  })

  it('a slow p99 does not make a short queue: 100 requests a second of 50 ms, p99 300 ms', () => {
    const pool = recommended(5, 300)
    expect(pool).toMatchObject({ connections: 6, acquireTimeout: 600, maxPending: 72 })
    // What a queue by the p99 would refuse.
    expect(simulate({ ...pool, maxPending: 12 }, rate(5), exponential(latency)).refused).toBeGreaterThan(0.01)
  })
})
