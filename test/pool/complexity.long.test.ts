import { expect, test } from 'vitest'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import { timesAsMuch } from '../time.ts'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, type Started, start } from './start.ts'

const few = 1000
const many = 50_000

// What is linear costs fifty times as much among fifty times as many. What is logarithmic costs 1.6 times as much,
// and up to nine times where the larger state no longer fits the processor's caches (measured). Twenty lies well between.
const bound = 20

/** How many times as much a thousand steps cost among many others as among few. */
function ratio(prepare: (size: number) => () => void): number {
  const thousand = (step: () => void) => () => {
    for (let i = 0; i < 1000; i++) step()
  }
  return timesAsMuch(thousand(prepare(few)), thousand(prepare(many)), 7)
}

function waitingAtOneHost(size: number): [Started, FakeConnection] {
  const engine = start({ maxConnections: 1 })
  const connection = engine.open(a)
  for (let i = 0; i < size; i++) engine.ask(a)
  return [engine, connection]
}

/** One request waits at each of that many hosts, for the total or for the proxy that all are behind. */
function waitingAtManyHosts(size: number, fields: object = { maxConnections: 1 }): [Started, FakeConnection] {
  const engine = start(fields)
  const connection = engine.open(a)
  for (let i = 0; i < size; i++) engine.ask(`http://host-${i}.test:80`)
  return [engine, connection]
}

function idleAtManyHosts(size: number, fields: object): Started {
  const engine = start({ maxConnections: size, keepAliveExpiry: 1_000_000, ...fields })
  for (let i = 0; i < size; i++) engine.park(1, `http://host-${i}.test:80`)
  return engine
}

test('to wait and to leave again, among many that wait for the same host', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtOneHost(size)
    return () => engine.abandon(engine.ask(a))
  })
  expect(growth).toBeLessThan(bound)
})

test('to wait and to leave again, among many hosts that wait', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtManyHosts(size)
    return () => engine.abandon(engine.ask(b))
  })
  expect(growth).toBeLessThan(bound)
})

test('to leave from the midst of many hosts that wait', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtManyHosts(size + 10_000)
    const waiting = [...engine.waiting]
    let next = 0
    return () => {
      const request = waiting[(next++ * 7919) % waiting.length]
      if (request?.outcome === 'waiting') engine.abandon(request)
    }
  })
  expect(growth).toBeLessThan(bound)
})

test('to hand a connection on, among many that wait for the same host', () => {
  const growth = ratio((size) => {
    const [engine, connection] = waitingAtOneHost(size)
    return () => {
      engine.ask(a)
      engine.release(connection)
    }
  })
  expect(growth).toBeLessThan(bound)
})

test('to give a place to the oldest of many hosts', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtManyHosts(size)
    return () => {
      for (const connection of engine.live) {
        if (connection.phase === 'connecting') engine.connect(connection)
        engine.release(connection, false)
        engine.closed(connection)
        engine.ask(connection.origin)
        return
      }
    }
  })
  expect(growth).toBeLessThan(bound)
})

test('to reuse and to park, among many idle connections', () => {
  const growth = ratio((size) => {
    const engine = idleAtManyHosts(size, { maxIdleConnections: size, maxHosts: size })
    let host = 0
    return () => {
      host = (host + 7919) % size
      engine.release(engine.open(`http://host-${host}.test:80`))
    }
  })
  expect(growth).toBeLessThan(bound)
})

test('to evict the longest idle of many', () => {
  const growth = ratio((size) => {
    const engine = idleAtManyHosts(size, {})
    let host = size
    return () => {
      const victim = engine.pool.connections.idle.all.first as FakeConnection
      const { waiter } = engine.ask(`http://host-${host++}.test:80`)
      engine.closed(victim)
      const connection = waiter?.request.connection as FakeConnection
      engine.connect(connection)
      engine.release(connection)
    }
  })
  expect(growth).toBeLessThan(bound)
})

const behindOne = { proxy: new ProxyServer('http', 'proxy.test', 3128, null), maxConnectionsPerProxy: 1 }

test('to wait and to leave again, among many hosts that wait for one proxy', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtManyHosts(size, behindOne)
    return () => engine.abandon(engine.ask(b))
  })
  expect(growth).toBeLessThan(bound)
})

test('to give the place of a proxy to the oldest of many hosts behind it, beside what goes by no proxy', () => {
  const growth = ratio((size) => {
    const [engine] = waitingAtManyHosts(size, { ...behindOne, hosts: { 'b.test': { proxy: false } } })
    return () => {
      // It stays idle beside the one through the proxy.
      engine.release(engine.open(b))
      const connection = [...engine.live].find(({ via }) => via !== null)
      if (connection === undefined) throw new Error('no connection is open')
      if (connection.phase === 'connecting') engine.connect(connection)
      engine.release(connection, false)
      engine.closed(connection)
      engine.ask(connection.origin)
    }
  })
  expect(growth).toBeLessThan(bound)
})
