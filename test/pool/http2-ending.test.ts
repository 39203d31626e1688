import { expect, test } from 'vitest'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { burst, h2, outcomes, session } from './sessions.ts'
import { a, b, start } from './start.ts'

test('a connection that drains takes nothing new, counts, and closes with its last request', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const connection = session(engine, 10)
  burst(engine, 2)
  engine.goAway(connection)
  const late = engine.ask(a)
  expect(late.outcome).toBe('waiting')
  expect(engine.pool.stats()).toMatchObject({ open: 1, active: 1, draining: 1, streams: { active: 3, capacity: 3 } })
  engine.release(connection)
  engine.release(connection)
  expect(connection.phase).toBe('busy')
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  expect(engine.pool.stats()).toMatchObject({ open: 1, draining: 0, streams: { active: 0, capacity: 0 } })
  expect(late.outcome).toBe('waiting')
  engine.closed(connection)
  expect(late.outcome).toBe('granted')
})

test('what a server has not seen goes back to its old place', () => {
  const engine = start({ maxConnections: 1, maxPending: 2 }, h2)
  const connection = session(engine, 3)
  const [second, third] = burst(engine, 2)
  const [fourth, fifth] = burst(engine, 2)
  engine.goAway(connection, 2)
  expect(outcomes([second, third, fourth, fifth] as FakeRequest[])).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
  engine.release(connection)
  engine.closed(connection)
  const next = second?.connection as FakeConnection
  engine.connect(next, true)
  engine.settings(next, 3)
  expect(outcomes([second, third, fourth, fifth] as FakeRequest[])).toEqual(['granted', 'granted', 'granted', 'waiting'])
  expect(third?.waiter?.fresh).toBe(false)
})

test('without block nothing is refused that had a connection', () => {
  const engine = start({ maxConnections: 1, block: false, maxOverflow: 0 }, h2)
  const connection = session(engine, 2)
  const [second] = burst(engine, 1)
  expect(engine.ask(a).error?.code).toBe('ERR_POOL_FULL')
  engine.goAway(connection, 1)
  expect(second?.outcome).toBe('waiting')
})

test('a busy connection makes room for another host as soon as that has waited for long enough', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const connection = session(engine, 100)
  const other = engine.ask(b)
  for (let turn = 0; turn < 100 && !connection.draining; turn++) {
    engine.ask(a)
    engine.advance(1)
    engine.release(connection)
  }
  expect(connection.draining).toBe(true)
  while (connection.requests.size > 0) engine.release(connection)
  engine.closed(connection)
  expect(other.outcome).toBe('granted')
})

test.each([
  [1, 1],
  [2, 2],
  [40, 4],
])('a busy connection that carries %i is worth %i connects to those that wait', (carries, connects) => {
  const connect = 10
  const engine = start({ maxConnections: 1 }, h2)
  const { connection } = engine.ask(a)
  engine.advance(connect)
  engine.connect(connection as FakeConnection, true)
  engine.settings(connection as FakeConnection, 100)
  burst(engine, carries)
  engine.ask(b)
  let waited = 0
  for (; waited < 20 * connect && !connection?.draining; waited++) {
    engine.advance(1)
    engine.release(connection as FakeConnection)
    if (!connection?.draining) engine.ask(a)
  }
  // Four fifths of what it is worth.
  expect(waited / connect / 0.8).toBeCloseTo(connects, 0)
})

test('lowered limits drain busy connections, those that carry least first', () => {
  const engine = start({ maxStreamsPerConnection: 2 }, h2)
  burst(engine, 5)
  const all = [...engine.live]
  for (const connection of all) {
    engine.connect(connection, true)
    engine.settings(connection, 100)
  }
  const least = all.find(({ requests }) => requests.size === 1)
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 2 })
  expect(all.map(({ draining }) => draining)).toEqual(all.map((connection) => connection === least))
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 2, maxStreamsPerConnection: 4 })
  expect(engine.pool.stats().streams).toEqual({ active: 5, capacity: 9 })
})

test('what drains takes nothing though it could, also beside others that take requests', () => {
  const engine = start({ maxStreamsPerConnection: 3 }, h2)
  burst(engine, 7)
  const all = [...engine.live]
  for (const connection of all) {
    engine.connect(connection, true)
    engine.settings(connection, 100)
  }
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 2 })
  const drained = all.filter(({ draining }) => draining)
  expect(drained.map(({ requests }) => requests.size)).toEqual([1])
  const late = engine.ask(a)
  expect([late.outcome, drained[0]?.requests.size]).toEqual(['waiting', 1])
})

test('lifetime and requests per connection drain', () => {
  const engine = start({ maxRequestsPerConnection: 3, maxLifetime: 1000 }, h2)
  const connection = session(engine, 10)
  burst(engine, 2)
  expect([connection.draining, connection.requests.size]).toEqual([true, 3])
  const second = session(engine, 10)
  expect(second).not.toBe(connection)
  engine.advance(1000)
  const third = engine.ask(a)
  expect(second.draining).toBe(true)
  expect(third.connection).not.toBe(second)
})

test('nobody who comes later takes the last request of a connection from those that were promised it', () => {
  const engine = start({ maxRequestsPerConnection: 2, maxConnections: 1 }, h2)
  const connection = session(engine, 5)
  engine.release(connection)
  engine.clock.skip(10)
  const first = engine.ask(a)
  expect(first.verifying).toBe(true)
  // Its poll phase shows that the connection lives, and the next comes before the turn is over.
  engine.clock.advance(1)
  const second = engine.ask(a)
  engine.turn()
  expect([first.connection, second.outcome]).toEqual([connection, 'waiting'])
})

test('a last request that is over before its grant has returned leaves no connection open for those that were promised it', () => {
  const engine = start({ maxRequestsPerConnection: 2 }, h2)
  const connection = session(engine, 2)
  engine.release(connection)
  engine.clock.skip(10)
  const [last, next] = burst(engine, 2) as [FakeRequest, FakeRequest]
  expect([last.verifying, next.verifying]).toEqual([true, true])
  engine.onSettled = (request) => {
    if (request === last) engine.release(connection, true, undefined, last)
  }
  engine.turn()
  expect([last.outcome, connection.phase, next.outcome]).toEqual(['done', 'closing', 'granted'])
  expect(next.connection).not.toBe(connection)
  expect(engine.pool.stats().streams).toEqual({ active: 0, capacity: 0 })
})

test('a session that has expired while the loop was busy carries nothing more, whatever its server then allows', () => {
  const engine = start({ maxConnections: 1, keepAliveExpiry: 60 }, h2)
  const connection = session(engine, 0)
  const [waiting] = burst(engine, 1)
  engine.release(connection)
  engine.clock.skip(70)
  engine.settings(connection, 5)
  expect([waiting?.outcome, connection.phase]).toEqual(['waiting', 'closing'])
  engine.closed(connection)
  expect(waiting?.connection).not.toBe(connection)
})
