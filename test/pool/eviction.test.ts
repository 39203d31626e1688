import { expect, test } from 'vitest'
import { a, b, c, start } from './start.ts'

test('an idle connection of another host gives way, the longest idle first, and its place is taken only once it has closed', () => {
  const engine = start({ maxConnections: 2 })
  const [oldest] = engine.park(1, a)
  engine.advance(5)
  engine.park(1, b)
  const request = engine.ask(c)
  expect(oldest?.phase).toBe('closing')
  expect(request.outcome).toBe('waiting')
  expect(engine.ledger.normal).toBe(2)
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
  expect(engine.pool.connections.evicted).toBe(1)
  expect(engine.ledger.peak).toBe(2)
})

test('one eviction serves one request, also when the socket has closed before close() returns', () => {
  const engine = start({ maxConnections: 3 }, { closing: 'at once' })
  engine.park(3, a)
  const request = engine.ask(b)
  expect(request.outcome).toBe('granted')
  expect(engine.pool.connections.evicted).toBe(1)
  expect(engine.pool.connections.idle.size).toBe(2)
})

test('a connection that fails inside a grant frees its place for the next request', () => {
  const engine = start({ maxConnections: 1 })
  const holder = engine.open(a)
  const failing = engine.ask(b)
  const next = engine.ask(c)
  engine.onSettled = (request) => {
    if (request === failing && request.connection !== null) engine.closed(request.connection)
  }
  engine.release(holder, false)
  engine.finishClosing()
  expect(failing.outcome).toBe('failed')
  expect(next.outcome).toBe('granted')
})

test('a lane of the same host gives way when the host is at its limit', () => {
  const engine = start({ maxConnectionsPerHost: 2 })
  const [first, second] = engine.park(2, a, 'one identity')
  const request = engine.ask(a, 'another')
  expect([first?.phase, second?.phase]).toEqual(['closing', 'idle'])
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
  expect(engine.ledger.peakOf(a)).toBe(2)
})

test('a lane of the same host gives way when the limit is lowered to what is open', () => {
  const engine = start({ maxConnections: 3 })
  const busy = engine.open(b)
  engine.release(busy, false)
  engine.park(2, a, 'one identity')
  const request = engine.ask(a, 'another')
  engine.pool.reconfigure({ ...engine.pool.config, maxConnectionsPerHost: 2 })
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('idle caps close the longest idle, per host and over all hosts', () => {
  const engine = start({ maxIdleConnections: 3, maxIdleConnectionsPerHost: 2 })
  const connections = engine.park(3, a)
  expect(connections.map(({ phase }) => phase)).toEqual(['closing', 'idle', 'idle'])
  engine.park(2, b)
  expect(connections.map(({ phase }) => phase)).toEqual(['closing', 'closing', 'idle'])
})

test('maxHosts closes the idle connections of the least recently used host', () => {
  const engine = start({ maxHosts: 2 })
  const ofA = engine.park(2, a)
  const ofB = engine.park(2, b)
  engine.park(1, a)
  engine.park(1, c)
  expect(ofA.every(({ phase }) => phase === 'idle')).toBe(true)
  expect(ofB.every(({ phase }) => phase === 'closing')).toBe(true)
})
