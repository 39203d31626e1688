import { describe, expect, test } from 'vitest'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import { Watch } from '../../src/observe/warnings/watch.ts'
import { a, b, type Started, start } from '../pool/start.ts'
import { listenToWarnings } from './warnings.ts'

/** A core that is watched, and whose time passes when told. */
function watched(fields: Partial<ResolvedPoolConfig>): Started {
  const engine = start({ acquireTimeout: 1_000_000, keepAliveExpiry: 1_000_000, ...fields })
  const watch = new Watch(engine.pool)
  engine.pool.onBegin = () => watch.wake()
  return engine
}

/** Warnings come a tick later. */
const told = () => new Promise((resolve) => setImmediate(resolve))

describe('POLYPOOL_EXHAUSTED', () => {
  test('comes once a minute while requests wait and all connections are busy, and says who holds them', async () => {
    const { warned } = listenToWarnings()
    const engine = watched({ maxConnections: 2 })
    engine.open(a)
    engine.open(b)
    engine.ask(a)
    engine.advance(4000)
    await told()
    expect(warned).toEqual([])
    engine.advance(4000)
    await told()
    expect(warned).toHaveLength(1)
    expect(warned[0]?.code).toBe('POLYPOOL_EXHAUSTED')
    expect(warned[0]?.message).toMatch(
      new RegExp(
        `^a pool without a name is exhausted: 1 request waits, to ${a} for [\\d.]+s, while all connections \\(maxConnections: 2\\) are busy: ` +
          `a connection to ${a} for [\\d.]+s \\(it is under way\\); a connection to ${b} for [\\d.]+s \\(it is under way\\)\\. Raise`,
      ),
    )
    engine.advance(50_000)
    await told()
    expect(warned).toHaveLength(1)
    engine.advance(20_000)
    await told()
    expect(warned).toHaveLength(2)
  })

  test('names the limit of one host, and those alone who hold its connections', async () => {
    const { warned } = listenToWarnings()
    const engine = watched({ maxConnectionsPerHost: 1 })
    engine.open(a)
    engine.park(1, b)
    engine.ask(a)
    engine.advance(8000)
    await told()
    expect(warned[0]?.message).toMatch(
      /\(maxConnectionsPerHost: 1\) are busy: a connection to http:\/\/a\.test:80 for [\d.]+s \(it is under way\)\. Raise/,
    )
  })

  test('names the limit of a proxy, and those alone who are behind it', async () => {
    const { warned } = listenToWarnings()
    const proxy = new ProxyServer('http', 'proxy.test', 3128, { username: 'me', password: 'hidden-secret' })
    const engine = watched({ proxy, maxConnectionsPerProxy: 1, hosts: { 'b.test': { proxy: false } } })
    engine.open(a)
    engine.open(b)
    engine.ask(a)
    engine.advance(8000)
    await told()
    expect(warned[0]?.message).toMatch(
      /\(maxConnectionsPerProxy: 1 for the proxy http:\/\/proxy\.test:3128\) are busy: a connection to http:\/\/a\.test:80 for [\d.]+s \(it is under way\)\. Raise/,
    )
    expect(warned[0]?.message).not.toContain('hidden')
  })

  test('does not come where each waits for less than five seconds, however long the queue is never empty', async () => {
    const { warned } = listenToWarnings()
    const engine = watched({ maxConnections: 1 })
    let connection = engine.open(a)
    for (let second = 0; second < 60; second += 3) {
      const next = engine.ask(a)
      engine.advance(3000)
      engine.release(connection)
      engine.advance(0)
      connection = next.connection as typeof connection
    }
    await told()
    expect(warned).toEqual([])
  })

  test('looks at nothing once no connection is left', () => {
    const engine = watched({ maxConnections: 1, keepAliveExpiry: 1000 })
    engine.park(1, a)
    engine.advance(2000)
    engine.finishClosing()
    engine.advance(10_000)
    const sets = engine.clock.alarms.map((alarm) => alarm.sets)
    engine.advance(100_000)
    expect(engine.clock.alarms.map((alarm) => alarm.sets)).toEqual(sets)
    expect(engine.clock.alarms.filter(({ alive }) => alive)).toEqual([])
  })
})
