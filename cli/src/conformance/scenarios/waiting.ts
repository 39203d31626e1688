import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { atMost, equal, failed, failedByItself, failedWith, same, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'
import { leave, promptly } from './leaving.ts'

/** Rule 3: a waiting request can be left; and the limits of waiting. */
export const waiting: readonly Scenario[] = [
  {
    id: 'waiting/acquire-timeout',
    title: 'a request that gets no connection in time fails on time and is never sent',
    covers: ['acquireTimeout', 'rule-3', 'ERR_POOL_ACQUIRE_TIMEOUT'],
    config: { maxConnections: 1, acquireTimeout: 150 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const outcome = await context.outcome(pool, origin.url('late=1'))
      failedWith(outcome, 'ERR_POOL_ACQUIRE_TIMEOUT', 'the waiting request')
      context.took(outcome.ms, 150, 150 + promptly, 'waiting')
      equal(pool.stats().pending, 0, 'stats().pending')
      equal(pool.stats().acquireTimeouts, 1, 'stats().acquireTimeouts')
      await context.probe.release('first')
      await held
      await context.send(pool, origin.url('next=1'))
      same(await context.seen(), ['/?hold=first', '/?next=1'], 'requests the server saw')
    },
  },
  {
    id: 'waiting/acquire-timeout-other-host',
    title: 'the deadline also holds for a request that waits for the total',
    covers: ['acquireTimeout', 'maxConnections', 'rule-3'],
    config: { maxConnections: 1, acquireTimeout: 100 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const held = context.send(pool, a.url('hold=first'))
      await context.arrived(a, 1)
      const outcome = await context.outcome(pool, b.url())
      failedWith(outcome, 'ERR_POOL_ACQUIRE_TIMEOUT', 'the waiting request')
      context.took(outcome.ms, 100, 100 + promptly, 'waiting')
      await context.probe.release('first')
      await held
      equal(context.sockets.totals(b.port).opened, 0, 'sockets to the other host')
    },
  },
  {
    id: 'waiting/acquire-timeout-spares-sent',
    title: 'the deadline is for waiting only: a slow answer is not cut',
    covers: ['acquireTimeout'],
    config: { maxConnections: 1, acquireTimeout: 60 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      succeeded(await context.outcome(pool, origin.url('delay=200')), 'a request that takes longer than acquireTimeout')
      equal(pool.stats().acquireTimeouts, 0, 'stats().acquireTimeouts')
    },
  },
  {
    id: 'waiting/abort',
    title: 'an aborted request settles at once, is never sent, and its place is free',
    covers: ['rule-3', 'trap:queued-abort-is-deaf'],
    config: { maxConnections: 1, maxPending: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1'), { signal: abort.signal })
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      const behind = context.send(pool, origin.url('behind=1'))
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      await leave(context, abort, left)
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending after the abort', promptly)
      equal(pool.stats().aborted, 1, 'stats().aborted')
      // maxPending is 2: the place of the one that left can be taken.
      const late = context.send(pool, origin.url('late=1'))
      await context.probe.release('first')
      await Promise.all([held, behind, late])
      same(await context.seen(), ['/?hold=first', '/?behind=1', '/?late=1'], 'requests the server saw')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    id: 'waiting/destroy',
    title: 'request.destroy() leaves the queue like an abort',
    covers: ['rule-3', 'trap:queued-destroy-is-deaf'],
    config: { maxConnections: 1 },
    needs: ['destroy'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1'), { signal: abort.signal, abortBy: 'destroy' })
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      const start = performance.now()
      abort.abort()
      failed(await left, 'the destroyed request')
      context.took(performance.now() - start, 0, promptly, 'from destroy() to its error')
      equal(pool.stats().pending, 0, 'stats().pending')
      await context.probe.release('first')
      await held
      same(await context.seen(), ['/?hold=first'], 'requests the server saw')
    },
  },
  {
    id: 'waiting/client-timeout',
    title: "the client's own time limit counts while the request waits",
    covers: ['rule-3', 'trap:queued-timeout-is-deaf'],
    config: { maxConnections: 1 },
    needs: ['timeout-while-waiting'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const outcome = await context.outcome(pool, origin.url('left=1'), { timeoutMs: 100 })
      failedByItself(outcome, 'the request with a time limit')
      context.took(outcome.ms, 95, 100 + promptly, 'waiting')
      await context.eventually(() => pool.stats().pending, 0, 'stats().pending', promptly)
      await context.probe.release('first')
      await held
      same(await context.seen(), ['/?hold=first'], 'requests the server saw')
    },
  },
  {
    id: 'waiting/abort-before-sending',
    title: 'a request whose signal is aborted already opens nothing',
    covers: ['rule-3'],
    config: { maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      failedByItself(await context.outcome(pool, origin.url(), { signal: AbortSignal.abort() }), 'the aborted request')
      await context.eventually(() => pool.stats().open, 0, 'stats().open')
      same(await context.seen(), [], 'requests the server saw')
      await context.send(pool, origin.url())
    },
  },
  {
    id: 'waiting/max-pending',
    title: 'beyond maxPending a request fails at once, and the others are served',
    covers: ['maxPending', 'ERR_POOL_QUEUE_FULL'],
    config: { maxConnections: 1, maxPending: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const queued = context.sendMany(pool, 2, origin.url('queued=1'))
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      const outcome = await context.outcome(pool, origin.url('over=1'))
      failedWith(outcome, 'ERR_POOL_QUEUE_FULL', 'the third waiting request')
      context.took(outcome.ms, 0, promptly, 'the refusal')
      equal(pool.stats().rejected, 1, 'stats().rejected')
      await context.probe.release('first')
      await Promise.all([held, queued])
      equal((await context.seen()).length, 3, 'requests the server saw')
    },
  },
  {
    id: 'waiting/max-pending-zero',
    title: 'maxPending 0: nobody waits, and a free connection is still used',
    covers: ['maxPending', 'ERR_POOL_QUEUE_FULL'],
    config: { maxConnections: 1, maxPending: 0 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_QUEUE_FULL', 'the second request')
      await context.probe.release('first')
      await held
      await context.send(pool, origin.url())
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    id: 'waiting/context',
    title: "the caller's async context is kept while the request waits",
    covers: ['rule-6'],
    config: { maxConnections: 1 },
    needs: ['callback'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const storage = new AsyncLocalStorage<number>()
      const seen: unknown[] = []
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const queued = [1, 2, 3].map((number) =>
        storage.run(number, () => context.send(pool, origin.url(), { onResponse: () => seen.push(storage.getStore()) })),
      )
      await context.eventually(() => pool.stats().pending, 3, 'stats().pending')
      await context.probe.release('first')
      await Promise.all([held, ...queued])
      same(seen, [1, 2, 3], 'async context in the response callbacks')
    },
  },
  {
    id: 'waiting/context-diagnostics',
    title: 'diagnostics of a request that waits are published when it is dispatched, once, in the context of its caller',
    covers: ['rule-6', 'trap:queued-requests-lose-traces'],
    config: { maxConnections: 1 },
    only: ['undici', 'undici-dispatch', 'undici-dispatch-legacy', 'fetch'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const storage = new AsyncLocalStorage<number>()
      const seen: unknown[] = []
      // What tracers listen to: a span that begins with it holds the wait.
      const listen = (message: unknown) => {
        const { path } = (message as { request: { path: string } }).request
        if (path.includes('n=')) seen.push(`${path} ${storage.getStore()}`)
      }
      subscribe('undici:request:create', listen)
      try {
        const held = context.send(pool, origin.url('hold=first'))
        await context.arrived(origin, 1)
        const queued = [1, 2, 3].map((n) => storage.run(n, () => context.send(pool, origin.url(`n=${n}`))))
        await context.eventually(() => pool.stats().pending, 3, 'stats().pending')
        same(seen, ['/?n=1 1', '/?n=2 2', '/?n=3 3'], 'published while they wait')
        await context.probe.release('first')
        await Promise.all([held, ...queued])
      } finally {
        unsubscribe('undici:request:create', listen)
      }
      same(seen, ['/?n=1 1', '/?n=2 2', '/?n=3 3'], 'request and async context, in the order of publication')
    },
  },
  {
    id: 'waiting/many',
    title: 'a thousand waiting requests are all served, without a single connection more',
    covers: ['maxConnections', 'rule-1', 'rule-2'],
    config: { maxConnections: 20 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 1000, origin.url())
      atMost(context.sockets.peak, 20, 'most client sockets at one time')
      const { created, reused } = pool.stats()
      equal(created + reused, 1000, 'stats().created + stats().reused')
      equal(created, context.sockets.opened, 'stats().created, and sockets opened')
    },
  },
]
