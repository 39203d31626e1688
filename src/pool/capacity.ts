import type { Claims } from './claims.ts'
import type { Connections } from './connections.ts'
import type { Connection, Lane, OriginState, ProxyState } from './entities.ts'
import { spares } from './idle.ts'
import type { WaitQueue } from './queue.ts'

/** Places that are free, will be, or can be made free. */
function available({ room, closing, idle, ahead }: OriginState | ProxyState, claimed: number): number {
  return room + closing + idle.size - claimed + spares(ahead)
}

/** What the limits allow as things stand. It only looks. */
export class Capacity {
  readonly #connections: Connections
  readonly #queue: WaitQueue

  constructor(connections: Connections, queue: WaitQueue) {
    this.#connections = connections
    this.#queue = queue
  }

  /**
   * Connections that may be opened within the total; what is open beyond it counts as soon as that is more than `maxOverflow`, and always
   * under a ceiling.
   */
  get room(): number {
    const { config, ceiling, open, overflow } = this.#connections
    const own = config.maxConnections - open
    const room = Math.min(own, own + config.maxOverflow - overflow)
    return ceiling === null ? room : Math.min(room, ceiling.limit - open - overflow)
  }

  /**
   * Places that are free, or will be once what is closing has closed; fewer than none after a limit was lowered. What drains may take long: it
   * only makes up for a lowered limit.
   */
  get places(): number {
    const { closing, draining } = this.#connections
    const places = this.room + closing
    return places < 0 ? Math.min(0, places + draining) : places
  }

  /** Places that are free, or will be some time. */
  get promisedPlaces(): number {
    const { closing, draining } = this.#connections
    return Math.max(0, this.room + closing + draining)
  }

  /** Whether more connections are open than the total allows, as after `reconfigure`. */
  get surplus(): boolean {
    const { limit, open, closing, draining } = this.#connections
    return open - closing - draining > limit
  }

  /** Whether nobody waits, and no limit is exceeded that the connection counts against: most often so, and then nobody need ask more. */
  isEasy({ lane: { origin }, proxy }: Connection): boolean {
    const { limit, open, overflow } = this.#connections
    return (
      this.#queue.pending === 0 &&
      open + overflow <= limit &&
      origin.open + origin.overflow <= origin.limits.maxConnectionsPerHost &&
      (proxy === null || proxy.open + proxy.overflow <= proxy.limit)
    )
  }

  /** Whether more wait for a place of the total than are on their way. */
  get short(): boolean {
    return this.#queue.demand > this.places
  }

  /** Whether somebody waits for whom neither a place nor a connection is on its way. */
  get stranded(): boolean {
    return this.#queue.wanted > Math.max(0, Math.min(this.#queue.demand, this.places))
  }

  /** Whether the total allows a connection beyond a limit; fewer after it was lowered and is still exceeded. */
  get hasOverflow(): boolean {
    const { config, ceiling, open, overflow } = this.#connections
    if (overflow >= config.maxOverflow || open + overflow >= config.maxConnections + config.maxOverflow) return false
    return ceiling === null || open + overflow < ceiling.limit
  }

  mayOverflow(origin: OriginState): boolean {
    return this.hasOverflow && origin.allowsOverflow && origin.proxy?.allowsOverflow !== false
  }

  /** Whether a new connection may be opened at once without passing somebody who waits for one. */
  hasRoom(origin: OriginState): boolean {
    return this.room > 0 && !origin.full && origin.proxy?.full !== true && this.#queue.starved === undefined
  }

  /**
   * Whether places are about to be free for as many connections as the lane needs, or can be made free by closing connections that nobody uses.
   * @param claims idle connections that are no room for it
   */
  canMakeRoom({ origin, wanted }: Lane, needed: number, claims: Claims): boolean {
    const { idle } = this.#connections
    const { proxy } = origin
    const more = needed - wanted
    return (
      origin.wanted + more <= available(origin, claims.in(origin)) &&
      (proxy === null || proxy.wanted + more <= available(proxy, claims.behind(proxy))) &&
      this.#queue.demand + more <= this.room + this.closing + idle.size - claims.all + spares(idle.ahead)
    )
  }

  /** Places within the total that are on their way because connections close, or will once they carry no more requests. */
  get closing(): number {
    return this.#connections.closing
  }

  get draining(): number {
    return this.#connections.draining
  }
}
