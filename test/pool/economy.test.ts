import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, c, opened, type Started, start } from './start.ts'

// docs/when-the-total-is-full.md, line by line: what a host without a connection gets, and when. Connects take so long (ms):
const near = 2
const far = 100

/** An idle connection of a host that is asked again within a millisecond or two. */
function inUse(engine: Started, origin: string, connect: number): FakeConnection {
  const connection = opened(engine, origin, connect)
  for (let requests = 0; requests < 20; requests++) {
    engine.advance(1)
    engine.release(connection)
    engine.advance(1)
    engine.ask(origin)
  }
  engine.release(connection)
  return connection
}

test('a connect that nothing is known of counts as none: the connection goes at once', () => {
  const engine = start({ maxConnections: 1 })
  const [kept] = engine.park(1, a)
  engine.ask(b)
  expect(kept?.phase).toBe('closing')
})

test('the last connection of a host that is soon asked again stays until what it idles and the other waits make up 0.8 of a connect', () => {
  const engine = start({ maxConnections: 1 })
  const kept = inUse(engine, a, far)
  engine.advance(10)
  engine.ask(b)
  engine.advance(34)
  expect(kept.phase).toBe('idle')
  engine.advance(2)
  expect(kept.phase).toBe('closing')
})

test('one that comes free because whom it was promised to has left is weighed by what others have waited until then', () => {
  const engine = start({ maxConnections: 1 })
  const kept = inUse(engine, a, far)
  engine.clock.skip(10)
  const promised = engine.ask(a)
  engine.ask(b)
  expect(promised.verifying).toBe(true)
  engine.abandon(promised)
  engine.clock.skip(far)
  engine.turn()
  expect(kept.phase).toBe('closing')
})

test('what its own connect costs counts, not what that of the one who asks costs', () => {
  const engine = start({ maxConnections: 1 })
  engine.release(opened(engine, b, far))
  engine.ask(a)
  engine.finishClosing()
  const kept = engine.phase('connecting')[0] as FakeConnection
  engine.advance(near)
  engine.connect(kept)
  for (let requests = 0; requests < 20; requests++) {
    engine.release(kept)
    engine.ask(a)
    engine.advance(0.1)
  }
  engine.release(kept)
  engine.ask(b)
  engine.advance(3)
  expect(kept.phase).toBe('closing')
})

test('the last connection of a host that is seldom asked goes at once', () => {
  const engine = start({ maxConnections: 1 })
  const kept = opened(engine, a, far)
  engine.release(kept)
  for (let requests = 0; requests < 5; requests++) {
    engine.advance(2 * far)
    engine.ask(a)
    engine.turn()
    engine.release(kept)
  }
  engine.ask(b)
  expect(kept.phase).toBe('closing')
})

test('a host that has two gives one as soon as it idles, and keeps the other', () => {
  const engine = start({ maxConnections: 2 })
  const [first, second] = [opened(engine, a, far), opened(engine, a, far)]
  engine.ask(b)
  engine.advance(1)
  engine.release(first)
  expect(first.phase).toBe('closing')
  engine.finishClosing()
  engine.release(second)
  expect(second.phase).toBe('idle')
})

test('a host that has two gives one at once also where its requests take long and follow each other', () => {
  const engine = start({ maxConnections: 2 })
  const [first, second] = [opened(engine, a, far), opened(engine, a, far)]
  for (let requests = 0; requests < 3; requests++) {
    engine.advance(10)
    engine.release(first)
    engine.ask(a)
    engine.turn()
  }
  engine.ask(b)
  engine.advance(1)
  engine.release(first)
  expect(first.phase).toBe('closing')
  expect(second.phase).toBe('busy')
})

test('what waits when a connection is ready is served on it before it goes to another host, and what comes later is not', () => {
  const engine = start({ maxConnections: 1 })
  const early = [engine.ask(a), engine.ask(a), engine.ask(a)]
  const connection = early[0]?.connection as FakeConnection
  const other = engine.ask(b)
  engine.advance(10)
  engine.connect(connection)
  // It comes later than the other by more than a connect and a request take.
  engine.advance(30)
  const late = engine.ask(a)
  engine.release(connection)
  engine.release(connection)
  expect(early.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'granted'])
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  engine.finishClosing()
  expect([other.outcome, late.outcome]).toEqual(['granted', 'waiting'])
})

test.each([
  { connect: 30, answers: 4, why: 'four connects of 30 ms and two requests of 110 ms are longer than ten connects' },
  { connect: 60, answers: 6, why: 'ten connects of 60 ms are longer than four and two requests of 110 ms' },
])(
  'what waits when a connection is ready is served on it until its connect was a small part of that: $why',
  ({ connect, answers }) => {
    const engine = start({ maxConnections: 1 })
    const first = opened(engine, c, connect)
    const early = [engine.ask(a)]
    engine.advance(1)
    const other = engine.ask(b)
    engine.advance(900)
    for (let requests = 0; requests < 9; requests++) early.push(engine.ask(a))
    engine.release(first)
    engine.finishClosing()
    const connection = early[0]?.connection as FakeConnection
    engine.advance(connect)
    engine.connect(connection)
    let answered = 0
    while (connection.phase === 'busy') {
      engine.advance(110)
      engine.release(connection)
      answered++
    }
    expect([answered, connection.phase]).toEqual([answers, 'closing'])
    engine.finishClosing()
    expect(other.outcome).toBe('granted')
  },
)

test('a host whose connections all hang counts as one without', () => {
  const engine = start({ maxConnections: 2 })
  const kept = inUse(engine, b, far)
  opened(engine, a, far)
  engine.release(engine.ask(b).connection as FakeConnection)
  const queued = engine.ask(a)
  engine.advance(1000)
  expect(kept.phase).toBe('closing')
  engine.finishClosing()
  expect(queued.outcome).toBe('granted')
})

test('what a host has waited in vain counts for its next request', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 30 })
  const connection = opened(engine, a, far)
  const outcomes: string[] = []
  const lone = () => engine.ask(b)
  for (let tries = 0, waiting = lone(); tries < 20; tries++) {
    // Another host is asked without end.
    for (let requests = 0; requests < 4 && waiting.outcome === 'waiting'; requests++) {
      engine.ask(a)
      engine.advance(10)
      engine.turn()
      if (connection.phase === 'busy') engine.release(connection)
      engine.finishClosing()
    }
    outcomes.push(waiting.outcome)
    if (waiting.outcome === 'granted') break
    waiting = lone()
  }
  expect(outcomes.at(0)).toBe('rejected')
  expect(outcomes.at(-1)).toBe('granted')
})

test('where a request may not wait, or need not, nothing is weighed', () => {
  for (const fields of [{ block: false, maxOverflow: 0 }, { maxOverflow: 1 }]) {
    const engine = start({ maxConnections: 1, ...fields })
    const kept = inUse(engine, a, far)
    engine.ask(b)
    expect(kept.phase).toBe('closing')
  }
})

test('lanes of one host at its own limit weigh connects as hosts do under the total', () => {
  const engine = start({ maxConnectionsPerHost: 1 })
  const { connection } = engine.ask(a, 'one identity')
  engine.advance(far)
  engine.connect(connection as FakeConnection)
  for (let requests = 0; requests < 20; requests++) {
    engine.advance(1)
    engine.release(connection as FakeConnection)
    engine.ask(a, 'one identity')
  }
  engine.release(connection as FakeConnection)
  const other = engine.ask(a, 'another')
  engine.advance(38)
  expect(connection?.phase).toBe('idle')
  engine.advance(4)
  engine.finishClosing()
  expect(other.outcome).toBe('granted')
})

test('an idle connection that is kept is looked at again by an alarm that does not keep the process alive', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: Number.POSITIVE_INFINITY })
  inUse(engine, a, far)
  engine.ask(c)
  expect(engine.clock.nextAlarm).toBeLessThanOrEqual(engine.clock.now() + far)
  engine.advance(far)
  engine.finishClosing()
  expect(engine.phase('connecting').map(({ origin }) => origin)).toEqual([c])
})

test.each([
  { total: 1, connects: 20, turns: 'where all connections are of that host' },
  { total: 2, connects: 10, turns: 'beside a host whose only connection is in use' },
])(
  'however many requests come just behind it for another host, a host without a connection gets one soon, $turns',
  ({ total, connects }) => {
    for (const burst of [10, 100, 1000, 10_000]) {
      const [connect, service] = [20, 10]
      const engine = start({ maxConnections: total })
      const origins = [b, a].slice(0, total)
      const first = origins.map((origin) => engine.ask(origin).connection as FakeConnection)
      engine.advance(connect)
      for (const connection of first) engine.connect(connection)
      // One is in front in each queue, always.
      for (const origin of origins) engine.ask(origin)
      const asked = engine.clock.now()
      const lone = engine.ask(c)
      engine.advance(1)
      for (let nth = 0; nth < burst; nth++) engine.ask(b)
      while (lone.outcome === 'waiting' && engine.clock.now() < asked + 60_000) {
        engine.advance(service)
        for (const connection of engine.phase('busy')) {
          const { origin } = connection
          engine.release(connection)
          if (origin === a) engine.ask(a)
        }
        engine.finishClosing()
        for (const connection of engine.phase('connecting')) engine.connect(connection)
      }
      // For so long at the most others go first; then comes its own turn.
      expect(engine.clock.now() - asked).toBeLessThanOrEqual((connects + 4) * connect + 3 * service)
    }
  },
)
