import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { Http2Options, SessionCommand } from '../../cli/src/conformance/probe/types.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { Random } from '../random.ts'
import { type AnyPool, engineNamed } from './engines.ts'
import { Escapes } from './escapes.ts'
import { aborted, type Expected, either, fails, mismatch, whole } from './expected.ts'
import type { Origin } from './fault-server.ts'
import { acquireTimeout, ask, inTime, settled, testTimeout } from './run-fault.ts'

const engine = engineNamed('undici')

let probe: RemoteProbe
let escapes: Escapes

beforeAll(() => {
  probe = new RemoteProbe()
  escapes = new Escapes()
})

afterAll(async () => {
  // What is thrown into the void may come a turn late.
  await sleep(20)
  escapes[Symbol.dispose]()
  await probe.stop()
  expect(escapes.all, 'what escaped').toEqual([])
})

type Scheme = 'http' | 'https'

/** An origin of HTTP/2, as the helpers for faults know one. */
interface Http2Origin extends Origin {
  readonly id: number
}

async function listen(scheme: Scheme, options: Http2Options = {}): Promise<Http2Origin> {
  const { id, port } = await probe.listen({ scheme, http2: options })
  const of = async () => (await probe.report()).connections.filter(({ origin }) => origin === id)
  return {
    id,
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    openGate: async (gate) => void (await probe.release(gate)),
    async report() {
      const connections = await of()
      const requests = connections.flatMap((one) => one.requests.map(({ method, url }) => `${method} ${url}`))
      const open = connections.filter(({ closedAt }) => closedAt === null).length
      return { open, accepted: connections.length, finished: 0, requests, bodies: [] }
    },
  }
}

/** The stream was ended by the server, or all of its connection. */
const short = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
const reset = fails('ERR_HTTP2_STREAM_ERROR', 'UND_ERR_INFO', 'UND_ERR_SOCKET', short)
const cut = fails('UND_ERR_SOCKET', 'UND_ERR_INFO', 'ECONNRESET', 'EPIPE', 'ERR_HTTP2_STREAM_ERROR', short)

interface StreamFault {
  readonly name: string
  readonly query: string
  readonly expected: Expected
  /** The connection goes on. */
  readonly lives: boolean
}

const codes = [0, 1, 2, 3, 5, 8, 11, 12]

const streamFaults: readonly StreamFault[] = [
  ...codes.map((code) => ({ name: `RST ${code} before the answer`, query: `rst=${code}`, expected: reset, lives: true })),
  ...codes.map((code) => ({ name: `RST ${code} in the body`, query: `size=1000&rstBody=${code}`, expected: reset, lives: true })),
  ...(['fin', 'reset'] as const).flatMap((how) => [
    { name: `${how} before the answer`, query: `${how}=headers`, expected: cut, lives: false },
    { name: `${how} in the body`, query: `size=1000&${how}=body`, expected: cut, lives: false },
  ]),
  // The frame that ends the stream may come behind what ends the connection.
  { name: 'fin behind an answer', query: 'fin=after', expected: either(whole('ok'), cut), lives: false },
  { name: 'an interim answer', query: 'interim=1', expected: whole('ok'), lives: true },
  { name: 'trailers', query: 'trailers=1', expected: whole('ok'), lives: true },
  { name: 'an early answer to an upload', query: 'early=1', expected: either(whole('ok'), reset), lives: true },
]

const commands: readonly { name: string; command: SessionCommand; expected: Expected }[] = [
  { name: 'FIN', command: { do: 'end', how: 'fin' }, expected: cut },
  { name: 'RST', command: { do: 'end', how: 'rst' }, expected: cut },
  { name: 'GOAWAY, all taken back', command: { do: 'goaway', kind: 'hard' }, expected: whole('ok') },
  { name: 'GOAWAY, all taken on', command: { do: 'goaway', kind: 'graceful' }, expected: whole('ok') },
  { name: 'SETTINGS that allow nothing for a while', command: { do: 'settings', maxStreams: 0 }, expected: whole('ok') },
]

async function start(scheme: Scheme, options: Http2Options = {}, config: PoolConfig = {}) {
  const [origin, other] = [await listen(scheme, options), await listen('https')]
  const limits = { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 3, retryStale: false, acquireTimeout } as const
  const pool = engine.createPool({ ...limits, ...config })
  return { origin, other, pool }
}

/** As after every fault: the place is free for another origin, the books agree with the system's, and the pool closes. */
async function finish(pool: AnyPool, origin: Http2Origin, other: Http2Origin): Promise<void> {
  await settled(pool, [origin, other])
  expect(await ask(engine, pool, `${other.url}/?size=2`)).toEqual({ status: 200, body: 'ok' })
  await settled(pool, [origin, other])
  await inTime(pool.close(), 'close()')
  await settled(pool, [origin, other], 0)
}

describe.each(['http', 'https'] as const)('HTTP/2 over %s', { concurrent: true, timeout: testTimeout }, (scheme) => {
  test.each(streamFaults)('$name', async ({ query, expected, lives }) => {
    const { origin, other, pool } = await start(scheme)
    const gate = `sibling ${origin.id}`
    const sibling = ask(engine, pool, `${origin.url}/?hold=${encodeURIComponent(gate)}`)
    for (const request of [{}, { method: 'POST', body: 'x'.repeat(1000) }, {}]) {
      const outcome = await ask(engine, pool, `${origin.url}/?${query}`, request)
      expect(mismatch(expected, outcome, engine.name), request.method ?? 'GET').toBe(null)
    }
    await origin.openGate(gate)
    expect(mismatch(lives ? whole('ok') : either(whole('ok'), cut), await sibling, engine.name), 'beside it').toBe(null)
    if (lives) expect((await origin.report()).accepted).toBe(1)
    await finish(pool, origin, other)
  })

  test.each(commands)('$name under three streams, more waiting', async ({ name, command, expected }) => {
    const { origin, other, pool } = await start(scheme, { tapped: true })
    const url = `${origin.url}/?hold=${encodeURIComponent(`${scheme} ${name}`)}`
    const running = [{}, { method: 'POST', body: 'x' }, { method: 'PUT', body: 'y' }].map((one) => ask(engine, pool, url, one))
    const waiting = [{}, { method: 'POST', body: 'x' }].map((one) => ask(engine, pool, url, one))
    while ((await origin.report()).requests.length < 3) await sleep(5)
    await probe.sessions(origin.id, command)
    await origin.openGate(`${scheme} ${name}`)
    for (const outcome of await Promise.all(running)) expect(mismatch(expected, outcome, engine.name), 'running').toBe(null)
    if (command.do === 'settings') await probe.sessions(origin.id, { do: 'settings', maxStreams: 5 })
    for (const outcome of await Promise.all(waiting)) expect(mismatch(whole('ok'), outcome, engine.name), 'waiting').toBe(null)
    await finish(pool, origin, other)
  })

  test('a silent peer is left when it does not answer a ping', async () => {
    const { origin, other, pool } = await start(scheme, { tapped: true }, { pingInterval: 2000 })
    expect(mismatch(whole('ok'), await ask(engine, pool, origin.url), engine.name)).toBe(null)
    await probe.sessions(origin.id, { do: 'silence' })
    const lost = await Promise.all([1, 2].map(() => ask(engine, pool, origin.url)))
    for (const outcome of lost) expect(mismatch(cut, outcome, engine.name)).toBe(null)
    await finish(pool, origin, other)
  })

  test.each([1, 2].map((part) => part * 7919))(
    '250 requests, most of them aborted at a random moment (seed %i)',
    async (seed) => {
      const random = new Random(seed)
      const options: Http2Options[] = [{ maxStreams: 4 }, { goawayAfterRequests: 9 }, { goawayAfterMs: 40 }]
      const origins = await Promise.all(options.map((one) => listen(scheme, one)))
      const other = await listen('https')
      const pool = engine.createPool({
        ...{ http2: 'only', maxConnections: 4, maxConnectionsPerHost: 2, maxStreamsPerConnection: 5 },
        ...{ keepAliveExpiry: 15, maxRequestsPerConnection: 12, acquireTimeout },
      })
      let peak = 0
      const watch = setInterval(() => {
        peak = Math.max(peak, pool.stats().open)
      }, 1)
      const queries = ['delay=3', 'size=2000&bodyDelay=8', 'echo=1', 'rst=8', 'size=1000&rstBody=2', 'fin=after', 'trailers=1']
      const asked = Array.from({ length: 250 }, async () => {
        const origin = random.pick(origins)
        const post = random.chance(0.4)
        const leaves = random.chance(0.7) ? { abortAfter: random.next() ** 2 * 60 } : {}
        const url = `${origin.url}/?${random.pick(queries)}`
        await sleep(random.between(0, 150))
        return ask(engine, pool, url, { ...(post ? { method: 'POST', body: 'x'.repeat(2000) } : {}), ...leaves })
      })
      const outcomes = await Promise.all(asked)
      clearInterval(watch)
      const left = outcomes.filter((outcome) => mismatch(aborted, outcome, engine.name) === null)
      const broken = outcomes.filter(({ error }) => error !== undefined).length - left.length
      expect(left.length).toBeGreaterThan(0)
      expect(outcomes.length - left.length - broken).toBeGreaterThan(0)
      expect(peak).toBeLessThanOrEqual(4)
      await settled(pool, [...origins, other])
      await inTime(pool.close(), 'close()')
      await settled(pool, [...origins, other], 0)
      expect(pool.stats().hosts).toEqual({})
    },
  )
})

describe.each(['http/1.1', 'lies'] as const)('a server that agrees to %s', { concurrent: true, timeout: testTimeout }, (alpn) => {
  test("fails what is 'only' HTTP/2, and its place is free", async () => {
    const { origin, other, pool } = await start('https', { alpn: [alpn] })
    for (const request of [{}, { method: 'POST', body: 'x' }]) {
      const outcome = await ask(engine, pool, origin.url, request)
      expect(outcome.error, JSON.stringify(outcome)).toBeDefined()
    }
    expect((await origin.report()).requests).toEqual([])
    await finish(pool, origin, other)
  })
})
