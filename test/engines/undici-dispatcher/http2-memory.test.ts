import { Readable } from 'node:stream'
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { PoolRequest } from '../../../src/engines/undici-dispatcher/request.ts'
import { until } from './harness.ts'
import { type Scene, scene, undici8 } from './http2-harness.ts'

/** It collects garbage first. */
const living = () => queryObjects(PoolRequest as never, { format: 'count' })

/** A body in a stream, from which all of its request is reached. */
const post = () => ({ method: 'POST', body: Readable.from(['a', 'b']) })

const open = () => {
  const body = new Readable({ read() {} })
  body.push('begun')
  return { method: 'POST', body }
}

/** @param count requests that the server has then seen */
type End = (at: Scene, count: number) => Promise<void>

const readLate: End = async ({ url, pool, connections, arrived }, count) => {
  const { dispatcher } = pool
  const { body } = await undici8.api.request(`${url}/?size=200000`, { dispatcher, ...post() })
  await arrived(count)
  await expect.poll(async () => (await connections())[0]?.http2?.open).toBe(0)
  await body.text()
}

const abort: End = async ({ get, arrived }, count) => {
  const controller = new AbortController()
  const { signal } = controller
  const aborted = expect(get('/?hold=never', { ...open(), signal })).rejects.toThrow()
  await arrived(count)
  controller.abort()
  await aborted
}

const lose: End = async ({ get, arrived, tell }, count) => {
  const lost = expect(get('/?hold=never', open())).rejects.toThrow()
  await arrived(count)
  await tell({ do: 'end', how: 'rst' })
  await lost
}

const breakOff: End = async ({ get, arrived }, count) => {
  const { method, body } = open()
  const broken = expect(get('/?hold=never', { method, body })).rejects.toThrow('breaks')
  await arrived(count)
  body.destroy(new Error('breaks'))
  await broken
}

const rounds = 10

test.each([
  ['its answer is read after the server has ended it', readLate],
  ['it is aborted', abort],
  ['its connection is lost', lose],
  ['its body breaks', breakOff],
])('nothing of a request stays in memory when %s', async (_, end) => {
  const at = await scene({ maxConnections: 1, retryStale: false })
  await at.get()
  const before = living()
  for (let round = 1; round <= rounds; round++) await end(at, 1 + round)
  await until(() => at.pool.stats().streams.active === 0)
  // The last one may be remembered.
  await expect.poll(() => living() - before).toBeLessThan(rounds / 2)
})
