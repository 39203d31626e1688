import { expect, test } from 'vitest'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { burst, h2, outcomes, session } from './sessions.ts'
import { a, b, start } from './start.ts'

test('a request that failed with many others on a dead connection shares a new one with them', () => {
  const engine = start({}, h2)
  const connection = session(engine, 10)
  engine.release(connection)
  const requests = burst(engine, 8)
  engine.closed(connection)
  for (const request of requests) engine.retry(request)
  expect(engine.live.size).toBe(1)
  const [fresh] = engine.live
  engine.connect(fresh as FakeConnection, true)
  engine.settings(fresh as FakeConnection, 10)
  expect(outcomes(requests)).toEqual(requests.map(() => 'granted'))
})

test('an unproven idle connection is looked at once for all that come', () => {
  const engine = start({}, h2)
  const connection = session(engine, 10)
  engine.release(connection)
  engine.clock.skip(50)
  const requests = burst(engine, 3)
  expect(requests.map(({ verifying }) => verifying)).toEqual([true, true, true])
  engine.turn()
  expect(outcomes(requests)).toEqual(['granted', 'granted', 'granted'])
  expect(connection.requests.size).toBe(3)
})

test('a request that failed on a dead connection is not sent on another that has answered before', () => {
  const engine = start({ maxConnections: 2, maxStreamsPerConnection: 2 }, h2)
  const requests = burst(engine, 4)
  const [one, two] = [...engine.live] as [FakeConnection, FakeConnection]
  for (const connection of [one, two]) {
    engine.connect(connection, true)
    engine.settings(connection, 2)
  }
  engine.closed(one)
  const failed = requests.find(({ outcome, reused }) => outcome === 'failed' && reused) as FakeRequest
  for (let connecting = engine.phase('connecting'); connecting.length > 0; connecting = engine.phase('connecting'))
    engine.closed(connecting[0] as FakeConnection)
  engine.release(two)
  // Somebody else has the free slot, and the place too.
  const other = engine.ask(b)
  engine.retry(failed)
  engine.release(two)
  expect([failed.outcome, failed.connection === two]).toEqual(['waiting', false])
  engine.closed(other.connection as FakeConnection)
  expect(failed.outcome).toBe('granted')
  expect([two, other.connection]).not.toContain(failed.connection)
})

test('what is opened ahead is not closed for others while a retry counts on it', () => {
  const engine = start({ maxConnections: 2, maxStreamsPerConnection: 2, maxPending: 0 }, { offersH2: (origin) => origin === a })
  void engine.pool.preconnect(engine.member, new URL(a), 2)
  const [first, second] = burst(engine, 2)
  const [one, two] = [...engine.live] as [FakeConnection, FakeConnection]
  engine.connect(one, true)
  engine.settings(one, 2)
  engine.pool.close(one, null)
  const retried = [first, second].find((request) => request?.reused) as FakeRequest
  engine.retry(retried)
  const others = burst(engine, 2, b)
  expect(others.map(({ outcome }) => outcome)).toEqual(['waiting', 'rejected'])
  expect([retried.outcome, two.phase]).toEqual(['waiting', 'connecting'])
  engine.connect(two, true)
  expect(retried.connection).toBe(two)
})
