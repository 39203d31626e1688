import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, c, type Started, start } from './start.ts'

/** What the core has passed on to nobody. */
function thrown(engine: Started): unknown[] {
  const errors: unknown[] = []
  for (;;) {
    try {
      engine.clock.runSoon()
      return errors
    } catch (error) {
      errors.push((error as Error).message)
    }
  }
}

function throwOnce(connection: FakeConnection, method: 'close' | 'park', times = 1): void {
  const original = connection[method].bind(connection)
  let left = times
  connection[method] = (error?: Error) => {
    if (left-- > 0) throw new Error(`${method} throws`)
    original(error)
  }
}

test('a socket whose destroy throws once is told again, and the requests that wait for its place are served', () => {
  const engine = start({ maxConnections: 1 })
  const [idle] = engine.park(1, a) as [FakeConnection]
  throwOnce(idle, 'close')
  const request = engine.ask(b)
  expect(thrown(engine)).toEqual(['close throws'])
  expect(idle.phase).toBe('idle')
  engine.turn()
  expect(idle.phase).toBe('closing')
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('one whose destroy always throws is taken to be gone', () => {
  const engine = start({ maxConnections: 1 })
  const [idle] = engine.park(1, a) as [FakeConnection]
  throwOnce(idle, 'close', 9)
  const request = engine.ask(b)
  engine.turn()
  expect(thrown(engine)).toEqual(['close throws'])
  expect(request.outcome).toBe('granted')
})

test('a connection that cannot be parked is closed', () => {
  const engine = start()
  const connection = engine.open(a)
  throwOnce(connection, 'park')
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  expect(thrown(engine)).toEqual(['park throws'])
})

test('what a caller throws when it is granted or refused stops nobody else', () => {
  const engine = start({ maxConnections: 3, acquireTimeout: 100 })
  const connections = [a, a, a].map((origin) => engine.open(origin))
  const others = [engine.ask(b), engine.ask(c)]
  const last = engine.ask(b)
  engine.onSettled = (request) => {
    if (request === others[0]) throw new Error('granted')
    if (request === last) throw new Error('last')
  }
  for (const connection of connections.slice(0, 2)) {
    engine.release(connection, false)
    engine.closed(connection)
  }
  expect(others.map(({ outcome }) => outcome)).toEqual(['failed', 'granted'])
  expect(thrown(engine)).toEqual(['granted'])
  engine.finishClosing()
  expect(last.outcome).toBe('failed')
  expect(thrown(engine)).toEqual(['last'])
  const [late, later] = [engine.ask(b), engine.ask(b)]
  engine.onSettled = (request) => {
    if (request === late) throw new Error('timed out')
  }
  engine.advance(100)
  expect([late.outcome, later.outcome]).toEqual(['rejected', 'rejected'])
  expect(thrown(engine)).toEqual(['timed out'])
})

test('a pool that is asked from inside its own pump serves everybody, and later ones too', () => {
  const engine = start({ maxConnections: 2 })
  const [first, second] = [engine.open(a), engine.open(a)]
  const waiting = [engine.ask(b), engine.ask(c)]
  let asked = 0
  engine.onSettled = () => {
    if (asked++ < 3) waiting.push(engine.ask(b))
  }
  for (const connection of [first, second]) engine.release(connection, false)
  for (let round = 0; round < 10; round++) {
    engine.finishClosing()
    for (const connection of engine.phase('connecting')) engine.connect(connection)
    for (const connection of engine.phase('busy')) engine.release(connection)
  }
  expect(waiting).toHaveLength(5)
  expect(new Set(waiting.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
})

test('connections that fail from inside their grant, one after another, do not pile up on the stack', () => {
  const engine = start({ maxConnections: 1 })
  const first = engine.open(a)
  const waiting = Array.from({ length: 20_000 }, () => engine.ask(b))
  engine.onSettled = ({ connection }) => {
    if (connection?.phase === 'connecting') engine.closed(connection)
  }
  engine.release(first, false)
  engine.finishClosing()
  expect(thrown(engine)).toEqual([])
  expect(waiting.filter(({ outcome }) => outcome !== 'failed')).toEqual([])
})
