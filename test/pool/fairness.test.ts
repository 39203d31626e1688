import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from './fake-clock.ts'
import type { FakeRequest } from './fake-entities.ts'
import { a, b, type Started, start } from './start.ts'

const hosts = ['http://a.test:80', 'http://b.test:80', 'http://c.test:80', 'http://d.test:80']

/** Every socket connects, every response ends, every closing socket closes: each once, in turn. */
function round(engine: Started): void {
  for (const connection of [...engine.live]) {
    if (connection.phase === 'connecting') engine.connect(connection)
    if (connection.phase === 'busy') engine.release(connection)
    else if (connection.phase === 'closing') engine.closed(connection)
  }
}

/** How many grants it takes until the request is served while `load` keeps coming. */
function grantsUntil(engine: Started, request: FakeRequest, load: () => void): number {
  const before = engine.grants.length
  while (request.outcome === 'waiting') {
    load()
    round(engine)
    if (engine.grants.length - before > 5000) return Number.POSITIVE_INFINITY
  }
  return engine.grants.indexOf(request) - before
}

test('800 requests over 4 hosts on 5 connections connect few times, where a connect takes as long as a request', () => {
  const engine = start({ maxConnections: 5 })
  for (let i = 0; i < 800; i++) engine.ask(hosts[i % 4] as string)
  for (let rounds = 0; engine.waiting.size > 0; rounds++) {
    expect(rounds).toBeLessThan(1000)
    round(engine)
    engine.advance(5)
  }
  // A strict order over all hosts connects for nearly every request; what waits when a connection is ready is served on it for as long as ten
  // connects take.
  expect(engine.ledger.total).toBeLessThanOrEqual(40)
  expect(engine.ledger.peak).toBe(5)
})

test('a lone request is served while another host keeps every connection busy', () => {
  for (const maxConnections of [1, 2, 5, 50]) {
    const engine = start({ maxConnections })
    const load = () => {
      while (engine.waiting.size < 100) engine.ask(a)
    }
    load()
    const lone = engine.ask(b)
    // Those that came before it, the bound, and one round while its connection is made free.
    expect(grantsUntil(engine, lone, load)).toBeLessThanOrEqual(100 + Math.min(64, 8 * maxConnections) + 2 * maxConnections)
  }
})

test('a lone request of another lane is served while its host is full and busy', () => {
  const engine = start({ maxConnectionsPerHost: 3 })
  const load = () => {
    while (engine.waiting.size < 50) engine.ask(a, 'one identity')
  }
  load()
  const lone = engine.ask(a, 'another')
  expect(grantsUntil(engine, lone, load)).toBeLessThanOrEqual(50 + 64 + 6)
})

test('a lone request of another lane is served also while connections to other hosts are always closing', () => {
  const engine = start({ hosts: { 'a.test': { maxConnectionsPerHost: 3 }, 'b.test': { keepAlive: false } } })
  const load = () => {
    while (engine.waiting.size < 50) engine.ask(a, 'one identity')
    engine.ask(b)
    engine.ask(b)
  }
  load()
  const lone = engine.ask(a, 'another')
  expect(grantsUntil(engine, lone, load)).toBeLessThan(1000)
})

test('a lone request is served while a connection that was to make room for it takes for ever to close', () => {
  const engine = start({ maxConnections: 3 })
  const load = () => {
    while (engine.waiting.size < 50) engine.ask(a)
  }
  load()
  const lone = engine.ask(b)
  const before = engine.grants.length
  for (let rounds = 0; lone.outcome === 'waiting' && rounds < 2000; rounds++) {
    load()
    for (const connection of [...engine.live]) {
      if (connection.phase === 'connecting') engine.connect(connection)
      if (connection.phase === 'busy') engine.release(connection)
    }
    // The second one that closes does so at once.
    const [, quick] = engine.phase('closing')
    if (quick !== undefined) engine.closed(quick)
    engine.advance(5)
  }
  expect(lone.outcome).toBe('granted')
  // Those that came before it; the one that closes is waited for as long as a connect and a request take, there and back.
  expect(engine.grants.length - before).toBeLessThanOrEqual(50 + 3 * 6)
})

test('every one of many lone hosts is served in turn', () => {
  const engine = start({ maxConnections: 4 })
  const load = () => {
    while (engine.waiting.size < 60) engine.ask(a)
  }
  load()
  const lone = Array.from({ length: 40 }, (_, i) => engine.ask(`http://lone-${i}.test:80`))
  for (const request of lone) expect(grantsUntil(engine, request, load)).toBeLessThan(400)
  const served = engine.grants.filter((request) => lone.includes(request))
  expect(served).toEqual(lone)
})

const lanes = fc.record({ host: fc.nat({ max: 3 }), name: fc.constantFrom('plain', 'tls'), weight: fc.constantFrom(1, 1, 5, 50) })

const loads = fc.record({
  maxConnections: fc.constantFrom(1, 2, 3, 6),
  maxConnectionsPerHost: fc.constantFrom(1, 2, 4, Number.POSITIVE_INFINITY),
  /** Hosts from here on close every connection after its request. */
  keepingHosts: fc.nat({ max: 4 }),
  lanes: fc.array(lanes, { minLength: 2, maxLength: 6 }),
  seed: fc.nat(),
})

/** The lane of the next request, the heavy ones more often. */
function choose<T extends { weight: number }>(among: T[], chance: number): T {
  const all = among.flatMap((lane) => Array<T>(lane.weight).fill(lane))
  return all[Math.floor(chance * all.length)] as T
}

test('whatever the load, nobody waits for ever: every request is served before some hundred younger ones are', () => {
  fc.assert(
    fc.property(loads, ({ maxConnections, maxConnectionsPerHost, keepingHosts, lanes, seed }) => {
      const closing = Object.fromEntries(hosts.slice(keepingHosts).map((host) => [new URL(host).hostname, { keepAlive: false }]))
      const engine = start(
        { maxConnections, maxConnectionsPerHost, hosts: closing, acquireTimeout: Number.POSITIVE_INFINITY },
        { seed },
      )
      const random = seededRandom(seed)
      for (let rounds = 0; engine.grants.length < 1500 && rounds < 5000; rounds++) {
        while (engine.waiting.size < 40) {
          const { host, name } = choose(lanes, random())
          engine.ask(hosts[host] as string, name)
        }
        for (const connection of [...engine.live]) {
          if (random() < 0.3) continue
          if (connection.phase === 'connecting') engine.connect(connection)
          else if (connection.phase === 'busy') engine.release(connection)
          else if (connection.phase === 'closing') engine.closed(connection)
        }
        const [oldest] = engine.waiting
        const youngest = engine.grants.reduce((order, request) => Math.max(order, request.order), 0)
        expect(youngest - (oldest?.order ?? youngest)).toBeLessThan(400)
      }
    }),
    { numRuns: 60 },
  )
})

test('a request that could be served by an idle connection of its own lane does not pass those who wait for a place', () => {
  const engine = start({ maxConnections: 2 })
  engine.park(1, a)
  engine.open(b)
  const elsewhere = engine.ask(b)
  expect(engine.ask(a).outcome).toBe('waiting')
  engine.finishClosing()
  expect(elsewhere.outcome).toBe('granted')
})
