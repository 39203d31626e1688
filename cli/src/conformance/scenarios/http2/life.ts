import type { ScenarioContext } from '../../context.ts'
import { atLeast, atMost, between, equal, same, succeeded } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, bothWays, byAlpn, crowd, keptTo } from './shared.ts'

/** The contract: an idle connection closes on time within 10 % or 50 ms. */
const late = 50

/** From the last answer on a connection, as the probe sent it, to the client's close. */
async function idleTime(context: ScenarioContext) {
  await context.eventually(() => context.sockets.open, 0, 'client sockets', 3000)
  const [connection] = await context.connections()
  const from = Math.max(...(connection?.requests.map(({ answeredAt }) => answeredAt ?? 0) ?? []))
  return { from, to: context.sockets.all[0]?.closedAt ?? 0 }
}

/** How long sessions live, and how they end. */
export const life: readonly Scenario[] = [
  {
    ...bothWays,
    id: 'http2/expiry',
    title: 'an idle session closes keepAliveExpiry after the end of its last request',
    covers: ['http2', 'keepAliveExpiry'],
    config: { http2: 'only', keepAliveExpiry: 200 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const short = context.send(pool, origin.url('hold=short'))
      const long = context.outcome(pool, origin.url('hold=long'))
      await context.arrived(origin, 2)
      await context.probe.release('short')
      await short
      // Longer than an idle one may live: it is not idle.
      await context.sleep(300)
      equal(context.sockets.open, 1, 'client sockets while a request runs')
      await context.probe.release('long')
      succeeded(await long, 'the longer request')
      context.took(await idleTime(context), 200, 200 + late, 'idle until closed')
      equal(pool.stats().expired, 1, 'stats().expired')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/lifetime',
    title: 'a session that is too old takes no new request, finishes what runs, and closes',
    covers: ['http2', 'maxLifetime'],
    config: { http2: true, maxLifetime: 200, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const old = context.outcome(pool, origin.url('hold=old'))
      await context.arrived(origin, 1)
      await context.sleep(250)
      succeeded(await context.outcome(pool, origin.url('late=1')), 'a request after that')
      const [first, second] = await context.connections()
      same([first?.requests.length, second?.requests.length], [1, 1], 'requests per connection')
      equal(first?.closedAt, null, 'the old connection, which carries a request, has closed at')
      await context.probe.release('old')
      succeeded(await old, 'the request that ran')
      await context.eventually(() => context.sockets.all[0]?.closedAt != null, true, 'the old connection has closed', 100)
    },
  },
  {
    ...byAlpn,
    id: 'http2/lifetime-under-load',
    title: 'also where it is never idle',
    covers: ['http2', 'maxLifetime'],
    config: { http2: true, maxLifetime: 150, maxConnections: 1, maxStreamsPerConnection: 4 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await context.sendMany(pool, 80, origin.url('delay=20'))
      const connections = await context.connections()
      // 80 requests of 20 ms, 4 at one time, take 400 ms at least: one connection may have served 150 ms of them.
      atLeast(connections.length, 3, 'connections opened')
      for (const { openedAt, requests } of connections) {
        const used = { from: openedAt, to: requests.at(-1)?.at ?? 0 }
        context.took(used, 0, 150, 'age of a connection when its last request came')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    ...bothWays,
    id: 'http2/max-requests',
    title: 'maxRequestsPerConnection is exact, with requests one after another and at one time',
    covers: ['http2', 'maxRequestsPerConnection'],
    config: { http2: 'only', maxRequestsPerConnection: 3, maxConnections: 2, maxStreamsPerConnection: 10 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      for (let sent = 0; sent < 7; sent++) await context.send(pool, origin.url())
      same(await context.requestsPerConnection(), [3, 3, 1], 'requests per connection')
      await context.sendMany(pool, 20, origin.url())
      const served = await context.requestsPerConnection()
      equal(Math.max(...served), 3, 'most requests on one connection')
      between(served.length, 9, 10, 'connections opened for 27 requests')
      atMost(context.sockets.peak, 2, 'most client sockets at one time')
      await crowd(context, pool, origin, { asks: 4, carried: 4 })
    },
  },
  {
    ...byAlpn,
    id: 'http2/keep-alive-off',
    title: 'keepAlive: false is one request a connection over HTTP/2 too',
    covers: ['http2', 'keepAlive'],
    config: { http2: true, keepAlive: false, maxConnections: 3 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await context.sendMany(pool, 7, origin.url())
      same(await context.requestsPerConnection(), [1, 1, 1, 1, 1, 1, 1], 'requests per connection')
      atMost(context.sockets.peak, 3, 'most client sockets at one time')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
  {
    ...byAlpn,
    id: 'http2/overflow',
    title: 'beyond the limit, a connection of maxOverflow carries one request and closes',
    covers: ['http2', 'maxOverflow', 'rule-1'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, maxOverflow: 2 },
    async run(context) {
      const { origin, pool } = await acquainted(context)
      await crowd(context, pool, origin, { asks: 6, carried: 4 }, () =>
        equal(context.sockets.peak, 3, 'most client sockets at one time'),
      )
      equal(pool.stats().overflowed >= 2, true, 'at least two in stats().overflowed')
      await context.eventually(() => context.sockets.open, 1, 'client sockets afterwards')
    },
  },
  {
    ...byAlpn,
    id: 'http2/max-idle',
    title: 'idle sessions are kept up to the limits of idle connections',
    covers: ['http2', 'maxIdleConnections'],
    config: { http2: true, maxStreamsPerConnection: 2, maxIdleConnections: 1 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 6, carried: 6 }, () => equal(context.sockets.open, 3, 'client sockets'))
      await context.eventually(() => context.sockets.open, 1, 'client sockets afterwards')
    },
  },
  {
    ...bothWays,
    id: 'http2/preconnect',
    title: 'sessions that preconnect has opened carry the requests that come at once then',
    covers: ['http2', 'api:preconnect'],
    config: { http2: 'only', maxStreamsPerConnection: 5 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      equal(await pool.preconnect(origin.url(), 2), 2, 'idle connections when preconnect resolves')
      await crowd(context, pool, origin, { asks: 10, carried: 10 }, () => equal(context.sockets.opened, 2, 'sockets opened'))
      await keptTo(context, 5)
    },
  },
  {
    ...byAlpn,
    id: 'http2/kept-ready',
    title: 'a session is kept ready beside those that carry requests',
    covers: ['http2', 'minIdleConnectionsPerHost'],
    config: { http2: true, minIdleConnectionsPerHost: 1, maxStreamsPerConnection: 3, keepAliveExpiry: '10s' },
    async run(context) {
      const { origin, pool } = await acquainted(context)
      const held = context.sendMany(pool, 3, origin.url('hold=all'))
      await context.arrived(origin, 3)
      await context.eventually(() => pool.stats().idle, 1, 'idle connections beside the one in use')
      const opened = context.sockets.opened
      const more = context.sendMany(pool, 2, origin.url('hold=all'))
      await context.arrived(origin, 5)
      equal(opened, 2, 'sockets opened before the next requests')
      await context.probe.release('all')
      await Promise.all([held, more])
    },
  },
  {
    ...bothWays,
    id: 'http2/kept-ready-again',
    title: 'a session that is kept ready is replaced when its server says GOAWAY, ends it or resets it',
    covers: ['http2', 'minIdleConnectionsPerHost'],
    config: { http2: 'only', minIdleConnectionsPerHost: 0, keepAliveExpiry: '10m', hosts: {} },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool({ ...context.config, hosts: { [origin.key]: { minIdleConnectionsPerHost: 1 } } })
      const speaking = async () => (await context.connections(origin)).filter(({ http2 }) => http2 !== null).length
      const ends = [
        { do: 'goaway', kind: 'graceful' },
        { do: 'end', how: 'fin' },
        { do: 'end', how: 'rst' },
      ] as const
      for (const [round, end] of ends.entries()) {
        await context.eventually(speaking, round + 1, 'sessions that the server has had')
        await context.eventually(() => pool.stats().idle, 1, 'idle sessions')
        equal(await context.probe.sessions(origin.id, end), 1, 'sessions that the server ends')
        // Each has lasted for less than a second: a quarter of one later, then a half, then a whole one.
        await context.eventually(() => context.sockets.opened, round + 2, 'sockets opened', 3000)
      }
      await context.eventually(() => pool.stats().idle, 1, 'idle sessions in the end')
      await context.send(pool, origin.url())
      same((await context.requestsPerConnection(origin)).slice(0, 4), [0, 0, 0, 1], 'requests per connection')
    },
  },
]
