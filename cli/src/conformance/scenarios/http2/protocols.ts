import type { ScenarioContext } from '../../context.ts'
import { atMost, equal, failed, failedByItself, same, succeeded, throwsPoolError } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { overtaking } from '../loads.ts'
import { byAlpn, keptTo, meet, streamsOf, versionsOf } from './shared.ts'

/** Which protocol is spoken with whom, and how hosts and clients share a budget. */
export const protocols: readonly Scenario[] = [
  {
    id: 'http2/refused',
    title: 'who cannot hold http2 says so at createPool, and speaks HTTP/1.1 where it is not asked to',
    covers: ['http2'],
    config: { http2: true },
    async run(context) {
      const { driver, module } = context.client
      const able = driver.abilities.includes('http2') && !driver.lacks?.(module).includes('http2')
      if (able) return void context.pool()
      throwsPoolError('ERR_POOL_UNSUPPORTED', 'createPool with http2: true', () => context.pool())
      throwsPoolError('ERR_POOL_UNSUPPORTED', 'createPool with http2 for one host', () =>
        context.pool({ hosts: { 'a.test': { http2: 'only' } } }),
      )
      await speaksHttp1(context)
    },
    absent: speaksHttp1,
  },
  {
    ...byAlpn,
    id: 'http2/fallback',
    title: 'a server that does not speak HTTP/2 is spoken HTTP/1.1 to, and connections count as ever',
    covers: ['http2', 'maxConnections', 'rule-1', 'rule-6'],
    config: { http2: true, maxConnections: 3 },
    async run(context) {
      const known = [
        await context.origin(),
        await context.origin({ http2: { alpn: ['http/1.1'] } }),
        await context.origin({ http2: { alpn: [] } }),
      ]
      const pool = context.pool()
      for (const [at, origin] of known.entries()) {
        const held = context.sendMany(pool, 5, origin.url(`hold=${at}`))
        await context.arrived(origin, 3)
        equal(context.sockets.totals(origin.port).open, 3, 'client sockets to it')
        await context.probe.release(String(at))
        await held
        same(await versionsOf(context, origin), ['1.1'], 'HTTP versions')
        // What was learnt of it does not cost the next burst a round trip: all three are opened at once, or there already.
        const again = context.sendMany(pool, 3, origin.url(`hold=again-${at}`))
        await context.arrived(origin, 3)
        await context.probe.release(`again-${at}`)
        await again
      }
      equal(context.sockets.peak, 3, 'most client sockets at one time')
    },
  },
  {
    needs: ['http2'],
    id: 'http2/plain-text',
    title: 'true is HTTP/1.1 to an http origin: only prior knowledge could know better',
    covers: ['http2'],
    config: { http2: true },
    async run(context) {
      const origin = await context.origin({ scheme: 'http' })
      const pool = context.pool()
      const held = context.sendMany(pool, 2, origin.url('hold=all'))
      await context.arrived(origin, 2)
      equal(context.sockets.open, 2, 'client sockets')
      await context.probe.release('all')
      await held
      same(await versionsOf(context, origin), ['1.1'], 'HTTP versions')
    },
  },
  {
    ...byAlpn,
    id: 'http2/only',
    title: "'only' sends nothing to a server that does not speak HTTP/2, and its place is free",
    covers: ['http2', 'rule-4'],
    config: { http2: 'only', maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const strict = await context.origin({ http2: { alpn: ['http/1.1'] } })
      const ignorant = await context.origin({ http2: { alpn: [] } })
      const good = await context.origin({ http2: true })
      const pool = context.pool()
      for (const origin of [strict, ignorant, strict, ignorant]) {
        failed(await context.outcome(pool, origin.url(), { method: 'POST', body: 'x' }), 'a request to a server of HTTP/1.1')
        same(await context.seen(origin), [], 'requests that the server saw')
        succeeded(await context.outcome(pool, good.url()), 'a request to a server of HTTP/2')
      }
      same(await versionsOf(context, good), ['2.0'], 'HTTP versions')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    needs: ['http2'],
    id: 'http2/only-plain-text',
    title: 'nor does it to an http server of HTTP/1.1: the request fails, and its place is free',
    covers: ['http2', 'rule-4'],
    config: { http2: 'only', maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const [old, good] = [await context.origin({ scheme: 'http' }), await context.origin({ scheme: 'http', http2: true })]
      const pool = context.pool()
      for (let round = 0; round < 2; round++) {
        failedByItself(await context.outcome(pool, old.url()), 'a request to a server of HTTP/1.1')
        succeeded(await context.outcome(pool, good.url()), 'a request to a server of HTTP/2')
      }
      same(await context.seen(old), [], 'requests that the server saw')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/two-behind-one-name',
    title: 'servers of both protocols behind one name: every request is answered, and the cap holds',
    covers: ['http2', 'maxConnections', 'rule-1', 'rule-2'],
    config: { http2: true, maxConnections: 3, maxStreamsPerConnection: 4, maxRequestsPerConnection: 5 },
    async run(context) {
      const alpn = Array.from({ length: 60 }, (_, at) => (at % 3 === 1 ? ('h2' as const) : ('http/1.1' as const)))
      const origin = await context.origin({ http2: { alpn } })
      const pool = context.pool()
      const outcomes = await Promise.all(Array.from({ length: 80 }, () => context.outcome(pool, origin.url('delay=3'))))
      for (const outcome of outcomes) succeeded(outcome, 'a request')
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      same((await versionsOf(context, origin)).sort(), ['1.1', '2.0'], 'HTTP versions')
      for (const served of await context.requestsPerConnection()) atMost(served, 5, 'requests on one connection')
      await keptTo(context, 4)
    },
  },
  {
    ...byAlpn,
    id: 'http2/alpn-lies',
    title: 'a server that agrees to HTTP/2 and speaks something else fails its requests, and its place is free',
    covers: ['http2', 'rule-4', 'rule-7'],
    config: { http2: true, maxConnections: 1, acquireTimeout: 20_000, retryStale: false },
    async run(context) {
      const liar = await context.origin({ http2: { alpn: ['lies'] } })
      const good = await context.origin({ http2: { alpn: ['lies', 'h2'] } })
      const pool = context.pool()
      failedByItself(await context.outcome(pool, good.url()), 'a request to a server that lies the first time')
      for (let round = 0; round < 2; round++) {
        const outcomes = await Promise.all([1, 2, 3].map(() => context.outcome(pool, liar.url())))
        for (const outcome of outcomes) failedByItself(outcome, 'a request to a server that lies')
        succeeded(await context.outcome(pool, good.url()), 'a request to a server that has become honest')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/by-host',
    title: 'http2 and maxStreamsPerConnection by host: one speaks HTTP/2, the other HTTP/1.1',
    covers: ['hosts', 'http2', 'maxStreamsPerConnection'],
    config: { hosts: {}, http2: false, maxStreamsPerConnection: 100 },
    async run(context) {
      const [modern, narrow, old] = [
        await context.origin({ http2: true }),
        await context.origin({ http2: true }),
        await context.origin({ http2: true }),
      ]
      const pool = context.pool({
        ...context.config,
        hosts: {
          [`127.0.0.1:${modern.port}`]: { http2: true },
          [`127.0.0.1:${narrow.port}`]: { http2: 'only', maxStreamsPerConnection: 2 },
        },
      })
      const held = [modern, narrow, old].map((origin) => context.sendMany(pool, 4, origin.url('hold=all')))
      for (const origin of [modern, narrow, old]) await context.arrived(origin, 4)
      const open = [modern, narrow, old].map(({ port }) => context.sockets.totals(port).open)
      same(open, [1, 2, 4], 'client sockets for four requests to each')
      await context.probe.release('all')
      await Promise.all(held)
      same(await versionsOf(context, old), ['1.1'], 'HTTP versions of the host without')
      await keptTo(context, 2, narrow)
    },
  },
  {
    ...byAlpn,
    id: 'http2/reconfigured-protocol',
    title: 'reconfigure changes the protocol of connections to come',
    covers: ['http2', 'api:reconfigure'],
    config: { http2: false, maxConnections: 4 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await context.send(pool, origin.url('n=1'))
      pool.reconfigure({ http2: true, maxConnections: 4 })
      const held = context.sendMany(pool, 6, origin.url('hold=all'))
      await context.arrived(origin, 6)
      await context.probe.release('all')
      await held
      equal((await streamsOf(context)).length >= 1, true, 'at least one HTTP/2 connection')
      atMost(context.sockets.peak, 4, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/busy-session-yields',
    title: 'a session that is never idle lets another host in when the total is full',
    covers: ['http2', 'maxConnections', 'rule-1', 'rule-2'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 10 },
    async run(context) {
      const [a, b] = [await context.origin({ http2: true }), await context.origin({ http2: true })]
      const pool = context.pool()
      const overtook = await overtaking(context, pool, { busy: a, other: b, atATime: 6 }, () =>
        context.eventually(async () => (await context.seen(a)).length > 10, true, 'the load runs'),
      )
      // "Bounded" has no figure in the contract; without draining it is without end.
      atMost(overtook, 1000, 'requests that overtook it')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      equal(pool.stats().draining, 0, 'stats().draining afterwards')
    },
  },
  {
    ...byAlpn,
    id: 'http2/idle-session-yields',
    title: 'an idle session makes room for another host, and is gone first',
    covers: ['http2', 'maxConnections', 'rule-1', 'rule-2'],
    config: { http2: true, maxConnections: 1 },
    async run(context) {
      const [a, b] = [await context.origin({ http2: true }), await context.origin()]
      const pool = context.pool()
      for (let round = 0; round < 3; round++) {
        await context.sendMany(pool, 5, a.url())
        await context.send(pool, b.url())
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      equal(pool.stats().evicted, 5, 'stats().evicted')
    },
  },
  {
    ...byAlpn,
    id: 'http2/shared-budget',
    title: 'sessions of this client and HTTP/1.1 connections of another count together',
    covers: ['http2', 'maxConnections', 'api:shared-budget', 'rule-1', 'rule-2'],
    config: { http2: true, maxConnections: 3, maxStreamsPerConnection: 5 },
    peers: ['axios', 'node-http'],
    async run(context) {
      const [a, b] = [await context.origin({ http2: true }), await context.origin({ http2: true })]
      const pool = context.pool()
      // Who cannot hold a field of the budget says so, unless it is told that this is known.
      const second = context.peerPool(pool, { strict: false })
      const own = Array.from({ length: 40 }, (_, at) => context.send(pool, (at % 2 === 0 ? a : b).url('delay=5&by=own')))
      const others = Array.from({ length: 20 }, (_, at) =>
        context.peer.send(second, (at % 2 === 0 ? a : b).url('delay=5&by=other')),
      )
      await Promise.all([...own, ...others])
      atMost(context.sockets.peak, 3, 'most client sockets at one time')
      same(second.stats(), pool.stats(), 'stats() of both pools')
      const { created, reused } = pool.stats()
      equal(created + reused, 60, 'stats().created + stats().reused')
      for (const { requests, http2 } of await context.connections()) {
        const by = [...new Set(requests.map(({ url }) => url.split('by=')[1]))]
        same(by, [http2 ? 'own' : 'other'], 'whose requests a connection carried')
      }
      await meet(context, pool, a)
      await keptTo(context, 5)
    },
  },
]

/** A server that offers HTTP/2 is spoken HTTP/1.1 to. */
async function speaksHttp1(context: ScenarioContext): Promise<void> {
  const origin = await context.origin({ scheme: 'https', http2: true })
  const pool = context.pool({})
  await context.send(pool, origin.url())
  same(await versionsOf(context, origin), ['1.1'], 'HTTP versions')
}
