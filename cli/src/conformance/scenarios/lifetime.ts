import type { ScenarioContext } from '../context.ts'
import { atLeast, atMost, between, equal, same, succeeded } from '../expect.ts'
import { probeNow } from '../probe/clock.ts'
import type { Scenario } from '../scenario.ts'

/** The contract: jitter shortens a lifetime by up to a tenth. */
const jitter = 0.9

/**
 * Every connection lived as long as it might, and not longer: until its lifetime was up, or later, until what it carried was answered.
 *
 * @param begun before any was
 * @param answered when nothing was carried any more
 */
function endedInTime(context: ScenarioContext, lifetime: number, begun: number, answered: number): void {
  for (const { openedAt, closedAt } of context.sockets.all) {
    const to = closedAt ?? 0
    context.took({ from: begun, to }, lifetime * jitter, Number.POSITIVE_INFINITY, 'age when closed')
    const end = Math.max(openedAt + lifetime, answered)
    context.took({ from: Math.min(end, to), to }, 0, 50, 'closed after the end of its life')
  }
}

/** `maxLifetime` and `maxRequestsPerConnection`. */
export const lifetime: readonly Scenario[] = [
  {
    id: 'lifetime/closes-idle',
    title: 'a connection that is too old closes when idle, by a timer',
    covers: ['maxLifetime', 'trap:undici-client-ttl-is-lazy'],
    config: { maxLifetime: 300 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const begun = probeNow()
      await context.send(pool, origin.url())
      await context.send(pool, origin.url())
      const answered = probeNow()
      await context.eventually(() => context.sockets.open, 0, 'client sockets', 400)
      endedInTime(context, 300, begun, answered)
      equal(pool.stats().expired, context.sockets.opened, 'stats().expired')
      // On a machine that stood still between the two requests the first connection was too old for the second.
      if (answered - begun < 300 * jitter) same(await context.requestsPerConnection(), [2], 'requests per connection')
    },
  },
  {
    id: 'lifetime/hand-over',
    title: 'under load, too: a connection handed straight from request to request retires',
    covers: ['maxLifetime', 'trap:agentkeepalive-ttl-not-on-hand-over', 'trap:undici7-client-ttl-hangs'],
    config: { maxLifetime: 150, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 20, origin.url('delay=20'))
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      const connections = await context.connections()
      // 20 requests of 20 ms take 400 ms at least: one connection may have served 150 ms of them.
      atLeast(connections.length, 3, 'connections opened')
      for (const { openedAt, requests } of connections) {
        const used = { from: openedAt, to: requests.at(-1)?.at ?? 0 }
        context.took(used, 0, 150, 'age of a connection when its last request came')
      }
      // The last may have been young enough to stay.
      between(pool.stats().expired, connections.length - 1, connections.length, 'stats().expired')
    },
  },
  {
    id: 'lifetime/spares-active',
    title: 'an active request is never cut by maxLifetime',
    covers: ['maxLifetime'],
    config: { maxLifetime: 100 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      succeeded(await context.outcome(pool, origin.url('delay=150&bodyDelay=100')), 'a request longer than maxLifetime')
      await context.eventually(() => context.sockets.open, 0, 'client sockets afterwards', 100)
    },
  },
  {
    id: 'lifetime/jitter',
    title: 'connections opened together do not all end together, and none lives too long',
    covers: ['maxLifetime'],
    config: { maxLifetime: 400 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const begun = probeNow()
      await context.warm(pool, origin, 16)
      const answered = probeNow()
      await context.eventually(() => context.sockets.open, 0, 'client sockets', 600)
      endedInTime(context, 400, begun, answered)
      // 16 ages drawn from 40 ms lie within 5 ms of each other once in 10^12 runs. A late loop closes them together, as do late answers.
      const lengths = context.sockets.all.map(({ openedAt, closedAt }) => (closedAt ?? 0) - openedAt)
      if (context.lag < 20 && answered - begun < 400 * jitter)
        atLeast(Math.max(...lengths) - Math.min(...lengths), 5, 'spread of the ages, in ms')
    },
  },
  {
    id: 'lifetime/max-requests',
    title: 'maxRequestsPerConnection is exact',
    covers: ['maxRequestsPerConnection', 'trap:undici7-one-request-more'],
    config: { maxRequestsPerConnection: 3 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      for (let sent = 0; sent < 7; sent++) await context.send(pool, origin.url())
      same(await context.requestsPerConnection(), [3, 3, 1], 'requests per connection')
      equal(pool.stats().expired, 2, 'stats().expired')
    },
  },
  {
    id: 'lifetime/max-requests-hand-over',
    title: 'maxRequestsPerConnection holds when connections are handed to those that wait',
    covers: ['maxRequestsPerConnection', 'maxConnections', 'rule-1'],
    config: { maxRequestsPerConnection: 2, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 20, origin.url())
      const served = await context.requestsPerConnection()
      atMost(Math.max(...served), 2, 'most requests on one connection')
      between(served.length, 10, 11, 'connections opened')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'lifetime/max-requests-one',
    title: 'maxRequestsPerConnection 1 is one request a connection',
    covers: ['maxRequestsPerConnection'],
    config: { maxRequestsPerConnection: 1, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 3, origin.url())
      same(await context.requestsPerConnection(), [1, 1, 1], 'requests per connection')
      await context.eventually(() => context.sockets.open, 0, 'client sockets afterwards')
    },
  },
]
