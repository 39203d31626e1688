import { runChild } from '../../children/run-child.ts'
import { check, equal, failed, failedWith, same } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, bothWays, byAlpn, pending, versionsOf } from './shared.ts'

/** For a process that hangs; starting one takes a while on a busy machine. */
const limitMs = 100_000

/** What a pool with sessions does at its end, and tells meanwhile. */
export const sessionsClosing: readonly Scenario[] = [
  {
    needs: ['http2'],
    id: 'http2/process-lets-go',
    title: 'idle sessions and their timers do not keep the process alive',
    covers: ['http2', 'keepAliveExpiry', 'rule-6'],
    config: { http2: 'only', keepAliveExpiry: '1h' },
    startsClient: true,
    async run(context) {
      const origin = await context.origin({ scheme: 'http', http2: true })
      const { source } = context.client
      check(source !== null, 'the client can be loaded by name')
      const run = await runChild({ client: source, task: 'idle', url: origin.url(), config: { http2: 'only' } }, limitMs)
      equal(run.stderr, '', 'what the process wrote to stderr')
      same(run.reports, [{ event: 'idle', detail: 1 }], 'reports')
      // Killed for hanging it would have none.
      equal(run.code, 0, 'exit code')
      same(await versionsOf(context), ['2.0'], 'HTTP versions')
    },
  },
  {
    ...bothWays,
    id: 'http2/close',
    title: 'close() finishes what runs and what waits, on the sessions that are there',
    covers: ['http2', 'api:close', 'ERR_POOL_CLOSED'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 2 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const held = context.sendMany(pool, 4, origin.url('hold=all'))
      await context.arrived(origin, 2)
      await pending(context, pool, 2)
      const closed = pool.close()
      failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_CLOSED', 'a request after close()')
      await context.probe.release('all')
      for (const { status } of await held) equal(status, 200, 'status')
      await closed
      equal(context.sockets.open, 0, 'client sockets')
    },
  },
  {
    ...bothWays,
    id: 'http2/destroy',
    title: 'destroy() ends what runs and what waits at once',
    covers: ['http2', 'api:destroy', 'ERR_POOL_CLOSED'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 2 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const running = [1, 2].map(() => context.outcome(pool, origin.url('hold=never')))
      await context.arrived(origin, 2)
      const waiting = [1, 2].map(() => context.outcome(pool, origin.url()))
      await pending(context, pool, 2)
      const start = performance.now()
      await pool.destroy()
      for (const outcome of await Promise.all(running)) failed(outcome, 'a request that ran')
      for (const outcome of await Promise.all(waiting)) failedWith(outcome, 'ERR_POOL_CLOSED', 'a request that waited')
      context.took(performance.now() - start, 0, 200, 'from destroy() to the last error')
      equal((await context.seen()).length, 2, 'requests the server saw')
    },
  },
  {
    ...byAlpn,
    id: 'http2/drain-event',
    title: 'dispatch says when to wait for drain, and drain comes once nobody waits',
    covers: ['http2', 'trap:back-pressure'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2 },
    only: ['undici'],
    async run(context) {
      const { origin, pool } = await acquainted(context)
      const { dispatcher } = pool.options as {
        dispatcher: { dispatch(o: object, h: object): boolean; on(e: string, l: () => void): void }
      }
      let drained = 0
      dispatcher.on('drain', () => drained++)
      const ends: Promise<unknown>[] = []
      const dispatch = (query: string) => {
        let wentOn: boolean | undefined
        const end = new Promise((resolve, reject) => {
          const handler = {
            onRequestStart() {},
            onResponseStart() {},
            onResponseData() {},
            onResponseEnd: resolve,
            onResponseError: (_: unknown, error: Error) => reject(error),
          }
          wentOn = dispatcher.dispatch({ origin: new URL(origin.url()).origin, path: `/?${query}`, method: 'GET' }, handler)
        })
        ends.push(end)
        return wentOn
      }
      same(['hold=all', 'hold=all', '', ''].map(dispatch), [true, true, false, false], 'what dispatch gives with two streams')
      await context.arrived(origin, 2)
      equal(drained, 0, "'drain' while requests wait")
      await context.probe.release('all')
      await Promise.all(ends)
      await context.eventually(() => drained, 1, "'drain' once nobody waits")
      equal(dispatch(''), true, 'what dispatch gives then')
      await Promise.all(ends)
    },
  },
]
