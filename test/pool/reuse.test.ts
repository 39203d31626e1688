import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, start } from './start.ts'

test('lifo reuses the connection that idled last, fifo the one that idled longest', () => {
  for (const scheduling of ['lifo', 'fifo'] as const) {
    const engine = start({ scheduling })
    const [first, second] = engine.park(2, a)
    expect(engine.open(a)).toBe(scheduling === 'lifo' ? second : first)
  }
})

test('after the event loop was busy a connection that idled is granted only when a turn has shown that it lives', () => {
  const engine = start()
  const [idle] = engine.park(1, a)
  engine.clock.skip(4)
  const request = engine.ask(a)
  expect(request.outcome).toBe('waiting')
  engine.turn()
  expect(request.connection).toBe(idle)
  expect(engine.pool.connections.reused).toBe(1)
})

test('a FIN that came while the loop was busy is seen before the request is sent, by a close or by the look at the socket', () => {
  for (const noticed of ['closes', 'is only not usable']) {
    const engine = start()
    // The fake engine decides by the parity of the time.
    engine.advance(noticed === 'closes' ? 0 : 1)
    const [idle] = engine.park(1, a) as [FakeConnection]
    engine.clock.skip(200)
    idle.finArrived = true
    const request = engine.ask(a)
    engine.turn()
    expect(idle.phase).toBe(noticed === 'closes' ? 'closed' : 'closing')
    expect(request.outcome).toBe('granted')
    expect(request.connection).not.toBe(idle)
  }
})

test('a retried request gets a new connection, though another one idles', () => {
  const engine = start({ maxConnections: 2 })
  const [stale, other] = engine.park(2, a) as [FakeConnection, FakeConnection]
  const request = engine.ask(a)
  expect(request.connection).toBe(other)
  engine.closed(other)
  engine.retry(request)
  expect(request.connection?.phase).toBe('connecting')
  expect(stale.phase).toBe('idle')
})

test('an idle connection closes on time, by its own expiry or by what the server said', () => {
  const engine = start({ keepAliveExpiry: 4000, keepAliveHintMargin: 1000 })
  const [plain, hinted] = [engine.open(a), engine.open(b)]
  engine.release(plain)
  engine.release(hinted, true, { timeout: 3 })
  engine.advance(1999)
  expect(hinted.phase).toBe('idle')
  engine.advance(1)
  expect(hinted.phase).toBe('closing')
  engine.advance(1999)
  expect(plain.phase).toBe('idle')
  engine.advance(1)
  expect(plain.phase).toBe('closing')
  expect(engine.pool.connections.expired).toBe(2)
})

test('a connection whose time has come is not reused, though its timer is late', () => {
  for (const fields of [{ keepAliveExpiry: 5 }, { maxLifetime: 5 }]) {
    const engine = start(fields)
    const [late] = engine.park(1, a) as [FakeConnection]
    engine.clock.skip(7)
    const request = engine.ask(a)
    expect(late.phase).toBe('closing')
    expect(request.connection).not.toBe(late)
  }
})

test('what a server said of the time stands when a later answer names only the requests that are left', () => {
  const engine = start({ keepAliveExpiry: 4000, keepAliveHintMargin: 1000 })
  const connection = engine.open(a)
  engine.release(connection, true, { timeout: 3, max: 9 })
  expect(engine.open(a)).toBe(connection)
  engine.release(connection, true, { max: 8 })
  engine.advance(1999)
  expect(connection.phase).toBe('idle')
  engine.advance(1)
  expect(connection.phase).toBe('closing')
})

test('a hint never raises the expiry, and an active request is never cut', () => {
  const engine = start({ keepAliveExpiry: 1000, maxLifetime: 2000 })
  const [connection] = engine.park(1, a) as [FakeConnection]
  const again = engine.open(a)
  expect(again).toBe(connection)
  engine.advance(60_000)
  expect(connection.phase).toBe('busy')
  engine.release(connection, true, { timeout: 100 })
  expect(connection.phase).toBe('closing')
})

test('max requests close a connection: the limit, and what the server allows', () => {
  const engine = start({ maxRequestsPerConnection: 2 })
  const [connection] = engine.park(1, a) as [FakeConnection]
  expect(engine.open(a)).toBe(connection)
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  const hinted = engine.open(b)
  engine.release(hinted, true, { max: 0 })
  expect(hinted.phase).toBe('closing')
})

test('maxLifetime retires a connection also when a request waits for it, with jitter downwards only', () => {
  const engine = start({ maxConnections: 1, maxLifetime: 1000 })
  const connection = engine.open(a)
  const waiting = engine.ask(a)
  engine.advance(1000)
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  engine.finishClosing()
  expect(waiting.reused).toBe(false)
  const ends = Array.from({ length: 200 }, () => engine.clock.random()).map((chance) => 1 - chance / 10)
  expect(Math.min(...ends)).toBeGreaterThan(0.9)
  expect(connection.lifespan).toBeGreaterThan(0.9)
  expect(connection.lifespan).toBeLessThanOrEqual(1)
})

test('a connection that passes maxLifetime while it is looked at is not granted', () => {
  const engine = start({ keepAliveExpiry: Number.POSITIVE_INFINITY, maxLifetime: 1000 })
  const [idle] = engine.park(1, a)
  engine.clock.skip(800)
  const request = engine.ask(a)
  engine.clock.skip(300)
  engine.turn()
  expect(request.outcome).toBe('granted')
  expect(request.connection).not.toBe(idle)
  expect(engine.pool.connections.expired).toBe(1)
})

test('a connection that a new config allows no further request is not granted after it was looked at', () => {
  for (const change of [{ maxRequestsPerConnection: 1 }, { keepAlive: false }]) {
    const engine = start()
    const [idle] = engine.park(1, a)
    engine.clock.skip(500)
    const request = engine.ask(a)
    engine.pool.reconfigure({ ...engine.pool.config, ...change })
    engine.turn()
    expect(request.connection).not.toBe(idle)
  }
})

test('a connection that was looked at for nobody does not stay idle without keepAlive', () => {
  const engine = start()
  const [idle] = engine.park(1, a)
  engine.clock.skip(500)
  engine.abandon(engine.ask(a))
  engine.pool.reconfigure({ ...engine.pool.config, keepAlive: false })
  engine.turn()
  expect(idle?.phase).toBe('closing')
})

test('a lane whose last connection is found dead and closes at once is still known while a request waits in it', () => {
  const engine = start({ maxConnections: 2 }, { deadCloseAtOnce: true })
  const [dead] = engine.park(1, a) as [FakeConnection]
  engine.release(engine.open(b), false)
  const elsewhere = engine.ask(b)
  dead.finSeen = true
  const request = engine.ask(a)
  expect(elsewhere.outcome).toBe('granted')
  expect(request.outcome).toBe('waiting')
  expect(engine.member.lanes.get(request.laneKey)).toBe(request.waiter?.lane)
  expect(engine.pool.registry.origins.get(a)?.waiting).toBe(1)
})

test('an engine may keep a lane that the core has forgotten: its requests count where those of its origin count', () => {
  const engine = start({ maxConnectionsPerHost: 1 }, { keepsLanes: true, closing: 'at once' })
  engine.release(engine.open(a), false)
  expect(engine.pool.registry.origins.size).toBe(0)
  // Another lane makes the origin known anew and takes its only place.
  const other = engine.open(a, 'another identity')
  const request = engine.ask(a)
  expect(request.outcome).toBe('waiting')
  engine.release(other)
  expect(request.outcome).toBe('granted')
  expect(engine.pool.registry.origins.get(a)?.open).toBe(1)
})

test('sockets that idle hold no timer that keeps the process alive; requests that wait do', () => {
  const engine = start({ maxConnections: 1 })
  const [connection] = engine.park(1, a) as [FakeConnection]
  expect(engine.clock.held).toBe(false)
  engine.open(a)
  const waiting = engine.ask(a)
  expect(engine.clock.held).toBe(true)
  engine.abandon(waiting)
  expect(engine.clock.held).toBe(false)
  engine.release(connection)
})

test('connections that are opened together do not end together: their lives are up to a tenth shorter than maxLifetime', () => {
  const engine = start({ keepAliveExpiry: Number.POSITIVE_INFINITY, maxLifetime: 1000, maxConnections: 50 })
  engine.park(50, a)
  engine.advance(899)
  expect(engine.phase('idle')).toHaveLength(50)
  const ends = Array.from({ length: 102 }, () => {
    engine.advance(1)
    return engine.phase('idle').length
  })
  expect(ends.at(-1)).toBe(0)
  expect(new Set(ends).size).toBeGreaterThan(20)
})
