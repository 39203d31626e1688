import type { ScenarioRequest } from '../client-use.ts'
import type { ScenarioContext } from '../context.ts'
import { atLeast, atMost, equal, same } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

async function oneConnectionServes(context: ScenarioContext, request: ScenarioRequest): Promise<void> {
  const origin = await context.origin()
  const pool = context.pool()
  for (let round = 0; round < 60; round++) await context.send(pool, origin.url(), request)
  // got destroys its request with the answer, now and then before TLS has told that it is written; then node closes the connection.
  const lost = context.client.driver.name === 'got' && context.scheme === 'https' ? 3 : 0
  atMost(pool.stats().created, 1 + lost, 'stats().created')
  if (lost === 0) same(await context.requestsPerConnection(), [60], 'requests per connection')
}

/** How many idle connections are kept. */
export const idle: readonly Scenario[] = [
  {
    id: 'idle/serves-on',
    title: 'one connection serves request after request',
    covers: ['keepAlive', 'maxConnections'],
    config: { maxConnections: 1, keepAlive: true },
    schemes: ['http', 'https'],
    // In one process the server answers only once the client has heard that its request is written.
    ownProcess: true,
    run: (context) => oneConnectionServes(context, {}),
  },
  {
    id: 'idle/serves-on-after-bodies',
    title: 'so it does when the requests have bodies',
    covers: ['keepAlive', 'maxConnections'],
    config: { maxConnections: 1, keepAlive: true },
    schemes: ['http', 'https'],
    ownProcess: true,
    // Not fetch: it writes a body piece by piece, and undici gives a TLS connection up whose answer comes before the end is written.
    only: ['undici', 'undici-dispatch', 'undici-dispatch-legacy', 'axios', 'got', 'node-fetch', 'agentkeepalive', 'node-http'],
    run: (context) => oneConnectionServes(context, { method: 'POST', body: 'x'.repeat(20_000) }),
  },
  {
    id: 'idle/max-total',
    title: 'maxIdleConnections idle connections are kept, over all hosts; the longest idle goes first',
    covers: ['maxIdleConnections', 'trap:no-native-idle-total'],
    config: { maxIdleConnections: 2 },
    schemes: ['http', 'https'],
    async run(context) {
      const [a, b, c] = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      await context.send(pool, a.url())
      await context.send(pool, b.url())
      await context.send(pool, c.url())
      await context.eventually(() => context.sockets.open, 2, 'client sockets left idle')
      equal(context.sockets.totals(a.port).open, 0, 'sockets to the host that idled longest')
      equal(pool.stats().evicted, 1, 'stats().evicted')
      equal(pool.stats().idle, 2, 'stats().idle')
    },
  },
  {
    id: 'idle/max-total-burst',
    title: 'after a burst only maxIdleConnections are left',
    covers: ['maxIdleConnections'],
    config: { maxIdleConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 5)
      await context.eventually(() => context.sockets.open, 2, 'client sockets left idle')
      equal(pool.stats().evicted, 3, 'stats().evicted')
    },
  },
  {
    id: 'idle/max-per-host',
    title: 'maxIdleConnectionsPerHost idle connections are kept for each origin',
    covers: ['maxIdleConnectionsPerHost'],
    config: { maxIdleConnectionsPerHost: 1 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      await Promise.all([context.warm(pool, a, 3), context.warm(pool, b, 2)])
      await context.eventually(() => context.sockets.totals(a.port).open, 1, 'sockets to the first origin')
      await context.eventually(() => context.sockets.totals(b.port).open, 1, 'sockets to the second origin')
      equal(pool.stats().evicted, 3, 'stats().evicted')
    },
  },
  {
    id: 'idle/max-hosts',
    title: 'beyond maxHosts the least recently used origin loses its idle connections',
    covers: ['maxHosts'],
    config: { maxHosts: 2 },
    async run(context) {
      const [a, b, c] = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      await context.warm(pool, a, 2)
      await context.send(pool, b.url())
      await context.send(pool, a.url())
      await context.send(pool, c.url())
      await context.eventually(() => context.sockets.totals(b.port).open, 0, 'sockets to the least recently used origin')
      same(
        [a, c].map(({ port }) => context.sockets.totals(port).open),
        [2, 1],
        'sockets to the two others',
      )
      equal(pool.stats().evicted, 1, 'stats().evicted')
    },
  },
  {
    id: 'idle/max-hosts-active',
    title: 'maxHosts closes nothing that is in use, and refuses no origin',
    covers: ['maxHosts', 'trap:undici-max-origins-throws'],
    config: { maxHosts: 1 },
    async run(context) {
      const origins = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      const held = origins.map((origin) => context.send(pool, origin.url('hold=all')))
      await Promise.all(origins.map((origin) => context.arrived(origin, 1)))
      await context.probe.release('all')
      await Promise.all(held)
      await context.eventually(() => context.sockets.open, 1, 'client sockets left idle')
    },
  },
  {
    id: 'idle/keep-alive-off',
    title: 'keepAlive false: one request a connection, and the server is told so',
    covers: ['keepAlive', 'trap:agent-reuses-without-keep-alive'],
    config: { keepAlive: false, maxConnections: 1 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      // Sent at once: a native agent hands a connection to those that wait, whatever keepAlive says.
      await context.sendMany(pool, 4, origin.url())
      same(await context.requestsPerConnection(), [1, 1, 1, 1], 'requests per connection')
      for (const { requests } of await context.connections()) {
        equal(requests[0]?.headers.connection?.toLowerCase(), 'close', 'Connection header')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      await context.eventually(() => context.sockets.open, 0, 'client sockets afterwards')
      equal(pool.stats().reused, 0, 'stats().reused')
    },
  },
  {
    id: 'idle/lifo',
    title: 'lifo: the connection used last is used next',
    covers: ['scheduling'],
    config: { scheduling: 'lifo' },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 3)
      for (let sent = 0; sent < 6; sent++) await context.send(pool, origin.url())
      same((await context.requestsPerConnection()).sort(), [1, 1, 7], 'requests per connection')
    },
  },
  {
    id: 'idle/fifo',
    title: 'fifo: the connection that idled longest is used next',
    covers: ['scheduling'],
    config: { scheduling: 'fifo' },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 3)
      for (let sent = 0; sent < 6; sent++) await context.send(pool, origin.url())
      same(await context.requestsPerConnection(), [3, 3, 3], 'requests per connection')
    },
  },
  {
    id: 'idle/burst-leftovers',
    title: 'requests that finish while others wait hand their connections over instead of opening more',
    covers: ['maxConnectionsPerHost', 'api:stats'],
    config: { maxConnectionsPerHost: 4 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 40, origin.url())
      equal(context.sockets.opened, 4, 'sockets opened')
      const { created, reused } = pool.stats()
      same({ created, reused }, { created: 4, reused: 36 }, 'stats()')
      atLeast(pool.stats().idle, 4, 'stats().idle')
    },
  },
]
