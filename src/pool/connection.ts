import type { Timed } from './deadlines.ts'
import { HeapNode } from './heap.ts'
import type { Lane } from './lane.ts'
import { Link } from './list.ts'
import type { Waiter } from './waiter.ts'

/** `opening` → `active` ⇄ `idle` → `closing` → `closed`; any state may skip to the last two. A socket that comes too late leads back to `closing`. */
export type ConnectionState = 'opening' | 'active' | 'idle' | 'closing' | 'closed'

/** One slot of the pool: at most one socket, from the start of its connect to its `close`. Engines say how it is done. */
export abstract class Connection implements Timed {
  lane: Lane
  state: ConnectionState = 'opening'
  /** Beyond a limit: it closes after its request and does not count against the limits. */
  overflow = false
  /** Requests that it was given. */
  uses = 0
  /** Requests after which its server wants it closed (`Keep-Alive: max=`). */
  hintedUses = Number.POSITIVE_INFINITY
  /** How long its server keeps it while it idles (`Keep-Alive: timeout=`). */
  hintedTimeout = Number.POSITIVE_INFINITY
  /** When it was begun. */
  since = 0
  idleSince = 0
  /** Whom it goes to if it turns out to be alive. */
  promisedTo: Waiter | null = null
  /** Its connect was given up some time ago, and a socket of it was still there. */
  overdue = false
  /** Its share of `maxLifetime`, so that connections begun together do not end together. */
  lifespan = 1

  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly inLane: Link<Connection> = new Link<Connection>(this)
  readonly idleInLane: Link<Connection> = new Link<Connection>(this)
  readonly idleInOrigin: Link<Connection> = new Link<Connection>(this)
  readonly idleInPool: Link<Connection> = new Link<Connection>(this)
  readonly expiry: HeapNode<Connection> = new HeapNode<Connection>(this)

  constructor(lane: Lane) {
    this.lane = lane
  }

  /** From when on it takes no new request. */
  get retiresAt(): number {
    return this.since + this.lane.origin.limits.maxLifetime * this.lifespan
  }

  /** How long it may idle. */
  get idleTime(): number {
    const { keepAliveExpiry, keepAliveHintMargin } = this.lane.origin.limits
    return Math.min(keepAliveExpiry, this.hintedTimeout - keepAliveHintMargin)
  }

  /** When it closes if it stays idle. */
  get expiresAt(): number {
    return Math.min(this.idleSince + this.idleTime, this.retiresAt)
  }

  /** Whether it has served as many requests as it may. */
  get usedUp(): boolean {
    return this.uses >= this.lane.origin.limits.maxRequestsPerConnection || this.uses >= this.hintedUses
  }

  /** Whether the limits, which may have changed, allow it another request. */
  mayServe(now: number): boolean {
    return this.lane.origin.limits.keepAlive && !this.usedUp && now < this.retiresAt
  }

  /** Whether a socket of its is known to exist that has not closed. False while it is being made, and nothing has been seen of it. */
  abstract get hasSocket(): boolean

  /** Whether nothing is known that would keep a request from being sent on it. */
  abstract usable(): boolean

  /** Makes it idle: unreferenced, watched for data and close. */
  abstract park(): void

  /**
   * Begins to close its socket; the engine must call `pool.closed(this)` once that has happened. If the socket is still being made,
   * the request is told, and a socket that comes later is destroyed and, if it comes after the pool has given up on it, reported by `pool.arrivedLate`.
   */
  abstract close(error?: Error): void

  onDeadline(): void {
    this.lane.member.pool.onConnectDeadline(this)
  }
}
