import { atLeast, equal, failedByItself, failedWith, succeeded } from '../expect.ts'
import { neverAnswers, unknownHost } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'
import { leave } from './leaving.ts'

/** The contract: connectTimeout is exact to this. */
const exact = 50

/** Connections that do not come about: rule 4, and `connectTimeout`. */
export const connect: readonly Scenario[] = [
  {
    id: 'connect/timeout-tls',
    title: 'a TLS handshake that stalls ends at connectTimeout',
    covers: [
      'connectTimeout',
      'rule-4',
      'ERR_POOL_CONNECT_TIMEOUT',
      'trap:undici-connect-timeout-of-a-second',
      'trap:agent-timeout-is-no-connect-timeout',
    ],
    config: { connectTimeout: 150, maxConnections: 1 },
    schemes: ['https'],
    async run(context) {
      const [stalled, origin] = [await context.origin({ mode: 'stall' }), await context.origin()]
      const pool = context.pool()
      const outcome = await context.outcome(pool, stalled.url())
      failedWith(outcome, 'ERR_POOL_CONNECT_TIMEOUT', 'the request')
      context.took(outcome.ms, 150, 150 + exact, 'connecting')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
      pool.reconfigure({ connectTimeout: '20s' })
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      await context.eventually(() => pool.stats().active, 0, 'stats().active', 100)
    },
  },
  {
    id: 'connect/timeout-tcp',
    title: 'so does a connection whose address never comes',
    covers: ['connectTimeout', 'rule-4', 'ERR_POOL_CONNECT_TIMEOUT'],
    config: { connectTimeout: 150, maxConnections: 1 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool(context.config, { lookup: neverAnswers })
      const outcome = await context.outcome(pool, origin.url('', 'a.test'))
      failedWith(outcome, 'ERR_POOL_CONNECT_TIMEOUT', 'the request')
      context.took(outcome.ms, 150, 150 + exact, 'connecting')
      pool.reconfigure({ connectTimeout: '20s' })
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
    },
  },
  {
    id: 'connect/timeout-spares-answers',
    title: 'connectTimeout ends with the handshake: a slow answer is not cut',
    covers: ['connectTimeout'],
    config: { connectTimeout: 100 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      succeeded(await context.outcome(pool, origin.url('delay=200')), 'a request that takes longer than connectTimeout')
    },
  },
  {
    id: 'connect/timeout-frees-waiters',
    title: 'who waits behind a stalled connect gets the slot',
    covers: ['connectTimeout', 'rule-2', 'rule-4'],
    config: { connectTimeout: 100, maxConnections: 1 },
    schemes: ['https'],
    async run(context) {
      const [stalled, origin] = [await context.origin({ mode: 'stall' }), await context.origin()]
      const pool = context.pool()
      const first = context.outcome(pool, stalled.url())
      await context.eventually(() => pool.stats().active, 1, 'stats().active')
      // For connects that begin from now on.
      pool.reconfigure({ connectTimeout: '20s' })
      const behind = await context.outcome(pool, origin.url())
      succeeded(behind, 'the request behind it')
      context.took(behind.ms, 0, 300, 'the request behind it')
      failedWith(await first, 'ERR_POOL_CONNECT_TIMEOUT', 'the stalled request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'connect/refused',
    title: 'a refused connect fails as such, frees its slot, and those behind it go on',
    covers: ['maxConnections', 'rule-4', 'trap:agent-hangs-after-connect-error'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    async run(context) {
      const [refused, origin] = [await context.origin({ mode: 'refuse' }), await context.origin()]
      const pool = context.pool()
      const outcomes = Array.from({ length: 6 }, (_, at) => context.outcome(pool, (at % 2 === 0 ? refused : origin).url()))
      for (const [at, outcome] of (await Promise.all(outcomes)).entries()) {
        if (at % 2 === 0) failedByItself(outcome, 'a request to a port where nobody listens')
        else succeeded(outcome, 'a request behind it')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      await context.eventually(() => pool.stats().active, 0, 'stats().active', 100)
    },
  },
  {
    id: 'connect/reset',
    title: 'a connection that is reset as soon as it is accepted frees its slot',
    covers: ['maxConnections', 'rule-4'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    async run(context) {
      const [bad, origin] = [await context.origin({ mode: 'reset' }), await context.origin()]
      const pool = context.pool()
      const outcomes = await Promise.all([1, 2, 3].map(() => context.outcome(pool, bad.url())))
      for (const outcome of outcomes) failedByItself(outcome, 'a request that is reset')
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'connect/tls-failure',
    title: 'a certificate that is not trusted frees its slot each time',
    covers: ['maxConnections', 'rule-4'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['https'],
    async run(context) {
      const origin = await context.origin()
      const plain = await context.origin({ scheme: 'http' })
      const pool = context.pool(context.config, { trust: false })
      const outcomes = await Promise.all([1, 2, 3].map(() => context.outcome(pool, origin.url())))
      for (const outcome of outcomes) failedByItself(outcome, 'a request to a server that is not trusted')
      succeeded(await context.outcome(pool, plain.url()), 'the next request')
      equal((await context.seen(origin)).length, 0, 'requests that the untrusted server saw')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'connect/dns-failure',
    title: 'a name that does not resolve frees its slot each time',
    covers: ['maxConnections', 'rule-4'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool(context.config, { lookup: unknownHost })
      const outcomes = await Promise.all([1, 2, 3].map(() => context.outcome(pool, origin.url('', 'unknown.test'))))
      for (const outcome of outcomes) failedByItself(outcome, 'a request to an unknown name')
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      await context.eventually(() => pool.stats().active, 0, 'stats().active', 100)
    },
  },
  {
    id: 'connect/abort',
    title: 'a request aborted while it connects settles at once and gives its slot to the next',
    covers: ['maxConnections', 'rule-3', 'rule-4'],
    config: { maxConnections: 1, connectTimeout: 5000 },
    schemes: ['https'],
    async run(context) {
      const [stalled, origin] = [await context.origin({ mode: 'stall' }), await context.origin()]
      const pool = context.pool()
      const abort = new AbortController()
      const left = context.outcome(pool, stalled.url(), { signal: abort.signal })
      await context.eventually(() => context.sockets.open, 1, 'client sockets')
      const behind = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      const start = performance.now()
      await leave(context, abort, left)
      const next = await behind
      succeeded(next, 'the request behind it')
      // Far below connectTimeout, which is what an abort that goes unheard would wait for.
      context.took(performance.now() - start, 0, 500, 'from abort to the answer of the next')
      equal(context.sockets.totals(stalled.port).open, 0, 'sockets to the stalled server')
    },
  },
  {
    id: 'connect/several-at-once',
    title: 'requests sent together each connect, none waits for the first to be established',
    covers: ['maxConnections'],
    config: { maxConnections: 4 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 4, origin.url('hold=all'))
      await context.arrived(origin, 4)
      atLeast(context.sockets.open, 4, 'client sockets')
      await context.probe.release('all')
      await held
    },
  },
]
