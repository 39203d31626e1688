import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { always, answer, answers, chunk, chunkedHead } from './answers.ts'
import { engines } from './engines.ts'
import { aborted, mismatch } from './expected.ts'
import { acquireTimeout, ask, inTime, recovers, settled, testTimeout } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

/** Numbers from 0 to 1 that are the same in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Connections that serve well, slowly, in pieces, or not for long. */
const connections: readonly (readonly Step[])[] = [
  always('ok'),
  [{ each: ['request', { wait: 3 }, { say: answer('ok').slice(0, 40) }, { wait: 3 }, { say: answer('ok').slice(40) }] }],
  [...answers('ok'), ...answers('ok'), 'request', 'rst'],
  [{ each: ['request', { say: chunkedHead }, { wait: 4 }, { say: chunk('o') }, { wait: 4 }, { say: `${chunk('k')}0\r\n\r\n` }] }],
  [...answers('ok'), 'request', { say: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\no' }, { wait: 10 }, 'close'],
]

const scripts = Array.from({ length: 40 }, () => connections)
  .flat()
  .concat([always('ok')])
const seeds = [1, 2, 3].map((part) => part * 7919)

describe.each(engines)('$name', { concurrent: true, timeout: testTimeout }, (engine) => {
  test.each(['http', 'https'] as const)('%s: requests that wait are left at once, and never sent', async (scheme) => {
    const origin = await server().listen({ scheme, connections: [['request', { gate: 'answer' }, { say: answer('ok') }]] })
    const other = await server().listen({ connections: [always('good')] })
    const pool = engine.createPool({ maxConnections: 1, acquireTimeout: 'unlimited' })
    const running = ask(engine, pool, origin.url)
    const left = Array.from({ length: 5 }, (_, after) => ask(engine, pool, origin.url, { abortAfter: after * 3 }))
    // None of them may wait for the answer to the first: that comes when all are settled.
    for (const outcome of await Promise.all(left)) expect(mismatch(aborted, outcome, engine.name)).toBe(null)
    expect(pool.stats()).toMatchObject({ pending: 0, aborted: 5 })
    await origin.openGate('answer')
    expect(await running).toMatchObject({ status: 200, body: 'ok' })
    expect((await origin.report()).requests).toEqual(['GET /'])
    await recovers(engine, pool, other, [origin, other])
    await inTime(pool.close(), 'close()')
  })

  test.each(seeds.flatMap((seed) => [['http', seed] as const, ['https', seed] as const]))(
    '%s: 250 requests, most of them aborted at a random moment (seed %i)',
    async (scheme, seed) => {
      const next = random(seed)
      const origins = await Promise.all([1, 2, 3].map(() => server().listen({ scheme, connections: scripts })))
      const other = await server().listen({ scheme, connections: [always('good')] })
      const limits = { maxConnections: 5, maxConnectionsPerHost: 3, keepAliveExpiry: 15, maxRequestsPerConnection: 7 }
      const pool = engine.createPool({ ...limits, acquireTimeout })
      let peak = 0
      const watch = setInterval(() => {
        peak = Math.max(peak, pool.stats().open)
      }, 1)
      const asked = Array.from({ length: 250 }, async () => {
        const origin = origins[Math.floor(next() * origins.length)] ?? other
        const post = next() < 0.4
        const after = next() * 150
        const leaves = next() < 0.8 ? { abortAfter: next() ** 2 * 60 } : {}
        await sleep(after)
        // Of one length, so that a piece of one answer in another would show.
        return ask(engine, pool, origin.url, { ...(post ? { method: 'POST', body: 'x'.repeat(5000) } : {}), ...leaves })
      })
      const outcomes = await Promise.all(asked)
      clearInterval(watch)
      const whole = outcomes.filter(({ body }) => body === 'ok')
      const failed = outcomes.filter(({ error }) => error !== undefined)
      // Nothing else there is: an error or the whole answer.
      expect(whole.length + failed.length).toBe(250)
      expect(whole.length).toBeGreaterThan(0)
      expect(failed.length).toBeGreaterThan(0)
      expect(peak).toBeLessThanOrEqual(5)
      await settled(pool, [...origins, other])
      await recovers(engine, pool, other, [...origins, other])
      await inTime(pool.close(), 'close()')
      await settled(pool, [...origins, other], 0)
      expect(pool.stats().hosts).toEqual({})
    },
  )
})
