import { expect, test } from 'vitest'
import type { Costs } from '../../src/pool/costs.ts'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, opened, type Started, start } from './start.ts'

// What is weighed when a limit is reached (economy.test.ts) is measured here, in milliseconds.

/** Its request is answered after so long. */
function answer(engine: Started, connection: FakeConnection, service: number): void {
  engine.advance(service)
  engine.release(connection)
}

test('a connect is measured from its start to its end, and each further one counts for an eighth', () => {
  const engine = start()
  const { lane } = opened(engine, a, 100)
  expect(lane.costs.connect).toBe(100)
  opened(engine, a, 20)
  expect(lane.costs.connect).toBe(90)
})

test('a connect that fails by its timeout has cost as long', () => {
  const engine = start({ connectTimeout: 300 })
  const { lane } = engine.ask(a).connection as FakeConnection
  engine.advance(1000)
  expect(engine.requests[0]?.outcome).toBe('failed')
  expect(lane.costs.connect).toBe(300)
})

test('what is not known of a host is what other hosts take, and is its own from its first connect on', () => {
  const engine = start({ maxConnections: 2 })
  const first = opened(engine, a, 100)
  expect([first.lane.costs.connect, first.lane.costs.service]).toEqual([100, 0])
  const other = engine.ask(b).connection as FakeConnection
  answer(engine, first, 8)
  expect([other.lane.costs.connect, other.lane.costs.service]).toEqual([100, 8])
  engine.connect(other)
  expect(other.lane.costs.connect).toBe(8)
  expect(first.lane.costs.connect).toBe(100)
})

test('how long requests hold a connection is measured while a limit is reached, and one that takes for ever counts as twice the average', () => {
  const engine = start({ maxConnections: 1 })
  const connection = opened(engine, a, 1)
  answer(engine, connection, 10)
  expect(connection.lane.costs.service).toBe(10)
  engine.ask(a)
  answer(engine, connection, 18)
  expect(connection.lane.costs.service).toBe(11)
  engine.ask(a)
  answer(engine, connection, 5000)
  expect(connection.lane.costs.service).toBe(12.375)
})

test('how long connections lie free until they are asked for is measured, and is nothing where one is in use', () => {
  const engine = start({ maxConnections: 2 })
  const connection = opened(engine, a, 1)
  opened(engine, b, 1)
  answer(engine, connection, 10)
  expect(connection.lane.costs.gap).toBeNaN()
  engine.advance(40)
  engine.ask(a)
  expect(connection.lane.costs.gap).toBe(40)
  engine.ask(a)
  expect(connection.lane.costs.gap).toBe(35)
})

test('nothing is measured of requests while no limit is reached', () => {
  const engine = start({ maxConnections: 2 })
  const connection = opened(engine, a, 1)
  answer(engine, connection, 10)
  engine.advance(40)
  engine.ask(a)
  expect([connection.lane.costs.service, connection.lane.costs.gap]).toEqual([0, Number.NaN])
})

test('what a host without a connection has waited in vain is owed to it, until it has one', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 30 })
  const busy = opened(engine, a, 1)
  engine.ask(b)
  engine.advance(30)
  const { waiter } = engine.ask(b)
  const costs = waiter?.lane.costs as Costs
  expect(costs.owed).toBe(30)
  engine.closed(busy)
  expect(engine.phase('connecting').map(({ origin }) => origin)).toEqual([b])
  expect(costs.owed).toBe(0)
})

test('the costs of a host that is forgotten are remembered for when it comes back, of a thousand hosts at the most', () => {
  const engine = start({ keepAlive: false }, { closing: 'at once' })
  for (let nth = 0; nth <= 1000; nth++) engine.release(opened(engine, `http://host-${nth}.test:80`, nth <= 1 ? 500 : 50))
  expect(engine.member.lanes.size).toBe(0)
  const known = (nth: number) => engine.ask(`http://host-${nth}.test:80`).connection?.lane.costs.connect
  expect(known(1)).toBe(500)
  expect(known(1000)).toBe(50)
  // The oldest is forgotten for good: it is taken to be as the others are.
  expect(known(0)).toBeCloseTo(50)
})
