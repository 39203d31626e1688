import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { engines } from '../faults/engines.ts'
import { a, b, start } from '../pool/start.ts'
import { ask } from './asking.ts'
import { useServers } from './scripted-server.ts'

const [server] = useServers(1) as [ReturnType<typeof useServers>[0]]

async function refusing(): Promise<string> {
  const once = createServer()
  await new Promise<void>((resolve) => once.listen(0, '127.0.0.1', resolve))
  const { port } = once.address() as { port: number }
  await new Promise((resolve) => once.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe.each(engines)('$name', (engine) => {
  test('a pool that nobody uses, and one whose requests are served, do well', async () => {
    const pool = engine.createPool({ maxConnections: 1 })
    onTestFinished(() => pool.destroy())
    expect(pool.health()).toEqual({ status: 'ok', reasons: [] })
    await Promise.all([1, 2, 3].map(() => ask(engine, pool, server.url)))
    expect(pool.health()).toEqual({ status: 'ok', reasons: [] })
  })

  test('one that refuses requests is saturated', async () => {
    const pool = engine.createPool({ maxConnections: 1, acquireTimeout: 20 })
    onTestFinished(() => pool.destroy())
    const held = ask(engine, pool, `${server.url}/hold`)
    await server.holds(1)
    expect(pool.health().status).toBe('ok')
    await ask(engine, pool, server.url)
    expect(pool.health()).toEqual({
      status: 'saturated',
      reasons: [expect.stringMatching(/^requests were refused or have waited too long/)],
    })
    server.letGo()
    await held
  })

  test('one that can connect to nobody fails, until it can again; a closed one too', async () => {
    const pool = engine.createPool({})
    const url = await refusing()
    for (let tried = 0; tried < 2; tried++) await ask(engine, pool, url)
    expect(pool.health().status).toBe('ok')
    await ask(engine, pool, url)
    await vi.waitFor(() =>
      expect(pool.health()).toEqual({
        status: 'failing',
        reasons: [`no connection can be made to ${url}: 3 connects in a row have failed`],
      }),
    )
    await ask(engine, pool, server.url)
    expect(pool.health()).toEqual({ status: 'ok', reasons: [] })
    await pool.close()
    expect(pool.health()).toEqual({ status: 'failing', reasons: ['the pool is closed'] })
  })

  test('requests that callers give up while they connect say nothing of the host', async () => {
    const pool = engine.createPool({}, { lookup: () => {} })
    onTestFinished(() => pool.destroy())
    for (let tried = 0; tried < 4; tried++) {
      const controller = new AbortController()
      const asked = ask(engine, pool, 'http://never.test', controller.signal)
      await vi.waitFor(() => expect(pool.stats().open).toBeGreaterThan(0))
      controller.abort()
      await asked
    }
    expect(pool.health()).toEqual({ status: 'ok', reasons: [] })
  })
})

test('one in which a request waits for longer than a second is saturated', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 60_000 })
  engine.open(a)
  engine.ask(b)
  engine.ask(a)
  expect(engine.pool.health.status).toBe('ok')
  engine.clock.time += 1500
  expect(engine.pool.health).toEqual({ status: 'saturated', reasons: [`2 requests wait for a connection, to ${b} for 1.5s`] })
})
