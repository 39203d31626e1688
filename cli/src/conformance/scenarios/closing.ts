import { check, equal, failed, failedWith, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** Long enough never to be met by a scenario that ends as it should. */
const never = '1h'

/** `close({ timeout })`. */
export const closing: readonly Scenario[] = [
  {
    id: 'close/timeout',
    title: 'close({ timeout }) has what ends in time finish, and destroys what is left after it, not before',
    covers: ['api:close', 'ERR_POOL_CLOSED'],
    config: { maxConnections: 2 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const ending = context.outcome(pool, origin.url('hold=first'))
      const hanging = context.outcome(pool, origin.url('hold=never'))
      await context.arrived(origin, 2)
      const following = context.outcome(pool, origin.url('hold=never'))
      const waiting = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      const start = performance.now()
      const closed = pool.close({ timeout: '400ms' })
      await context.probe.release('first')
      succeeded(await ending, 'the request that ends in time')
      await closed
      context.took(performance.now() - start, 400, 1000, 'close({ timeout: "400ms" })')
      for (const outcome of [await hanging, await following]) failed(outcome, 'a request that does not end')
      failedWith(await waiting, 'ERR_POOL_CLOSED', 'the request that waits')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
      equal((await context.seen()).length, 3, 'requests the server saw')
    },
  },
  {
    id: 'close/timeout-unneeded',
    title: 'close({ timeout }) ends with the last request',
    covers: ['api:close'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const closed = pool.close({ timeout: never })
      await context.probe.release('first')
      await closed
      succeeded(await running, 'the running request')
      await pool.close({ timeout: 1 })
    },
  },
  {
    id: 'close/timeout-shortened',
    title: 'of several close() the earliest end counts',
    covers: ['api:close'],
    async run(context) {
      const origin = await context.origin()
      for (const timeouts of [
        [undefined, never, 50],
        [50, never, undefined],
        [never, 0],
      ]) {
        const pool = context.pool()
        const running = context.outcome(pool, origin.url('hold=never'))
        await context.eventually(() => pool.stats().active, 1, 'stats().active')
        await Promise.all(timeouts.map((timeout) => pool.close(timeout === undefined ? undefined : { timeout })))
        failed(await running, 'the running request')
      }
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
  {
    id: 'close/timeout-busy',
    title: 'close({ timeout }) does not destroy an answer that has come in time, though the event loop was busy',
    covers: ['api:close', 'rule-5'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('delay=50'))
      await context.arrived(origin, 1)
      const closed = pool.close({ timeout: 200 })
      // The probe, another process, answers meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
      succeeded(await running, 'the request whose answer had come')
      await closed
    },
  },
  {
    id: 'close/timeout-shared',
    title: 'close({ timeout }) of one client leaves the other its requests',
    covers: ['api:close', 'api:shared-budget'],
    config: { maxConnections: 2 },
    peers: ['node-http', 'undici'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const second = context.peerPool(pool)
      const running = context.outcome(pool, origin.url('hold=never'))
      const others = context.peer.outcome(second, origin.url('hold=second'))
      await context.arrived(origin, 2)
      await pool.close({ timeout: 20 })
      failed(await running, 'the request of the client that was closed')
      check(pool.closed && !second.closed, 'closed is true for one, and false for the other')
      await context.probe.release('second')
      succeeded(await others, "the other client's request")
      succeeded(await context.peer.outcome(second, origin.url()), "the other client's next request")
    },
  },
]
