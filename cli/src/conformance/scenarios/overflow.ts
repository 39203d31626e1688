import { atMost, equal, failedWith, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** `block` and `maxOverflow`. */
export const overflow: readonly Scenario[] = [
  {
    id: 'overflow/block-false-unlimited',
    title: 'block false: temporary connections beyond the limit, each closed after its request',
    covers: ['block'],
    config: { block: false, maxConnections: 2 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 6, origin.url('hold=all'))
      await context.arrived(origin, 6)
      equal(context.sockets.open, 6, 'client sockets')
      equal(pool.stats().overflowed, 4, 'stats().overflowed')
      await context.probe.release('all')
      await held
      await context.eventually(() => context.sockets.open, 2, 'client sockets afterwards')
      await context.eventually(() => pool.stats().idle, 2, 'stats().idle')
    },
  },
  {
    id: 'overflow/block-false-none',
    title: 'block false and maxOverflow 0: the request over the limit fails at once',
    covers: ['block', 'maxOverflow', 'ERR_POOL_FULL'],
    config: { block: false, maxOverflow: 0, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 2, origin.url('hold=all'))
      await context.arrived(origin, 2)
      const outcome = await context.outcome(pool, origin.url())
      failedWith(outcome, 'ERR_POOL_FULL', 'the third request')
      context.took(outcome.ms, 0, 50, 'the refusal')
      equal(pool.stats().rejected, 1, 'stats().rejected')
      await context.probe.release('all')
      await held
      await context.send(pool, origin.url())
      equal(context.sockets.opened, 2, 'sockets opened')
    },
  },
  {
    id: 'overflow/lowered',
    title: 'no connection is opened while more are open than a lowered limit and the overflow allow',
    covers: ['maxOverflow', 'maxConnections', 'api:reconfigure', 'rule-1'],
    config: { maxConnections: 6, maxOverflow: 0 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const before = context.sendMany(pool, 6, origin.url('hold=before'))
      await context.arrived(origin, 6)
      pool.reconfigure({ maxConnections: 1, maxOverflow: 2 })
      const after = context.sendMany(pool, 4, origin.url('hold=after'))
      await context.eventually(() => pool.stats().pending, 4, 'stats().pending')
      equal(context.sockets.opened, 6, 'sockets opened while six are open')
      await context.probe.release('before')
      await before
      await context.arrived(origin, 3)
      equal(context.sockets.open, 3, 'client sockets')
      await context.probe.release('after')
      await after
    },
  },
  {
    id: 'overflow/lowered-per-host',
    title: 'the same for the limit of one host',
    covers: ['maxOverflow', 'maxConnectionsPerHost', 'api:reconfigure', 'rule-1'],
    config: { maxConnectionsPerHost: 6, maxOverflow: 0 },
    async run(context) {
      const [origin, other] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const before = context.sendMany(pool, 6, origin.url('hold=before'))
      await context.arrived(origin, 6)
      pool.reconfigure({ maxConnectionsPerHost: 1, maxOverflow: 2 })
      const after = context.sendMany(pool, 4, origin.url('hold=after'))
      await context.eventually(() => pool.stats().pending, 4, 'stats().pending')
      equal(context.sockets.totals(origin.port).opened, 6, 'sockets to the host while six are open')
      succeeded(await context.outcome(pool, other.url()), 'a request to another host')
      await context.probe.release('before')
      await before
      await context.arrived(origin, 3)
      await context.probe.release('after')
      await after
    },
  },
  {
    id: 'overflow/block-false-per-host',
    title: 'block false and maxOverflow 0 refuse at the limit of one host, and only there',
    covers: ['block', 'maxOverflow', 'maxConnectionsPerHost', 'ERR_POOL_FULL'],
    config: { block: false, maxOverflow: 0, maxConnectionsPerHost: 1 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const held = context.send(pool, a.url('hold=a'))
      await context.arrived(a, 1)
      failedWith(await context.outcome(pool, a.url()), 'ERR_POOL_FULL', 'a second request to the full host')
      succeeded(await context.outcome(pool, b.url()), 'a request to another host')
      await context.probe.release('a')
      await held
    },
  },
  {
    id: 'overflow/block-false-one',
    title: 'maxOverflow counts open temporary connections over all hosts; a closed one makes room',
    covers: ['block', 'maxOverflow', 'maxConnectionsPerHost', 'ERR_POOL_FULL'],
    config: { block: false, maxOverflow: 1, maxConnectionsPerHost: 1 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const held = [context.sendMany(pool, 2, a.url('hold=a')), context.send(pool, b.url('hold=b'))]
      await Promise.all([context.arrived(a, 2), context.arrived(b, 1)])
      failedWith(await context.outcome(pool, b.url()), 'ERR_POOL_FULL', 'a request while the one temporary connection is open')
      await context.probe.release('a')
      await held[0]
      await context.eventually(() => context.sockets.totals(a.port).open, 1, 'sockets to the first host')
      succeeded(await context.outcome(pool, b.url()), 'a request after the temporary connection closed')
      equal(pool.stats().overflowed, 2, 'stats().overflowed')
      await context.probe.release('b')
      await held[1]
    },
  },
  {
    id: 'overflow/then-wait',
    title: 'block true: first the limit, then the overflow, then waiting',
    covers: ['block', 'maxOverflow'],
    config: { block: true, maxOverflow: 1, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 4, origin.url('hold=all'))
      await context.arrived(origin, 2)
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      equal(context.sockets.open, 2, 'client sockets')
      equal(pool.stats().overflowed, 1, 'stats().overflowed')
      await context.probe.release('all')
      await held
      atMost(context.sockets.peak, 2, 'most client sockets at one time')
      await context.eventually(() => context.sockets.open, 1, 'client sockets afterwards')
    },
  },
  {
    id: 'overflow/evicts-before',
    title: 'an idle connection of another host makes room before anything is refused or overflows',
    covers: ['block', 'maxOverflow', 'maxConnections', 'rule-2'],
    config: { block: false, maxOverflow: 0, maxConnections: 1 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      await context.send(pool, a.url())
      succeeded(await context.outcome(pool, b.url()), 'a request while the only connection idles elsewhere')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      equal(pool.stats().evicted, 1, 'stats().evicted')
    },
  },
]
