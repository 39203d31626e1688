import http from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Started } from '../../cli/src/conformance/clients/types.ts'
import { always, answer, answers, chunk, chunkedHead } from './answers.ts'
import { type AnyPool, type Engine, engines, nodeEngine, undiciEngines } from './engines.ts'
import { aborted, closed, either, fails, mismatch, reset, whole } from './expected.ts'
import type { Origin } from './fault-server.ts'
import { acquireTimeout, ask, inTime, recovers, settled, testTimeout } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

async function start(engine: Engine, steps: readonly Step[], scheme: 'http' | 'https' = 'http') {
  const origin = await server().listen({ scheme, connections: [steps, always('ok')] })
  const other = await server().listen({ scheme, connections: [always('good')] })
  const pool = engine.createPool({ maxConnections: 1, acquireTimeout })
  return { origin, other, pool }
}

async function finish(engine: Engine, pool: AnyPool, origin: Origin, other: Origin): Promise<void> {
  await settled(pool, [origin, other])
  await recovers(engine, pool, other, [origin, other])
  await inTime(pool.close(), 'close()')
  await settled(pool, [origin, other], 0)
}

/** More than any buffer on the way holds. */
const large = answer('x'.repeat(8_000_000))
const half = `${chunkedHead}${chunk('x'.repeat(1000))}`

describe.each(engines)('$name: the body of an answer', { concurrent: true, timeout: testTimeout }, (engine) => {
  const begun = async (steps: readonly Step[], scheme: 'http' | 'https') => {
    const { origin, other, pool } = await start(engine, ['request', ...steps], scheme)
    const response = await inTime(engine.start(pool, { url: origin.url }), 'the head of the answer')
    return { origin, other, pool, response }
  }

  describe.each(['http', 'https'] as const)('%s', (scheme) => {
    test('never read: it keeps its place, whoever waits is told, and destroy() frees all', async () => {
      const { origin, other, pool, response } = await begun([{ say: large }], scheme)
      const config = { acquireTimeout: 100 }
      pool.reconfigure(config)
      expect(mismatch(fails('ERR_POOL_ACQUIRE_TIMEOUT'), await ask(engine, pool, other.url), engine.name)).toBe(null)
      expect(pool.stats()).toMatchObject({ open: 1, active: 1, pending: 0 })
      await inTime(pool.destroy(), 'destroy()')
      await settled(pool, [origin, other], 0)
      await expect(response.read()).rejects.toThrow()
    })

    test('never read, the server gives up: the place is free', async () => {
      const { origin, other, pool } = await begun([{ say: half }, { gate: 'enough' }, 'rst'], scheme)
      expect(pool.stats().active).toBe(1)
      await origin.openGate('enough')
      await finish(engine, pool, origin, other)
    })

    test.each([
      ['at once', 0],
      ['half way', 40],
    ])('cancelled %s: the place is free', async (_, after) => {
      const { origin, other, pool, response } = await begun([{ say: half }, { each: [{ say: chunk('x') }, { wait: 2 }] }], scheme)
      await sleep(after)
      response.cancel()
      await finish(engine, pool, origin, other)
    })

    test('cancelled when it has come whole: the place is free', async () => {
      const { origin, other, pool, response } = await begun([{ say: answer('x'.repeat(1000)) }], scheme)
      await sleep(20)
      response.cancel()
      await finish(engine, pool, origin, other)
    })

    test('read late: it is whole, and its connection serves the next', async () => {
      const { origin, other, pool, response } = await begun([{ say: large }, ...always('ok')], scheme)
      await sleep(50)
      expect((await inTime(response.read(), 'the body')).length).toBe(8_000_000)
      expect(await ask(engine, pool, origin.url)).toEqual({ status: 200, body: 'ok' })
      expect((await origin.report()).accepted).toBe(1)
      await finish(engine, pool, origin, other)
    })
  })
})

class Broken extends Error {
  readonly code = 'EBROKEN'
}

function* breaks() {
  yield 'x'.repeat(1000)
  throw new Broken('the caller’s stream broke')
}

const breaking = () => Readable.from(breaks())
function stalling(): Readable {
  const body = new Readable({ read() {} })
  body.push('x'.repeat(1000))
  return body
}

const put = { method: 'PUT', headers: { 'content-length': '2000' } }
const ends = (engine: Engine, request: Promise<Started>) =>
  inTime(
    request
      .then((started) => started.read().then((body) => ({ status: started.status, body })))
      .catch((error: unknown) => ({ error })),
    engine.name,
  )

describe.each(engines)('$name: the body of a request', { concurrent: true, timeout: testTimeout }, (engine) => {
  test.each([
    ['on a fresh connection', false],
    ['on one that has been used', true],
  ])('breaks %s: the caller gets its error, the place is free', async (_, used) => {
    const steps: Step[] = ['head', 'body', { say: answer('never') }]
    const { origin, other, pool } = await start(engine, used ? [...answers('ok'), ...steps] : steps)
    if (used) await ask(engine, pool, origin.url)
    const outcome = await ends(engine, engine.start(pool, { url: origin.url, ...put, body: breaking }))
    expect(mismatch(fails('EBROKEN'), outcome, engine.name)).toBe(null)
    await finish(engine, pool, origin, other)
  })

  test('breaks while the request waits: nothing of it is sent', async () => {
    const { origin, other, pool } = await start(engine, ['request', { gate: 'go' }, { say: answer('ok') }, ...always('ok')])
    const first = ask(engine, pool, origin.url)
    const outcome = ends(engine, engine.start(pool, { url: origin.url, ...put, body: breaking }))
    if (engine.name === 'node-http') expect(mismatch(fails('EBROKEN'), await outcome, engine.name)).toBe(null)
    await origin.openGate('go')
    expect(await first).toEqual({ status: 200, body: 'ok' })
    expect(mismatch(fails('EBROKEN'), await outcome, engine.name)).toBe(null)
    await finish(engine, pool, origin, other)
    expect((await origin.report()).requests.filter((request) => request.startsWith('GET'))).toHaveLength(1)
  })

  test('stalls, the caller aborts: the place is free', async () => {
    const { origin, other, pool } = await start(engine, ['head', 'body'])
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 60)
    const outcome = await ends(engine, engine.start(pool, { url: origin.url, ...put, body: stalling, signal: abort.signal }))
    expect(mismatch(aborted, outcome, engine.name)).toBe(null)
    await finish(engine, pool, origin, other)
  })

  test.each(['fin', 'rst'] as const)('stalls, the server gives up by %s: the place is free', async (how) => {
    const { origin, other, pool } = await start(engine, ['head', { wait: 30 }, how])
    const outcome = await ends(engine, engine.start(pool, { url: origin.url, ...put, body: stalling }))
    expect(mismatch(either(closed, reset), outcome, engine.name)).toBe(null)
    await finish(engine, pool, origin, other)
  })
})

// The server answers and keeps the connection, but never reads the body: the connection is of no use any more.
const answersUnread: Step[] = ['head', { say: answer('no') }, 'mute', { each: [{ wait: 1000 }] }]
const unread = { method: 'PUT', body: 'x'.repeat(8_000_000) }

test.each(undiciEngines)('$name: an answer to a request whose body is never read: the next goes another way', async (engine) => {
  const { origin, other, pool } = await start(engine, answersUnread)
  expect(mismatch(whole('no'), await ask(engine, pool, origin.url, unread), engine.name)).toBe(null)
  expect(await ask(engine, pool, origin.url)).toEqual({ status: 200, body: 'ok' })
  await finish(engine, pool, origin, other)
})

test('node-http: the same, once the caller destroys the request; until then it is still being sent, as without a pool', async () => {
  const { origin, other, pool } = await start(nodeEngine, answersUnread)
  const { http: agent } = (pool as ReturnType<typeof nodeEngine.createPool>).options
  const request = http.request(origin.url, { method: unread.method, agent })
  request.end(unread.body)
  const response = await new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
  for await (const _ of response) void _
  expect(pool.stats()).toMatchObject({ open: 1, active: 1 })
  request.destroy()
  await finish(nodeEngine, pool, origin, other)
})
