import { expect, test } from 'vitest'
import { resolved } from './config.ts'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, c, type Started, start } from './start.ts'

/** Lets what was asked for happen, and the sockets that are being made connect. */
function settle(engine: Started): void {
  engine.clock.runSoon()
  for (const connection of engine.phase('connecting')) if (connection.request === null) engine.connect(connection)
  engine.clock.runSoon()
}

const named = { hosts: { [a]: { minIdleConnectionsPerHost: 2 } } }

test('a host that the config names has connections ready before the first request, and again when a request has taken one', () => {
  const engine = start(named)
  settle(engine)
  expect(engine.pool.connections.idle.size).toBe(2)
  expect(engine.ask(a)).toMatchObject({ outcome: 'granted', reused: false })
  settle(engine)
  expect(engine.pool.stats()).toMatchObject({ open: 3, idle: 2, created: 3, reused: 0 })
})

test('other hosts have some from their first request on, until they were not used for ten times keepAliveExpiry', () => {
  const engine = start({ minIdleConnectionsPerHost: 1, keepAliveExpiry: 1000 })
  settle(engine)
  expect(engine.live.size).toBe(0)
  engine.release(engine.open(a), false)
  engine.finishClosing()
  for (let second = 1; second < 10; second++) {
    settle(engine)
    expect(engine.pool.connections.idle.size).toBe(1)
    engine.advance(1000)
    engine.finishClosing()
  }
  engine.advance(1000)
  settle(engine)
  engine.finishClosing()
  settle(engine)
  expect(engine.live.size).toBe(0)
})

test('no limit is exceeded for it, nobody is evicted, and it gives way to whoever waits', () => {
  const engine = start({ maxConnections: 3, ...named })
  engine.park(2, b)
  settle(engine)
  expect(engine.pool.stats()).toMatchObject({ open: 3, evicted: 0, hosts: { [a]: { idle: 1 }, [b]: { idle: 2 } } })
  const asked = engine.ask(c)
  expect(engine.phase('closing')).toHaveLength(1)
  engine.finishClosing()
  expect(asked.outcome).toBe('granted')
})

test('what is still connecting gives way, too: a silent host keeps no place that another one needs', () => {
  const engine = start({ maxConnections: 2, ...named })
  engine.clock.runSoon()
  expect(engine.phase('connecting')).toHaveLength(2)
  const asked = engine.ask(b)
  engine.finishClosing()
  expect(asked.outcome).toBe('granted')
  expect(engine.pool.stats().hosts[a]).toMatchObject({ open: 1 })
})

test('a request of the same lane waits for what is connecting already, instead of another connect', () => {
  const engine = start({ maxConnectionsPerHost: 1, hosts: { [a]: { minIdleConnectionsPerHost: 1 } } })
  engine.clock.runSoon()
  const asked = engine.ask(a)
  expect(asked.outcome).toBe('waiting')
  settle(engine)
  expect(asked.outcome).toBe('granted')
  expect(engine.pool.stats()).toMatchObject({ created: 1, reused: 0 })
})

test.each([
  ['refuses', (engine: Started) => engine.phase('connecting').forEach((connection) => void engine.closed(connection))],
  [
    'accepts and closes at once',
    (engine: Started) => {
      for (const connection of engine.phase('connecting')) engine.connect(connection)
      for (const connection of engine.phase('idle')) engine.closed(connection)
    },
  ],
])('a server that %s is asked less and less often, by all together', (_, fail) => {
  const engine = start(named)
  const dials: number[] = []
  for (let ms = 0; ms < 600_000; ms += 25) {
    engine.clock.runSoon()
    dials.push(engine.phase('connecting').length)
    fail(engine)
    engine.advance(25)
  }
  const rounds = dials.filter((count) => count > 0)
  expect(rounds.every((count) => count === 2)).toBe(true)
  // Waits of 0.25, 0.5, 1, … 30 s, each of half to the whole: 7 until it is longest, then 20 to 40 in ten minutes.
  expect(rounds.length).toBeGreaterThanOrEqual(7 + 19)
  expect(rounds.length).toBeLessThanOrEqual(8 + 40)
})

/** When connections are opened to a server that refuses them, in that time from now. */
function dialsTo(engine: Started, duration: number): number[] {
  const dials: number[] = []
  const end = engine.clock.now() + duration
  while (engine.clock.now() < end) {
    engine.clock.runSoon()
    const connecting = engine.phase('connecting')
    if (connecting.length > 0) dials.push(engine.clock.now())
    for (const connection of connecting) engine.closed(connection)
    engine.advance(5)
  }
  return dials
}

test('each wait is shortened at random, so that processes do not ask a server that is down all at once', () => {
  const [one, other] = [1, 2].map((seed) => dialsTo(start(named, { seed }), 10_000))
  expect(one).not.toEqual(other)
})

test('a server that has taken a connection again is asked again as soon as at first', () => {
  const engine = start(named)
  dialsTo(engine, 300_000)
  while (engine.phase('connecting').length === 0) engine.advance(100)
  settle(engine)
  expect(engine.phase('idle')).toHaveLength(2)
  engine.advance(2000)
  for (const connection of engine.phase('idle')) engine.closed(connection)
  expect(dialsTo(engine, 1000).length).toBeGreaterThanOrEqual(2)
})

test('nothing of it keeps the process alive, but whoever waits for preconnect does', async () => {
  const engine = start(named)
  engine.clock.runSoon()
  expect(engine.clock.held).toBe(false)
  const ready = engine.pool.preconnect(engine.member, new URL(a), 3)
  expect(engine.clock.held).toBe(true)
  expect(engine.phase('connecting')).toHaveLength(3)
  settle(engine)
  expect(await ready).toBe(3)
  expect(engine.clock.held).toBe(false)
})

test('preconnect tells how many there are, whatever became of those that it has opened', async () => {
  const engine = start({ maxConnectionsPerHost: 3 })
  const ready = engine.pool.preconnect(engine.member, new URL(a), 5)
  const [first, second] = engine.phase('connecting')
  expect(engine.phase('connecting')).toHaveLength(3)
  if (first !== undefined) engine.closed(first)
  if (second !== undefined) engine.connect(second)
  settle(engine)
  expect(await ready).toBe(2)
  void engine.member.close()
  engine.finishClosing()
  expect(engine.member.hasEnded).toBe(true)
})

test('what connects while its client closes is not waited for', async () => {
  const engine = start(named)
  engine.clock.runSoon()
  const ready = engine.pool.preconnect(engine.member, new URL(a), 2)
  void engine.member.close()
  expect(engine.phase('closing')).toHaveLength(2)
  engine.finishClosing()
  expect(await ready).toBe(0)
  expect(engine.member.hasEnded).toBe(true)
})

test('a reload raises and lowers it', () => {
  const engine = start()
  engine.open(a)
  engine.pool.reconfigure(resolved({ minIdleConnectionsPerHost: 2 }))
  settle(engine)
  expect(engine.pool.connections.idle.size).toBe(2)
  engine.pool.reconfigure(resolved())
  engine.advance(4000)
  engine.finishClosing()
  settle(engine)
  expect(engine.pool.stats()).toMatchObject({ open: 1, idle: 0 })
})

test('a request that comes while a connection is being made for nobody has that one, whatever room there is', () => {
  for (const maxConnections of [2, 10]) {
    const engine = start({ maxConnections, block: false, maxOverflow: 0 })
    void engine.pool.preconnect(engine.member, new URL(a), 2)
    const requests = [engine.ask(a), engine.ask(a)]
    expect(requests.map(({ outcome }) => outcome)).toEqual(['waiting', 'waiting'])
    settle(engine)
    expect(requests.map(({ outcome }) => outcome)).toEqual(['granted', 'granted'])
    expect(engine.ledger.total).toBe(2)
  }
})

test('and opens one of its own if that one fails, or turns out not to be for it', () => {
  const engine = start({ maxConnections: 10, maxLifetime: 30 })
  void engine.pool.preconnect(engine.member, new URL(a), 2)
  const requests = [engine.ask(a), engine.ask(a)]
  const [failing, late] = engine.phase('connecting')
  engine.closed(failing as FakeConnection)
  engine.clock.runSoon()
  expect(requests.map(({ outcome }) => outcome)).toEqual(['granted', 'waiting'])
  // Its lifetime is over when it is connected.
  engine.advance(30)
  engine.connect(late as FakeConnection)
  engine.clock.runSoon()
  expect(requests.map(({ outcome }) => outcome)).toEqual(['granted', 'granted'])
})
