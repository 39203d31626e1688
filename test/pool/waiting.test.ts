import { expect, test } from 'vitest'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { a, b, c, start } from './start.ts'

test('a request waits at the total and gets the connection that is released first', () => {
  const engine = start({ maxConnections: 1 })
  const first = engine.open(a)
  const second = engine.ask(a)
  const third = engine.ask(a)
  expect(engine.pool.queue.pending).toBe(2)
  engine.release(first)
  expect(second.connection).toBe(first)
  expect(third.outcome).toBe('waiting')
  expect(engine.ledger.total).toBe(1)
})

test('a host at its own limit does not block another', () => {
  const engine = start({ maxConnections: 3, maxConnectionsPerHost: 1 })
  engine.open(a)
  expect(engine.ask(a).outcome).toBe('waiting')
  expect(engine.ask(b).outcome).toBe('granted')
})

test('acquireTimeout settles a waiting request on time and frees its place', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 100, maxPending: 1 })
  engine.open(a)
  engine.advance(40)
  const late = engine.ask(a)
  engine.advance(99)
  expect(late.outcome).toBe('waiting')
  engine.advance(1)
  expect(late.error?.code).toBe('ERR_POOL_ACQUIRE_TIMEOUT')
  expect(engine.pool.settlement.acquireTimeouts).toBe(1)
  expect(engine.ask(a).outcome).toBe('waiting')
})

test('an abandoned request is never granted', () => {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  const left = engine.ask(a)
  const next = engine.ask(a)
  engine.abandon(left)
  engine.release(connection)
  expect(left.outcome).toBe('abandoned')
  expect(next.connection).toBe(connection)
  expect(engine.pool.settlement.aborted).toBe(1)
})

test('a request made from inside a grant does not pass those who wait already', () => {
  const engine = start({ maxConnections: 1 })
  engine.open(a)
  const waiting = [engine.ask(b), engine.ask(b)]
  let nested: FakeRequest | undefined
  engine.onSettled = () => {
    nested ??= engine.ask(c)
  }
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 3 })
  expect(waiting.map(({ outcome }) => outcome)).toEqual(['granted', 'granted'])
  expect(nested?.outcome).toBe('waiting')
})

test('maxPending refuses the request that would be one too many', () => {
  const engine = start({ maxConnections: 1, maxPending: 1 })
  engine.open(a)
  expect(engine.ask(a).outcome).toBe('waiting')
  expect(engine.ask(b).error?.code).toBe('ERR_POOL_QUEUE_FULL')
  expect(engine.pool.settlement.rejected).toBe(1)
})

test('maxPending 0 still waits for the idle connection that is closed for the request', () => {
  const engine = start({ maxConnections: 1, maxPending: 0 })
  engine.park(1, a)
  const request = engine.ask(b)
  expect(request.outcome).toBe('waiting')
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('block false refuses at once when overflow is used up', () => {
  const engine = start({ maxConnections: 1, block: false, maxOverflow: 1 })
  engine.open(a)
  const beyond = engine.open(a)
  expect(beyond.overflow).toBe(true)
  expect(engine.ask(a).error?.code).toBe('ERR_POOL_FULL')
  engine.release(beyond)
  expect(beyond.phase).toBe('closing')
  expect(engine.ask(a).error?.code).toBe('ERR_POOL_FULL')
  engine.finishClosing()
  expect(engine.open(a).overflow).toBe(true)
})

test('overflow serves the oldest of a lane, not the request that has just come', () => {
  const engine = start({ maxConnectionsPerHost: 1, maxOverflow: 1 })
  const only = engine.open(a)
  engine.release(only, false)
  const older = engine.ask(a)
  const newer = engine.ask(a)
  expect(older.connection?.overflow).toBe(true)
  expect(newer.outcome).toBe('waiting')
  engine.finishClosing()
  expect(newer.connection?.overflow).toBe(false)
})

test('overflow keeps the order of a lane also for a retry that came in the same instant', () => {
  const engine = start({ maxConnections: 1, maxOverflow: 1 })
  const regular = engine.open(a)
  const beyond = engine.open(a)
  const [older, newer] = [engine.ask(a), engine.ask(a)]
  engine.release(regular)
  expect(older.connection).toBe(regular)
  engine.pool.close(regular, null)
  engine.retry(older)
  engine.closed(beyond)
  expect(older.connection?.overflow).toBe(true)
  expect(newer.outcome).toBe('waiting')
})

test('overflow is given at once to a host whose own limit is the reason, whatever closes elsewhere', () => {
  const engine = start({ maxConnectionsPerHost: 1, maxOverflow: 1 })
  engine.open(a)
  const beyond = engine.open(a)
  const waiting = engine.ask(a)
  const elsewhere = [engine.open(b), engine.open(c)]
  for (const connection of elsewhere) engine.release(connection, false)
  engine.release(beyond)
  engine.closed(beyond)
  expect(waiting.connection?.overflow).toBe(true)
})

test('with block false nobody waits for a place that is promised to another host', () => {
  const engine = start({ maxConnections: 2, maxConnectionsPerHost: 1, block: false, maxOverflow: 0 })
  const there = engine.open(a)
  engine.open(b)
  engine.release(there, false)
  expect(engine.ask(a).outcome).toBe('waiting')
  expect(engine.ask(c).error?.code).toBe('ERR_POOL_FULL')
})

test('maxPending holds also while connections to other hosts close', () => {
  const engine = start({ maxConnections: 4, maxConnectionsPerHost: 2, maxPending: 0 })
  const elsewhere = [engine.open(b), engine.open(b), engine.open(c)]
  engine.open(a)
  for (const connection of elsewhere) engine.release(connection, false)
  const asked = [engine.ask(a), engine.ask(a), engine.ask(a)]
  expect(asked.map(({ outcome }) => outcome)).toEqual(['waiting', 'rejected', 'rejected'])
})

test('a request that found an idle connection, which failed it, goes before those that came after it', () => {
  const engine = start({ maxConnections: 1 })
  const [connection] = engine.park(1, a) as [FakeConnection]
  const first = engine.ask(a)
  expect(first).toMatchObject({ outcome: 'granted', reused: true })
  const second = engine.ask(a)
  engine.onFailed = (request) => engine.retry(request)
  engine.closed(connection)
  expect([first.outcome, second.outcome]).toEqual(['granted', 'waiting'])
})
