import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { burst, h2, outcomes, session } from './sessions.ts'
import { a, start } from './start.ts'

test('a cold burst opens as many connections as its requests fill, not as many as they are', () => {
  const engine = start({}, h2)
  const requests = burst(engine, 250)
  expect(engine.live.size).toBe(3)
  for (const connection of [...engine.live]) {
    engine.connect(connection, true)
    expect(connection.requests.size).toBe(1)
    engine.settings(connection, 100)
  }
  expect(engine.live.size).toBe(3)
  expect(outcomes(requests)).toEqual(requests.map(() => 'granted'))
  expect(engine.pool.stats()).toMatchObject({ open: 3, active: 3, streams: { active: 250, capacity: 300 } })
})

test('what a server turns out not to speak is opened at once for what waits', () => {
  const engine = start({ maxConnections: 10 }, h2)
  burst(engine, 20)
  const [first] = engine.live
  engine.connect(first as FakeConnection, false)
  expect(engine.live.size).toBe(10)
})

test('what a lane speaks is remembered when it comes back', () => {
  const engine = start({}, h2)
  const one = session(engine, 5)
  engine.release(one)
  engine.closed(one)
  expect(engine.pool.registry.origins.size).toBe(0)
  burst(engine, 11)
  expect(engine.live.size).toBe(3)
})

test('requests go one by one to a connection until its server has said what it allows', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const [first, ...rest] = burst(engine, 12)
  const connection = first?.connection as FakeConnection
  engine.connect(connection, true)
  expect(connection.requests.size).toBe(1)
  engine.settings(connection, 10)
  expect(connection.requests.size).toBe(10)
  expect(outcomes(rest.slice(-2))).toEqual(['waiting', 'waiting'])
  engine.release(connection)
  expect(connection.requests.size).toBe(10)
})

test('a server that allows more is given more at once, one that allows less loses nothing', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const connection = session(engine, 2)
  burst(engine, 9)
  expect(connection.requests.size).toBe(2)
  engine.settings(connection, 5)
  expect(connection.requests.size).toBe(5)
  engine.settings(connection, 3)
  expect(connection.requests.size).toBe(5)
  engine.release(connection)
  engine.release(connection)
  expect(connection.requests.size).toBe(3)
  engine.release(connection)
  expect(connection.requests.size).toBe(3)
  engine.settings(connection, Number.POSITIVE_INFINITY)
  expect(connection.requests.size).toBe(7)
})

test('the fullest connection is filled first, and one that carries nothing falls idle', () => {
  const engine = start({ maxStreamsPerConnection: 3 }, h2)
  burst(engine, 5)
  const [one, two] = [...engine.live] as [FakeConnection, FakeConnection]
  for (const connection of [one, two]) {
    engine.connect(connection, true)
    engine.settings(connection, 100)
  }
  expect([one.requests.size, two.requests.size]).toEqual([3, 2])
  engine.release(two)
  engine.release(one)
  burst(engine, 1)
  expect([one.requests.size, two.requests.size]).toEqual([3, 1])
  engine.release(two)
  expect(two.phase).toBe('idle')
  expect(engine.pool.stats()).toMatchObject({ active: 1, idle: 1, streams: { active: 3, capacity: 6 } })
  engine.advance(4000)
  expect([one.phase, two.phase]).toEqual(['busy', 'closing'])
})

test('after a connect that failed the others that wait try by themselves', () => {
  const engine = start({ maxConnections: 5 }, h2)
  burst(engine, 9)
  const [first] = engine.live
  engine.closed(first as FakeConnection)
  engine.clock.runSoon()
  expect(engine.live.size).toBe(5)
})

test('what is opened ahead and turns out not to multiplex is weighed by what its lane then needs', () => {
  const engine = start({ maxConnections: 3, maxStreamsPerConnection: 2 }, h2)
  void engine.pool.preconnect(engine.member, new URL(a), 1)
  const requests = burst(engine, 3)
  for (let time = 0; time < 3; time++) engine.ask(a, 'tls')
  const [ahead] = engine.live
  engine.connect(ahead as FakeConnection, false)
  expect(requests.map(({ connection }) => connection === ahead)).toContain(true)
})
