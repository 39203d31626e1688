import { describe, expect, test } from 'vitest'
import { until } from './harness.ts'
import { scene, tally, times } from './http2-harness.ts'

describe('streams', () => {
  test.each([
    [30, undefined, 1],
    [30, 10, 3],
    [7, 5, 2],
  ])('a burst of %i at a server that allows %s opens %i', async (requests, maxStreams, connections) => {
    const {
      get,
      pool,
      sockets,
      probe,
      connections: seen,
    } = await scene({}, { server: maxStreams === undefined ? {} : { maxStreams } })
    const answers = times(requests, () => get('/?hold=a'))
    await until(() => pool.stats().active === connections && pool.stats().pending === 0)
    await until(() => pool.stats().streams.active === requests)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: requests })
    expect(sockets).toMatchObject({ open: connections, peak: connections, opened: connections })
    const records = await seen()
    expect(records.map(({ http2 }) => http2?.streams).reduce((a = 0, b = 0) => a + b)).toBe(requests)
    expect(Math.max(...records.map(({ http2 }) => http2?.peak ?? 0))).toBeLessThanOrEqual(maxStreams ?? requests)
  })

  test('maxStreamsPerConnection is obeyed below what the server allows', async () => {
    const { get, pool, probe, connections } = await scene(
      { maxStreamsPerConnection: 3, maxConnectionsPerHost: 2 },
      { server: { maxStreams: 50 } },
    )
    const answers = times(10, () => get('/?hold=a'))
    await until(() => pool.stats().streams.active === 6 && pool.stats().pending === 4)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 10 })
    expect((await connections()).map(({ http2 }) => http2?.peak)).toEqual([3, 3])
  })

  test('a limit that is raised, lowered, and 0', async () => {
    const { get, pool, probe, tell, arrived, connections } = await scene(
      { maxConnections: 1 },
      { server: { maxStreams: 2, tapped: true } },
    )
    const first = times(5, () => get('/?hold=a'))
    await arrived(2)
    await tell({ do: 'settings', maxStreams: 4 })
    // What has a stream but is not sent yet would be taken back.
    await arrived(4)
    await tell({ do: 'settings', maxStreams: 0 })
    await probe.release('a')
    await until(() => pool.stats().streams.active === 0)
    expect(pool.stats()).toMatchObject({ open: 1, pending: 1, streams: { capacity: 0 } })
    await tell({ do: 'settings', maxStreams: 1 })
    expect(tally(await Promise.allSettled(first))).toEqual({ 200: 5 })
    expect((await connections()).map(({ http2 }) => [http2?.peak, http2?.refused])).toEqual([[4, 0]])
  })

  test('a server that allows none from the start keeps requests waiting, not its connection', async () => {
    const { get, tell, pool, sockets } = await scene({ maxConnections: 1, acquireTimeout: 400 }, { server: { maxStreams: 0 } })
    await expect(get()).rejects.toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT' })
    expect(pool.stats()).toMatchObject({ open: 1, pending: 0, streams: { active: 0, capacity: 0 } })
    await tell({ do: 'settings', maxStreams: 5 })
    expect(await get()).toMatchObject({ status: 200 })
    expect(sockets.opened).toBe(1)
  })

  test('trailers, an interim answer, HEAD, and what is in a stream of a body', async () => {
    const { get, sockets } = await scene()
    expect(await get('/?trailers=1&size=5')).toMatchObject({ status: 200, trailers: { 'x-probe-trailer': 'end' } })
    expect(await get('/?interim=1')).toMatchObject({ status: 200, text: 'ok' })
    expect(await get('/?size=7', { method: 'HEAD' })).toMatchObject({ status: 200, text: '', headers: { 'content-length': '7' } })
    expect(await get('/?status=204')).toMatchObject({ status: 204, text: '' })
    const body = async function* () {
      yield 'a'
      yield 'b'
    }
    expect(await get('/?echo=1', { method: 'POST', body: body() })).toMatchObject({ text: 'ab' })
    expect(await get('/?echo=1', { method: 'PUT', body: 'x'.repeat(300_000) })).toMatchObject({ text: 'x'.repeat(300_000) })
    expect(sockets.opened).toBe(1)
  })
})
