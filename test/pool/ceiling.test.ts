import { expect, it } from 'vitest'
import type { FleetStats } from '../../src/adapter.ts'
import type { Ceiling } from '../../src/pool/port.ts'
import { a, b, type Started, start } from './start.ts'

const stats: FleetStats = { name: 'f', lease: 0, want: 0, floor: 0, members: 0, lost: 0, learning: false }

/** A ceiling that the test moves. */
class Moved implements Ceiling {
  readonly name = 'f'
  limit: number
  waited = 0
  refused = 0
  readonly #engine: Started

  constructor(engine: Started, limit: number) {
    this.#engine = engine
    this.limit = limit
    engine.pool.ceiling = this
  }

  missed(refused: boolean): void {
    if (refused) this.refused++
    else this.waited++
  }

  stats(): FleetStats {
    return stats
  }

  move(limit: number): void {
    this.limit = limit
    this.#engine.pool.reviewCeiling()
  }
}

const outcomes = (requests: readonly { readonly outcome: string }[]) => requests.map(({ outcome }) => outcome)

it('holds everything back at 0, and admits those who wait as it rises', () => {
  const engine = start({ maxConnections: 10 })
  const ceiling = new Moved(engine, 0)
  const waiting = [engine.ask(a), engine.ask(b), engine.ask(a)]
  expect(outcomes(waiting)).toEqual(['waiting', 'waiting', 'waiting'])
  expect(ceiling.waited).toBe(3)
  expect(engine.pool.load).toBe(3)
  ceiling.move(2)
  expect(outcomes(waiting)).toEqual(['granted', 'granted', 'waiting'])
  expect(engine.pool.open).toBe(2)
})

it('closes what idles when it falls, lets requests end, and replaces none of them', () => {
  const engine = start({ maxConnections: 10 })
  const ceiling = new Moved(engine, 5)
  const busy = [engine.open(b), engine.open(b)]
  const idle = engine.park(3, a)
  expect(engine.pool.load).toBe(2)
  ceiling.move(1)
  expect(idle.every(({ phase }) => phase === 'closing')).toBe(true)
  expect(busy.map(({ phase }) => phase)).toEqual(['busy', 'busy'])
  const waiting = engine.ask(b)
  for (const connection of busy) engine.release(connection)
  expect(busy.map(({ phase }) => phase)).toContain('closing')
  for (const connection of [...idle, ...busy]) if (connection.phase === 'closing') engine.closed(connection)
  expect(engine.pool.open).toBe(1)
  expect(waiting.outcome).toBe('granted')
})

it('opens nothing from the moment on at which it has fallen by itself', () => {
  const engine = start({ maxConnections: 10 })
  const ceiling = new Moved(engine, 3)
  engine.open(a)
  ceiling.limit = 1
  expect(engine.ask(a).outcome).toBe('waiting')
})

it('holds for connections beyond the own limit too', () => {
  const engine = start({ maxConnections: 1, maxOverflow: 5 })
  new Moved(engine, 3)
  const requests = Array.from({ length: 5 }, () => engine.ask(a))
  expect(outcomes(requests)).toEqual(['granted', 'granted', 'granted', 'waiting', 'waiting'])
  expect(engine.pool.open).toBe(3)
})

it('tells of requests that are refused, and errors name the fleet', () => {
  const engine = start({ maxConnections: 10, block: false, maxOverflow: 0 })
  const ceiling = new Moved(engine, 1)
  engine.open(a)
  const refused = engine.ask(a)
  expect(refused.error?.code).toBe('ERR_POOL_FULL')
  expect(refused.error?.message).toContain('maxConnections: 1 as the share of the fleet f')
  expect(ceiling.refused).toBe(1)
})

it('leaves the own limit in force below it', () => {
  const engine = start({ maxConnections: 2 })
  new Moved(engine, 5)
  expect(outcomes([engine.ask(a), engine.ask(a), engine.ask(a)])).toEqual(['granted', 'granted', 'waiting'])
})

it('cuts what is left beyond a number, idle ones first, then those that were opened last', () => {
  const engine = start({ maxConnections: 10 })
  new Moved(engine, 5)
  const first = engine.open(b)
  engine.advance(1)
  const second = engine.open(b)
  const [idle] = engine.park(1, a)
  engine.pool.cut(1, 'f')
  expect([first, second, idle].map((one) => one?.phase)).toEqual(['busy', 'closing', 'closing'])
  engine.pool.cut(0, 'f')
  expect(first.phase).toBe('closing')
  expect(first.request?.error ?? second.requests).toBeDefined()
})

it('is told in the statistics', () => {
  const engine = start()
  expect(engine.pool.stats()).not.toHaveProperty('fleet')
  new Moved(engine, 3)
  expect(engine.pool.stats().fleet).toBe(stats)
})
