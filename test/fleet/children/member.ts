// A process of a fleet: a pool of undici, as many callers as it is told, and a share of the budget that it leases through one of the clients of Redis.
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { request } from 'undici'
import { createPool } from '../../../adapters/undici.ts'
import { clusterStore, type FleetShare, type FleetStore, joinFleet, redisStore } from '../../../src/fleet/index.ts'

export interface MemberOptions {
  readonly name: string
  readonly upstream: number
  readonly redis: number
  readonly client: 'redis' | 'ioredis' | 'cluster'
  readonly fleet: {
    maxConnections: number
    floor: number
    maxMembers: number
    ttl: number
    margin: number
    onLost: 'drain' | 'cut'
  }
  /** The longest request, in milliseconds. */
  readonly longest: number
  /** Has the clock on the wall go wild. */
  readonly wild?: boolean
}

const options = JSON.parse(process.argv[2] ?? '') as MemberOptions
const { upstream, client, fleet, longest } = options
const name = process.env.FLEET_NAME ?? options.name
if (options.wild) Object.assign(Date, { now: () => 1e12 * (0.5 + Math.random()) })

function storeOf(): FleetStore {
  if (client === 'cluster') return clusterStore()
  if (client === 'ioredis') return redisStore(new Redis(options.redis, '127.0.0.1').on('error', () => {}))
  const own = createClient({ url: `redis://127.0.0.1:${options.redis}` }).on('error', () => {})
  own.connect().catch(() => {})
  return redisStore(own)
}

const pool = createPool({ maxConnections: 1000, keepAliveExpiry: '2s', acquireTimeout: '5s' }, undefined, {
  name,
  warnings: false,
})
const share: FleetShare = joinFleet(pool, { ...fleet, name: 'tested', store: storeOf(), warnings: false })
const done = { ok: 0, failed: {} as { [code: string]: number } }
let wanted = 0
let running = 0

async function call(): Promise<void> {
  running++
  while (running <= wanted) {
    try {
      const ms = Math.ceil(Math.random() * longest)
      const { body } = await request(`http://127.0.0.1:${upstream}/${name}/${ms}`, { ...pool.options })
      await body.dump()
      done.ok++
    } catch (error) {
      const { code = 'none' } = error as { code?: string }
      done.failed[code] = (done.failed[code] ?? 0) + 1
      await sleep(20)
    }
  }
  running--
}

process.on('message', async (message: { call?: number; load?: number; leave?: boolean }) => {
  const { call: number, load, leave } = message
  if (number === undefined) return
  if (load !== undefined) wanted = load
  while (running < wanted) void call()
  if (leave) {
    wanted = 0
    await pool.close()
    await share.leave()
  }
  process.send?.({ call: number, ...share.stats(), ...done, open: pool.stats().open, pending: pool.stats().pending })
  if (leave) process.exit(0)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
