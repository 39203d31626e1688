import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import type { Clock } from '../../src/pool/clock.ts'
import { Economy } from '../../src/pool/economy.ts'
import type { Connection, OriginState, Waiter } from '../../src/pool/entities.ts'
import { ConnectionPool } from '../../src/pool/pool.ts'

export { ConnectionPool }

/** Connects cost nothing: an idle connection closes for whoever waits, and reuse overtakes older requests by so many places at the most. */
class OldEconomy extends Economy {
  readonly #pool: ConnectionPool
  readonly #bound: number

  constructor(pool: ConnectionPool, bound: number) {
    super(pool)
    this.#pool = pool
    this.#bound = bound
  }

  override heedIdle(): void {}

  override next(): Waiter | undefined {
    return this.#pool.queue.starved
  }

  override yields({ lane }: Connection): boolean {
    const { capacity } = this.#pool
    const head = lane.queue.first
    return head === undefined ? capacity.short || lane.origin.blocked : this.#hasOvertaken(head)
  }

  override victim(): Connection | undefined {
    return this.#pool.capacity.short ? this.#pool.connections.idle.all.first : undefined
  }

  override victimOf(origin: OriginState): Connection | undefined {
    return origin.blocked ? origin.idle.first : undefined
  }

  /** Each connection that closes makes a place for one of those who were overtaken, and so allows as many places more. */
  #hasOvertaken({ lane, sequence }: Waiter): boolean {
    const { origin, turn, retries } = lane
    const { closing } = this.#pool.capacity
    const retry = retries.first
    if (retry !== undefined && retry.sequence < sequence && (origin.full ? origin.closing : closing) === 0) return true
    if (sequence - this.#oldestBeside(origin) > this.#bound * (1 + closing)) return true
    const sibling = origin.turns.topBeside(turn)
    return sibling !== undefined && sequence - sibling.key > this.#bound * (1 + origin.closing)
  }

  #oldestBeside(origin: OriginState): number {
    const { queue, registry } = this.#pool
    if (queue.starved?.lane.origin !== origin) return queue.starved?.sequence ?? Number.POSITIVE_INFINITY
    let oldest = Number.POSITIVE_INFINITY
    for (const other of registry.origins.values()) {
      if (other !== origin && !other.full) oldest = Math.min(oldest, other.turns.top?.key ?? oldest)
    }
    return oldest
  }
}

/** The rule that this pool had before it weighed what a connect costs: some rounds of the pool, but not many. */
export class OldPool extends ConnectionPool {
  override readonly economy: Economy

  constructor(config: ResolvedPoolConfig, clock: Clock) {
    super(config, clock)
    this.economy = new OldEconomy(this, Math.min(64, 8 * config.maxConnections))
  }
}

/** The order of arrival over all hosts, as in httpx. */
export class StrictPool extends ConnectionPool {
  override readonly economy: Economy

  constructor(config: ResolvedPoolConfig, clock: Clock) {
    super(config, clock)
    this.economy = new OldEconomy(this, 0)
  }
}
