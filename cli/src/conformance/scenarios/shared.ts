import { atMost, check, equal, failedWith, same, succeeded } from '../expect.ts'
import { slowLookup } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

const peers = ['node-http', 'undici']

/** One budget for two clients: `createPool(otherPool)`. */
export const shared: readonly Scenario[] = [
  {
    id: 'shared/total',
    title: 'connections of both clients count together',
    covers: ['api:shared-budget', 'maxConnections', 'rule-1'],
    config: { maxConnections: 3 },
    peers,
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const second = context.peerPool(pool)
      const urls = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? a : b).url('delay=5'))
      await Promise.all([...urls.map((url) => context.send(pool, url)), ...urls.map((url) => context.peer.send(second, url))])
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      same(second.stats(), pool.stats(), 'stats() of both pools')
      equal(pool.stats().created + pool.stats().reused, 24, 'stats().created + stats().reused')
    },
  },
  {
    id: 'shared/per-host',
    title: 'the limit of one host counts both clients',
    covers: ['api:shared-budget', 'maxConnectionsPerHost', 'rule-1'],
    config: { maxConnectionsPerHost: 2 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      const url = origin.url('delay=5')
      const own = context.sendMany(pool, 8, url)
      await Promise.all([own, ...Array.from({ length: 8 }, () => context.peer.send(second, url))])
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'shared/evicts',
    title: "each client's idle connection makes room for the other, and neither uses the other's",
    covers: ['api:shared-budget', 'rule-2'],
    config: { maxConnections: 1 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      for (let round = 0; round < 2; round++) {
        const own = await context.outcome(pool, origin.url('by=first'))
        succeeded(own, 'a request of the first client')
        context.took(own.ms, 0, 150, 'a request of the first client')
        const other = await context.peer.outcome(second, origin.url('by=second'))
        succeeded(other, 'a request of the second client')
        context.took(other.ms, 0, 150, 'a request of the second client')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      equal(pool.stats().evicted, 3, 'stats().evicted')
      same(await context.requestsPerConnection(), [1, 1, 1, 1], 'requests per connection')
    },
  },
  {
    id: 'shared/just-too-few',
    title: 'one connection less than both clients have in flight, slow connects: connections stay where they are',
    covers: ['api:shared-budget', 'maxConnections', 'rule-2', 'trap:idle-closed-for-anybody'],
    config: { maxConnections: 4 },
    peers,
    async run(context) {
      const url = (await context.origin()).url('delay=10', 'host.test')
      const pool = context.pool(context.config, { lookup: slowLookup(10) })
      const second = context.peerPool(pool, { lookup: slowLookup(10) })
      const call = async (send: () => Promise<unknown>) => {
        for (let nth = 0; nth < 40; nth++) await send()
      }
      const own = Array.from({ length: 2 }, () => call(() => context.send(pool, url)))
      const others = Array.from({ length: 3 }, () => call(() => context.peer.send(second, url)))
      await Promise.all([...own, ...others])
      // Where connects count for nothing, about a hundred.
      atMost(context.sockets.opened, 20, 'sockets opened for 200 requests of two clients')
      atMost(context.sockets.peak, 4, 'most client sockets at one time')
    },
  },
  {
    id: 'shared/queue',
    title: 'requests of both clients wait in one queue',
    covers: ['api:shared-budget', 'rule-2', 'maxPending', 'ERR_POOL_QUEUE_FULL'],
    config: { maxConnections: 1, maxPending: 2 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const waiting = [context.peer.outcome(second, origin.url('n=1'))]
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      waiting.push(context.outcome(pool, origin.url('n=2')))
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      failedWith(await context.peer.outcome(second, origin.url('n=3')), 'ERR_POOL_QUEUE_FULL', 'the third that would wait')
      await context.probe.release('first')
      await held
      for (const outcome of await Promise.all(waiting)) succeeded(outcome, 'a waiting request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'shared/reconfigure',
    title: 'reconfigure of either applies to both',
    covers: ['api:shared-budget', 'api:reconfigure'],
    config: { maxConnections: 1 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      second.reconfigure({ maxConnections: 4 })
      equal(pool.config.maxConnections, 4, 'config.maxConnections of the first pool')
      const held = [context.sendMany(pool, 2, origin.url('hold=all')), context.peer.send(second, origin.url('hold=all'))]
      await context.arrived(origin, 3)
      await context.probe.release('all')
      await Promise.all(held)
    },
  },
  {
    id: 'shared/close-one',
    title: 'closing one pool leaves the other at work, with the whole budget',
    covers: ['api:shared-budget', 'api:close', 'ERR_POOL_CLOSED'],
    config: { maxConnections: 2 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      const answers = [context.send(pool, origin.url('hold=both')), context.peer.send(second, origin.url('hold=both'))]
      await context.arrived(origin, 2)
      await context.probe.release('both')
      await Promise.all(answers)
      await pool.close()
      await context.eventually(() => context.sockets.open, 1, 'client sockets after one pool closed')
      failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_CLOSED', 'a request of the closed pool')
      const held = Promise.all([1, 2].map(() => context.peer.send(second, origin.url('hold=second'))))
      await context.arrived(origin, 2)
      await context.probe.release('second')
      await held
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'shared/destroy-one',
    title: 'destroying one pool fails its own requests only, and frees its slots for the other',
    covers: ['api:shared-budget', 'api:destroy'],
    config: { maxConnections: 1 },
    peers,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      const running = context.outcome(pool, origin.url('hold=never'))
      await context.arrived(origin, 1)
      const own = context.outcome(pool, origin.url('own=1'))
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      const other = context.peer.outcome(second, origin.url('other=1'))
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      await pool.destroy()
      check((await running).error !== undefined, 'the running request of the destroyed pool has failed')
      failedWith(await own, 'ERR_POOL_CLOSED', 'the waiting request of the destroyed pool')
      succeeded(await other, 'the waiting request of the other pool')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
]
