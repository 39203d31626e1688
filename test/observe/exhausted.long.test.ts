import { describe, expect, onTestFinished, test } from 'vitest'
import { engines } from '../faults/engines.ts'
import { ask } from './asking.ts'
import { useServers } from './scripted-server.ts'
import { listenToWarnings } from './warnings.ts'

const [server] = useServers(1) as [ReturnType<typeof useServers>[0]]

describe.each(engines)('$name', (engine) => {
  test('requests that wait for more than five seconds have it told who holds the connections', async () => {
    const { until } = listenToWarnings()
    const pool = engine.createPool({ maxConnections: 1, acquireTimeout: 60_000 })
    onTestFinished(() => pool.destroy())
    const held = ask(engine, pool, `${server.url}/hold?token=hidden`)
    await server.holds(1)
    const waiting = ask(engine, pool, server.url)
    const [warning] = await until(1)
    expect(warning?.code).toBe('POLYPOOL_EXHAUSTED')
    expect(warning?.message).toMatch(/busy: GET http:\/\/127\.0\.0\.1:\d+\/hold for [\d.]+m?s \(it is under way\)\. Raise/)
    server.letGo()
    expect(await Promise.all([held, waiting])).toEqual(['held', 'ok'])
  })
})
