import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, type Started, start } from './start.ts'

const change = (engine: Started, fields: object) => engine.pool.reconfigure({ ...engine.pool.config, ...fields })

test('a raised limit admits those who wait at once', () => {
  const engine = start({ maxConnections: 1 })
  engine.open(a)
  const waiting = [engine.ask(a), engine.ask(b), engine.ask(b)]
  change(engine, { maxConnections: 3 })
  expect(waiting.map(({ outcome }) => outcome)).toEqual(['granted', 'granted', 'waiting'])
})

test('a lowered limit closes idle surplus at once and busy surplus after its request', () => {
  const engine = start({ maxConnections: 4 })
  const idle = engine.park(2, a)
  const busy = [engine.open(b), engine.open(b)]
  change(engine, { maxConnections: 1 })
  expect(idle.every(({ phase }) => phase === 'closing')).toBe(true)
  for (const connection of busy) engine.release(connection)
  expect(busy.map(({ phase }) => phase)).toEqual(['closing', 'idle'])
})

test('lowered idle caps, expiry and keepAlive act on what idles already', () => {
  const engine = start({ keepAliveExpiry: 4000 })
  engine.park(4, a)
  change(engine, { maxIdleConnections: 3 })
  expect(engine.pool.connections.idle.size).toBe(3)
  change(engine, { maxIdleConnectionsPerHost: 2 })
  expect(engine.pool.connections.idle.size).toBe(2)
  engine.advance(100)
  change(engine, { keepAliveExpiry: 150 })
  engine.advance(49)
  expect(engine.pool.connections.idle.size).toBe(2)
  engine.advance(1)
  expect(engine.pool.connections.idle.size).toBe(0)
  engine.park(1, b)
  change(engine, { keepAlive: false })
  expect(engine.pool.connections.idle.size).toBe(0)
})

test('a lowered maxRequestsPerConnection closes idle connections that have served as many', () => {
  const engine = start()
  const [used] = engine.park(1, a)
  change(engine, { maxRequestsPerConnection: 1 })
  expect(used?.phase).toBe('closing')
  expect(engine.ask(a).reused).toBe(false)
})

test('another acquireTimeout holds for those who wait already, counted from when they came', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 1000 })
  engine.open(a)
  const waiting = engine.ask(a)
  engine.advance(100)
  change(engine, { acquireTimeout: 300 })
  engine.advance(199)
  expect(waiting.outcome).toBe('waiting')
  engine.advance(1)
  expect(waiting.error?.code).toBe('ERR_POOL_ACQUIRE_TIMEOUT')
})

test('overrides of one host apply to it alone, and those of a new config at once', () => {
  const engine = start({ hosts: { 'a.test': { maxConnectionsPerHost: 1 } } })
  engine.open(a)
  expect(engine.ask(a).outcome).toBe('waiting')
  engine.open(b)
  expect(engine.ask(b).outcome).toBe('granted')
  change(engine, { hosts: { 'a.test': { maxConnectionsPerHost: 2 } } })
  expect(engine.pool.queue.pending).toBe(0)
})

test('a connection that was taken from inside the call is not closed under its request', () => {
  const engine = start({}, { closing: 'at once' })
  const [first, second] = engine.park(2, a) as [FakeConnection, FakeConnection]
  engine.beforeClose = (connection) => {
    if (connection === first) engine.ask(a)
  }
  change(engine, { keepAlive: false })
  expect(second.phase).toBe('busy')
})

test('connections above a lowered limit close as they are freed, though requests wait, until the limit holds', () => {
  for (const [before, lowered] of [
    [{ maxConnections: 3 }, { maxConnections: 1 }],
    [{ maxConnectionsPerHost: 3 }, { maxConnectionsPerHost: 1 }],
  ] as const) {
    const engine = start(before)
    const connections = [engine.open(a), engine.open(a), engine.open(a)] as const
    const waiting = Array.from({ length: 4 }, () => engine.ask(a))
    engine.pool.reconfigure({ ...engine.pool.config, ...lowered })
    for (const connection of connections) engine.release(connection)
    expect(connections.map(({ phase }) => phase)).toEqual(['closing', 'closing', 'busy'])
    expect(waiting.map(({ outcome }) => outcome)).toEqual(['granted', 'waiting', 'waiting', 'waiting'])
  }
})

test('a changed keepAliveHintMargin reaches connections that idle', () => {
  const engine = start({ keepAliveExpiry: 10_000, keepAliveHintMargin: 1000 })
  const connection = engine.open(a)
  engine.release(connection, true, { timeout: 5 })
  engine.advance(1000)
  engine.pool.reconfigure({ ...engine.pool.config, keepAliveHintMargin: 3000 })
  engine.advance(999)
  expect(connection.phase).toBe('idle')
  engine.advance(1)
  expect(connection.phase).toBe('closing')
})

test('a raised limit lets a connection that is being looked at be used, a lowered one does not', () => {
  const engine = start({ maxConnections: 2 })
  engine.park(2, a)
  engine.clock.skip(50)
  const requests = [engine.ask(a), engine.ask(a)]
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 1 })
  engine.turn()
  expect(requests.filter(({ outcome }) => outcome === 'granted')).toHaveLength(1)
  expect(engine.pool.connections.evicted).toBe(1)
})
