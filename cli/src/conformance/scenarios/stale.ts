import { Readable } from 'node:stream'
import type { ScenarioContext } from '../context.ts'
import { atLeast, equal, failedByItself, same, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** Connections idle; the server ends them while this process's event loop is blocked; then a POST is sent at once. */
async function endedWhileBlocked(context: ScenarioContext, how: 'fin' | 'rst'): Promise<void> {
  const origin = await context.origin()
  const pool = context.pool()
  for (const round of [1, 2, 3]) {
    await context.warm(pool, origin, 2)
    // "Idle for more than some 10 ms" is when the contract asks for the look.
    await context.sleep(20)
    const sign = context.sign()
    await context.probe.endIdleLater(origin.id, how, 20, sign)
    context.blockUntil(sign)
    const outcome = await context.outcome(pool, origin.url(`post=${round}`), { method: 'POST', body: 'x' })
    succeeded(outcome, `a POST after ${how.toUpperCase()} had come, round ${round}`)
    // Not sent a second time, but not sent on a dead connection at all.
    equal((await context.seen()).filter((url) => url.endsWith(`post=${round}`)).length, 1, 'times the POST was sent')
  }
}

/** The server ends each connection right behind its answer; the caller computes meanwhile and sends a POST straight on. */
async function endedBehindAnswers(context: ScenarioContext): Promise<void> {
  const origin = await context.origin()
  const pool = context.pool()
  for (let round = 1; round <= 6; round++) {
    const sign = context.sign()
    const query = `fin=after&sign=${encodeURIComponent(sign)}&first=${round}`
    succeeded(await context.outcome(pool, origin.url(query), { method: 'POST', body: 'x' }), 'the POST before')
    context.blockUntil(sign)
    const outcome = await context.outcome(pool, origin.url(`second=${round}`), { method: 'POST', body: 'x' })
    succeeded(outcome, `a POST after the FIN had come, round ${round}`)
    equal((await context.seen()).filter((url) => url.endsWith(`second=${round}`)).length, 1, 'times the POST was sent')
  }
}

/** A reused connection is reset when the request has arrived; gives how the request ended. */
async function resetOnReuse(context: ScenarioContext, request: { method: string; body?: string | (() => Readable) }) {
  const origin = await context.origin()
  const pool = context.pool()
  await context.send(pool, origin.url())
  return { origin, pool, outcome: await context.outcome(pool, origin.url('reset=reused'), request) }
}

/** Where a request that was written can't be sent again: the caller gets the error, and the slot is free. */
async function failsOnceAndCleanly(context: ScenarioContext): Promise<void> {
  const { origin, pool, outcome } = await resetOnReuse(context, { method: 'GET' })
  failedByItself(outcome, 'the GET')
  equal((await context.seen()).length, 2, 'requests the server saw')
  await context.eventually(() => pool.stats().open, 0, 'stats().open', 100)
  succeeded(await context.outcome(pool, origin.url()), 'the next GET')
}

/** Rule 5 and `retryStale`. */
export const stale: readonly Scenario[] = [
  {
    id: 'stale/fin-while-blocked',
    title: 'a connection whose FIN came while the event loop was busy is not used',
    covers: ['rule-5', 'trap:no-liveness-check'],
    config: { retryStale: false },
    schemes: ['http', 'https'],
    ownProcess: true,
    run: (context) => endedWhileBlocked(context, 'fin'),
  },
  {
    id: 'stale/rst-while-blocked',
    title: 'a connection whose RST came while the event loop was busy is not used',
    covers: ['rule-5', 'trap:undici-pending-rst'],
    config: { retryStale: false },
    schemes: ['http', 'https'],
    ownProcess: true,
    run: (context) => endedWhileBlocked(context, 'rst'),
  },
  {
    id: 'stale/fin-behind-answer',
    title: 'nor is one whose FIN came right behind its last answer while the event loop was busy',
    covers: ['rule-5', 'trap:no-liveness-check'],
    config: { retryStale: false, maxConnections: 1 },
    schemes: ['http', 'https'],
    ownProcess: true,
    run: endedBehindAnswers,
  },
  {
    id: 'stale/fin-while-idle',
    title: 'a connection that the server closed while it idled is gone at once',
    covers: ['rule-5', 'rule-4'],
    config: { retryStale: false, maxConnections: 1 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      for (const how of ['closeIdle', 'resetIdle', 'closeIdle'] as const) {
        await context.send(pool, origin.url())
        equal(await context.probe[how](origin.id), 1, 'idle connections at the server')
        await context.eventually(() => pool.stats().open, 0, `stats().open after ${how}`)
        succeeded(await context.outcome(pool, origin.url(), { method: 'POST', body: 'x' }), `a POST after ${how}`)
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'stale/after-answer',
    title: 'a server that promises to keep the connection and closes it with its answer fails nobody',
    covers: ['rule-5', 'retryStale'],
    config: { retryStale: true, maxConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const outcomes = await Promise.all(Array.from({ length: 12 }, () => context.outcome(pool, origin.url('fin=after'))))
      for (const outcome of outcomes) succeeded(outcome, 'a GET')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
      atLeast((await context.seen()).length, 12, 'requests the server saw')
    },
    async approximated(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await Promise.all(Array.from({ length: 12 }, () => context.outcome(pool, origin.url('fin=after'))))
      // Sent straight on, some meet a connection whose FIN is still under way. One that is sent later does not.
      await context.sleep(20)
      succeeded(await context.outcome(pool, origin.url()), 'a GET after the FINs had come')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'stale/retry-get',
    title: 'a GET that a reused connection loses before any response byte is sent once more on a fresh one',
    covers: ['retryStale'],
    config: { retryStale: true },
    schemes: ['http', 'https'],
    async run(context) {
      const { pool, outcome } = await resetOnReuse(context, { method: 'GET' })
      succeeded(outcome, 'the GET')
      same(await context.requestsPerConnection(), [2, 1], 'requests per connection')
      equal(pool.stats().created, 2, 'stats().created')
      equal(pool.stats().pending, 0, 'stats().pending')
    },
    approximated: failsOnceAndCleanly,
  },
  {
    id: 'stale/retry-put',
    title: 'an idempotent request with a body is sent once more with its whole body, or not at all',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const { outcome } = await resetOnReuse(context, { method: 'PUT', body: 'a whole body' })
      if (outcome.answer) {
        const bodies = (await context.connections()).flatMap(({ requests }) =>
          requests.slice(-1).map(({ bodyBytes }) => bodyBytes),
        )
        same(bodies, [12, 12], 'bytes of body of both tries')
      } else {
        failedByItself(outcome, 'the PUT')
        same(await context.requestsPerConnection(), [2], 'requests per connection')
      }
    },
  },
  {
    id: 'stale/no-retry-post',
    title: 'a POST that was sent is never sent again',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const { pool, outcome } = await resetOnReuse(context, { method: 'POST', body: 'x' })
      failedByItself(outcome, 'the POST')
      equal((await context.seen()).length, 2, 'requests the server saw')
      await context.eventually(() => pool.stats().active, 0, 'stats().active', 100)
    },
  },
  {
    id: 'stale/no-retry-stream',
    title: 'a body that can be read once is never sent again',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const { outcome } = await resetOnReuse(context, { method: 'PUT', body: () => Readable.from(['a', 'b']) })
      failedByItself(outcome, 'the PUT')
      equal((await context.seen()).length, 2, 'requests the server saw')
    },
  },
  {
    id: 'stale/no-retry-when-off',
    title: 'retryStale false: the error reaches the caller',
    covers: ['retryStale'],
    config: { retryStale: false },
    async run(context) {
      const { outcome } = await resetOnReuse(context, { method: 'GET' })
      failedByItself(outcome, 'the GET')
      equal((await context.seen()).length, 2, 'requests the server saw')
    },
  },
  {
    id: 'stale/no-retry-fresh',
    title: 'a fresh connection that fails is no stale one: no second try',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      failedByItself(await context.outcome(pool, origin.url('reset=headers')), 'the GET')
      equal((await context.seen()).length, 1, 'requests the server saw')
    },
  },
  {
    id: 'stale/no-retry-half-answered',
    title: 'after the first response byte there is no second try',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url())
      failedByItself(await context.outcome(pool, origin.url('size=100&reset=body')), 'the GET')
      equal((await context.seen()).length, 2, 'requests the server saw')
    },
  },
  {
    id: 'stale/retry-once',
    title: 'the second try is the last',
    covers: ['retryStale'],
    config: { retryStale: true },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 3)
      failedByItself(await context.outcome(pool, origin.url('reset=headers')), 'the GET')
      equal((await context.seen()).length, 5, 'requests the server saw')
      await context.eventually(() => pool.stats().active, 0, 'stats().active', 100)
    },
    approximated: failsOnceAndCleanly,
  },
  {
    id: 'stale/one-deadline',
    title: 'the second try has what is left of acquireTimeout, not a new one',
    covers: ['retryStale', 'acquireTimeout'],
    config: { retryStale: true, maxConnections: 1, acquireTimeout: 300 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url())
      const first = context.outcome(pool, origin.url('reset=headers&delay=200'))
      await context.arrived(origin, 1)
      const other = context.outcome(pool, origin.url('hold=other'))
      const { ms } = await first
      // Either it gets the freed slot before the other at 200 ms, and is refused again 200 ms later, or it waits until 300 ms.
      context.took(ms, 200, 450, 'both tries together (a new deadline would end at 500)')
      await context.probe.release('other')
      await other
      equal(pool.stats().pending, 0, 'stats().pending')
    },
  },
]
