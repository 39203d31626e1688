import { expect, test } from 'vitest'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import { a, b, c, type Started, start } from './start.ts'

const proxy = new ProxyServer('http', 'proxy.test', 3128, { username: 'me', password: 'hidden-secret' })
const other = new ProxyServer('https', 'other.test', 443, null)
const d = 'https://d.test:443'

const open = (engine: Started, by = proxy) => engine.pool.stats().proxies?.[by.origin]?.open ?? 0

test('no more connections are open through a proxy than its limit allows, whatever hosts they are to', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 2 })
  const requests = [a, b, c, d].map((origin) => engine.ask(origin))
  expect(requests.map(({ outcome }) => outcome)).toEqual(['granted', 'granted', 'waiting', 'waiting'])
  expect(open(engine)).toBe(2)
  const [first] = requests
  if (first?.connection) engine.closed(first.connection)
  expect(requests.map(({ outcome }) => outcome)).toEqual(['failed', 'granted', 'granted', 'waiting'])
  expect(engine.ledger.peakOf(proxy.origin)).toBe(2)
})

test('an idle connection behind the same proxy gives way, the longest idle first, and none behind another one or none', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 2, hosts: { 'c.test': { proxy: other }, 'd.test': { proxy: false } } })
  const [direct] = engine.park(1, d)
  const [elsewhere] = engine.park(1, c)
  engine.advance(5)
  const [first, second] = engine.park(2, a)
  const request = engine.ask(b)
  expect([direct, elsewhere, first, second].map((one) => one?.phase)).toEqual(['idle', 'idle', 'closing', 'idle'])
  expect(request.outcome).toBe('waiting')
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
  expect(engine.ledger.peakOf(proxy.origin)).toBe(2)
})

test('a full proxy keeps nobody waiting who goes by another way', () => {
  const engine = start({
    proxy,
    maxConnections: 5,
    maxConnectionsPerProxy: 1,
    hosts: { 'c.test': { proxy: other }, 'd.test': { proxy: false } },
  })
  engine.open(a)
  const waiting = [engine.ask(b), engine.ask(a), engine.ask(b)]
  expect([engine.ask(c), engine.ask(d)].map(({ outcome }) => outcome)).toEqual(['granted', 'granted'])
  const busy = engine.open(d)
  engine.open(d)
  // Now the total is full as well: what comes free there is for whom no other limit holds back.
  const next = engine.ask(d, 'another')
  engine.release(busy, false)
  engine.finishClosing()
  expect(next.outcome).toBe('granted')
  expect(waiting.every(({ outcome }) => outcome === 'waiting')).toBe(true)
})

test('those who wait behind a proxy are served in the order of arrival', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1 })
  const busy = engine.open(a)
  const [first, second] = [engine.ask(c), engine.ask(b)]
  engine.release(busy, false)
  engine.finishClosing()
  expect([first.outcome, second.outcome]).toEqual(['granted', 'waiting'])
})

test('errors name the limit and the proxy, without its credentials', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1, acquireTimeout: 50 })
  engine.open(a)
  const late = engine.ask(b)
  engine.advance(60)
  engine.turn()
  expect(late.error).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT', limit: 1, proxy: 'http://proxy.test:3128', origin: b })
  expect(late.error?.message).toContain('(maxConnectionsPerProxy: 1 for the proxy http://proxy.test:3128, all of them in use;')
  engine.pool.reconfigure({ ...engine.pool.config, block: false, maxOverflow: 0 })
  const full = engine.ask(b)
  expect(full.error).toMatchObject({ code: 'ERR_POOL_FULL', limit: 1, proxy: 'http://proxy.test:3128' })
  expect(full.error?.message).toContain('maxConnectionsPerProxy: 1 for the proxy http://proxy.test:3128')
  expect(JSON.stringify([late.error, full.error, late.error?.message, engine.pool.stats()])).not.toMatch(/hidden-secret|me:/)
})

test('the limit of the host is named first, and that of the pool where the proxy has room', () => {
  const engine = start({ proxy, maxConnections: 2, maxConnectionsPerHost: 1, maxConnectionsPerProxy: 2, acquireTimeout: 50 })
  engine.open(a)
  const host = engine.ask(a)
  engine.advance(60)
  engine.turn()
  expect(host.error?.message).toContain('maxConnectionsPerHost: 1,')
  engine.pool.reconfigure({ ...engine.pool.config, maxConnections: 1, maxConnectionsPerProxy: 3 })
  const total = engine.ask(b)
  engine.advance(60)
  engine.turn()
  expect(total.error?.message).toContain('maxConnections: 1,')
  expect(total.error).not.toHaveProperty('proxy')
})

test('without waiting, and without overflow, connections beyond the limit are temporary ones or none', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1, block: false, maxOverflow: 1 })
  const [first, beyond, refused] = [engine.ask(a), engine.ask(b), engine.ask(c)]
  expect([first.outcome, beyond.outcome, refused.outcome]).toEqual(['granted', 'granted', 'rejected'])
  expect([first.connection?.overflow, beyond.connection?.overflow]).toEqual([false, true])
  expect(open(engine)).toBe(2)
  expect(refused.error?.message).toContain('and maxOverflow: 1 too')
})

test('a changed limit admits at once, or closes what idles and what comes free', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1 })
  const busy = engine.open(a)
  const waiting = [engine.ask(b), engine.ask(c)]
  engine.pool.reconfigure({ ...engine.pool.config, maxConnectionsPerProxy: 3 })
  expect(waiting.map(({ outcome }) => outcome)).toEqual(['granted', 'granted'])
  for (const { connection } of waiting) {
    if (connection === null) continue
    engine.connect(connection)
    engine.release(connection)
  }
  engine.pool.reconfigure({ ...engine.pool.config, maxConnectionsPerProxy: 1 })
  expect(waiting.map(({ connection }) => connection?.phase)).toEqual(['closing', 'closing'])
  const kept = engine.ask(a)
  engine.release(busy)
  expect(kept.connection).toBe(busy)
})

test('above a lowered limit what comes free closes, although its own host waits for it', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 2 })
  const [first, second] = [engine.open(a), engine.open(a)]
  const waiting = engine.ask(a)
  engine.pool.reconfigure({ ...engine.pool.config, maxConnectionsPerProxy: 1 })
  engine.release(first)
  expect([first.phase, waiting.outcome]).toEqual(['closing', 'waiting'])
  engine.release(second)
  expect(waiting.connection).toBe(second)
})

test('connections through a proxy that was replaced count there until they have closed, and take nothing more', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1 })
  const [idle] = engine.park(1, a)
  engine.reconfigure({ ...engine.pool.config, proxy: other })
  expect(idle?.phase).toBe('closed')
  const busy = engine.open(a)
  expect(engine.pool.stats().proxies).toEqual({ 'https://other.test:443': { open: 1 } })
  engine.reconfigure({ ...engine.pool.config, proxy: false })
  expect(engine.pool.stats().proxies).toEqual({ 'https://other.test:443': { open: 1 } })
  const direct = engine.ask(a)
  expect(direct.outcome).toBe('granted')
  expect(direct.connection).not.toBe(busy)
  engine.release(busy, false)
  engine.finishClosing()
  expect(engine.pool.stats()).not.toHaveProperty('proxies')
})

test('who waits for a place of his host, which frees none of its new proxy, has an idle connection of that close for him', () => {
  const engine = start({ proxy: other, maxConnectionsPerProxy: 1, hosts: { 'b.test': { proxy, maxConnectionsPerHost: 1 } } })
  const busy = engine.open(b)
  const [idle] = engine.park(1, a)
  const waiting = engine.ask(b)
  engine.reconfigure({ ...engine.pool.config, hosts: { 'b.test': { maxConnectionsPerHost: 1 } } })
  expect(idle?.phase).toBe('idle')
  engine.release(busy, false)
  engine.closed(busy)
  expect(idle?.phase).toBe('closing')
  engine.finishClosing()
  expect(waiting.outcome).toBe('granted')
})

test('and where others take the place of the proxy first, he may have a temporary one', () => {
  const engine = start({ maxConnectionsPerHost: 1 })
  const busy = engine.open(b)
  const waiting = engine.ask(b)
  engine.release(busy, false)
  engine.reconfigure({ ...engine.pool.config, proxy, maxConnectionsPerProxy: 1, maxOverflow: 1 })
  expect(waiting.outcome).toBe('waiting')
  engine.open(a)
  engine.clock.runSoon()
  expect(waiting.connection?.overflow).toBe(true)
})

test('none is opened ahead beyond the limit, and what is opened ahead gives way to who waits', async () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 2 })
  void engine.pool.preconnect(engine.member, new URL(a), 5)
  expect(open(engine)).toBe(2)
  const request = engine.ask(b)
  expect(engine.phase('closing')).toHaveLength(1)
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('connections are kept ready as far as the limit of their proxy goes', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 3, minIdleConnectionsPerHost: 2 })
  engine.ask(a)
  engine.ask(b)
  engine.clock.runSoon()
  expect(open(engine)).toBe(3)
})

test('what has failed through one proxy does not put off what is kept ready through another one, as any other reload does', () => {
  const engine = start({ proxy, hosts: { [a]: { minIdleConnectionsPerHost: 2 } } })
  const refuse = () => {
    engine.clock.runSoon()
    for (const connection of engine.phase('connecting')) engine.closed(connection)
    engine.clock.runSoon()
  }
  refuse()
  const { ready } = engine.pool.stats()
  expect(ready?.[a]?.retryIn).toBeGreaterThan(0)
  engine.reconfigure({ ...engine.pool.config, maxConnections: 50 })
  refuse()
  expect(engine.pool.stats().ready).toEqual(ready)
  engine.reconfigure({ ...engine.pool.config, proxy: other })
  expect(engine.pool.stats().ready?.[a]).toMatchObject({ failures: 0, retryIn: 0 })
  engine.clock.runSoon()
  expect(engine.phase('connecting').map(({ via }) => via)).toEqual([other.origin, other.origin])
})

test('clients that share a pool share the limit of a proxy, and give way to each other', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1 })
  const [idle] = engine.park(1, a)
  const request = engine.request(engine.join(), b)
  expect(idle?.phase).toBe('closing')
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('a connection that is never idle makes room for another host behind the same proxy', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 1 })
  const busy = engine.open(a)
  const request = engine.ask(b)
  for (let turn = 0; turn < 200 && busy.phase === 'busy'; turn++) {
    engine.ask(a)
    engine.advance(5)
    engine.release(busy)
  }
  expect(busy.phase).toBe('closing')
  engine.finishClosing()
  expect(request.outcome).toBe('granted')
})

test('what comes free closes while more is open beyond a limit than a lowered maxOverflow allows, by the total and behind a proxy', () => {
  for (const limits of [{ maxConnections: 1 }, { proxy, maxConnectionsPerProxy: 1 }]) {
    const engine = start({ ...limits, maxOverflow: 2 })
    const [busy] = [engine.open(a), engine.open(b), engine.open(b)]
    engine.pool.reconfigure({ ...engine.pool.config, maxOverflow: 0 })
    engine.release(busy)
    expect(busy.phase).toBe('closing')
  }
})

test('an idle connection that its own host is kept waiting for is no room for another one behind the proxy', () => {
  const engine = start({ proxy, maxConnectionsPerProxy: 2, maxConnectionsPerHost: 1, maxPending: 1 })
  const idle = engine.ask(a).connection
  if (idle === null) throw new Error('no connection was free')
  engine.advance(50)
  engine.connect(idle)
  // It is used so often that it is worth a connect.
  for (let turn = 0; turn < 20; turn++) {
    engine.release(idle)
    engine.ask(a)
    engine.advance(1)
  }
  engine.open(c)
  const waiting = engine.ask(a, 'another')
  engine.release(idle)
  expect([waiting.outcome, idle.phase]).toEqual(['waiting', 'idle'])
  expect(engine.ask(b).error?.code).toBe('ERR_POOL_QUEUE_FULL')
})
