import { equal, same, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** More than sockets and streams buffer, so that it can't be read behind the caller's back. */
const large = 'size=8000000'

/** Response bodies that nobody reads. */
export const bodies: readonly Scenario[] = [
  {
    id: 'body/unread-pins-slot',
    title: 'an unread body keeps its connection; giving it up frees the slot',
    covers: ['rule-4', 'rule-1', 'trap:unread-body'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answer = await context.send(pool, origin.url(large), { readBody: 'none' })
      const behind = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      await context.sleep(50)
      same([pool.stats().pending, pool.stats().active], [1, 1], 'stats() of pending and active while the body is unread')
      answer.cancel()
      succeeded(await behind, 'the request behind it')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'body/whole-given-up',
    title: 'so does giving up a body that has come whole and was never read',
    covers: ['rule-4', 'trap:node26-keeps-unread-answer'],
    config: { maxConnections: 1, acquireTimeout: 2000 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      for (const size of [2, 20_000]) {
        const answer = await context.send(pool, origin.url(`size=${size}`), { readBody: 'none' })
        await context.sleep(50)
        answer.cancel()
        succeeded(await context.outcome(pool, origin.url()), `the request after one whose ${size} bytes nobody read`)
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'body/read-late',
    title: 'a body read later frees its connection then, for reuse',
    covers: ['rule-4'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answer = await context.send(pool, origin.url(large), { readBody: 'none' })
      const behind = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      equal((await answer.read()).length, 8_000_000, 'bytes of body')
      succeeded(await behind, 'the request behind it')
      same(await context.requestsPerConnection(), [2], 'requests per connection')
    },
  },
  {
    id: 'body/unread-others-wait-in-time',
    title: 'who waits behind an unread body is told so in time',
    covers: ['acquireTimeout', 'trap:unread-body'],
    config: { maxConnections: 1, acquireTimeout: 100 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answer = await context.send(pool, origin.url(large), { readBody: 'none' })
      const behind = await context.outcome(pool, origin.url())
      context.took(behind.ms, 100, 150, 'waiting behind an unread body')
      equal(pool.stats().acquireTimeouts, 1, 'stats().acquireTimeouts')
      answer.cancel()
    },
  },
]
