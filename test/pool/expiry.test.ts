import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draws } from '../draws.ts'
import { a, start } from './start.ts'

const uses = fc.array(
  fc.record({
    idle: fc.constantFrom(1, 3, 9),
    active: fc.constantFrom(0, 2, 40, 400),
    timeout: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 12 },
)

test('whatever a connection has been through, it closes when its last idling and its lifetime say', () => {
  fc.assert(
    fc.property(
      uses,
      fc.constantFrom(20, 300, 5000),
      fc.constantFrom(700, Number.POSITIVE_INFINITY),
      (uses, keepAliveExpiry, maxLifetime) => {
        const engine = start({ keepAliveExpiry, maxLifetime, keepAliveHintMargin: 900 })
        const connection = engine.open(a)
        let hinted = Number.POSITIVE_INFINITY
        for (const { idle, active, timeout } of uses) {
          engine.advance(active)
          if (timeout !== undefined) hinted = timeout * 1000 - 900
          const retiresAt = connection.createdAt + maxLifetime * connection.lifespan
          engine.release(connection, true, timeout === undefined ? undefined : { timeout })
          const due = Math.min(engine.clock.now() + Math.min(keepAliveExpiry, hinted), retiresAt)
          const last = engine.clock.now() + idle >= due
          engine.advance(last ? Math.max(0, due - engine.clock.now()) : idle)
          expect(connection.phase).toBe(last ? 'closing' : 'idle')
          if (last) return
          expect(engine.open(a)).toBe(connection)
        }
        expect(engine.pool.connections.expired).toBe(0)
      },
    ),
    { numRuns: draws(500) },
  )
})

test('a busy connection costs an alarm per expiry, not per request', () => {
  const engine = start({ keepAliveExpiry: 4000 })
  engine.park(1, a)
  for (let i = 0; i < 10_000; i++) {
    engine.park(1, a)
    engine.advance(1)
  }
  const sets = engine.clock.alarms.reduce((sum, alarm) => sum + alarm.sets, 0)
  // 10 s at 4 s each, and the alarm for the connect.
  expect(sets).toBeLessThanOrEqual(6)
})

test('closed connections leave nothing behind that an alarm would ring for', () => {
  const engine = start({ keepAliveExpiry: 4000 })
  for (let i = 0; i < 100; i++) {
    const [connection] = engine.park(1, a)
    if (connection !== undefined) engine.closed(connection)
  }
  const sets = () => engine.clock.alarms.reduce((sum, alarm) => sum + alarm.sets, 0)
  const before = sets()
  engine.advance(60_000)
  expect(sets()).toBe(before)
})
