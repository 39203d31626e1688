import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from './harness.ts'
import { scene, tally, tapped, times } from './http2-harness.ts'

describe('a connection of HTTP/2 ends', () => {
  test('after keepAliveExpiry since its last stream', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ keepAliveExpiry: 100 })
    const running = get('/?hold=a')
    await arrived(1)
    await get('/?delay=150')
    expect(pool.stats()).toMatchObject({ open: 1, expired: 0 })
    await probe.release('a')
    await running
    await until(() => sockets.open === 0)
    expect(pool.stats()).toMatchObject({ open: 0, expired: 1 })
  })

  test('after maxRequestsPerConnection, when what runs on it is over', async () => {
    const { get, sockets, connections } = await scene({ maxRequestsPerConnection: 5, maxConnections: 2 })
    expect(tally(await Promise.allSettled(times(20, () => get('/?delay=5'))))).toEqual({ 200: 20 })
    expect((await connections()).map(({ requests }) => requests.length)).toEqual([5, 5, 5, 5])
    expect(sockets.peak).toBeLessThanOrEqual(2)
    await until(() => sockets.open === 0)
  })

  test('after maxLifetime, when what runs on it is over', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ maxLifetime: 400, keepAliveExpiry: '1h' })
    const running = get('/?hold=a')
    await arrived(1)
    while (sockets.opened === 1) await get('/?delay=5')
    expect(pool.stats()).toMatchObject({ open: 2, draining: 1, streams: { active: 1 } })
    await probe.release('a')
    expect(await running).toMatchObject({ status: 200 })
    await until(() => sockets.open === 0)
  })

  test('after one request with keepAlive: false, and so does one beyond the limit', async () => {
    const { get, connections, sockets } = await scene({ keepAlive: false })
    expect(tally(await Promise.allSettled(times(4, () => get())))).toEqual({ 200: 4 })
    expect((await connections()).map(({ requests }) => requests.length)).toEqual([1, 1, 1, 1])
    await until(() => sockets.open === 0)
    const beyond = await scene({ maxConnections: 1, maxStreamsPerConnection: 2, maxOverflow: 1 })
    const answers = times(3, () => beyond.get('/?hold=a'))
    await beyond.arrived(3)
    expect(beyond.sockets.open).toBe(2)
    await beyond.probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 3 })
    await until(() => beyond.sockets.open === 1)
  })

  test('with close: what runs and waits is answered first', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ maxConnections: 1, maxStreamsPerConnection: 3 })
    const answers = times(5, () => get('/?hold=a'))
    await arrived(3)
    const closed = pool.close()
    await expect(get()).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
    await closed
    expect(sockets).toMatchObject({ open: 0, opened: 1 })
  })

  test('with close, also if it is told to go away meanwhile', async () => {
    const { get, pool, probe, arrived, tell, sockets } = await scene({ maxConnections: 1 }, tapped)
    const answers = times(5, () => get('/?hold=a'))
    await arrived(5)
    const closed = pool.close()
    await tell({ do: 'goaway', kind: 'hard' })
    await arrived(10)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
    await closed
    expect(sockets).toMatchObject({ open: 0, peak: 1 })
  })

  test.each(['running', 'draining'] as const)('with destroy, while it is %s: all fail at once', async (state) => {
    const { get, pool, arrived, tell, sockets } = await scene({ maxConnections: 1, maxStreamsPerConnection: 20 })
    const answers = Promise.allSettled(times(30, () => get('/?hold=a')))
    await arrived(20)
    if (state === 'draining') {
      await tell({ do: 'goaway', kind: 'graceful' })
      await until(() => pool.stats().draining === 1)
    }
    await pool.destroy()
    expect(tally(await answers)).toEqual({ ERR_POOL_CLOSED: 30 })
    await until(() => sockets.open === 0)
  })

  test('with the process: idle ones do not keep it', async () => {
    const { url } = await scene()
    const code = `
      const { createPool } = await import(${JSON.stringify(new URL('../../../adapters/undici.ts', import.meta.url).href)})
      const { request } = await import('undici')
      const pool = createPool({ http2: true, keepAliveExpiry: '1h' }, { connect: { rejectUnauthorized: false } })
      await pool.preconnect(${JSON.stringify(url)}, 2)
      const answers = await Promise.all(Array.from({ length: 20 }, async () => (await request(${JSON.stringify(url)}, pool.options)).body.text()))
      console.log(answers.length, pool.stats().idle)
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: import.meta.dirname })
    let out = ''
    child.stdout.on('data', (data) => (out += String(data)))
    const [exit] = await once(child, 'close')
    expect([exit, out.trim()]).toEqual([0, '20 2'])
  })
})

describe('what has reached this host while its event loop was busy', () => {
  const block = (sign: string) => {
    while (!existsSync(sign)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    rmSync(sign)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)
  }

  test.each(['fin', 'rst'] as const)('%s: no POST is sent on an idle connection that has ended', async (how) => {
    for (let round = 0; round < 5; round++) {
      const { get, probe, sockets, origin } = await scene({ retryStale: false })
      await get()
      const sign = join(tmpdir(), `polypool-h2-${process.pid}-${Math.random()}`)
      await probe.endIdleLater(origin, how, 20, sign)
      block(sign)
      expect(await get('/', { method: 'POST', body: 'x' })).toMatchObject({ status: 200 })
      expect(sockets.opened).toBe(2)
    }
  })

  test.each(['graceful', 'hard'] as const)('GOAWAY, %s: whoever is sent then is answered', async (kind) => {
    for (let round = 0; round < 5; round++) {
      const { get, tell } = await scene({ retryStale: false }, kind === 'hard' ? tapped : {})
      await get()
      const told = tell({ do: 'goaway', kind })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      const answers = times(5, () => get('/', { method: 'POST', body: 'x' }))
      expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
      await told
    }
  })

  test('GOAWAY right behind the end of an answer: who waits for that stream does not take down those that run', async () => {
    for (let round = 0; round < 5; round++) {
      const { get, tell, probe, arrived, pool } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
      const running = get('/?hold=b')
      const ending = get('/?holdBody=a&size=9000')
      await arrived(2)
      const waiting = get('/', { method: 'POST', body: 'x' })
      expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
      const told = [probe.release('a'), tell({ do: 'goaway', kind: 'graceful' })]
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
      await Promise.all(told)
      expect(await ending).toMatchObject({ status: 200 })
      await probe.release('b')
      expect([await running, await waiting]).toMatchObject([{ status: 200 }, { status: 200 }])
    }
  })
})

describe('changed limits', () => {
  test('more or fewer streams, from now on', async () => {
    const { get, pool, probe, arrived } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
    const answers = times(6, () => get('/?hold=a'))
    await arrived(2)
    pool.reconfigure({ maxStreamsPerConnection: 5 })
    await arrived(5)
    pool.reconfigure({ maxStreamsPerConnection: 1 })
    expect(pool.stats()).toMatchObject({ pending: 1, streams: { active: 5 } })
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 6 })
    expect(pool.stats().streams).toEqual({ active: 0, capacity: 1 })
  })

  test('http2 on and off, for connections that are opened from now on', async () => {
    const { get, pool, connections } = await scene({ http2: false })
    await get()
    pool.reconfigure({ http2: true, keepAlive: false })
    await get()
    pool.reconfigure({ keepAlive: true })
    await get()
    expect((await connections()).map(({ http2: spoken }) => spoken !== null)).toEqual([false, true, true])
    pool.reconfigure({ http2: false })
    expect(tally(await Promise.allSettled(times(5, () => get())))).toEqual({ 200: 5 })
  })

  test.each([
    ['false', { http2: true }, { http2: false }],
    ['"only"', { http2: false }, { http2: 'only' }],
  ] as const)('http2 set to %s: connections of the other protocol take no more requests', async (_, first, then) => {
    const { get, pool, probe, arrived, connections, sockets } = await scene({ ...first, maxConnections: 3 })
    const held = [get('/?hold=a'), get('/?hold=a')]
    await arrived(2)
    const before = sockets.opened
    pool.reconfigure(then)
    expect(await get('/?next=1')).toMatchObject({ status: 200 })
    await probe.release('a')
    expect(tally(await Promise.allSettled(held))).toEqual({ 200: 2 })
    await until(() => sockets.open === 1)
    expect(await get('/?last=1')).toMatchObject({ status: 200 })
    const speaks = (await connections()).map(({ http2, requests }) => [http2 !== null, requests.length])
    const wanted = then.http2 === 'only'
    expect(speaks.filter(([spoken]) => spoken === wanted)).toEqual([[wanted, 2]])
    expect(sockets.opened).toBe(before + 1)
  })

  test.each([1, 6])(
    'http2 turned off while a connection is made for %i requests: it carries the first and no more',
    async (count) => {
      const { get, pool, connections, sockets } = await scene({ maxConnections: 3 })
      const sent = times(count, () => get())
      pool.reconfigure({ http2: false })
      expect(tally(await Promise.allSettled(sent))).toEqual({ 200: count })
      expect(await get()).toMatchObject({ status: 200 })
      const carried = (await connections()).filter(({ http2 }) => http2 !== null).map(({ requests }) => requests.length)
      expect(carried).toEqual([1])
      await until(() => pool.stats().open === pool.stats().idle)
      expect(pool.stats().streams).toEqual({ active: 0, capacity: 0 })
      expect(sockets.peak).toBeLessThanOrEqual(3)
    },
  )

  test('http2 turned off closes an idle session', async () => {
    const { get, pool, sockets } = await scene()
    await get()
    pool.reconfigure({ http2: false })
    expect(pool.stats().idle).toBe(0)
    await until(() => sockets.open === 0)
  })
})
