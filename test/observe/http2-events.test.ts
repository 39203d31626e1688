import { expect, test } from 'vitest'
import { until } from '../engines/undici-dispatcher/harness.ts'
import { scene, times } from '../engines/undici-dispatcher/http2-harness.ts'
import { Listener } from './listening.ts'

test('GOAWAY: what ran on the connection counts as its uses, and its server has ended it', async () => {
  const listener = new Listener()
  const { get, pool, probe, tell, arrived } = await scene({ maxConnections: 1 })
  const running = times(3, () => get('/?hold=a'))
  await arrived(3)
  await tell({ do: 'goaway', kind: 'graceful' })
  await until(() => pool.stats().draining === 1)
  expect(listener.of('polypool:connection:close')).toEqual([])
  await probe.release('a')
  await Promise.all(running)
  expect(await listener.until('polypool:connection:close', 1)).toMatchObject([{ reason: 'server', uses: 3 }])
  expect(listener.of('polypool:connection:open')).toMatchObject([{ protocol: 'h2', ahead: false }])
  expect(listener.of('polypool:acquire:grant').map(({ uses }) => uses)).toEqual([1, 2, 3])
})

test('a grant tells how many requests its connection carries, be they given a free one or have waited for it', async () => {
  const listener = new Listener()
  const { get, probe, arrived } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
  const running = times(3, () => get('/?hold=a'))
  await arrived(2)
  await probe.release('a')
  await Promise.all(running)
  await get()
  expect(listener.of('polypool:acquire:grant').map(({ streams }) => streams)).toEqual([1, 2, expect.any(Number), 1])
  expect(Math.max(...listener.of('polypool:acquire:grant').map(({ streams }) => streams))).toBe(2)
})

test('maxRequestsPerConnection, and a session that is reset', async () => {
  const listener = new Listener()
  const { get, tell, arrived } = await scene({ maxConnections: 1, maxRequestsPerConnection: 2 })
  await Promise.all([get(), get()])
  expect(await listener.until('polypool:connection:close', 1)).toMatchObject([{ reason: 'requests', uses: 2 }])
  const cut = get('/?hold=a', { method: 'POST', body: 'x' }).catch(() => {})
  await arrived(3)
  await tell({ do: 'end', how: 'rst' })
  const closes = await listener.until('polypool:connection:close', 2)
  expect(closes[1]).toMatchObject({ reason: 'server', uses: 1 })
  await cut
})

test('close() while requests run', async () => {
  const listener = new Listener()
  const { get, pool, probe, arrived } = await scene()
  const running = times(2, () => get('/?hold=a'))
  await arrived(2)
  const closed = pool.close()
  await probe.release('a')
  await Promise.all([...running, closed])
  expect(listener.of('polypool:connection:close')).toMatchObject([{ reason: 'closed', uses: 2 }])
})
