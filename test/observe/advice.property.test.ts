import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Load } from '../../bench/policy/load.ts'
import { ConnectionPool } from '../../bench/policy/rules.ts'
import { hardships, wide } from '../../bench/policy/scenarios.ts'
import { simulate } from '../../bench/policy/simulator.ts'
import type { HostConfig, PoolConfig } from '../../src/config/types.ts'
import { advise, type PoolSample } from '../../src/observe/advice/index.ts'
import { draws } from '../draws.ts'

// The laboratory of bench/policy, with loads cut short. What is compared is one run with another of the same requests, once their connections are
// made: a larger pool makes more of them at first.
const loads = [...wide(), ...hardships()].map((load) => {
  const duration = Math.min(load.duration, 10_000)
  return { ...load, duration, warmUp: duration / 2 }
})

interface Followed {
  readonly load: Load
  readonly advised: number
  readonly worse: readonly string[]
}

/** The load with the config that the advice makes of its own. */
function follow(load: Load, seed: number): Followed {
  const samples: PoolSample[] = []
  const config = { maxConnections: load.total, ...load.config }
  const before = simulate(load, ConnectionPool, seed, { every: load.duration / 60, take: (sample) => samples.push(sample) })
  const found = advise(config, samples)
  const changed: PoolConfig & { hosts: { [host: string]: HostConfig } } = { ...config, hosts: { ...load.config?.hosts } }
  for (const { field, host, suggested } of found) {
    if (host === undefined) Object.assign(changed, { [field]: suggested })
    else changed.hosts[host] = { ...changed.hosts[host], [field]: suggested }
  }
  const after = simulate({ ...load, config: changed }, ConnectionPool, seed)
  // What chance makes of another order of the same requests.
  const worse = [
    after.rate < 0.97 * before.rate && `${before.rate} → ${after.rate} answered per second`,
    after.mean > 1.05 * before.mean + 0.2 && `${before.mean} → ${after.mean} ms waited`,
    after.failed > before.failed && `${before.failed} → ${after.failed} failed`,
  ].filter((told) => told !== false)
  return {
    load,
    advised: found.length,
    worse: worse.map((told) => `${load.group}: ${load.name}: ${told}: ${JSON.stringify(found)}`),
  }
}

test('following advice makes no load of the laboratory worse', () => {
  let advised = 0
  const arbitrary = fc.record({ load: fc.constantFrom(...loads), seed: fc.nat(1000) })
  fc.assert(
    fc.property(arbitrary, ({ load, seed }) => {
      const followed = follow(load, seed)
      advised += followed.advised
      expect(followed.worse).toEqual([])
    }),
    { numRuns: draws(20) },
  )
  expect(advised).toBeGreaterThan(0)
})
