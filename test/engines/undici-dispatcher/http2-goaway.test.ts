import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from './harness.ts'
import { scene, tally, tapped, times } from './http2-harness.ts'

const methods = ['GET', 'POST'] as const

describe('GOAWAY', () => {
  test('graceful: what runs is answered, what comes takes another connection, and both count until the first has closed', async () => {
    const { get, pool, probe, tell, sockets, arrived } = await scene({ maxConnections: 2 })
    const running = times(3, () => get('/?hold=a'))
    await arrived(3)
    await tell({ do: 'goaway', kind: 'graceful' })
    await until(() => pool.stats().draining === 1)
    expect(await get()).toMatchObject({ status: 200 })
    expect(pool.stats()).toMatchObject({ open: 2, draining: 1, idle: 1 })
    expect(sockets).toMatchObject({ open: 2, opened: 2 })
    await probe.release('a')
    expect(tally(await Promise.allSettled(running))).toEqual({ 200: 3 })
    await until(() => pool.stats().open === 1)
    expect(sockets).toMatchObject({ open: 1, peak: 2, opened: 2 })
  })

  test('graceful, with one connection allowed: the next request waits until the socket has closed', async () => {
    const { get, pool, probe, tell, sockets, arrived } = await scene({ maxConnections: 1 })
    const running = get('/?hold=a')
    await arrived(1)
    await tell({ do: 'goaway', kind: 'graceful' })
    await until(() => pool.stats().draining === 1)
    const waiting = get('/?next=1')
    expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
    await probe.release('a')
    expect(await Promise.all([running, waiting])).toMatchObject([{ status: 200 }, { status: 200 }])
    expect(sockets).toMatchObject({ peak: 1, opened: 2 })
  })

  test.each(methods)('hard: a %s that the server says it has not seen is sent again, also without retryStale', async (method) => {
    const { get, arrived, tell, probe, sockets, connections } = await scene({ maxConnections: 1, retryStale: false }, tapped)
    const more = method === 'POST' ? { method, body: 'x' } : {}
    const running = times(4, () => get('/?hold=a', more))
    await arrived(4)
    await tell({ do: 'goaway', kind: 'hard' })
    await until(() => sockets.opened === 2)
    await probe.release('a')
    expect(tally(await Promise.allSettled(running))).toEqual({ 200: 4 })
    expect(sockets.peak).toBe(1)
    expect((await connections()).map(({ requests }) => requests.length)).toEqual([4, 4])
  })

  test('hard: what it has not seen does not wait for what runs, whatever undici keeps of it', async () => {
    const { get, arrived, tell, probe, sockets } = await scene({ maxConnections: 2 }, tapped)
    const running = get('/?size=100000&holdBody=a')
    const other = get('/?hold=b')
    await arrived(2)
    await tell({ do: 'goaway', kind: 'hard' })
    await until(() => sockets.opened === 2)
    await probe.release('b')
    expect(await other).toMatchObject({ status: 200 })
    await probe.release('a')
    expect(await running).toMatchObject({ status: 200 })
  })

  test('hard: a body that was a stream is gone, and its request fails', async () => {
    const { get, arrived, tell } = await scene({ maxConnections: 1 }, tapped)
    const body = async function* () {
      yield 'a'
    }
    const failed = expect(get('/?hold=a', { method: 'POST', body: body() })).rejects.toThrow('GOAWAY')
    await arrived(1)
    await tell({ do: 'goaway', kind: 'hard' })
    await failed
    expect(await get()).toMatchObject({ status: 200 })
  })

  test('what it has not seen does not wait for what it has, and runs', async () => {
    const { get, arrived, probe, sockets, pool, origin } = await scene({ maxConnections: 2 })
    const running = get('/?hold=a')
    await arrived(1)
    const sign = join(tmpdir(), `polypool-goaway-${process.pid}-${Math.random()}`)
    const frozen = probe.freeze(sign, { origin, command: { do: 'goaway', kind: 'graceful' } })
    await until(() => existsSync(`${sign}.on`))
    const unseen = times(3, () => get('/', { method: 'POST', body: 'x' }))
    await until(() => pool.stats().streams.active === 4)
    writeFileSync(sign, '')
    await frozen
    for (const file of [sign, `${sign}.on`]) rmSync(file)
    expect(tally(await Promise.allSettled(unseen))).toEqual({ 200: 3 })
    expect(pool.stats()).toMatchObject({ open: 2, draining: 1, streams: { active: 1 } })
    await probe.release('a')
    expect(await running).toMatchObject({ status: 200 })
    expect(sockets).toMatchObject({ peak: 2, opened: 2 })
  })

  test('hard: what it gives back has its old place in the queue', async () => {
    const { get, arrived, tell, probe, connections, pool } = await scene(
      { maxConnections: 1, maxStreamsPerConnection: 2 },
      tapped,
    )
    const first = times(2, (at) => get(`/?hold=a&at=${at}`))
    await arrived(2)
    const waiting = times(2, (at) => get(`/?hold=a&at=${at + 2}`))
    await until(() => pool.stats().pending === 2)
    await tell({ do: 'goaway', kind: 'hard' })
    await arrived(4)
    expect((await connections())[1]?.requests.map(({ url }) => url)).toEqual(['/?hold=a&at=0', '/?hold=a&at=1'])
    await probe.release('a')
    expect(tally(await Promise.allSettled([...first, ...waiting]))).toEqual({ 200: 4 })
  })

  test('to every connection at its fifth request: no request fails, and it is no retry that needs to be allowed', async () => {
    const { get, sockets, pool } = await scene(
      { maxConnections: 3, maxStreamsPerConnection: 4, retryStale: false },
      { server: { goawayAfterRequests: 5 } },
    )
    const results = await Promise.allSettled(
      times(120, (index) => get(`/?delay=${index % 5}`, index % 3 ? {} : { method: 'POST', body: 'x' })),
    )
    expect(tally(results)).toEqual({ 200: 120 })
    expect(sockets.peak).toBeLessThanOrEqual(3)
    await until(() => pool.stats().active === 0)
    expect(pool.stats().pending).toBe(0)
  })

  test('hard, again and again: a request is given up only after it was sent four times', async () => {
    const { get, tell, probe, arrived, sockets } = await scene({ maxConnections: 1 }, tapped)
    const rounds = async (path: string, count: number) => {
      const before = (await probe.report()).connections.flatMap(({ requests }) => requests).length
      const running = Promise.allSettled(times(10, () => get(path, { method: 'POST', body: 'x' })))
      for (let round = 1; round <= count; round++) {
        await arrived(before + 10 * round)
        await tell({ do: 'goaway', kind: 'hard' })
      }
      return running
    }
    const given = await rounds('/?hold=b', 4)
    expect(tally(given)).toEqual({ UND_ERR_INFO: 10 })
    const answered = rounds('/?hold=a', 3)
    await arrived(40 + 40)
    await probe.release('a')
    expect(tally(await answered)).toEqual({ 200: 10 })
    expect(sockets.peak).toBe(1)
  })

  test.each(['graceful', 'announced'] as const)(
    '%s, to all sessions again and again under load: every request is answered, within the cap',
    async (kind) => {
      const { get, tell, sockets, pool } = await scene(
        { maxConnections: 3, maxStreamsPerConnection: 10 },
        kind === 'announced' ? tapped : {},
      )
      let going = true
      const goaways = (async () => {
        while (going) {
          await tell({ do: 'goaway', kind })
          await new Promise((resolve) => setTimeout(resolve, 60))
        }
      })()
      const worker = async (at: number) => {
        const results: PromiseSettledResult<Awaited<ReturnType<typeof get>>>[] = []
        for (let i = 0; i < 12; i++) results.push(...(await Promise.allSettled([get(`/?delay=${(at * 7 + i * 3) % 30}`)])))
        return results
      }
      const results = (await Promise.all(times(20, worker))).flat()
      going = false
      await goaways
      expect(tally(results)).toEqual({ 200: 240 })
      expect(sockets.peak).toBeLessThanOrEqual(3)
      await until(() => pool.stats().draining === 0)
      expect(pool.stats()).toMatchObject({ active: 0, pending: 0, streams: { active: 0 } })
      expect(sockets.open).toBe(pool.stats().open)
    },
  )
})
