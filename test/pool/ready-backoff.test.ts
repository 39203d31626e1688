import { expect, test } from 'vitest'
import { resolved } from './config.ts'
import { a, b, c, type Started, start } from './start.ts'

// Why connections that are kept ready are missing for a while: what puts them off, what does not, and what is told of it.

const named = { hosts: { [a]: { minIdleConnectionsPerHost: 2 } } }

const readyTo = (engine: Started, origin = a) => engine.pool.stats().ready?.[origin]

/** Lets what was asked for happen, and the sockets that are being made connect. */
function settle(engine: Started): void {
  engine.clock.runSoon()
  for (const connection of engine.phase('connecting')) if (connection.request === null) engine.connect(connection)
  engine.clock.runSoon()
}

/** All that are being made fail. */
function refuse(engine: Started): void {
  engine.clock.runSoon()
  for (const connection of engine.phase('connecting')) engine.closed(connection)
  engine.clock.runSoon()
}

/** So many rounds of connects fail. */
function refuseRounds(engine: Started, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    engine.advance(readyTo(engine)?.retryIn ?? 0)
    refuse(engine)
  }
}

test('stats tell of origins that have connections kept ready, and of no others', () => {
  const engine = start({
    hosts: { [a]: { minIdleConnectionsPerHost: 3, maxIdleConnectionsPerHost: 2 }, [b]: { keepAlive: false } },
  })
  expect(start().pool.stats()).not.toHaveProperty('ready')
  engine.open(b)
  engine.clock.runSoon()
  expect(engine.pool.stats().ready).toEqual({ [a]: { wanted: 2, idle: 0, failures: 0, retryIn: 0, crowded: false } })
  settle(engine)
  expect(engine.pool.stats().ready).toEqual({ [a]: { wanted: 2, idle: 2, failures: 0, retryIn: 0, crowded: false } })
  engine.pool.reconfigure(resolved())
  expect(engine.pool.stats()).not.toHaveProperty('ready')
})

test('they tell for how long connects are put off, also while nothing is open', () => {
  const engine = start(named)
  for (const [failures, least, most] of [
    [1, 125, 250],
    [2, 250, 500],
    [3, 500, 1000],
  ] as const) {
    refuse(engine)
    const { retryIn = 0, ...others } = readyTo(engine) ?? {}
    expect(others).toEqual({ wanted: 2, idle: 0, failures, crowded: false })
    expect(retryIn).toBeGreaterThanOrEqual(least)
    expect(retryIn).toBeLessThanOrEqual(most)
    engine.advance(retryIn - 1)
    expect(engine.phase('connecting')).toHaveLength(0)
    engine.advance(1)
    expect(engine.phase('connecting')).toHaveLength(2)
    expect(readyTo(engine)).toMatchObject({ failures, retryIn: 0 })
  }
  expect(engine.pool.stats().hosts).toHaveProperty([a])
  refuse(engine)
  expect(engine.pool.stats().hosts).toEqual({})
  expect(engine.pool.health.status).toBe('failing')
})

test('they tell that there is no room', () => {
  const engine = start({ maxConnections: 3, ...named })
  const [, other] = [engine.open(b), engine.open(b)]
  settle(engine)
  expect(readyTo(engine)).toEqual({ wanted: 2, idle: 1, failures: 0, retryIn: 0, crowded: true })
  engine.release(other, false)
  engine.finishClosing()
  refuse(engine)
  expect(readyTo(engine)).toMatchObject({ idle: 1, failures: 1, crowded: false })
  engine.advance(250)
  settle(engine)
  expect(readyTo(engine)).toMatchObject({ idle: 2, retryIn: 0, crowded: false })
})

test('an origin that is not used any more is not told of, and nothing is once the last member has ended', async () => {
  const engine = start({ minIdleConnectionsPerHost: 1, keepAliveExpiry: 1000, ...named })
  settle(engine)
  engine.release(engine.open(b), false)
  expect(Object.keys(engine.pool.stats().ready ?? {})).toEqual([a, b])
  engine.advance(10_000)
  expect(Object.keys(engine.pool.stats().ready ?? {})).toEqual([a])
  refuse(engine)
  void engine.member.destroy()
  engine.finishClosing()
  expect(engine.member.hasEnded).toBe(true)
  expect(engine.pool.stats()).not.toHaveProperty('ready')
  engine.advance(60_000)
  expect(engine.live.size).toBe(0)
})

test.each([
  ['keepAliveExpiry', { keepAliveExpiry: 200 }],
  ['maxLifetime', { maxLifetime: 200 }],
])('what ends by %s is replaced at once, however soon that is', (_, fields) => {
  const engine = start({ ...fields, ...named })
  settle(engine)
  for (let round = 0; round < 20; round++) {
    engine.advance(200)
    engine.finishClosing()
    engine.clock.runSoon()
    expect(engine.phase('connecting')).toHaveLength(2)
    settle(engine)
    expect(readyTo(engine)).toMatchObject({ idle: 2, failures: 0 })
  }
})

test('one that is too old when it has connected is not opened again and again', () => {
  const engine = start({ maxLifetime: 50, ...named })
  engine.clock.runSoon()
  for (let round = 0; round < 20; round++) {
    expect(engine.phase('connecting')).toHaveLength(2)
    engine.advance(60)
    settle(engine)
    engine.finishClosing()
    engine.clock.runSoon()
    const { retryIn = 0, failures } = readyTo(engine) ?? {}
    expect(failures).toBe(0)
    expect(retryIn).toBeGreaterThanOrEqual(125)
    expect(retryIn).toBeLessThanOrEqual(250)
    engine.advance(retryIn)
  }
})

test('one that has made room for another host comes back, never later for having done so often', () => {
  const engine = start({ maxConnections: 2, ...named })
  settle(engine)
  for (let round = 0; round < 20; round++) {
    const asked = engine.ask(b)
    engine.finishClosing()
    if (asked.connection === null) throw new Error('no room was made')
    engine.connect(asked.connection)
    engine.release(asked.connection, false)
    engine.finishClosing()
    engine.advance(250)
    settle(engine)
    expect(readyTo(engine)).toEqual({ wanted: 2, idle: 2, failures: 0, retryIn: 0, crowded: false })
  }
  expect(engine.pool.stats().evicted).toBe(20)
})

test('a server that closes at once what has taken a second to connect is asked less and less often, too', () => {
  const engine = start(named)
  for (let round = 1; round < 8; round++) {
    engine.advance(readyTo(engine)?.retryIn ?? 0)
    engine.clock.runSoon()
    engine.advance(1500)
    settle(engine)
    for (const connection of engine.phase('idle')) engine.closed(connection)
    engine.clock.runSoon()
    expect(readyTo(engine)?.failures).toBe(round)
    expect(readyTo(engine)?.retryIn).toBeGreaterThanOrEqual(125 * 2 ** (round - 1))
  }
})

test('an answer on a newer connection ends the waiting', () => {
  const engine = start(named)
  refuseRounds(engine, 8)
  expect(readyTo(engine)?.retryIn).toBeGreaterThanOrEqual(15_000)
  engine.release(engine.open(a))
  settle(engine)
  expect(readyTo(engine)).toEqual({ wanted: 2, idle: 2, failures: 0, retryIn: 0, crowded: false })
})

test('an answer on an older connection does not: its server may take no new ones', () => {
  const engine = start(named)
  const older = engine.open(a)
  engine.advance(1)
  refuseRounds(engine, 8)
  const { retryIn } = readyTo(engine) ?? {}
  engine.release(older)
  engine.clock.runSoon()
  expect(readyTo(engine)).toEqual({ wanted: 2, idle: 1, failures: 8, retryIn, crowded: false })
  engine.advance(4000)
  engine.finishClosing()
  engine.clock.runSoon()
  expect(readyTo(engine)).toEqual({ wanted: 2, idle: 0, failures: 8, retryIn: (retryIn ?? 0) - 4000, crowded: false })
})

test('failures are over once a newer connection has lasted for a second, and not before', () => {
  const engine = start({ keepAliveExpiry: 60_000, ...named })
  refuseRounds(engine, 5)
  engine.advance(readyTo(engine)?.retryIn ?? 0)
  settle(engine)
  expect(readyTo(engine)).toEqual({ wanted: 2, idle: 2, failures: 5, retryIn: 0, crowded: false })
  const [first] = engine.phase('idle')
  engine.advance(999)
  expect(readyTo(engine)?.failures).toBe(5)
  engine.advance(1)
  expect(readyTo(engine)?.failures).toBe(0)
  // The next failure is a first one.
  if (first !== undefined) engine.closed(first)
  refuse(engine)
  expect(readyTo(engine)).toMatchObject({ idle: 1, failures: 1 })
})

test('nor once one would have lasted that is gone', () => {
  const engine = start({ hosts: { [a]: { minIdleConnectionsPerHost: 1 } } })
  refuse(engine)
  engine.advance(readyTo(engine)?.retryIn ?? 0)
  settle(engine)
  const { connection } = engine.ask(a)
  if (connection !== null) engine.closed(connection)
  engine.clock.runSoon()
  engine.advance(1000)
  expect(engine.phase('connecting')).toHaveLength(1)
  expect(readyTo(engine)?.failures).toBe(1)
})

test('nor once one has that had connected before the last of them', () => {
  const engine = start(named)
  refuse(engine)
  engine.advance(readyTo(engine)?.retryIn ?? 0)
  const [taken, turnedAway] = engine.phase('connecting')
  if (taken !== undefined) engine.connect(taken)
  if (turnedAway !== undefined) engine.closed(turnedAway)
  engine.clock.runSoon()
  engine.advance(1000)
  expect(engine.phase('connecting')).toHaveLength(1)
  expect(readyTo(engine)).toMatchObject({ idle: 1, failures: 2 })
})

test('those that fail beside one that has lasted since before are put off longer and longer', () => {
  const engine = start({ keepAliveExpiry: 600_000, ...named })
  engine.clock.runSoon()
  const [taken, turnedAway] = engine.phase('connecting')
  if (taken !== undefined) engine.connect(taken)
  if (turnedAway !== undefined) engine.closed(turnedAway)
  engine.clock.runSoon()
  refuseRounds(engine, 7)
  expect(readyTo(engine)).toMatchObject({ idle: 1, failures: 8 })
  expect(readyTo(engine)?.retryIn).toBeGreaterThanOrEqual(15_000)
})

test('an engine that throws instead of connecting is not called without end', () => {
  const engine = start(named)
  const open = engine.onOpen.bind(engine)
  engine.onOpen = (connection) => {
    open(connection)
    throw new Error('no')
  }
  for (let thrown = 0; thrown < 2; thrown++) expect(() => engine.clock.runSoon()).toThrow('no')
  engine.clock.runSoon()
  expect(engine.phase('closing')).toHaveLength(2)
  engine.finishClosing()
  engine.clock.runSoon()
  expect(engine.live.size).toBe(0)
  expect(readyTo(engine)).toMatchObject({ failures: 1 })
})

test('they are those of another member once the first has closed', () => {
  const engine = start(named)
  settle(engine)
  const other = engine.join()
  engine.clock.runSoon()
  void engine.member.close()
  engine.finishClosing()
  settle(engine)
  expect(engine.member.hasEnded).toBe(true)
  expect(engine.phase('idle').map(({ lane }) => lane.member)).toEqual([other, other])
  expect(readyTo(engine)).toMatchObject({ idle: 2, failures: 0, retryIn: 0 })
})

test('a pattern of hosts has them from the first request on, not for a host that has lost keepAlive', () => {
  const engine = start({ hosts: { '*.test': { minIdleConnectionsPerHost: 1 }, 'c.test': { keepAlive: false } } })
  settle(engine)
  expect(engine.live.size).toBe(0)
  for (const origin of [b, c]) engine.release(engine.open(origin), false)
  engine.finishClosing()
  settle(engine)
  expect(engine.phase('idle').map(({ origin }) => origin)).toEqual([b])
  expect(Object.keys(engine.pool.stats().ready ?? {})).toEqual([b])
})
