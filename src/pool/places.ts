import type { Capacity } from './capacity.ts'
import type { Connections } from './connections.ts'
import type { Economy } from './economy.ts'
import { type Connection, OriginState, type ProxyState, type Waiter } from './entities.ts'
import { spareOf } from './idle.ts'
import type { WaitQueue } from './queue.ts'

/** What it asks of the pool. */
export interface PlacedPool {
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly capacity: Capacity
  readonly economy: Economy
  /** Opens a connection for a waiting request. */
  admit(waiter: Waiter, overflow: boolean): void
}

/** Gives out places that are free, and makes places free by closing what nobody uses. */
export class Places {
  readonly #pool: PlacedPool
  #pumping = false

  constructor(pool: PlacedPool) {
    this.#pool = pool
  }

  /** Gives out the places that are free, in the order of arrival, and makes as many free as idle connections allow. */
  pump(): void {
    if (this.#pumping || this.#hasNone) return
    this.#pumping = true
    const { capacity, economy, queue } = this.#pool
    // Step by step: from inside each, an engine or a caller may come back and change everything.
    try {
      for (;;) {
        const { starved } = queue
        const stranded = capacity.hasOverflow && capacity.stranded ? queue.oldest : undefined
        if (starved !== undefined && capacity.room > 0) this.#pool.admit(economy.next() ?? starved, false)
        else if (this.#evict(this.#spare() ?? economy.victim())) continue
        else if (stranded !== undefined) this.#pool.admit(stranded, true)
        else break
      }
    } finally {
      this.#pumping = false
    }
  }

  /** Closes connections that nobody uses and that keep requests of the same origin or behind the same proxy waiting, as far as the economy allows. */
  unblock(level: OriginState | ProxyState): void {
    while (this.#evict(this.#spareIn(level) ?? this.#pool.economy.victimOf(level)));
    if (level instanceof OriginState && level.proxy !== null) this.unblock(level.proxy)
  }

  /** Whether nothing is free, idles or may be opened beyond limits: so it is where requests wait for those that run, each of which asks here. */
  get #hasNone(): boolean {
    const { capacity, connections } = this.#pool
    const { idle, config } = connections
    return idle.size === 0 && idle.ahead.size === 0 && config.maxOverflow === 0 && capacity.room <= 0
  }

  /** One that is opened for nobody, while others wait: it has cost nothing yet that would be worth keeping. */
  #spare(): Connection | undefined {
    const { capacity, connections } = this.#pool
    const { ahead } = connections.idle
    if (ahead.size === 0 || !capacity.short) return undefined
    return spareOf(ahead) ?? (capacity.surplus ? ahead.first : undefined)
  }

  /** The same of one origin or proxy, by its own limit. */
  #spareIn(level: OriginState | ProxyState): Connection | undefined {
    const { ahead } = level
    if (ahead.size === 0 || !level.blocked) return undefined
    return spareOf(ahead) ?? (level.surplus ? ahead.first : undefined)
  }

  #evict(connection: Connection | undefined): boolean {
    if (connection === undefined) return false
    this.#pool.connections.close(connection, 'evicted')
    return true
  }
}
