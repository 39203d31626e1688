import http from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { isPoolError } from '../../src/errors.ts'
import { type JoinFleetOptions, joinFleet } from '../../src/fleet/index.ts'
import { type ChannelName, subscribe } from '../../src/observe/channels.ts'
import { Listener } from '../observe/listening.ts'
import { ask, cleanup, holding, undiciPool, until } from '../observe/support.ts'
import { MemoryStore } from './memory-store.ts'

const short = { name: 'f', maxConnections: 6, floor: 1, maxMembers: 2, ttl: '2s', margin: '1s' } as const

/** A store that has learnt already. */
async function learnt(): Promise<MemoryStore> {
  const store = new MemoryStore()
  const figures = { ttl: 2000, maxConnections: 6, floor: 1, maxMembers: 2, have: 0, want: 0 }
  await store.learn('f', { member: 'first', round: 0, floored: false, leaves: false, ...figures })
  return store
}

function member(store: MemoryStore, more: Partial<JoinFleetOptions> = {}) {
  const pool = undiciPool({ acquireTimeout: '20s', keepAliveExpiry: '1h' })
  return { pool, share: joinFleet(pool, { ...short, store, warnings: false, ...more }) }
}

const settled = async (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

describe('joinFleet', () => {
  it('leases what it needs, gives it back by close, and its waiting requests are served until then', async () => {
    const [server, store] = [await holding(), await learnt()]
    const { pool, share } = member(store)
    const asked = Array.from({ length: 8 }, () => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(5))
    expect(share.stats()).toMatchObject({ lease: 4, floor: 1, want: 7, members: 1, lost: 0 })
    expect(pool.stats()).toMatchObject({ open: 5, pending: 3, fleet: { lease: 4 } })
    const closed = pool.close()
    server.release()
    await Promise.all([...asked, closed])
    await share.leave()
    expect(store.rounds.at(-1)).toMatchObject({ leaves: true, have: 0 })
    const other = member(store)
    const more = Array.from({ length: 5 }, () => ask(other.pool, server.origin))
    await Promise.all(more)
    expect(other.share.stats().members).toBe(1)
  })

  it('leave() waits for requests beyond the floor, keeps the floor, and the pool may join again', async () => {
    const [server, store] = [await holding(), await learnt()]
    const { pool, share } = member(store)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(3))
    let left = false
    const leaving = share.leave().then(() => {
      left = true
    })
    const rounds = store.rounds.length
    await until(() => expect(store.rounds.length).toBeGreaterThan(rounds + 3))
    expect(left).toBe(false)
    expect(() => joinFleet(pool, { ...short, store })).toThrow('the pool is in the fleet f already')
    server.release()
    await Promise.all([...asked, leaving])
    expect(pool.stats()).toMatchObject({ open: 1, fleet: { lease: 0, floor: 1 } })
    expect(store.rounds.at(-1)).toMatchObject({ leaves: true })
    joinFleet(pool, { ...short, store })
    await until(() => expect(pool.stats().fleet?.members).toBe(1))
  })

  it('leave() ends while requests go on to come, which the floor serves', async () => {
    const [server, store] = [await holding(), await learnt()]
    const { pool, share } = member(store)
    let goesOn = true
    const callers = Array.from({ length: 8 }, async () => {
      while (goesOn) await ask(pool, server.origin)
    })
    await until(() => expect(share.stats().lease).toBe(4))
    let left = false
    void share.leave().then(() => {
      left = true
    })
    await until(() => expect(left).toBe(true))
    expect(pool.stats()).toMatchObject({ open: 1, fleet: { lease: 0, floor: 1 } })
    goesOn = false
    await Promise.all(callers)
  })

  it('one that leaves before the store has answered goes on with its floor', async () => {
    const [server, store] = [await holding(), await learnt()]
    const { pool, share } = member(store)
    await share.leave()
    expect(share.stats()).toMatchObject({ lease: 0, floor: 1 })
    await ask(pool, server.origin)
    expect(store.rounds.at(-1)).toMatchObject({ leaves: true })
  })

  it('what idles closes when others are short of it, and when its member leaves', async () => {
    const [server, other, store] = [await holding(), await holding(), await learnt()]
    // Nothing is lost by silence meanwhile, however busy the machine is.
    const patient = { ttl: '1m', margin: '30s' } as const
    const [first, second] = [member(store, patient), member(store, patient)]
    const use = async ({ pool }: typeof first, { origin, handler, release }: typeof server) => {
      const asked = Array.from({ length: 5 }, () => ask(pool, `${origin}/hold`))
      await until(() => expect(handler.seen).toHaveLength(5))
      release()
      await Promise.all(asked)
    }
    await use(first, server)
    const rounds = store.rounds.length
    await until(() => expect(store.rounds.length).toBeGreaterThan(rounds + 10))
    expect(first.pool.stats()).toMatchObject({ idle: 5, fleet: { lease: 4, want: 0 } })
    await use(second, other)
    expect(first.pool.stats()).toMatchObject({ idle: 1, fleet: { lease: 0 } })
    let left = false
    void second.share.leave().then(() => {
      left = true
    })
    await until(() => expect(left).toBe(true))
    expect(second.pool.stats()).toMatchObject({ idle: 1, fleet: { lease: 0 } })
  })

  it('opens nothing before the store has answered, and its floor if that is silent', async () => {
    const [server, store] = [await holding(), new MemoryStore()]
    store.silent = true
    const { pool, share } = member(store)
    const asked = ask(pool, server.origin)
    expect(pool.stats()).toMatchObject({ open: 0, pending: 1 })
    await asked
    expect(share.stats()).toMatchObject({ lease: 0, floor: 1, members: 0, lost: 0 })
    expect(pool.stats().open).toBe(1)
  })

  it('a member beyond maxMembers has no floor, until there is one', async () => {
    const [server, store] = [await holding(), await learnt()]
    const [first, second, third] = [member(store), member(store), member(store)]
    await until(() => expect(third.share.stats().members).toBe(3))
    expect([first, second, third].map(({ share }) => share.stats().floor)).toEqual([1, 1, 0])
    const asked = [...Array(9)].map(() => ask(third.pool, `${server.origin}/hold`))
    await until(() => expect(third.pool.stats().open).toBe(4))
    await first.pool.close()
    await first.share.leave()
    await until(() => expect(third.share.stats()).toMatchObject({ floor: 1, lease: 4 }))
    expect(third.pool.stats().open).toBe(5)
    server.release()
    await Promise.all(asked)
  })

  it('falls back to its floor in silence: what idles closes, and requests may end', async () => {
    const [server, other, store, listener] = [
      await holding(),
      await holding(),
      await learnt(),
      new Listener(['polypool:fleet:lost']),
    ]
    const { pool, share } = member(store)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    const ended = [1, 2].map(() => ask(pool, `${other.origin}/hold`))
    await until(() => expect(pool.stats().active).toBe(5))
    other.release()
    await Promise.all(ended)
    store.problem = new Error('NOAUTH')
    const [lost] = await listener.until('polypool:fleet:lost', 1)
    expect(lost).toMatchObject({ pool, reason: store.problem, fleet: { lease: 0, floor: 1, lost: 1 } })
    expect(pool.stats()).toMatchObject({ idle: 0, requests: 3 })
    await until(() => expect(pool.stats().open).toBe(3))
    await until(() => expect(server.handler.seen).toHaveLength(3))
    server.release()
    expect(await Promise.all(asked)).toHaveLength(3)
    await until(() => expect(pool.stats().open).toBe(1))
    store.problem = undefined
    await Promise.all([1, 2, 3].map(() => ask(pool, server.origin)))
    await until(() => expect(share.stats().members).toBe(1))
  })

  it("with onLost: 'cut' requests beyond the floor fail with an error that says so, in both engines", async () => {
    const [server, store] = [await holding(), await learnt()]
    const ofUndici = member(store, { onLost: 'cut' })
    const other = nodeHttp.createPool({}, undefined, { name: 'other' })
    cleanup(() => other.destroy())
    joinFleet(other, { ...short, store, onLost: 'cut', warnings: false })
    const get = () =>
      new Promise((resolve) => {
        http.get(`${server.origin}/hold`, { agent: other.options.http }, resolve).on('error', resolve)
      })
    const asked = [1, 2, 3].flatMap(() => [settled(ask(ofUndici.pool, `${server.origin}/hold`)), get()])
    await until(() => expect(server.handler.seen).toHaveLength(6))
    store.silent = true
    const failed: unknown[] = []
    for (const one of asked) void one.then((outcome) => failed.push(outcome))
    await until(() => expect(failed).toHaveLength(4))
    expect(failed.map((error) => isPoolError(error, 'ERR_POOL_LEASE_LOST'))).toEqual([true, true, true, true])
    await until(() => expect([ofUndici.pool.stats().open, other.stats().open]).toEqual([1, 1]))
    server.release()
    await Promise.all(asked)
  })

  it('tells of joining, of each lease, and of leaving', async () => {
    const [server, store, listener] = [await holding(), await learnt(), new Listener()]
    const { pool, share } = member(store)
    const asked = [1, 2, 3].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(3))
    server.release()
    await Promise.all(asked)
    expect(listener.of('polypool:fleet:join', pool)).toMatchObject([{ fleet: { name: 'f', lease: 0 } }])
    expect(listener.of('polypool:fleet:lease', pool).map(({ before, fleet }) => [before.lease, fleet.lease])).toContainEqual([
      0, 2,
    ])
    await pool.close()
    await share.leave()
    expect(listener.of('polypool:fleet:leave', pool)).toHaveLength(1)
  })

  const channels: ChannelName[] = ['polypool:fleet:join', 'polypool:fleet:lease', 'polypool:fleet:lost', 'polypool:fleet:leave']
  it.each(channels)('destroy() from inside %s ends the pool, and gives the lease back', async (channel) => {
    const [server, store] = [await holding(), await learnt()]
    const acted: unknown[] = []
    const stop = subscribe(channel, ({ pool }) => void acted.push(pool.destroy()))
    onTestFinished(stop)
    const { pool, share } = member(store)
    const asked = [1, 2, 3].map(() => settled(ask(pool, `${server.origin}/hold`)))
    if (channel.endsWith(':lost')) {
      await until(() => expect(server.handler.seen).toHaveLength(3))
      store.silent = true
    }
    if (channel.endsWith(':leave')) void share.leave()
    server.release()
    await Promise.all(asked)
    await until(() => expect(acted.length).toBeGreaterThan(0))
    await Promise.all(acted)
    store.silent = false
    await share.leave()
    expect(pool.stats()).toMatchObject({ open: 0, pending: 0 })
  })

  it('warns of what its owner should know', async () => {
    const store = await learnt()
    const warned: string[] = []
    const listen = ({ code, message }: Error & { code?: string }) => warned.push(`${code} ${message}`)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const server = await holding()
    const { pool } = member(store, { warnings: true })
    const asked = [1, 2].map(() => ask(pool, `${server.origin}/hold`))
    await until(() => expect(server.handler.seen).toHaveLength(2))
    const others = [member(store, { warnings: false }), member(store, { warnings: false })]
    await until(() => expect(warned.join()).toContain('POLYPOOL_FLEET_CROWDED'))
    store.problem = new Error('NOPERM')
    await until(() => expect(warned.join()).toMatch(/POLYPOOL_FLEET_LOST.*\(NOPERM\)/))
    await until(() => expect(warned.join()).toMatch(/POLYPOOL_FLEET_OVERRUN.*1 connections/))
    expect(warned).toHaveLength(3)
    server.release()
    await Promise.all([...asked, ...others.map((other) => other.pool.close())])
  })

  it('refuses what it cannot work with, and says why', async () => {
    const [store, pool] = [new MemoryStore(), undiciPool({ maxConnections: 3 })]
    const refused = (options: object, given: unknown = pool) => {
      try {
        joinFleet(given as never, options as never)
      } catch (error) {
        return (error as Error).message
      }
      throw new Error('it was taken')
    }
    expect(refused({ ...short, store }, {})).toMatch('is no pool')
    expect(refused({ ...short })).toMatch('store is undefined: pass redisStore(client) or clusterStore()')
    expect(refused({ ...short, store, warnings: 'no' })).toMatch('warnings is "no"')
    expect(refused({ ...short, name: undefined, store })).toMatch('fleet.name: it is missing')
    expect(refused({ ...short, floor: 4, store })).toMatch('fleet.floor: floor × maxMembers is 8, more than maxConnections: 6')
    expect(refused({ ...short, margin: '1.5s', store })).toMatch('fleet.margin: 1.5s leaves less than 1s of ttl: 2s')
    expect(refused({ ...short, ttl: 1, margin: 'x', mxMembers: 2, store })).toMatch('2 problems')
    const { notes } = joinFleet(pool, { ...short, store, warnings: false })
    expect(notes.map(({ field }) => field)).toEqual(['fleet.margin', 'fleet.maxConnections'])
    await pool.close()
    expect(refused({ ...short, store })).toMatch('the pool is closed')
  })
})
