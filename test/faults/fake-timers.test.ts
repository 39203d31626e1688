import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { clientNames } from '../../src/clients/index.ts'
import type { Faked } from './children/fake-timers.ts'
import { HoldingServer } from './holding-server.ts'
import { runChild } from './run-child.ts'

let url: string
let server: HoldingServer

beforeAll(async () => {
  server = new HoldingServer()
  url = await server.listen()
})

afterAll(() => server.close())

// In a process of its own, where everything may be faked.
describe.each(clientNames)('%s', { concurrent: true }, (driver) => {
  test('is answered under faked timers wherever it is without a pool, and the pool works on', async () => {
    const { reports, stderr, code } = await runChild('fake-timers', { driver, url })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const all = reports as Faked[]
    // What clients themselves call at call time hangs natively.
    expect(all.filter(({ native }) => native).length).toBeGreaterThanOrEqual(all.length / 2)
    expect(all.length).toBeGreaterThanOrEqual(14)
    // With what the guide to tests advises, none hangs.
    expect(all).toContainEqual(expect.objectContaining({ by: 'sinon as advised', native: true }))
    for (const { by, native, pool, after } of all) {
      if (!native) continue
      const works = { answers: ['ok', 'ok', 'ok', 'ok', 'ok'], created: 1, waited: 'ERR_POOL_ACQUIRE_TIMEOUT', open: 0 }
      expect({ by, pool, after }).toEqual({ by, pool: true, after: works })
    }
  })
})

// Its own fakes are those of sinon, but installed by it; what the runner itself needs stays real.
test.each(clientNames)("%s under vitest's own", async (driver) => {
  const { setTimeout } = globalThis
  const client = await loadClient({ driver })
  const handle = client.driver.open(client.module)
  await using pool = client.adapter.createPool({ maxConnections: 1, acquireTimeout: 10_000 })
  const ask = async () => (await handle.start(pool, { url })).read()
  await ask()
  await new Promise((resolve) => void setTimeout(resolve, 30))
  // undici itself looks at an idle connection by setImmediate, and hangs natively.
  const own = client.driver.family === 'undici' ? [] : (['setImmediate'] as const)
  vi.useFakeTimers({ toFake: [...own, 'setTimeout', 'setInterval', 'Date', 'performance'] })
  const answer = await Promise.race([ask(), new Promise((resolve) => void setTimeout(resolve, 15_000, 'hung'))])
  vi.useRealTimers()
  expect(answer).toBe('ok')
  expect(await ask()).toBe('ok')
  expect(pool.stats()).toMatchObject({ created: 1, reused: 2, active: 0 })
})
