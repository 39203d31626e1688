import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { PoolConfig } from '../../src/config/types.ts'
import type { CloseReason } from '../../src/observe/channels.ts'
import { type AnyPool, type Engine, engines } from '../faults/engines.ts'
import { ask, upgrade } from './asking.ts'
import { Listener } from './listening.ts'
import { useServers } from './scripted-server.ts'

const [one, other] = useServers(2) as [ReturnType<typeof useServers>[0], ReturnType<typeof useServers>[0]]

interface Scene {
  readonly engine: Engine
  readonly pool: AnyPool
  readonly listener: Listener
}

interface Case {
  readonly name: string
  readonly reason: CloseReason
  readonly config?: PoolConfig
  /** Connections that close; the last of them for that reason. Default 1. */
  readonly count?: number
  /** Requests that the last one was given. Default 1. */
  readonly uses?: number
  /** Its connect fails. */
  readonly fails?: true
  act(scene: Scene): Promise<unknown>
}

const askOne = ({ engine, pool }: Scene, path = '/') => ask(engine, pool, `${one.url}${path}`)

/** Two at a time, answered together. */
async function askTwo(scene: Scene): Promise<void> {
  const both = [askOne(scene, '/hold'), askOne(scene, '/hold')]
  await one.holds(2)
  one.letGo()
  await Promise.all(both)
}

async function refusing(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

const cases: readonly Case[] = [
  { name: 'idle for keepAliveExpiry', reason: 'expired', config: { keepAliveExpiry: 20 }, act: askOne },
  { name: 'Keep-Alive: timeout=1 less the margin of a second', reason: 'expired', act: (scene) => askOne(scene, '/short') },
  { name: 'idle until maxLifetime', reason: 'lifetime', config: { maxLifetime: 50, keepAliveExpiry: '1h' }, act: askOne },
  {
    name: 'answered after maxLifetime',
    reason: 'lifetime',
    config: { maxLifetime: 1, keepAliveExpiry: '1h' },
    async act(scene) {
      const asked = askOne(scene, '/hold')
      await one.holds(1)
      await delay(20)
      one.letGo()
      await asked
    },
  },
  {
    name: 'maxRequestsPerConnection',
    reason: 'requests',
    uses: 2,
    config: { maxRequestsPerConnection: 2 },
    async act(scene) {
      await askOne(scene)
      await askOne(scene)
    },
  },
  { name: 'keepAlive: false', reason: 'requests', config: { keepAlive: false }, act: askOne },
  {
    name: 'room for another origin',
    reason: 'evicted',
    config: { maxConnections: 1 },
    async act(scene) {
      await askOne(scene)
      await ask(scene.engine, scene.pool, other.url)
    },
  },
  { name: 'maxIdleConnections', reason: 'surplus', config: { maxIdleConnections: 1 }, act: askTwo },
  {
    name: 'a limit that is lowered',
    reason: 'surplus',
    async act(scene) {
      await askTwo(scene)
      scene.pool.reconfigure({ maxIdleConnectionsPerHost: 1 })
    },
  },
  {
    name: 'a limit that is lowered while its connections are in use',
    reason: 'surplus',
    config: { maxConnections: 2 },
    async act(scene) {
      const both = [askOne(scene, '/hold'), askOne(scene, '/hold')]
      await one.holds(2)
      scene.pool.reconfigure({ maxConnections: 1 })
      one.letGo()
      await Promise.all(both)
    },
  },
  { name: 'beyond a limit', reason: 'overflow', config: { maxConnections: 1, maxOverflow: 1 }, act: askTwo },
  { name: 'Connection: close', reason: 'server', act: (scene) => askOne(scene, '/close') },
  {
    name: 'FIN while it idles',
    reason: 'server',
    async act(scene) {
      await askOne(scene)
      one.endAll()
    },
  },
  {
    name: 'a connect that is refused',
    reason: 'error',
    fails: true,
    act: async ({ engine, pool }) => expect(await ask(engine, pool, await refusing())).toBeInstanceOf(Error),
  },
  { name: 'RST within an answer', reason: 'error', act: (scene) => askOne(scene, '/cut') },
  {
    name: 'an answer that its caller gives up',
    reason: 'error',
    async act({ engine, pool }) {
      const { cancel } = await engine.start(pool, { url: `${one.url}/half` })
      cancel()
    },
  },
  {
    name: 'a request that its caller gives up',
    reason: 'error',
    async act({ engine, pool }) {
      const controller = new AbortController()
      const asked = ask(engine, pool, `${one.url}/hold`, controller.signal)
      await one.holds(1)
      controller.abort()
      await asked
      one.letGo()
    },
  },
  {
    name: 'an upgrade',
    reason: 'upgrade',
    act: async ({ engine, pool }) => (await upgrade(engine, pool, one.url)).destroy(),
  },
  {
    name: 'close() while it idles',
    reason: 'closed',
    async act(scene) {
      await askOne(scene)
      await scene.pool.close()
    },
  },
  {
    name: 'close() while it is in use',
    reason: 'closed',
    async act(scene) {
      const asked = askOne(scene, '/hold')
      await one.holds(1)
      const closed = scene.pool.close()
      one.letGo()
      await Promise.all([asked, closed])
    },
  },
  {
    name: 'destroy() while it is in use',
    reason: 'closed',
    async act(scene) {
      const asked = askOne(scene, '/hold')
      await one.holds(1)
      await scene.pool.destroy()
      await asked
      one.letGo()
    },
  },
]

describe.each(engines)('$name', (engine) => {
  test.each(cases)('$name → $reason', async ({ config, reason, count = 1, uses = 1, fails, act }) => {
    const listener = new Listener()
    const pool = engine.createPool(config ?? {})
    await act({ engine, pool, listener })
    const closes = await listener.until('polypool:connection:close', count, pool)
    const { connectTime, age, ...told } = closes.at(-1) as (typeof closes)[0]
    expect(told).toEqual({
      pool,
      name: undefined,
      origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      channel: expect.anything(),
      reason,
      uses,
    })
    expect(typeof connectTime).toBe(fails ? 'undefined' : 'number')
    expect(age).toBeGreaterThanOrEqual(connectTime ?? 0)
    await pool.destroy()
    // Each that was told of as open is told of as closed, once.
    const established = listener.of('polypool:connection:close', pool).filter((close) => close.connectTime !== undefined)
    expect(established).toHaveLength(listener.of('polypool:connection:open', pool).length)
    expect(listener.of('polypool:connection:close', pool)).toHaveLength(pool.stats().created)
  })
})
