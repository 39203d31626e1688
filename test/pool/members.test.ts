import { expect, test } from 'vitest'
import { a, b, start } from './start.ts'

const settled = async (promise: Promise<void>): Promise<boolean> => {
  const pending = Symbol('pending')
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending
}

test('close refuses new requests, finishes what runs and waits, and then closes', async () => {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  const waiting = engine.ask(a)
  const closed = engine.member.close()
  expect(engine.ask(a).error?.code).toBe('ERR_POOL_CLOSED')
  engine.release(connection)
  expect(waiting.connection).toBe(connection)
  engine.release(connection)
  expect(connection.phase).toBe('closing')
  expect(await settled(closed)).toBe(false)
  engine.finishClosing()
  expect(await settled(closed)).toBe(true)
  expect(engine.clock.held).toBe(false)
})

test('destroy rejects what waits, fails what runs, and leaves the other member its share', async () => {
  const engine = start({ maxConnections: 2 })
  const other = engine.join()
  const running = engine.ask(a)
  const kept = engine.request(other, a).connection
  const waiting = [engine.ask(a), engine.ask(b)]
  const served = engine.request(other, a)
  const destroyed = engine.member.destroy()
  expect(running.outcome).toBe('failed')
  expect(running.error?.code).toBe('ERR_POOL_CLOSED')
  expect(waiting.map(({ error }) => error?.code)).toEqual(['ERR_POOL_CLOSED', 'ERR_POOL_CLOSED'])
  expect(engine.pool.queue.pending).toBe(1)
  engine.finishClosing()
  expect(await settled(destroyed)).toBe(true)
  expect(served.outcome).toBe('granted')
  expect(kept?.phase).toBe('connecting')
})

test('destroy settles a request once, though the first to hear of it abandons the others', () => {
  const engine = start({ maxConnections: 1 })
  engine.open(a)
  const waiting = [engine.ask(a), engine.ask(a)]
  engine.onSettled = () => {
    for (const request of [...engine.waiting]) engine.abandon(request)
  }
  void engine.member.destroy()
  expect(waiting.map(({ outcome }) => outcome)).toEqual(['rejected', 'abandoned'])
  expect(engine.pool.settlement.rejected + engine.pool.settlement.aborted).toBe(2)
})

test('close waits for a request whose idle connection turns out to be dead', async () => {
  const engine = start({})
  const [idle] = engine.park(1, a)
  engine.clock.skip(500)
  const request = engine.ask(a)
  const closed = engine.member.close()
  if (idle !== undefined) engine.closed(idle)
  expect(await settled(closed)).toBe(false)
  engine.turn()
  expect(request.outcome).toBe('granted')
  if (request.connection !== null) engine.closed(request.connection)
  expect(await settled(closed)).toBe(true)
})

test('destroy settles a request whose idle connection is being looked at', async () => {
  const engine = start({})
  engine.park(1, a)
  engine.clock.skip(500)
  const request = engine.ask(a)
  const destroyed = engine.member.destroy()
  engine.finishClosing()
  engine.turn()
  expect(request.error?.code).toBe('ERR_POOL_CLOSED')
  expect(await settled(destroyed)).toBe(true)
  expect(engine.ledger.total).toBe(1)
})

test('a retry after the member has ended is refused', () => {
  const engine = start({})
  engine.park(1, a)
  const request = engine.ask(a)
  void engine.member.close()
  if (request.connection !== null) engine.closed(request.connection)
  engine.retry(request)
  expect(request.error?.code).toBe('ERR_POOL_CLOSED')
  expect(engine.pool.connections.open).toBe(0)
})

test('a pool whose last member has ended keeps its timers for the next one', () => {
  const engine = start({ maxConnections: 1, acquireTimeout: 1000, connectTimeout: 500, keepAliveExpiry: 100 })
  engine.park(1, a)
  engine.ask(a)
  engine.ask(a)
  void engine.member.destroy()
  engine.finishClosing()
  const next = engine.join()
  const connecting = engine.request(next, a).connection
  const waiting = engine.request(next, a)
  engine.advance(500)
  expect(connecting?.phase).toBe('closing')
  engine.finishClosing()
  expect(waiting.outcome).toBe('granted')
  if (waiting.connection === null) return
  engine.connect(waiting.connection)
  engine.release(waiting.connection)
  engine.advance(100)
  expect(waiting.connection.phase).toBe('closing')
})

test('an idle connection of one member is evicted for another, and neither reuses what is not its own', () => {
  const engine = start({ maxConnections: 1 })
  const other = engine.join()
  const [idle] = engine.park(1, a)
  const request = engine.request(other, a)
  expect(idle?.phase).toBe('closing')
  engine.finishClosing()
  expect(request.connection).not.toBe(idle)
  expect(request.outcome).toBe('granted')
})
