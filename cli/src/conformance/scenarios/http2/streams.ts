import { atMost, check, equal, failedWith, same, succeeded } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, bothWays, byAlpn, crowd, keptTo, numbersOf, pending, streamsOf, versionsOf } from './shared.ts'

/** Many requests on one connection: how many connections are opened, and how many requests each carries. */
export const streams: readonly Scenario[] = [
  {
    ...bothWays,
    id: 'http2/one-connection',
    title: 'requests at one time share a connection, one handshake for all',
    covers: ['http2', 'rule-6', 'api:stats'],
    config: { http2: 'only' },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true })
      await crowd(context, pool, origin, { asks: 30, carried: 30 }, () => {
        const { open, active, idle, pending: waiting, streams, hosts } = pool.stats()
        same({ open, active, idle, waiting }, { open: 1, active: 1, idle: 0, waiting: 0 }, 'stats() with 30 under way')
        equal(streams.active, 30, 'stats().streams.active')
        check(streams.capacity >= 30, `stats().streams.capacity: expected at least 30, got ${streams.capacity}`)
        equal(hosts[origin.key]?.active, 1, 'active connections of the host')
      })
      const { created, reused } = pool.stats()
      same({ created, reused }, { created: 1, reused: 30 }, 'stats()')
      equal(pool.stats().streams.active, 0, 'stats().streams.active afterwards')
      equal(context.sockets.opened, 1, 'sockets opened')
      same(await versionsOf(context), ['2.0'], 'HTTP versions')
    },
  },
  {
    ...bothWays,
    id: 'http2/cold-burst',
    title: 'a burst on a cold pool opens as many connections as its requests need, not one for each of them',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-1', 'rule-6'],
    config: { http2: 'only', maxStreamsPerConnection: 10, maxConnections: 20 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 40, carried: 40 }, () =>
        equal(context.sockets.opened, 4, 'sockets opened for 40 requests, 10 on each'),
      )
      await keptTo(context, 10)
      const { created, reused } = pool.stats()
      equal(created + reused, 40, 'stats().created + stats().reused')
    },
  },
  {
    ...byAlpn,
    id: 'http2/cold-burst-unknown',
    title: 'nor does it where the server may yet turn out to speak HTTP/1.1',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-6'],
    config: { http2: true, maxStreamsPerConnection: 10, maxConnections: 20 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 40, carried: 40 }, () =>
        equal(context.sockets.opened, 4, 'sockets opened for 40 requests, 10 on each'),
      )
      await keptTo(context, 10)
    },
  },
  {
    ...bothWays,
    id: 'http2/cap',
    title: 'connections times streams is the limit of a host, and the rest waits',
    covers: ['maxConnections', 'maxConnectionsPerHost', 'maxStreamsPerConnection', 'rule-1'],
    config: { http2: 'only', maxStreamsPerConnection: 5, maxConnections: 8, maxConnectionsPerHost: 3 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 60, carried: 15 })
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      equal(context.sockets.opened, 3, 'sockets opened')
      await keptTo(context, 5)
    },
  },
  {
    ...bothWays,
    id: 'http2/server-limit',
    title: 'a server that allows fewer streams is obeyed, and further connections are opened instead',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-1'],
    config: { http2: 'only', maxStreamsPerConnection: 100, maxConnections: 4 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true, maxStreams: 5 } })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 40, carried: 20 }, () => equal(context.sockets.opened, 4, 'sockets opened'))
      await keptTo(context, 5)
      equal(context.sockets.peak, 4, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/limit-raised',
    title: 'a limit that the server raises lets waiting requests in at once',
    covers: ['http2', 'maxStreamsPerConnection'],
    config: { http2: true, maxStreamsPerConnection: 100, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true, maxStreams: 2 } })
      const pool = context.pool()
      await crowd(context, pool, origin, { asks: 8, carried: 2 }, async () => {
        equal(await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 5 }), 1, 'sessions')
        await context.arrived(origin, 5)
        await pending(context, pool, 3)
      })
      await keptTo(context, 5)
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/limit-lowered',
    title: 'a limit that the server lowers cuts nothing, and holds from then on',
    covers: ['http2', 'maxStreamsPerConnection'],
    config: { http2: true, maxStreamsPerConnection: 100, maxConnections: 1 },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true, maxStreams: 6 })
      const first = context.sendMany(pool, 6, origin.url('hold=first'))
      await context.arrived(origin, 6)
      await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 2 })
      const second = context.sendMany(pool, 6, origin.url('hold=second'))
      await pending(context, pool, 6)
      await context.probe.release('first')
      await first
      await context.arrived(origin, 2)
      await pending(context, pool, 4)
      await context.probe.release('second')
      await second
      for (const { refused } of await streamsOf(context)) equal(refused, 0, 'streams that the server refused')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/limit-zero',
    title: 'a server that allows no stream for a while is waited for, no longer than acquireTimeout',
    covers: ['http2', 'acquireTimeout', 'ERR_POOL_ACQUIRE_TIMEOUT'],
    config: { http2: true, maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true, maxStreams: 4 })
      await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 0 })
      const held = context.sendMany(pool, 3, origin.url('n=1'))
      await pending(context, pool, 3)
      same((await context.seen()).length, 1, 'requests the server saw')
      await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 3 })
      await held
      same(await context.requestsPerConnection(), [4], 'requests per connection')
      await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 0 })
      pool.reconfigure({ acquireTimeout: 100 })
      failedWith(await context.outcome(pool, origin.url('n=2')), 'ERR_POOL_ACQUIRE_TIMEOUT', 'a request that waits too long')
    },
  },
  {
    ...byAlpn,
    id: 'http2/limit-zero-at-first',
    title: 'so is one that begins so',
    covers: ['http2', 'acquireTimeout'],
    config: { http2: true, maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true, maxStreams: 0 } })
      const pool = context.pool()
      const held = context.sendMany(pool, 3, origin.url('hold=all'))
      await context.eventually(async () => (await streamsOf(context)).length, 1, 'sessions at the server')
      // By then it is known on both sides how many streams there may be; one may have gone out before.
      await context.sleep(20)
      await context.probe.sessions(origin.id, { do: 'settings', maxStreams: 3 })
      await context.arrived(origin, 3)
      await context.probe.release('all')
      await held
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/fullest-first',
    title: 'a request goes to the fullest connection that has a free slot, so that others may fall idle',
    covers: ['http2', 'maxStreamsPerConnection'],
    config: { http2: true, maxStreamsPerConnection: 4, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      const held = Array.from({ length: 8 }, (_, n) => context.send(pool, origin.url(`hold=${n}&n=${n}`)))
      await context.arrived(origin, 8)
      const [a = [], b = []] = (await context.connections()).map(numbersOf)
      same([a.length, b.length], [4, 4], 'requests by connection')
      // Three of the first connection end, and one of the second.
      const ended = [...a.slice(0, 3), b[0]].map(Number)
      for (const n of ended) await context.probe.release(String(n))
      await Promise.all(ended.map((n) => held[n]))
      await context.eventually(() => pool.stats().streams.active, 4, 'stats().streams.active')
      const late = context.send(pool, origin.url('hold=late&n=late'))
      await context.arrived(origin, 5)
      equal(
        (await context.connections()).findIndex((one) => numbersOf(one).includes('late')),
        1,
        'connection of the next request',
      )
      for (const key of ['late', ...a, ...b]) await context.probe.release(key)
      await Promise.all([...held, late])
    },
  },
  {
    ...byAlpn,
    id: 'http2/waits-in-time',
    title: 'a request for which there is no stream is told so in time, and maxPending counts it',
    covers: ['maxStreamsPerConnection', 'acquireTimeout', 'maxPending', 'ERR_POOL_ACQUIRE_TIMEOUT', 'ERR_POOL_QUEUE_FULL'],
    config: { http2: true, maxStreamsPerConnection: 2, maxConnections: 1, acquireTimeout: 100, maxPending: 1 },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true })
      await crowd(context, pool, origin, { asks: 2, carried: 2 }, async () => {
        const late = context.outcome(pool, origin.url())
        await pending(context, pool, 1)
        failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_QUEUE_FULL', 'the second that would wait')
        const outcome = await late
        failedWith(outcome, 'ERR_POOL_ACQUIRE_TIMEOUT', 'the one that waits')
        context.took(outcome.ms, 100, 150, 'waiting')
      })
      same(await context.requestsPerConnection(), [3], 'requests per connection')
    },
  },
  {
    ...byAlpn,
    id: 'http2/no-block',
    title: 'block: false refuses what no stream is free for, and takes a free one',
    covers: ['block', 'maxOverflow', 'ERR_POOL_FULL'],
    config: { http2: true, maxStreamsPerConnection: 2, maxConnections: 1, block: false, maxOverflow: 0 },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true })
      await crowd(context, pool, origin, { asks: 2, carried: 2 }, async () =>
        failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_FULL', 'a request without a stream'),
      )
      succeeded(await context.outcome(pool, origin.url()), 'a request afterwards')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/reconfigure',
    title: 'raised, maxStreamsPerConnection lets waiting requests in at once; lowered, it cuts nothing',
    covers: ['maxStreamsPerConnection', 'api:reconfigure'],
    config: { http2: true, maxStreamsPerConnection: 2, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      const first = context.sendMany(pool, 6, origin.url('hold=first'))
      await context.arrived(origin, 2)
      pool.reconfigure({ maxStreamsPerConnection: 5 })
      await context.arrived(origin, 5)
      pool.reconfigure({ maxStreamsPerConnection: 1 })
      await context.probe.release('first')
      for (const { status } of await first) equal(status, 200, 'status')
      const second = context.sendMany(pool, 3, origin.url('hold=second'))
      await context.arrived(origin, 1)
      await pending(context, pool, 2)
      await context.probe.release('second')
      await second
      equal(context.sockets.opened, 1, 'sockets opened')
      await keptTo(context, 5)
    },
  },
  {
    ...byAlpn,
    id: 'http2/many',
    title: 'a thousand requests on two connections of ten streams: all answered, in the order of their coming',
    covers: ['maxConnections', 'maxStreamsPerConnection', 'rule-1', 'rule-2'],
    config: { http2: true, maxStreamsPerConnection: 10, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      await context.sendMany(pool, 1000, origin.url())
      atMost(context.sockets.opened, 2, 'sockets opened')
      await keptTo(context, 10)
      const { created, reused } = pool.stats()
      same({ created, reused }, { created: context.sockets.opened, reused: 1000 - context.sockets.opened }, 'stats()')
    },
  },
]
