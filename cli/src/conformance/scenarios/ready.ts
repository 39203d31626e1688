import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ReadyStats } from 'polypool'
import type { AnyPool } from '../client.ts'
import type { ScenarioContext, ScenarioOrigin } from '../context.ts'
import { atLeast, atMost, equal, failed, same } from '../expect.ts'
import { slowLookup } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

function readyTo(pool: AnyPool, { key }: ScenarioOrigin): ReadyStats {
  return pool.stats().ready?.[key] ?? { wanted: 0, idle: 0, failures: 0, retryIn: 0, crowded: false }
}

/**
 * That many connects at a time to an origin that lets none succeed, and then none for a quarter of a second, a half, a whole one, each
 * shortened by up to half. By the client's own clock: a busy machine only makes it longer.
 */
export async function notStormed(context: ScenarioContext, port: number, atOnce: number): Promise<void> {
  const rounds = [0, 125, 375, 875]
  await context.eventually(() => context.sockets.totals(port).opened >= atOnce * rounds.length, true, 'four rounds', 5000)
  const [first = 0, ...others] = context.sockets.all.filter((one) => one.port === port).map(({ openedAt }) => openedAt)
  for (const [index, openedAt] of others.entries()) {
    const least = rounds[Math.floor((index + 1) / atOnce)] ?? 0
    // Timers count whole milliseconds.
    atLeast(openedAt - first, least - 3, `from the first connect to number ${index + 2}, in ms`)
  }
}

const lifetime = 200

/** Has the function called with the milliseconds that each connect of this process takes. */
function onConnect(heed: (ms: number) => void): Disposable {
  const listener = (message: unknown) => heed((message as { readonly connectTime: number }).connectTime)
  subscribe('polypool:connection:open', listener)
  return { [Symbol.dispose]: () => void unsubscribe('polypool:connection:open', listener) }
}

/** `minIdleConnectionsPerHost` and `preconnect`: connections that are there before a request needs them. */
export const ready: readonly Scenario[] = [
  ...[
    { id: 'in-progress', limits: 'there is room for others', config: {} },
    { id: 'in-progress-full', limits: 'there is no room for others', config: { maxConnections: 2 } },
    { id: 'in-progress-refusing', limits: 'no request may wait', config: { maxConnections: 2, block: false, maxOverflow: 0 } },
  ].map(
    ({ id, limits, config }): Scenario => ({
      id: `ready/${id}`,
      title: `connects that preconnect has begun are for the requests that come meanwhile, where ${limits}`,
      covers: ['api:preconnect'],
      config,
      async run(context) {
        const origin = await context.origin()
        const pool = context.pool(config, { lookup: slowLookup(150) })
        const url = origin.url('', 'preconnected.test')
        const opened = pool.preconnect(url, 2)
        await Promise.all([context.send(pool, url), context.send(pool, url)])
        await opened
        equal(context.sockets.opened, 2, 'sockets opened for 2 connects in progress and 2 requests')
        const { created, evicted, rejected } = pool.stats()
        same({ created, evicted, rejected }, { created: 2, evicted: 0, rejected: 0 }, 'stats()')
      },
    }),
  ),
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
      const secured = async () => (await context.connections(origin)).filter(({ securedAt }) => securedAt !== null).length
      await context.eventually(secured, origin.scheme === 'https' ? 3 : 0, 'handshakes that are over before any request')
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
      equal(readyTo(pool, origin).failures, 0, 'failures of connects')
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
    id: 'ready/server-closes',
    title: 'connections that the server ends while they are kept ready are replaced, be it by FIN or by RST',
    covers: ['minIdleConnectionsPerHost'],
    config: { minIdleConnectionsPerHost: 0, keepAliveExpiry: '10m', hosts: {} },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool({ ...context.config, hosts: { [origin.key]: { minIdleConnectionsPerHost: 2 } } })
      const accepted = async () => (await context.connections(origin)).length
      await context.eventually(() => pool.stats().idle, 2, 'idle connections from the start')
      for (const [round, how] of (['closeIdle', 'resetIdle'] as const).entries()) {
        await context.eventually(accepted, 2 + 2 * round, 'connections that the server has accepted')
        equal(await context.probe[how](origin.id), 2, 'connections that the server ends')
        await context.eventually(() => context.sockets.opened, 4 + 2 * round, `sockets opened after ${how}`)
        await context.eventually(() => pool.stats().idle, 2, `idle connections after ${how}`)
      }
      // Two, and two that are closing.
      atMost(context.sockets.peak, 4, 'most sockets at one time')
      await context.warm(pool, origin, 2)
      same((await context.requestsPerConnection(origin)).slice(0, 6), [0, 0, 0, 0, 1, 1], 'requests per connection')
    },
  },
  {
    id: 'ready/lifetime',
    title: 'connections that get too old while they are kept ready are replaced at once',
    covers: ['minIdleConnectionsPerHost', 'maxLifetime'],
    config: { minIdleConnectionsPerHost: 0, maxLifetime: lifetime, keepAliveExpiry: '10m', hosts: {} },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      let slowest = 0
      using _ = onConnect((ms) => {
        slowest = Math.max(slowest, ms)
      })
      const pool = context.pool({ ...context.config, hosts: { [origin.key]: { minIdleConnectionsPerHost: 2 } } })
      let putOff = 0
      const replaced = () => {
        putOff = Math.max(putOff, readyTo(pool, origin).retryIn)
        return context.sockets.opened >= 8
      }
      await context.eventually(replaced, true, 'replaced three times', 5000)
      // What takes as long to connect as it may live is of no use, and is not opened again and again: a busy machine's may.
      if (slowest < 0.9 * lifetime) equal(putOff, 0, 'longest time for which they were put off')
      equal(readyTo(pool, origin).failures, 0, 'failures of connects')
      // Two, and two that are closing.
      atMost(context.sockets.peak, 4, 'most sockets at one time')
      atLeast(pool.stats().expired, 6, 'stats().expired')
    },
  },
  {
    id: 'ready/max-requests',
    title: 'a connection is ready for each request, though none serves another one',
    covers: ['minIdleConnectionsPerHost', 'maxRequestsPerConnection'],
    config: { minIdleConnectionsPerHost: 0, maxRequestsPerConnection: 1, keepAliveExpiry: '10m', hosts: {} },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool({ ...context.config, hosts: { [origin.key]: { minIdleConnectionsPerHost: 1 } } })
      for (let sent = 0; sent < 4; sent++) {
        await context.eventually(() => pool.stats().idle, 1, 'idle connections before a request')
        const answer = context.send(pool, origin.url(`hold=${sent}`))
        await context.arrived(origin, 1)
        await context.eventually(() => pool.stats().idle, 1, 'idle connections beside the one in use')
        await context.probe.release(String(sent))
        await answer
      }
      await context.eventually(() => pool.stats().idle, 1, 'idle connections afterwards')
      equal(context.sockets.opened, 5, 'sockets opened for 4 requests')
      // The last one has served nobody, and a proxy may not have made it further yet.
      same((await context.requestsPerConnection()).slice(0, 4), [1, 1, 1, 1], 'requests per connection')
    },
  },
  {
    id: 'ready/within-caps',
    title: 'what is kept ready stays within the limits, evicts nobody for it, and stats() tell that there is no room',
    covers: ['minIdleConnectionsPerHost', 'maxConnections', 'api:stats'],
    config: { minIdleConnectionsPerHost: 0, maxConnections: 3, keepAliveExpiry: '10m', hosts: {} },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const wanted = { minIdleConnectionsPerHost: 2 }
      const pool = context.pool({ ...context.config, hosts: { [a.key]: wanted, [b.key]: wanted } })
      await context.eventually(() => pool.stats().idle, 3, 'idle connections')
      await context.warm(pool, a)
      const short = [a, b].map((origin) => readyTo(pool, origin)).filter(({ idle }) => idle < 2)
      same(short, [{ wanted: 2, idle: 1, failures: 0, retryIn: 0, crowded: true }], 'stats().ready of the host that is short')
      equal(pool.stats().evicted, 0, 'stats().evicted')
      same([context.sockets.opened, context.sockets.peak], [3, 3], 'sockets: opened, most at one time')
    },
  },
  {
    id: 'ready/no-storm',
    title: 'a server that is down, turns connections away or never answers is not stormed, and requests to it fail as ever',
    covers: ['minIdleConnectionsPerHost', 'connectTimeout', 'api:stats'],
    config: { minIdleConnectionsPerHost: 0, connectTimeout: 100, hosts: {} },
    schemes: ['http', 'https'],
    async run(context) {
      // Over http a server that says nothing has taken the connection.
      const modes = context.scheme === 'http' ? (['refuse', 'reset'] as const) : (['refuse', 'reset', 'stall'] as const)
      const origins = await Promise.all(modes.map(async (mode) => ({ mode, origin: await context.origin({ mode }) })))
      const hosts = Object.fromEntries(origins.map(({ origin }) => [origin.key, { minIdleConnectionsPerHost: 3 }]))
      const pool = context.pool({ ...context.config, hosts })
      for (const { mode, origin } of origins) {
        await notStormed(context, origin.port, 3)
        const { failures, ...others } = readyTo(pool, origin)
        atLeast(failures, 3, 'rounds that have failed, in stats().ready')
        same([others.wanted, others.crowded], [3, false], 'stats().ready')
        const seen = async () => (await context.connections(origin)).length
        const expected = () => (mode === 'refuse' ? 0 : context.sockets.totals(origin.port).opened)
        await context.eventually(async () => (await seen()) === expected(), true, 'the server has seen every connect')
      }
      for (const { origin } of origins) failed(await context.outcome(pool, origin.url()), 'a request')
    },
  },
]
