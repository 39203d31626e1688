import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { stopwatch, wallClock } from '../../time.ts'
import { listenBy, until } from './harness.ts'
import { scene, tally, tapped, times } from './http2-harness.ts'

/** Nothing is carried, and one connection is there that carries the next request. */
const untouched = { open: 1, idle: 1, pending: 0, draining: 0, streams: { active: 0, capacity: 100 } }

describe('a stream that ends before its answer leaves the others and the connection alone', () => {
  test.each([
    ['PROTOCOL_ERROR', 1],
    ['INTERNAL_ERROR', 2],
    ['FLOW_CONTROL_ERROR', 3],
    ['SETTINGS_TIMEOUT', 4],
    ['STREAM_CLOSED', 5],
    ['FRAME_SIZE_ERROR', 6],
    ['REFUSED_STREAM', 7],
    ['CANCEL', 8],
    ['COMPRESSION_ERROR', 9],
    ['CONNECT_ERROR', 10],
    ['ENHANCE_YOUR_CALM', 11],
    ['INADEQUATE_SECURITY', 12],
    ['HTTP_1_1_REQUIRED', 13],
    ['one that is none', 99],
    ['NO_ERROR', 0],
  ])('reset with %s', async (_, code) => {
    const { get, pool, probe, arrived, sockets } = await scene()
    const other = get('/?hold=a')
    await arrived(1)
    await expect(get(`/?rst=${code}`, { method: 'POST', body: 'x' })).rejects.toThrow()
    await expect(get(`/?rst=${code}`)).rejects.toThrow()
    if (code !== 7) await expect(get(`/?rstBody=${code}&size=9000`)).rejects.toThrow()
    await probe.release('a')
    expect(await other).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(pool.stats()).toMatchObject(untouched)
    expect(sockets.opened).toBe(1)
  })

  test('refused once: it is sent again, whatever its method', async () => {
    const { get, sockets } = await scene({ retryStale: false })
    expect(tally(await Promise.allSettled([get('/?rst=7&first=1', { method: 'POST', body: 'x' }), get(), get()]))).toEqual({
      200: 3,
    })
    expect(sockets.opened).toBe(1)
  })

  test('headersTimeout and bodyTimeout', async () => {
    const { get, pool, probe, arrived, sockets } = await scene()
    const other = get('/?hold=a')
    await arrived(1)
    await expect(get('/?hold=b', { headersTimeout: 50 })).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    await expect(get('/?size=9000&holdBody=b', { bodyTimeout: 50 })).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' })
    await probe.release('a')
    expect(await other).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(pool.stats()).toMatchObject(untouched)
    expect(sockets.opened).toBe(1)
  })

  test('aborted: while it waits, while the answer is awaited, and in its body', async () => {
    const { url, get, pool, probe, arrived, sockets, connections } = await scene({
      maxConnections: 1,
      maxStreamsPerConnection: 3,
    })
    const [awaited, queued] = [new AbortController(), new AbortController()]
    const other = get('/?hold=a')
    const first = expect(get('/?hold=b', { signal: awaited.signal })).rejects.toMatchObject({ name: 'AbortError' })
    const inBody = listenBy('modern')
    pool.dispatcher.dispatch({ origin: url, path: '/?size=90000&holdBody=b', method: 'GET' }, inBody.handler)
    await arrived(3)
    await until(() => inBody.events.includes('headers 200'))
    const waiting = expect(get('/?never=1', { signal: queued.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(pool.stats()).toMatchObject({ pending: 1, streams: { active: 3 } })
    queued.abort()
    await waiting
    awaited.abort()
    await first
    await until(() => pool.stats().streams.active === 2)
    inBody.abort(new Error('enough'))
    expect((await inBody.done).error).toMatchObject({ message: 'enough' })
    await until(() => pool.stats().streams.active === 1)
    await probe.release('a')
    expect([await other, await get()]).toMatchObject([{ status: 200 }, { status: 200 }])
    expect(sockets.opened).toBe(1)
    const [connection] = await connections()
    expect(connection?.requests.map(({ url: path }) => path)).not.toContain('/?never=1')
  })

  test('aborted while its connection is made: others that wait for that are served', async () => {
    const { get, pool, sockets } = await scene({ maxConnections: 1 })
    const first = new AbortController()
    const aborted = expect(get('/', { signal: first.signal })).rejects.toMatchObject({ name: 'AbortError' })
    const others = times(5, () => get())
    expect(pool.stats()).toMatchObject({ open: 1, pending: 5 })
    first.abort()
    await aborted
    expect(tally(await Promise.allSettled(others))).toEqual({ 200: 5 })
    expect(sockets.peak).toBe(1)
  })

  test('aborted as soon as it is sent, again and again: no stream is lost, and the server sees no more of them than it allows', async () => {
    const { url, get, pool, sockets, connections } = await scene({ maxConnections: 1 }, { server: { maxStreams: 5 } })
    await get()
    for (let round = 0; round < 40; round++) {
      const told = times(8, () => listenBy('modern'))
      for (const { handler } of told) pool.dispatcher.dispatch({ origin: url, path: '/?hold=a', method: 'GET' }, handler)
      for (const { abort } of told) abort(new Error('enough'))
      await Promise.all(told.map(({ done }) => done))
    }
    expect(await get()).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(pool.stats()).toMatchObject({ open: 1, pending: 0, streams: { active: 0 } })
    expect(sockets.opened).toBe(1)
    expect((await connections())[0]?.http2?.peak).toBeLessThanOrEqual(5)
  })

  test('a handler that throws wherever it can', async () => {
    const { url, get, pool, probe, arrived, sockets } = await scene()
    const other = get('/?hold=a')
    await arrived(1)
    for (const name of ['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd'] as const) {
      const { handler, done } = listenBy('modern')
      const thrower = {
        ...handler,
        [name]() {
          throw new Error(name)
        },
      }
      pool.dispatcher.dispatch({ origin: url, path: '/?size=9', method: 'GET' }, thrower)
      expect((await done).error).toMatchObject({ message: name })
    }
    await probe.release('a')
    expect(await other).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(pool.stats()).toMatchObject(untouched)
    expect(sockets.opened).toBe(1)
  })
})

describe('a connection that is lost', () => {
  test.each(['fin', 'rst'] as const)(
    '%s while it carries: what may be sent again is, on another; the rest fails',
    async (how) => {
      const { get, tell, probe, arrived, pool, sockets } = await scene({ maxConnections: 1 })
      await get()
      const gets = times(20, () => get('/?hold=a'))
      const posts = Promise.allSettled(times(3, () => get('/?hold=a', { method: 'POST', body: 'x' })))
      const begun = expect(get('/?size=90000&holdBody=a')).rejects.toThrow()
      await arrived(25)
      await tell({ do: 'end', how })
      expect(Object.keys(tally(await posts))).not.toContain('200')
      await begun
      await arrived(25 + 20)
      await probe.release('a')
      expect(tally(await Promise.allSettled(gets))).toEqual({ 200: 20 })
      expect(sockets).toMatchObject({ peak: 1, opened: 2 })
      await until(() => pool.stats().idle === 1)
      expect(pool.stats()).toMatchObject(untouched)
    },
  )

  test.each(['fin', 'rst'] as const)('%s again and again: a request is sent twice and no more', async (how) => {
    const { get, tell, arrived } = await scene({ maxConnections: 1 })
    await get()
    const failing = Promise.allSettled(times(5, () => get('/?hold=a')))
    await arrived(6)
    await tell({ do: 'end', how })
    await arrived(11)
    await tell({ do: 'end', how })
    expect(Object.keys(tally(await failing))).not.toContain('200')
  })

  test('retryStale: false: what was sent fails', async () => {
    const { get, tell, arrived } = await scene({ maxConnections: 1, retryStale: false })
    await get()
    const failing = Promise.allSettled(times(5, () => get('/?hold=a')))
    await arrived(6)
    await tell({ do: 'end', how: 'rst' })
    expect(Object.keys(tally(await failing))).not.toContain('200')
    expect(await get()).toMatchObject({ status: 200 })
  })

  test.each([false, true])('http2: %s: headers that can be read only once are sent again', async (http2) => {
    const { get, connections } = await scene({ http2 })
    await get()
    const headers = [['x-trace', 'kept']].values()
    expect(await get('/?reset=reused', { headers })).toMatchObject({ status: 200 })
    const requests = (await connections()).flatMap((connection) => connection.requests)
    expect(requests.map((request) => request.headers['x-trace'])).toEqual([undefined, 'kept', 'kept'])
  })

  test('a peer that has fallen silent is left after two intervals, and one that only has nothing to say is not', async () => {
    const { get, tell, arrived, pool, sockets } = await scene({ maxConnections: 1, pingInterval: '1s' }, tapped)
    await get()
    const waiting = get('/?delay=2500')
    expect(await waiting).toMatchObject({ status: 200 })
    expect(sockets.opened).toBe(1)
    const lost = expect(get('/?hold=a', { method: 'POST', body: 'x' })).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
    await arrived(3)
    await tell({ do: 'silence' })
    await lost
    expect(await get()).toMatchObject({ status: 200 })
    expect(sockets).toMatchObject({ peak: 1, opened: 2 })
    expect(pool.stats()).toMatchObject(untouched)
  })

  test('a peer with nothing to say is asked once in each interval', async () => {
    const { get, connections } = await scene({ pingInterval: '200ms' })
    await get('/?delay=2100')
    const [pings = 0] = (await connections()).map(({ http2 }) => http2?.pings)
    // The first half an interval after the request at the latest; a busy machine is late and never early.
    expect(pings).toBeGreaterThanOrEqual(8)
    expect(pings).toBeLessThanOrEqual(11)
  })

  test('a peer that has died is left two intervals after its last word, and one interval after a ping', async () => {
    const { get, tell, pool } = await scene({ pingInterval: '1s', keepAliveExpiry: '1h' }, tapped)
    await get()
    const [longest, shortest] = [wallClock(), stopwatch()]
    await tell({ do: 'silence' })
    await until(() => pool.stats().open === 0)
    expect(longest()).toBeGreaterThan(1400)
    expect(shortest()).toBeLessThan(2400)
  })

  test('a silent peer is left too while its connection is idle; pingInterval: false asks never', async () => {
    const asked = await scene({ pingInterval: '1s', keepAliveExpiry: '1h' }, tapped)
    const never = await scene({ pingInterval: false, keepAliveExpiry: '1h' }, tapped)
    for (const { get, tell } of [asked, never]) {
      await get()
      await tell({ do: 'silence' })
    }
    await until(() => asked.pool.stats().open === 0)
    expect(never.pool.stats()).toMatchObject(untouched)
  })
})

describe('bodies', () => {
  test('a big one under flow control stands beside small requests', async () => {
    const { get, probe, arrived, sockets } = await scene({ maxConnections: 1 }, { server: { window: 1000 } })
    const upload = get('/?hold=a&read=0', { method: 'POST', body: Readable.from(times(50, () => Buffer.alloc(64_000))) })
    await arrived(1)
    expect(tally(await Promise.allSettled(times(50, () => get('/?size=100'))))).toEqual({ 200: 50 })
    await probe.release('a')
    await upload.catch(() => {})
    expect(await get()).toMatchObject({ status: 200 })
    expect(sockets.opened).toBe(1)
  })

  test('who reads slowly holds up nobody else', async () => {
    const { url, get, pool, sockets } = await scene({ maxConnections: 1 })
    const slow = listenBy('modern')
    let resume = () => {}
    const paused = {
      ...slow.handler,
      onResponseStart(controller: { pause(): void; resume(): void }) {
        controller.pause()
        resume = () => controller.resume()
      },
    }
    pool.dispatcher.dispatch({ origin: url, path: '/?size=400000', method: 'GET' }, paused as never)
    expect(tally(await Promise.allSettled(times(50, () => get('/?size=1000'))))).toEqual({ 200: 50 })
    expect(pool.stats().streams.active).toBe(1)
    resume()
    expect((await slow.done).body).toHaveLength(400_000)
    expect(sockets.opened).toBe(1)
  })
})
