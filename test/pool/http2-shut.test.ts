import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { burst, h2, outcomes, session } from './sessions.ts'
import { a, b, c, start } from './start.ts'

test('a server that allows none for now is waited for, and not asked for more connections', () => {
  const engine = start({ acquireTimeout: 60_000 }, h2)
  const connection = session(engine, 0)
  engine.release(connection)
  const requests = burst(engine, 5)
  expect(engine.live.size).toBe(1)
  engine.settings(connection, 3)
  expect(outcomes(requests)).toEqual(['granted', 'granted', 'granted', 'granted', 'waiting'])
  expect(engine.live.size).toBe(2)
})

test('a server that allows none for now is waited for only by those that may wait', () => {
  const fields = { acquireTimeout: 60_000, maxConnections: 5 }
  for (const [limits, code] of [
    [{ ...fields, block: false, maxOverflow: 2 }, 'ERR_POOL_FULL'],
    [{ ...fields, maxPending: 1 }, 'ERR_POOL_QUEUE_FULL'],
  ] as const) {
    const engine = start(limits, h2)
    engine.release(session(engine, 0))
    const [first, second] = burst(engine, 2)
    expect([first?.error?.code, second?.error?.code]).toEqual(['block' in limits ? code : undefined, code])
    expect(engine.live.size).toBe(1)
  }
})

test('without block nobody waits behind those for whom a session is no use whose server allows no requests', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const connection = session(engine, 0)
  const [waiting] = burst(engine, 1)
  engine.pool.reconfigure({ ...engine.pool.config, block: false, maxOverflow: 0 })
  engine.release(connection)
  expect([waiting?.outcome, connection.state]).toEqual(['waiting', 'idle'])
  // Its place would be for the one that has waited longer.
  expect(engine.ask(b).error?.code).toBe('ERR_POOL_FULL')
  engine.settings(connection, 1)
  expect(waiting?.outcome).toBe('granted')
})

test('what still connects does not free the place of a session for others whose server allows no requests, unless it will carry those who wait', () => {
  for (const [streams, code] of [
    [1, 'ERR_POOL_FULL'],
    [2, undefined],
  ] as const) {
    const engine = start({ maxConnections: 2, maxStreamsPerConnection: 1 }, h2)
    const connection = burst(engine, 2)[0]?.connection as FakeConnection
    engine.connect(connection, true)
    engine.settings(connection, 0)
    const [waiting] = burst(engine, 1)
    engine.pool.reconfigure({ ...engine.pool.config, maxStreamsPerConnection: streams, block: false, maxOverflow: 0 })
    engine.release(connection)
    expect([waiting?.outcome, connection.state, engine.phase('connecting').length]).toEqual(['waiting', 'idle', 1])
    const other = engine.ask(b)
    expect([other.error?.code, connection.phase]).toEqual([code, code === undefined ? 'closing' : 'idle'])
    if (code !== undefined) continue
    engine.closed(connection)
    expect([other.outcome, waiting?.outcome]).toEqual(['granted', 'waiting'])
  }
})

test('an idle session for which others of its host wait, and which is no room for them, is not counted twice', () => {
  const engine = start({ maxConnections: 3, maxConnectionsPerHost: 2, maxPending: 2 }, h2)
  const [idle, shut, busy] = [b, a, a].map((origin, index) => engine.ask(origin, index === 1 ? 'tls' : 'plain').connection)
  for (const connection of [idle, busy]) engine.connect(connection as FakeConnection, false)
  engine.connect(shut as FakeConnection, true)
  engine.settings(shut as FakeConnection, 0)
  engine.release(idle as FakeConnection)
  engine.advance(100)
  const waiting = [engine.ask(a, 'tls'), engine.ask(a)]
  engine.release(shut as FakeConnection)
  expect([outcomes(waiting), shut?.state]).toEqual([['waiting', 'waiting'], 'idle'])
  const other = engine.ask(c)
  engine.closed(idle as FakeConnection)
  expect([other.error, other.outcome]).toEqual([undefined, 'granted'])
})

test('a session whose place would be needed again by those who wait for its server goes after all others that idle', () => {
  for (const block of [true, false]) {
    const engine = start({ maxConnections: 2, maxStreamsPerConnection: 1 }, h2)
    const shut = session(engine, 0)
    const waiting = burst(engine, 2)
    engine.release(shut)
    const [idle] = engine.park(1, b)
    engine.pool.reconfigure({ ...engine.pool.config, block, maxOverflow: 0 })
    const other = engine.ask(c)
    engine.advance(1000)
    expect([shut.phase, idle?.phase]).toEqual(['idle', 'closing'])
    engine.closed(idle as FakeConnection)
    expect([other.outcome, ...outcomes(waiting)]).toEqual(['granted', 'waiting', 'waiting'])
  }
  const engine = start({ maxConnections: 2 }, h2)
  const shut = session(engine, 0)
  const [opening, older] = burst(engine, 2, b)
  const [waiting] = burst(engine, 1)
  engine.pool.reconfigure({ ...engine.pool.config, block: false, maxOverflow: 0 })
  engine.release(shut)
  expect([older?.outcome, waiting?.outcome, shut.phase]).toEqual(['waiting', 'waiting', 'idle'])
  // What its connection turns out not to speak makes the older one need a place, and there is no other.
  engine.connect(opening?.connection as FakeConnection, false)
  expect(shut.phase).toBe('closing')
  engine.closed(shut)
  expect([older?.outcome, waiting?.outcome]).toEqual(['granted', 'waiting'])
})
