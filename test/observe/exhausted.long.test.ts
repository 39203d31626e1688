import { describe, expect, onTestFinished, test } from 'vitest'
import { scene } from '../engines/undici-dispatcher/http2-harness.ts'
import { engines } from '../faults/engines.ts'
import { ask } from './asking.ts'
import { useServers } from './scripted-server.ts'
import { listenToWarnings } from './warnings.ts'

const [server] = useServers(1) as [ReturnType<typeof useServers>[0]]

describe.each(engines)('$name', (engine) => {
  test('requests that wait for more than five seconds have it told who holds the connections', async () => {
    const { until } = listenToWarnings()
    const pool = engine.createPool({ maxConnections: 1, acquireTimeout: 60_000 }, {}, { warnings: true })
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

test('of an HTTP/2 connection it is told what runs on it for longest, and how much more there is', async () => {
  const { until } = listenToWarnings()
  const { get, probe, arrived } = await scene({ maxConnections: 1, maxStreamsPerConnection: 3, acquireTimeout: 60_000 })
  const running = ['first', 'second', 'third'].map((path) => get(`/${path}?hold=a&token=hidden`))
  await arrived(3)
  const waiting = get('/fourth')
  const [warning] = await until(1)
  expect(warning?.code).toBe('POLYPOOL_EXHAUSTED')
  expect(warning?.message).toMatch(
    /\(maxConnections: 1\) are busy: GET https:\/\/localhost:\d+\/first with 2 more on its connection for [\d.]+m?s \(it is under way\)\. Raise/,
  )
  expect(warning?.message).not.toContain('hidden')
  await probe.release('a')
  await Promise.all([...running, waiting])
})
