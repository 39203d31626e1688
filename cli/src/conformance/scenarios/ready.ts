import { atLeast, atMost, equal, same } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** `minIdleConnectionsPerHost` and `preconnect`: connections that are there before a request needs them. */
export const ready: readonly Scenario[] = [
  {
    id: 'ready/preconnect',
    title: 'requests go on the connections that preconnect has opened, without a connect or a handshake of their own',
    covers: ['api:preconnect'],
    config: {},
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      equal(await pool.preconnect(origin.url(), 3), 3, 'idle connections when preconnect resolves')
      equal(pool.stats().idle, 3, 'stats().idle')
      const answers = context.sendMany(pool, 3, origin.url('hold=ready'))
      await context.arrived(origin, 3)
      await context.probe.release('ready')
      await answers
      equal(context.sockets.opened, 3, 'sockets opened for 3 requests at once')
      same(await context.requestsPerConnection(), [1, 1, 1], 'requests per connection')
      const { created, reused } = pool.stats()
      same({ created, reused }, { created: 3, reused: 0 }, 'stats()')
      equal(await pool.preconnect(origin.url(), 2), 3, 'idle connections, more than asked for')
    },
  },
  {
    id: 'ready/preconnect-within-caps',
    title: 'preconnect opens what the limits allow, and evicts nobody',
    covers: ['api:preconnect', 'maxConnections', 'maxConnectionsPerHost'],
    config: { maxConnections: 3, maxConnectionsPerHost: 2 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      equal(await pool.preconnect(a.url(), 5), 2, 'as many as the host may have')
      equal(await pool.preconnect(b.url(), 5), 1, 'as many as the total has left')
      const { open, evicted } = pool.stats()
      same({ open, evicted }, { open: 3, evicted: 0 }, 'stats()')
      equal(context.sockets.peak, 3, 'most sockets at one time')
    },
  },
  {
    id: 'ready/preconnect-refuses',
    title: 'preconnect names an argument that is none, and knows when the pool is closed',
    covers: ['api:preconnect', 'ERR_POOL_CLOSED'],
    config: {},
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          () => 'none',
          (error: { readonly code?: string }) => error.code,
        )
      equal(await codeOf(pool.preconnect('api.example.com')), 'ERR_POOL_UNSUPPORTED', 'code for a host without a scheme')
      equal(await codeOf(pool.preconnect(origin.url(), 0)), 'ERR_POOL_UNSUPPORTED', 'code for a count of 0')
      await pool.close()
      equal(await codeOf(pool.preconnect(origin.url())), 'ERR_POOL_CLOSED', 'code for a closed pool')
      equal(context.sockets.opened, 0, 'sockets opened')
    },
  },
  {
    id: 'ready/kept-up',
    title: 'connections are kept ready beside those in use, replaced when they expire, and let go when nobody asks any more',
    covers: ['minIdleConnectionsPerHost'],
    config: { minIdleConnectionsPerHost: 2, keepAliveExpiry: 200 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 2, origin.url('hold=kept'))
      await context.eventually(() => pool.stats().idle, 2, 'idle connections beside two in use')
      await context.probe.release('kept')
      await held
      // Both, at least: a busy machine may not get further within ten times 200 ms.
      await context.eventually(() => context.sockets.opened >= 6, true, 'replaced when they have expired', 5000)
      atMost(context.sockets.peak, 8, 'most sockets at one time')
      await context.eventually(() => context.sockets.open, 0, 'sockets once the host was not used for ten times as long', 5000)
    },
  },
  {
    id: 'ready/from-the-start',
    title: 'a host that the config names with its scheme has connections ready before the first request',
    covers: ['minIdleConnectionsPerHost', 'hosts'],
    config: { minIdleConnectionsPerHost: 0, hosts: {} },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool({
        ...context.config,
        hosts: { [new URL(origin.url()).origin]: { minIdleConnectionsPerHost: 1 } },
      })
      await context.eventually(() => pool.stats().idle, 1, 'idle connections before any request')
      await context.send(pool, origin.url())
      same((await context.connections()).filter(({ requests }) => requests.length > 0).length, 1, 'connections with requests')
      const [first] = await context.connections()
      equal(first?.requests.length, 1, 'requests on the connection that was ready')
    },
  },
  {
    id: 'ready/gives-way',
    title: 'what is kept ready gives way to a request of another host, and comes back when there is room',
    covers: ['minIdleConnectionsPerHost', 'maxConnections'],
    config: { maxConnections: 2, minIdleConnectionsPerHost: 0 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool({ ...context.config, hosts: { [new URL(a.url()).origin]: { minIdleConnectionsPerHost: 2 } } })
      await context.eventually(() => pool.stats().idle, 2, 'idle connections to the host that has some ready')
      await context.send(pool, b.url('close=1'))
      equal(pool.stats().evicted, 1, 'stats().evicted')
      await context.eventually(() => pool.stats().hosts[a.key]?.idle, 2, 'idle connections when the other host has none', 3000)
      equal(context.sockets.peak, 2, 'most sockets at one time')
    },
  },
  {
    id: 'ready/no-storm',
    title: 'a host that turns connections away is not stormed, and requests to it fail as ever',
    covers: ['minIdleConnectionsPerHost'],
    config: { minIdleConnectionsPerHost: 0 },
    async run(context) {
      const origin = await context.origin({ mode: 'reset' })
      context.pool({ ...context.config, hosts: { [new URL(origin.url()).origin]: { minIdleConnectionsPerHost: 3 } } })
      await context.eventually(() => context.sockets.opened >= 6, true, 'tried once more', 3000)
      // Three at once, a quarter of a second later at the most three more, then twice as long, and so on.
      atMost(context.sockets.opened, 9, 'sockets opened by then')
      atLeast(context.sockets.opened, 6, 'sockets opened by then')
    },
  },
]
