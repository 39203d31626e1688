import { atMost, between, equal, same, succeeded } from '../expect.ts'
import { loopback } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

/** Rule 1: a cap is a cap. */
export const caps: readonly Scenario[] = [
  {
    id: 'caps/total',
    title: 'maxConnections holds over all hosts, and is used in full',
    covers: ['maxConnections', 'rule-1', 'rule-6', 'trap:total-overshoot'],
    config: { maxConnections: 3 },
    schemes: ['http', 'https'],
    async run(context) {
      const origins = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      await Promise.all(origins.map((origin) => context.sendMany(pool, 8, origin.url('delay=10'))))
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      atMost(pool.stats().open, 3, 'stats().open')
    },
  },
  {
    id: 'caps/per-host',
    title: 'maxConnectionsPerHost holds for each origin by itself',
    covers: ['maxConnectionsPerHost', 'rule-1'],
    config: { maxConnectionsPerHost: 2 },
    schemes: ['http', 'https'],
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      await Promise.all([context.sendMany(pool, 8, a.url('delay=20')), context.sendMany(pool, 8, b.url('delay=20'))])
      equal(context.sockets.totals(a.port).peak, 2, 'sockets to the first origin')
      equal(context.sockets.totals(b.port).peak, 2, 'sockets to the second origin')
      equal(context.sockets.opened, 4, 'sockets opened')
    },
  },
  {
    id: 'caps/both-schemes',
    title: 'http and https count under one total',
    covers: ['maxConnections', 'rule-1'],
    config: { maxConnections: 2 },
    async run(context) {
      const [plain, secure] = [await context.origin({ scheme: 'http' }), await context.origin({ scheme: 'https' })]
      const pool = context.pool()
      await Promise.all([context.sendMany(pool, 8, plain.url('delay=10')), context.sendMany(pool, 8, secure.url('delay=10'))])
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'caps/reuse',
    title: 'one connection serves many requests, waiting ones too',
    covers: ['maxConnections', 'keepAlive', 'api:stats'],
    config: { maxConnections: 1, keepAlive: true },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 5, origin.url())
      for (let sent = 0; sent < 3; sent++) await context.send(pool, origin.url())
      same(await context.requestsPerConnection(), [8], 'requests per connection')
    },
  },
  {
    id: 'caps/server-closes-each',
    title: 'the cap holds while the server closes every connection after its answer',
    covers: ['maxConnectionsPerHost', 'rule-1', 'rule-4', 'trap:undici7-agent-rebuilds-pool'],
    config: { maxConnectionsPerHost: 3 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 24, origin.url('close=1'))
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      equal(context.sockets.opened, 24, 'sockets opened')
      await context.eventually(() => pool.stats().open, 0, 'stats().open')
    },
  },
  {
    id: 'caps/churn',
    title: 'the cap holds through resets, aborts and closing servers, and every slot comes back',
    covers: ['maxConnections', 'rule-1', 'rule-4'],
    config: { maxConnections: 3, retryStale: false },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const queries = ['delay=5', 'reset=headers', 'close=1', 'size=50000&reset=body', 'fin=after', 'delay=60&abort=1']
      const outcomes = Array.from({ length: 48 }, (_, at) => {
        const query = queries[at % queries.length] ?? ''
        // A body that is cut off node-fetch 2 waits for without end, now and then, when the pool has long had its place back.
        const patience = query.endsWith('abort=1') ? 10 + at : query.endsWith('reset=body') ? 8000 : undefined
        const signal = patience === undefined ? {} : { signal: AbortSignal.timeout(patience) }
        return context.outcome(pool, (at % 2 === 0 ? a : b).url(query), signal)
      })
      await Promise.all(outcomes)
      // By now the answers are in; the sockets of refused ones may still be closing.
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      equal(pool.stats().pending, 0, 'stats().pending')
      // All three slots are free again, once the FINs that are under way have come.
      await context.sleep(30)
      const held = context.sendMany(pool, 3, a.url('hold=all'))
      await context.arrived(a, 3)
      await context.probe.release('all')
      await held
      atMost(context.sockets.peak, 3, 'most client sockets at one time')
    },
  },
  {
    id: 'caps/names-share-limit',
    title: 'TLS names under one origin share its limit and never a connection',
    covers: ['maxConnectionsPerHost', 'rule-1', 'trap:agent-name-contains-tls'],
    config: { maxConnectionsPerHost: 1 },
    schemes: ['https'],
    needs: ['host-header'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      // The Host header is where every client takes the TLS server name from.
      const names = ['a.probe.test', 'b.probe.test', 'a.probe.test', 'b.probe.test']
      await Promise.all(names.map((host) => context.send(pool, origin.url(), { headers: { host } })))
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      for (const { servername, requests } of await context.connections()) {
        for (const { headers } of requests)
          equal(headers.host, servername ?? '', 'Host header, and the name its connection was made for')
      }
    },
  },
  {
    id: 'caps/name-case',
    title: 'a name and its address are two origins, a name in capitals is not',
    covers: ['maxConnectionsPerHost', 'rule-1'],
    config: { maxConnectionsPerHost: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool(context.config, { lookup: loopback })
      const hosts = ['a.test', 'A.TEST', 'a.test', 'A.test']
      const outcomes = await Promise.all(hosts.map((host) => context.outcome(pool, origin.url('delay=5', host))))
      for (const outcome of outcomes) succeeded(outcome, 'a request by name')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      between(Object.keys(pool.stats().hosts).length, 0, 1, 'origins in stats()')
    },
  },
]
