import fc from 'fast-check'
import { expect, test } from 'vitest'
import { always, around, evenly, type Load, skewed, zipf } from '../../bench/policy/load.ts'
import { closeTime, simulate } from '../../bench/policy/simulator.ts'
import { ConnectionPool } from '../../src/pool/pool.ts'
import { draws } from '../draws.ts'

const shapes = fc.record({
  /** More hosts than connections, as many, and fewer. */
  hosts: fc.constantFrom(2, 3, 5, 8, 20, 60),
  total: fc.constantFrom(1, 2, 3, 5, 8),
  callers: fc.constantFrom(1, 3, 6, 12, 30),
  think: fc.constantFrom(0, 0, 5, 50),
  connect: fc.constantFrom(0.5, 2, 10, 40, 120),
  service: fc.constantFrom(1, 5, 20),
  choice: fc.constantFrom('evenly', 'zipf', 'one'),
  lanes: fc.constantFrom(1, 1, 2),
  maxConnectionsPerHost: fc.constantFrom('unlimited' as const, 'unlimited' as const, 1, 2),
  burst: fc.constantFrom(0, 0, 20),
  /** The first hosts speak HTTP/2, and allow so many requests on a connection. */
  sessions: fc.constantFrom(0, 0, 1, 2, 60),
  slots: fc.constantFrom(2, 10, 100),
  seed: fc.nat({ max: 1000 }),
})

interface Shape {
  readonly hosts: number
  readonly total: number
  readonly callers: number
  readonly think: number
  readonly connect: number
  readonly service: number
  readonly choice: string
  readonly lanes: number
  readonly maxConnectionsPerHost: number | 'unlimited'
  readonly burst: number
  readonly sessions: number
  readonly slots: number
  readonly seed: number
}

const choices = { evenly, zipf, one: (hosts: number) => skewed(hosts, 1, 0.7) }

function loadOf({ connect, service, choice, burst, maxConnectionsPerHost, sessions, slots, ...shape }: Shape): Load {
  return {
    ...{ ...shape, group: '', name: '', duration: 40 * (connect + service) + 500 },
    choose: choices[choice as 'evenly'](shape.hosts),
    connect: always(connect),
    service: around(service),
    ...(burst > 0 ? { bursts: [{ at: 50, requests: burst, host: 0 }] } : {}),
    config: { maxConnectionsPerHost },
    slots: (host) => (host < sessions ? slots : 1),
  }
}

/**
 * How long a request may wait, as docs/when-the-total-is-full.md says: a place is made for each lane in front of it, all places in turn. Each takes
 * no longer than what waited until its connection was ready (at most all requests there are, and for ten connects, or four and two requests), one that is overtaken for the
 * sake of reuse, the close of the old connection and the connect of the new one. What came before it, or little later, is served before it as
 * well. A lane that has connections waits there and back before it counts as one without.
 */
function bound({ hosts, total, callers, connect, service, lanes, burst, sessions }: Shape): number {
  const [longestConnect, longestService] = [1.2 * connect, 1.5 * service]
  const requests = callers + burst
  const ahead = Math.min(hosts * lanes, requests)
  const turns = Math.ceil(ahead / total) + 2
  // An HTTP/2 connection that carries many requests is kept for up to four connects.
  const change = (sessions === 0 ? 2 : 5) * longestConnect + longestService + closeTime
  const served = requests * longestService
  const most = Math.min(turns * served, turns * Math.max(10 * longestConnect, 4 * longestConnect + 2 * longestService) + served)
  return turns * change + most + 2 * (longestConnect + longestService)
}

test('whatever the load, nobody waits for longer than the bound', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { longest, failed, peak } = simulate(loadOf(shape), ConnectionPool)
      expect(failed).toBe(0)
      expect(peak).toBeLessThanOrEqual(shape.total)
      expect(longest).toBeLessThanOrEqual(bound(shape))
    }),
    { numRuns: draws(1000) },
  )
})

test('the order of arrival is that of the places, where hosts have no connection', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 5), fc.constantFrom(5, 50), (total, connect) => {
      // Every request is for a host of its own: nothing can be reused.
      const hosts = 400
      const load = loadOf({
        ...{
          hosts,
          total,
          callers: 20,
          think: 0,
          connect,
          service: 5,
          choice: 'evenly',
          lanes: 1,
          burst: 0,
          sessions: 0,
          slots: 1,
          seed: total,
        },
        maxConnectionsPerHost: 'unlimited',
      })
      const { longest } = simulate({ ...load, choose: (caller, nth) => (20 * nth + caller) % hosts }, ConnectionPool)
      expect(longest).toBeLessThanOrEqual((Math.ceil(20 / total) + 1) * (1.2 * connect + 7.5 + closeTime))
    }),
    { numRuns: 6 },
  )
})
