import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, start } from './start.ts'

test('a connection that is freed goes to the next request at once while the loop keeps polling', () => {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  const next = engine.ask(a)
  engine.release(connection)
  expect(next.connection).toBe(connection)
})

test('after the loop was busy it is looked at for a turn first, parked meanwhile, and its request is served in its old place', () => {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  const next = engine.ask(a)
  const later = engine.ask(a)
  engine.clock.skip(50)
  connection.finArrived = true
  engine.release(connection)
  expect(next.verifying).toBe(true)
  expect(connection.phase).toBe('idle')
  expect(engine.pool.connections.idle.size).toBe(0)
  engine.turn()
  engine.finishClosing()
  expect(next.connection?.phase).toBe('connecting')
  expect(next.connection).not.toBe(connection)
  expect(later.outcome).toBe('waiting')
})

test('a request that was let into the queue is not refused when the connection that was to be its turns out to be dead', () => {
  for (const limits of [{ maxPending: 1 }, { block: false, maxOverflow: 0 }]) {
    const engine = start({ maxConnections: 2, ...limits })
    const [connection, other] = [engine.open(a), engine.open(b)]
    if ('block' in limits) engine.release(other, false)
    const next = engine.ask(a)
    expect(next.outcome).toBe('waiting')
    if ('maxPending' in limits) engine.ask(b)
    engine.clock.skip(50)
    connection.finArrived = true
    engine.release(connection)
    if ('maxPending' in limits) expect(engine.ask(a).outcome).toBe('waiting')
    engine.turn()
    expect(next.outcome).not.toBe('rejected')
  }
})

test('a connection that was looked at for a request that has left goes to the next one', () => {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  const [first, second] = [engine.ask(a), engine.ask(a)]
  engine.clock.skip(50)
  engine.release(connection)
  engine.abandon(first)
  engine.clock.skip(30)
  engine.turn()
  expect(second.connection).toBe(connection)
  // What it waited until then is no part of what its answer takes.
  expect(connection.busySince).toBe(engine.clock.now())
})

test('where a server has closed right behind an answer, the next reuses of that lane are looked at though the loop polls, others are not', () => {
  const engine = start()
  const [gone] = engine.park(1, a) as [FakeConnection]
  engine.advance(20)
  engine.closed(gone)
  engine.park(2, a)
  engine.park(1, b)
  expect(engine.ask(b).outcome).toBe('granted')
  for (let reuse = 0; reuse < 64; reuse++) {
    const request = engine.ask(a)
    expect(request.outcome).toBe('waiting')
    engine.turn()
    engine.release(request.connection as FakeConnection)
  }
  expect(engine.ask(a).outcome).toBe('granted')
})

test('a server that closes a connection that has idled for a while costs nobody a turn', () => {
  const engine = start()
  const [gone] = engine.park(2, a) as [FakeConnection]
  engine.advance(100)
  engine.closed(gone)
  expect(engine.ask(a).outcome).toBe('granted')
})

test('a turn that never comes is asked for again by the next request', () => {
  const engine = start({ maxConnections: 2 })
  engine.park(2, a)
  engine.clock.skip(50)
  const lost = engine.ask(a)
  engine.clock.loseTurns()
  engine.clock.skip(1000)
  const next = engine.ask(a)
  engine.turn()
  expect([lost.outcome, next.outcome]).toEqual(['granted', 'granted'])
})

test('a turn that takes longer than a connection may idle shows that it may be dead by now: its request gets another one', () => {
  const engine = start({ maxConnections: 1, keepAliveExpiry: 300 })
  const [connection] = engine.park(1, a) as [FakeConnection]
  engine.clock.skip(50)
  const idle = engine.ask(a)
  engine.clock.skip(250)
  engine.turn()
  expect(connection.phase).toBe('closing')
  expect(engine.pool.connections.expired).toBe(1)
  engine.finishClosing()
  expect(idle.connection?.phase).toBe('connecting')

  // Also of one that was handed on.
  const replaced = idle.connection as FakeConnection
  engine.connect(replaced)
  const next = engine.ask(a)
  engine.clock.skip(50)
  engine.release(replaced)
  engine.clock.skip(300)
  engine.turn()
  engine.finishClosing()
  expect(replaced.phase).toBe('closed')
  expect(next.connection?.phase).toBe('connecting')
})
