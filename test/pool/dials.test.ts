import { expect, test } from 'vitest'
import { PoolMember } from '../../src/pool/member.ts'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, start } from './start.ts'

const unlimited = Number.POSITIVE_INFINITY

test('a dial that says nothing gives its place back at the connect timeout, and whoever waits gets it', () => {
  const engine = start({ maxConnections: 1, connectTimeout: 200 })
  const first = engine.ask(a)
  const silent = first.connection as FakeConnection
  silent.silent = true
  const next = engine.ask(b)
  engine.advance(199)
  expect([first.outcome, next.outcome]).toEqual(['granted', 'waiting'])
  engine.advance(1)
  expect(first.error?.code).toBe('ERR_POOL_CONNECT_TIMEOUT')
  expect(next.outcome).toBe('granted')
  expect(engine.pool.connections.open).toBe(1)
})

test('a dial that was left before keeps its place until its connect timeout', () => {
  for (const [connectTimeout, kept] of [
    [200, 200],
    [unlimited, 10_000],
  ] as const) {
    const engine = start({ maxConnections: 1, connectTimeout })
    const { connection } = engine.ask(a)
    ;(connection as FakeConnection).silent = true
    engine.release(connection as FakeConnection, false)
    const next = engine.ask(b)
    expect(engine.clock.held).toBe(true)
    engine.advance(kept - 1)
    expect(next.outcome).toBe('waiting')
    engine.advance(1)
    expect(next.outcome).toBe('granted')
  }
})

test('a socket that is known to be there keeps the place until it has closed, for ten seconds at the most', () => {
  for (const closes of [true, false]) {
    const engine = start({ maxConnections: 1, connectTimeout: 200, acquireTimeout: unlimited })
    const connection = engine.ask(a).connection as FakeConnection
    const next = engine.ask(b)
    engine.clock.advance(200)
    expect(connection.phase).toBe('closing')
    engine.clock.advance(5000)
    expect(next.outcome).toBe('waiting')
    if (closes) engine.closed(connection)
    else engine.clock.advance(5000)
    expect(next.outcome).toBe('granted')
  }
})

test('a socket that comes after its place was given back is counted until it has closed', () => {
  const engine = start({ maxConnections: 2, connectTimeout: 200 })
  const late = engine.ask(a).connection as FakeConnection
  late.silent = true
  engine.advance(200)
  expect(engine.pool.connections.open).toBe(0)
  expect(engine.pool.registry.origins.size).toBe(0)
  late.silent = false
  engine.pool.arrivedLate(late)
  expect([engine.pool.connections.open, engine.pool.connections.closing, engine.member.open]).toEqual([1, 1, 1])
  const other = engine.ask(b)
  const waits = engine.ask(b)
  expect([other.outcome, waits.outcome]).toEqual(['granted', 'waiting'])
  engine.closed(late)
  expect(waits.outcome).toBe('granted')
  expect([engine.pool.connections.open, engine.pool.connections.closing]).toEqual([2, 0])
})

test('destroy does not wait for dials that say nothing, unless others could exceed a limit by what still comes', async () => {
  const alone = start({ maxConnections: 1 })
  ;(alone.ask(a).connection as FakeConnection).silent = true
  await alone.member.destroy()
  const shared = start({ maxConnections: 1, connectTimeout: 200 })
  expect(shared.join()).toBeInstanceOf(PoolMember)
  const { connection } = shared.ask(a)
  ;(connection as FakeConnection).silent = true
  void shared.member.destroy()
  expect(shared.pool.connections.open).toBe(1)
  shared.advance(200)
  expect(shared.pool.connections.open).toBe(0)
  expect(shared.member.hasEnded).toBe(true)
  // Nobody counts what comes now.
  shared.pool.arrivedLate(connection as FakeConnection)
  expect(shared.pool.connections.open).toBe(0)
})

test('a dial that was given up does not keep the process alive', () => {
  const engine = start({ maxConnections: 2 })
  const { connection } = engine.ask(a)
  expect(engine.clock.held).toBe(true)
  ;(connection as FakeConnection).silent = true
  engine.release(connection as FakeConnection, false)
  expect(engine.clock.held).toBe(false)
})
