import http, { type RequestListener } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type AnyPool, type Engine, engines, http2Engine } from '../faults/engines.ts'
import { loadAdapter } from '../load-adapter.ts'
import { listenToWarnings } from './warnings.ts'

/** More than undici and a socket of node's hold for a caller who does not read. */
const large = Buffer.alloc(8 * 1024 * 1024, 'a')

/** Gives a part every few milliseconds, or nothing at all for long. */
const answer: RequestListener = (request, response) => {
  if (request.url === '/large?secret=hidden') response.end(large)
  else if (request.url === '/drops') {
    const timer = setInterval(() => response.write('drop'), 5)
    response.on('close', () => clearInterval(timer))
  } else if (request.url === '/silent') response.write('the rest comes later')
  else response.end('ok')
}
const servers = { 1: http.createServer(answer), 2: http2.createServer(answer as never) }
const url = ({ http2 }: Pick<Engine, 'http2'> = {}) =>
  `http://127.0.0.1:${(servers[http2 ? 2 : 1].address() as AddressInfo).port}`

beforeAll(async () => {
  for (const server of Object.values(servers)) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  for (const server of Object.values(servers)) server.close()
  servers[1].closeAllConnections()
})

const leakDetection = 100

async function poolOf({ name, http2 }: Engine, options = { leakDetection } as object): Promise<AnyPool> {
  const adapter = await loadAdapter((name === 'node-http' ? 'node-http' : 'undici') as 'undici')
  const pool = adapter.createPool({ maxConnections: 2, http2: http2 ? 'only' : false }, {}, { name: 'payments', ...options })
  onTestFinished(() => pool.destroy())
  return pool
}

/** The stream of an answer that nothing reads yet. */
async function bodyOf(pool: AnyPool, address: string): Promise<Readable> {
  const { http: agent, dispatcher } = pool.options as { readonly http?: http.Agent; readonly dispatcher?: Dispatcher }
  if (dispatcher !== undefined) return (await request(address, { dispatcher })).body.on('error', () => {})
  return new Promise((resolve, reject) => {
    http.get(address, { agent }, (response) => resolve(response.on('error', () => {}))).on('error', reject)
  })
}

describe.each([...engines.filter(({ name }) => name !== 'undici7'), http2Engine])('$name', (engine) => {
  test('an answer that nobody reads is told of once, with where it was sent, and without its query', async () => {
    const { warned, until } = listenToWarnings()
    const pool = await poolOf(engine)
    const sendFromHere = () => engine.start(pool, { url: `${url(engine)}/large?secret=hidden` })
    const unread = await sendFromHere()
    const [warning] = await until(1)
    expect(warning?.code).toBe('POLYPOOL_CONNECTION_HELD')
    expect(warning?.message).toMatch(
      /^the pool payments has a (stream of a )?connection that is held for .* by an answer that nobody reads: GET http:\/\/127\.0\.0\.1:\d+\/large\. Read every/,
    )
    expect(warning?.detail).toMatch(/sendFromHere/)
    expect(`${warning?.message}${warning?.detail}`).not.toContain('hidden')
    await new Promise((resolve) => setTimeout(resolve, 3 * leakDetection))
    expect(warned).toHaveLength(1)
    expect(await unread.read()).toHaveLength(large.length)
  })

  test('one that is read, however slowly it comes, is not; nor one that is on its way', async () => {
    const { warned } = listenToWarnings()
    const pool = await poolOf(engine)
    const dropping = await engine.start(pool, { url: `${url(engine)}/drops` })
    const read = dropping.read().catch(() => {})
    const silent = await engine.start(pool, { url: `${url(engine)}/silent` })
    const readToo = silent.read().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 6 * leakDetection))
    expect(warned).toEqual([])
    await pool.destroy()
    await Promise.all([read, readToo])
  })

  test('one that is read in parts, with pauses, is not', async () => {
    const { warned } = listenToWarnings()
    const long = 1500
    const pool = await poolOf(engine, { leakDetection: long })
    const body = await bodyOf(pool, `${url(engine)}/large?secret=hidden`)
    // Slower than the threshold as a whole, and quicker in each part, also on a machine that comes late by a second.
    for (let parts = 0; parts < 40; parts++) {
      body.read(16 * 1024)
      await new Promise((resolve) => setTimeout(resolve, long / 15))
    }
    expect(warned).toEqual([])
    body.destroy()
  })

  test('not without warnings', async () => {
    const { warned } = listenToWarnings()
    const pool = await poolOf(engine, { leakDetection, warnings: false })
    const unread = await engine.start(pool, { url: `${url(engine)}/large?secret=hidden` })
    await new Promise((resolve) => setTimeout(resolve, 6 * leakDetection))
    expect(warned).toEqual([])
    unread.cancel()
  })
})

test('of many on one connection the one is told that is not read', async () => {
  const { warned, until } = listenToWarnings()
  const pool = await poolOf(http2Engine)
  const sendFromHere = () => http2Engine.start(pool, { url: `${url(http2Engine)}/large?secret=hidden` })
  const dropping = await http2Engine.start(pool, { url: `${url(http2Engine)}/drops` })
  const read = dropping.read().catch(() => {})
  const unread = await sendFromHere()
  const [warning] = await until(1)
  expect(warning?.message).toMatch(
    /has a stream of a connection that is held for [\d.]+m?s by .*: GET http:\/\/127\.0\.0\.1:\d+\/large\./,
  )
  expect(warning?.detail).toMatch(/sendFromHere/)
  expect(await unread.read()).toHaveLength(large.length)
  expect(pool.stats()).toMatchObject({ active: 1, created: 1 })
  await pool.destroy()
  await read
  expect(warned).toHaveLength(1)
})

test.each([[0], [-1], ['soon'], ['unlimited'], [Number.NaN]])('leakDetection: %s is refused', async (value) => {
  const { createPool } = await loadAdapter('node-http')
  expect(() => createPool({}, {}, { leakDetection: value as number })).toThrow(/leakDetection/)
})
