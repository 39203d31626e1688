import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ConnectionPool } from '../../src/pool/pool.ts'
import { type Member, Waiter } from '../../src/pool/port.ts'
import { resolved } from './config.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeEngine } from './fake-engine.ts'
import { FakeLane } from './fake-entities.ts'

class BareWaiter extends Waiter {
  override grant(): void {}
  override reject(): void {}
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

test('a waiting request takes at most 300 bytes in the core: half of what the engine and it may take together', () => {
  const pool = new ConnectionPool(resolved({ maxConnections: 1 }), new FakeClock())
  const member: Member<FakeLane> = pool.join(() => lane)
  const lane: FakeLane = new FakeLane(new FakeEngine(resolved()), member, 'lane', 'http://a.test:80')
  pool.wait(new BareWaiter(lane))
  const count = 50_000
  const waiters: Waiter[] = new Array(count)
  const before = heap()
  for (let i = 0; i < count; i++) {
    const waiter = new BareWaiter(lane)
    waiters[i] = waiter
    pool.wait(waiter)
  }
  const each = (heap() - before) / count
  expect(pool.queue.pending).toBe(count)
  expect(each).toBeLessThan(300)
  for (const waiter of waiters) pool.abandon(waiter)
  waiters.length = 0
  // Nothing of them stays in the core.
  expect((heap() - before) / count).toBeLessThan(10)
  expect(pool.queue.pending).toBe(0)
})

test('a connection that has closed leaves nothing behind, long before it would have expired', () => {
  const engine = new FakeEngine(resolved({ keepAliveExpiry: 1_000_000_000 }), { closing: 'at once' })
  const member = engine.join()
  const open = (count: number) => {
    for (let i = 0; i < count; i++) {
      const { connection } = engine.request(member, 'http://a.test:80')
      if (connection === null) throw new Error('no connection was free')
      engine.connect(connection)
      engine.release(connection)
      engine.closed(connection)
      engine.requests.length = 0
      engine.grants.length = 0
    }
  }
  // What V8 keeps of code that it runs often is there by then.
  open(20_000)
  const before = heap()
  open(20_000)
  expect((heap() - before) / 20_000).toBeLessThan(10)
})

test('a pool that has seen many hosts remembers none of them', () => {
  const engine = new FakeEngine(resolved({ maxConnections: 10, keepAliveExpiry: 100 }), { closing: 'at once' })
  const member = engine.join()
  for (let i = 0; i < 20_000; i++) {
    const { connection } = engine.request(member, `http://host-${i}.test:80`)
    if (connection === null) throw new Error('no connection was free')
    engine.connect(connection)
    engine.release(connection, i % 2 === 0)
  }
  engine.advance(100)
  expect(engine.pool.registry.origins.size).toBe(0)
  expect(member.lanes.size).toBe(0)
  expect(engine.live.size).toBe(0)
})
