import { EventEmitter } from 'node:events'
import type { LookupFunction } from 'node:net'
import type { AnyPool, ConformanceClient } from '../../cli/src/conformance/client.ts'
import { optionsFor } from '../../cli/src/conformance/clients/shared.ts'
import type { ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import type { ConnectionPool } from '../../src/pool/pool.ts'
import type { Random } from '../random.ts'
import { Ledger } from './caps.ts'
import { randomConfig } from './config.ts'

/** One client's pool in a budget. */
export interface Member {
  readonly client: ConformanceClient
  readonly handle: ClientHandle
  readonly pool: AnyPool
  /** Listeners on the client's agents or dispatcher when the pool was new, by object and event. */
  readonly listeners: string
}

/** By what pools find the budget that they share. */
const budget = Symbol.for('polypool.budget.v1')

/** Every name is this machine; some take a while, and some are not known. */
const lookup: LookupFunction = (name, options, callback) => {
  const answer = () => {
    if (name.includes('-unknown')) {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
      return callback(error, '', 4)
    }
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  }
  if (name.includes('-slow')) setTimeout(answer, 30)
  else setImmediate(answer)
}

/** Limits that pools of several clients share, and the count of their sockets. */
export class Budget {
  readonly ledger: Ledger
  readonly members = new Map<string, Member>()

  constructor(id: number, clients: readonly ConformanceClient[], random: Random, onBreach: (message: string) => void) {
    this.ledger = new Ledger(id, onBreach)
    for (const client of clients) this.#open(client, randomConfig(random))
  }

  get pools(): AnyPool[] {
    return [...this.members.values()].map(({ pool }) => pool)
  }

  /** The statistics that all pools share. */
  stats(): ReturnType<AnyPool['stats']> {
    const [pool] = this.pools
    if (pool === undefined) throw new Error('the budget has no pool')
    return pool.stats()
  }

  /** Lowers and raises limits of the running pools. */
  reconfigure(random: Random): void {
    const [pool] = this.pools
    if (pool === undefined) return
    this.ledger.change(() => pool.reconfigure(randomConfig(random)))
  }

  /** Ends one client's pool, gently or not, and opens another one under the same limits. */
  async replace(random: Random): Promise<boolean> {
    const [name, member] = random.pick([...this.members])
    this.members.delete(name)
    const [pool] = this.pools
    if (pool !== undefined) this.#open(member.client, pool)
    await (random.chance(0.5) ? member.pool.close() : member.pool.destroy())
    return true
  }

  /** Ends all of them. */
  async end(random: Random): Promise<boolean> {
    const pools = this.pools
    this.members.clear()
    await Promise.all(pools.map((pool) => (random.chance(0.5) ? pool.close() : pool.destroy())))
    return true
  }

  #open(client: ConformanceClient, config: PoolConfig | AnyPool): void {
    const [first] = this.pools
    const native = optionsFor(client.driver.family, { lookup, ca: probeCertificate })
    const pool = client.adapter.createPool(first ?? config, native, { strict: false })
    if (first === undefined) this.ledger.follow(coreOf(pool))
    this.members.set(client.name, { client, handle: client.driver.open(client.module), pool, listeners: listenersOf(pool) })
  }
}

/** The state that the pools of a budget share. */
function coreOf(pool: AnyPool): ConnectionPool {
  return (pool as unknown as { [budget]: { core: ConnectionPool } })[budget].core
}

/** How many listen to which events of the objects that the pool has given to the client. */
export function listenersOf(pool: AnyPool): string {
  const given = Object.values(flat(pool.options)).filter((value) => value instanceof EventEmitter)
  return given.map((emitter) => emitter.eventNames().map((name) => `${String(name)} ${emitter.listenerCount(name)}`)).join('; ')
}

/** With what lies in one object deeper: got has its agents there. */
function flat(options: unknown): object {
  const entries = Object.entries(options as object)
  const inner = entries.filter(([, value]) => Object.getPrototypeOf(value) === Object.prototype)
  return Object.assign({}, options, ...inner.map(([, value]) => value))
}
