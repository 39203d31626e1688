import { expect, test } from 'vitest'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { a, b, c, type Started, start } from './start.ts'

const h2 = { offersH2: () => true }

/** A connection whose server allows so many requests at a time, with one. */
function session(engine: Started, allows: number, origin = a): FakeConnection {
  const { connection } = engine.ask(origin)
  if (connection === null) throw new Error('no connection was free')
  engine.connect(connection, true)
  engine.settings(connection, allows)
  return connection
}

const outcomes = (requests: readonly FakeRequest[]) => requests.map(({ outcome }) => outcome)
const burst = (engine: Started, count: number, origin = a) => Array.from({ length: count }, () => engine.ask(origin))

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

test('a server that allows none for now is waited for, and not asked for more connections', () => {
  const engine = start({ acquireTimeout: 60_000 }, h2)
  const connection = session(engine, 0)
  engine.release(connection)
  const requests = burst(engine, 5)
  expect(engine.live.size).toBe(1)
  engine.settings(connection, 3)
  expect(outcomes(requests)).toEqual(['granted', 'granted', 'granted', 'granted', 'waiting'])
  expect(engine.live.size).toBe(2)
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
  expect(waited / connect).toBeCloseTo(connects, 0)
})

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

test('after a connect that failed the others that wait try by themselves', () => {
  const engine = start({ maxConnections: 5 }, h2)
  burst(engine, 9)
  const [first] = engine.live
  engine.closed(first as FakeConnection)
  engine.clock.runSoon()
  expect(engine.live.size).toBe(5)
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

test('a server that allows none for now is waited for only by those that may wait', () => {
  const fields = { acquireTimeout: 60_000, maxConnections: 5 }
  for (const [limits, code] of [
    [{ ...fields, block: false, maxOverflow: 2 }, 'ERR_POOL_FULL'],
    [{ ...fields, maxPending: 1 }, 'ERR_POOL_QUEUE_FULL'],
  ] as const) {
    const engine = start(limits, h2)
    engine.release(session(engine, 0))
    const [first, second] = burst(engine, 2)
    expect([first?.error?.code, second?.error?.code]).toEqual(['block' in limits ? code : undefined, code])
    expect(engine.live.size).toBe(1)
  }
})

test('without block nobody waits behind those for whom a session is no use whose server allows no requests', () => {
  const engine = start({ maxConnections: 1 }, h2)
  const connection = session(engine, 0)
  const [waiting] = burst(engine, 1)
  engine.pool.reconfigure({ ...engine.pool.config, block: false, maxOverflow: 0 })
  engine.release(connection)
  expect([waiting?.outcome, connection.state]).toEqual(['waiting', 'idle'])
  // Its place would be for the one that has waited longer.
  expect(engine.ask(b).error?.code).toBe('ERR_POOL_FULL')
  engine.settings(connection, 1)
  expect(waiting?.outcome).toBe('granted')
})

test('what still connects does not free the place of a session for others whose server allows no requests, unless it will carry those who wait', () => {
  for (const [streams, code] of [
    [1, 'ERR_POOL_FULL'],
    [2, undefined],
  ] as const) {
    const engine = start({ maxConnections: 2, maxStreamsPerConnection: 1 }, h2)
    const connection = burst(engine, 2)[0]?.connection as FakeConnection
    engine.connect(connection, true)
    engine.settings(connection, 0)
    const [waiting] = burst(engine, 1)
    engine.pool.reconfigure({ ...engine.pool.config, maxStreamsPerConnection: streams, block: false, maxOverflow: 0 })
    engine.release(connection)
    expect([waiting?.outcome, connection.state, engine.phase('connecting').length]).toEqual(['waiting', 'idle', 1])
    const other = engine.ask(b)
    expect([other.error?.code, connection.phase]).toEqual([code, code === undefined ? 'closing' : 'idle'])
    if (code !== undefined) continue
    engine.closed(connection)
    expect([other.outcome, waiting?.outcome]).toEqual(['granted', 'waiting'])
  }
})

test('an idle session for which others of its host wait, and which is no room for them, is not counted twice', () => {
  const engine = start({ maxConnections: 3, maxConnectionsPerHost: 2, maxPending: 2 }, h2)
  const [idle, shut, busy] = [b, a, a].map((origin, index) => engine.ask(origin, index === 1 ? 'tls' : 'plain').connection)
  for (const connection of [idle, busy]) engine.connect(connection as FakeConnection, false)
  engine.connect(shut as FakeConnection, true)
  engine.settings(shut as FakeConnection, 0)
  engine.release(idle as FakeConnection)
  engine.advance(100)
  const waiting = [engine.ask(a, 'tls'), engine.ask(a)]
  engine.release(shut as FakeConnection)
  expect([outcomes(waiting), shut?.state]).toEqual([['waiting', 'waiting'], 'idle'])
  const other = engine.ask(c)
  engine.closed(idle as FakeConnection)
  expect([other.error, other.outcome]).toEqual([undefined, 'granted'])
})

test('a session whose place would be needed again by those who wait for its server goes after all others that idle', () => {
  for (const block of [true, false]) {
    const engine = start({ maxConnections: 2, maxStreamsPerConnection: 1 }, h2)
    const shut = session(engine, 0)
    const waiting = burst(engine, 2)
    engine.release(shut)
    const [idle] = engine.park(1, b)
    engine.pool.reconfigure({ ...engine.pool.config, block, maxOverflow: 0 })
    const other = engine.ask(c)
    engine.advance(1000)
    expect([shut.phase, idle?.phase]).toEqual(['idle', 'closing'])
    engine.closed(idle as FakeConnection)
    expect([other.outcome, ...outcomes(waiting)]).toEqual(['granted', 'waiting', 'waiting'])
  }
  const engine = start({ maxConnections: 2 }, h2)
  const shut = session(engine, 0)
  const [opening, older] = burst(engine, 2, b)
  const [waiting] = burst(engine, 1)
  engine.pool.reconfigure({ ...engine.pool.config, block: false, maxOverflow: 0 })
  engine.release(shut)
  expect([older?.outcome, waiting?.outcome, shut.phase]).toEqual(['waiting', 'waiting', 'idle'])
  // What its connection turns out not to speak makes the older one need a place, and there is no other.
  engine.connect(opening?.connection as FakeConnection, false)
  expect(shut.phase).toBe('closing')
  engine.closed(shut)
  expect([older?.outcome, waiting?.outcome]).toEqual(['granted', 'waiting'])
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

test('what is opened ahead and turns out not to multiplex is weighed by what its lane then needs', () => {
  const engine = start({ maxConnections: 3, maxStreamsPerConnection: 2 }, h2)
  void engine.pool.preconnect(engine.member, new URL(a), 1)
  const requests = burst(engine, 3)
  for (let time = 0; time < 3; time++) engine.ask(a, 'tls')
  const [ahead] = engine.live
  engine.connect(ahead as FakeConnection, false)
  expect(requests.map(({ connection }) => connection === ahead)).toContain(true)
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
