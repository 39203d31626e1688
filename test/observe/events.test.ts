import { describe, expect, onTestFinished, test } from 'vitest'
import { isPoolError } from '../../src/errors.ts'
import { channelNames, channels, subscribe } from '../../src/observe/channels.ts'
import { type AnyPool, engines } from '../faults/engines.ts'
import { ask } from './asking.ts'
import { Listener } from './listening.ts'
import { useServers } from './scripted-server.ts'

const [server, other] = useServers(2) as [ReturnType<typeof useServers>[0], ReturnType<typeof useServers>[0]]

function closing<P extends AnyPool>(pool: P): P {
  onTestFinished(() => pool.destroy())
  return pool
}

describe.each(engines)('$name', (engine) => {
  test('a request that finds a connection, and one that waits for it', async () => {
    const listener = new Listener()
    const pool = closing(engine.createPool({ maxConnections: 1 }))
    const origin = server.url
    const first = ask(engine, pool, `${server.url}/hold`)
    await server.holds(1)
    const second = ask(engine, pool, server.url)
    const [wait] = await listener.until('polypool:acquire:wait', 1, pool)
    expect(wait).toMatchObject({ pool, origin, pending: 1, field: 'maxConnections', limit: 1 })
    server.letGo()
    await Promise.all([first, second])
    const [granted, handedOver, ...rest] = listener.of('polypool:acquire:grant', pool)
    expect(rest).toEqual([])
    expect(granted).toMatchObject({ pool, origin, waited: 0, uses: 1, streams: 1 })
    expect(handedOver).toMatchObject({ pool, origin, uses: 2, streams: 1 })
    expect(handedOver?.waited).toBeGreaterThan(0)
    expect(listener.of('polypool:connection:open', pool)).toEqual([
      expect.objectContaining({ pool, origin, protocol: 'http/1.1', ahead: false, connectTime: expect.any(Number) }),
    ])
    expect(listener.of('polypool:acquire:wait', pool)).toHaveLength(1)
  })

  test('one that waits too long, one that is refused, and one that is given up', async () => {
    const listener = new Listener()
    const pool = closing(engine.createPool({ maxConnections: 1, maxPending: 1, acquireTimeout: 60 }))
    const held = ask(engine, pool, `${server.url}/hold`)
    await server.holds(1)
    const late = ask(engine, pool, server.url)
    const refused = ask(engine, pool, other.url)
    const [timeout] = await listener.until('polypool:acquire:timeout', 1, pool)
    expect(timeout).toMatchObject({ pool, origin: server.url, error: { code: 'ERR_POOL_ACQUIRE_TIMEOUT' } })
    expect(timeout?.waited).toBeGreaterThanOrEqual(59)
    const [reject] = listener.of('polypool:acquire:reject', pool)
    expect(reject).toMatchObject({ pool, origin: other.url, error: { code: 'ERR_POOL_QUEUE_FULL' } })
    expect(isPoolError(await late)).toBe(true)
    expect(isPoolError(await refused)).toBe(true)

    pool.reconfigure({ acquireTimeout: '1h' })
    const controller = new AbortController()
    const left = ask(engine, pool, server.url, controller.signal)
    await listener.until('polypool:acquire:wait', 2, pool)
    controller.abort()
    await left
    expect(listener.of('polypool:acquire:abort', pool)).toEqual([expect.objectContaining({ origin: server.url })])
    server.letGo()
    await held
    // Whoever was told of as waiting has one end, and only one.
    const ends = ['timeout', 'abort'].flatMap((end) => listener.of(`polypool:acquire:${end}` as 'polypool:acquire:abort', pool))
    expect(ends).toHaveLength(listener.of('polypool:acquire:wait', pool).length)
  })

  test('block: false', async () => {
    const listener = new Listener()
    const pool = closing(engine.createPool({ maxConnections: 1, block: false, maxOverflow: 0 }))
    const held = ask(engine, pool, `${server.url}/hold`)
    await server.holds(1)
    await ask(engine, pool, server.url)
    expect(listener.of('polypool:acquire:reject', pool)).toMatchObject([{ error: { code: 'ERR_POOL_FULL' } }])
    expect(listener.of('polypool:acquire:wait', pool)).toEqual([])
    server.letGo()
    await held
  })

  test('a pool from its making to its end', async () => {
    const listener = new Listener()
    const pool = engine.createPool({ maxConnections: 3 })
    const before = pool.config
    expect(listener.of('polypool:pool:create', pool)).toMatchObject([
      { client: engine.name === 'node-http' ? 'node:http' : 'undici', config: { maxConnections: 3 } },
    ])
    pool.reconfigure({ maxConnections: 4 })
    const [changed] = listener.of('polypool:pool:reconfigure', pool)
    expect([changed?.before, changed?.config]).toEqual([before, pool.config])
    expect(() => pool.reconfigure({ maxConnections: 0 })).toThrow()
    expect(listener.of('polypool:pool:reconfigure', pool)).toHaveLength(1)
    const held = ask(engine, pool, `${server.url}/hold`)
    await server.holds(1)
    const closed = pool.close()
    expect(listener.of('polypool:pool:close', pool)).toEqual([])
    server.letGo()
    await Promise.all([held, closed])
    await pool.destroy()
    expect(listener.of('polypool:pool:close', pool)).toHaveLength(1)
    expect(listener.told.at(-1)).toMatchObject({ channel: 'polypool:pool:close', pool })
  })

  test('preconnect', async () => {
    const listener = new Listener()
    const pool = closing(engine.createPool({}))
    await pool.preconnect(server.url, 2)
    expect(listener.of('polypool:connection:open', pool)).toMatchObject([{ ahead: true }, { ahead: true }])
    expect(listener.of('polypool:acquire:grant', pool)).toEqual([])
    await ask(engine, pool, server.url)
    expect(listener.of('polypool:acquire:grant', pool)).toMatchObject([{ uses: 1 }])
  })

  test('pools that share their limits are told apart', async () => {
    const listener = new Listener()
    const first = closing(engine.createPool({ maxConnections: 1 }))
    const second = closing(engine.createPool(first as never))
    await ask(engine, first, server.url)
    await ask(engine, second, server.url)
    expect(listener.of('polypool:connection:close')).toMatchObject([{ pool: first, reason: 'evicted' }])
    expect(listener.of('polypool:acquire:grant').map(({ pool }) => pool === second)).toEqual([false, true])
    first.reconfigure({ maxConnections: 2 })
    expect(listener.of('polypool:pool:reconfigure').map(({ pool }) => pool === second)).toEqual([false, true])
  })

  describe.each(channelNames.filter((name) => !name.startsWith('polypool:fleet:')))('from inside %s', (channel) => {
    const acts: readonly [string, (pool: AnyPool) => unknown][] = [
      ['destroy()', (pool) => pool.destroy()],
      ['close()', (pool) => pool.close()],
      ['another request', (pool) => ask(engine, pool, server.url)],
      ['reconfigure()', (pool) => (pool.closed ? undefined : pool.reconfigure({ maxConnections: 2, keepAlive: false }))],
    ]

    test.each(acts)('%s: every request is settled, and the pool ends', async (_name, act) => {
      let acted = 0
      const outcomes: unknown[] = []
      const stop = subscribe(channel, ({ pool }) => {
        // Once: what it does is told too.
        if (acted++ === 0) outcomes.push(act(pool))
      })
      onTestFinished(stop)
      const pool = engine.createPool({ maxConnections: 1, maxPending: 2, acquireTimeout: 60, keepAliveExpiry: 20 })
      const controller = new AbortController()
      const asked = [
        ask(engine, pool, `${server.url}/hold`),
        ask(engine, pool, server.url),
        ask(engine, pool, server.url, controller.signal),
      ]
      const refused = ask(engine, pool, other.url)
      controller.abort()
      await refused
      // The second waits until it is too late, unless the first has not come so far.
      await asked[1]
      server.letGo()
      await Promise.race([asked[0], server.holds(1)])
      server.letGo()
      await Promise.all(asked)
      if (!pool.closed) {
        pool.reconfigure({ maxPending: 10, acquireTimeout: '10s' })
        if (!pool.closed) await ask(engine, pool, server.url)
      }
      await pool.close()
      await Promise.all(outcomes)
      expect(acted).toBeGreaterThan(0)
      expect(pool.stats()).toMatchObject({ open: 0, pending: 0 })
    })
  })
})

test('a subscriber that throws is told of to the process, and the pool goes on', async () => {
  const [engine] = engines as [(typeof engines)[0]]
  const thrown: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => thrown.push(error))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  })
  const error = new Error('from a subscriber')
  for (const name of channelNames) {
    onTestFinished(
      subscribe(name, () => {
        throw error
      }),
    )
  }
  const pool = engine.createPool({ maxConnections: 1 })
  const answers = await Promise.all([1, 2, 3].map(() => ask(engine, pool, server.url)))
  await pool.close()
  await new Promise(setImmediate)
  expect(answers).toEqual(['ok', 'ok', 'ok'])
  expect(new Set(thrown)).toEqual(new Set([error]))
  // Create, open, three grants, two waits, closes of the connection and of the pool.
  expect(thrown).toHaveLength(9)
})

test('nothing is made for channels without a subscriber', () => {
  for (const name of channelNames) expect(channels[name].hasSubscribers).toBe(false)
})
