import { equal, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** Rule 5: what has happened in time is not timed out because this process's event loop was busy. */
export const busy: readonly Scenario[] = [
  {
    id: 'busy/connect',
    title: 'a connection that the server has accepted in time is no connect timeout, though the event loop was busy beyond it',
    covers: ['rule-5', 'connectTimeout'],
    config: { connectTimeout: 300 },
    schemes: ['http', 'https'],
    ownProcess: true,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answer = context.outcome(pool, origin.url())
      await context.eventually(() => context.sockets.opened, 1, 'sockets opened')
      // A TLS handshake has yet to begin then.
      context.block(600)
      succeeded(await answer, 'the request')
      equal(pool.stats().created, 1, 'stats().created')
    },
  },
  {
    id: 'busy/acquire',
    title: 'a request whose connection was answered in time is no acquire timeout, though the event loop was busy beyond it',
    covers: ['rule-5', 'acquireTimeout'],
    config: { maxConnections: 1, acquireTimeout: 1000 },
    ownProcess: true,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const first = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const second = context.outcome(pool, origin.url('second=1'))
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      const sign = context.sign()
      await context.probe.releaseLater('first', 20, sign)
      context.blockUntil(sign, 1100)
      succeeded(await second, 'the waiting request')
      await first
      equal(pool.stats().acquireTimeouts, 0, 'stats().acquireTimeouts')
    },
  },
  {
    id: 'busy/unwritten',
    title: 'a request whose connection could not be written to, as the event loop was busy, is no acquire timeout',
    covers: ['rule-5', 'acquireTimeout'],
    config: { maxConnections: 1, acquireTimeout: 300 },
    schemes: ['http', 'https'],
    ownProcess: true,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url())
      const answers = [1, 2].map((number) => context.outcome(pool, origin.url(`number=${number}`)))
      context.block(600)
      for (const answer of answers) succeeded(await answer, 'a request')
      equal(pool.stats().acquireTimeouts, 0, 'stats().acquireTimeouts')
    },
  },
]
