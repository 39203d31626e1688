import type { ScenarioRequest } from '../client-use.ts'
import type { ScenarioContext } from '../context.ts'
import { equal, failed, failedWith, succeeded } from '../expect.ts'
import { loopback } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

/** The contract gives destroy() no figure: "now". What it waits for is `close` events, a turn or two of the loop. */
const now = 50

async function destroyTakesNoTime(context: ScenarioContext, pool: ReturnType<ScenarioContext['pool']>): Promise<void> {
  const start = performance.now()
  await pool.destroy()
  context.took(performance.now() - start, 0, now, 'destroy()')
  await context.eventually(() => context.sockets.open, 0, 'client sockets after destroy()')
}

async function refuses(context: ScenarioContext, pool: ReturnType<ScenarioContext['pool']>, url: string): Promise<void> {
  const outcome = await context.outcome(pool, url)
  failedWith(outcome, 'ERR_POOL_CLOSED', 'a request after the pool was closed')
  context.took(outcome.ms, 0, now, 'the refusal')
}

const unread: ScenarioRequest = { readBody: 'none' }

/** `close()` and `destroy()` in every state. */
export const lifecycle: readonly Scenario[] = [
  {
    id: 'close/fresh',
    title: 'close() of a pool that did nothing, twice, and then nothing goes',
    covers: ['api:close', 'ERR_POOL_CLOSED'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await Promise.all([pool.close(), pool.close()])
      await pool.close()
      await refuses(context, pool, origin.url())
      equal(pool.stats().rejected, 1, 'stats().rejected')
      equal(context.sockets.opened, 0, 'sockets opened')
    },
  },
  {
    id: 'close/idle',
    title: 'close() closes idle connections',
    covers: ['api:close'],
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 2)
      const start = performance.now()
      await pool.close()
      context.took(performance.now() - start, 0, 100, 'close()')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
  {
    id: 'close/active-and-waiting',
    title: 'close() lets running and waiting requests finish, refuses new ones, and then closes',
    covers: ['api:close', 'ERR_POOL_CLOSED'],
    config: { maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const waiting = [context.outcome(pool, origin.url()), context.outcome(pool, origin.url())]
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      let closed = false
      const closing = pool.close().then(() => {
        closed = true
      })
      await refuses(context, pool, origin.url('refused=1'))
      equal(closed, false, 'close() has ended while requests run')
      await context.probe.release('first')
      for (const outcome of await Promise.all([running, ...waiting])) succeeded(outcome, 'a request from before close()')
      await closing
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
      equal((await context.seen()).length, 3, 'requests the server saw')
    },
  },
  {
    id: 'close/connecting',
    title: 'close() while connecting waits for the answer',
    covers: ['api:close'],
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      let looked: (() => void) | null = null
      const pool = context.pool(context.config, {
        lookup: (name, options, callback) => {
          looked = () => loopback(name, options, callback)
        },
      })
      const first = context.outcome(pool, origin.url('', 'a.probe.test'))
      await context.eventually(() => looked !== null, true, 'the look-up for the connection was made')
      const closing = pool.close()
      await context.sleep(20)
      equal(pool.stats().active, 1, 'stats().active')
      ;(looked as (() => void) | null)?.()
      await closing
      succeeded(await first, 'the request that was connecting')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
  {
    id: 'close/unread-body',
    title: 'close() waits for a body that is unread, and ends when it is given up',
    covers: ['api:close', 'trap:undici-close-never-resolves'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answer = await context.send(pool, origin.url('size=8000000'), unread)
      const closing = pool.close()
      await context.sleep(30)
      equal(pool.stats().active, 1, 'stats().active while the body is unread')
      answer.cancel()
      await closing
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
  {
    id: 'close/then-destroy',
    title: 'destroy() ends a close() that waits',
    covers: ['api:close', 'api:destroy'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('hold=never'))
      await context.arrived(origin, 1)
      const closing = pool.close()
      await destroyTakesNoTime(context, pool)
      await closing
      failed(await running, 'the running request')
    },
  },
  {
    id: 'destroy/idle',
    title: 'destroy() closes idle connections now',
    covers: ['api:destroy', 'ERR_POOL_CLOSED'],
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 2)
      await destroyTakesNoTime(context, pool)
      await refuses(context, pool, origin.url())
    },
  },
  {
    id: 'destroy/active-and-waiting',
    title: 'destroy() fails running and waiting requests now; waiting ones with ERR_POOL_CLOSED, and they are never sent',
    covers: ['api:destroy', 'rule-3', 'ERR_POOL_CLOSED', 'trap:agent-destroy-dials-for-waiters'],
    config: { maxConnections: 1 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('hold=never'))
      await context.arrived(origin, 1)
      const waiting = [context.outcome(pool, origin.url()), context.outcome(pool, origin.url())]
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      const start = performance.now()
      await destroyTakesNoTime(context, pool)
      failed(await running, 'the running request')
      for (const outcome of await Promise.all(waiting)) failedWith(outcome, 'ERR_POOL_CLOSED', 'a waiting request')
      context.took(performance.now() - start, 0, now, 'until all requests had failed')
      equal((await context.seen()).length, 1, 'requests the server saw')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    id: 'destroy/connecting',
    title: 'destroy() ends a connect that stalls',
    covers: ['api:destroy'],
    config: { connectTimeout: 5000 },
    schemes: ['https'],
    async run(context) {
      const stalled = await context.origin({ mode: 'stall' })
      const pool = context.pool()
      const first = context.outcome(pool, stalled.url())
      await context.eventually(() => context.sockets.open, 1, 'client sockets')
      await destroyTakesNoTime(context, pool)
      failed(await first, 'the request that was connecting')
    },
  },
  {
    id: 'destroy/unread-body',
    title: 'destroy() ends a body that nobody reads, without an error out of nowhere',
    covers: ['api:destroy', 'trap:undici6-uncaught-on-destroy'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('size=8000000'), unread)
      await destroyTakesNoTime(context, pool)
    },
  },
  {
    id: 'destroy/receiving',
    title: 'destroy() fails a request whose body is coming',
    covers: ['api:destroy'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const running = context.outcome(pool, origin.url('size=1000&holdBody=never'))
      await context.arrived(origin, 1)
      await context.sleep(20)
      await destroyTakesNoTime(context, pool)
      failed(await running, 'the request')
    },
  },
  {
    id: 'destroy/await-using',
    title: '`await using` closes the pool, and lets what runs finish',
    covers: ['api:close'],
    async run(context) {
      const origin = await context.origin()
      let answer: ReturnType<typeof context.outcome> | undefined
      {
        await using pool = context.pool()
        answer = context.outcome(pool, origin.url('delay=30'))
        await context.arrived(origin, 1)
      }
      succeeded(await answer, 'the request that ran at the end of the block')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
    },
  },
]
