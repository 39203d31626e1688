import type { HostLimits } from '../config/types.ts'
import type { Connection } from './connection.ts'
import { Heap, HeapNode } from './heap.ts'
import type { Lane } from './lane.ts'
import { Link, List } from './list.ts'

/** Scheme, host and port: what per-host limits count by. */
export class Origin {
  readonly key: string
  limits: HostLimits
  /** Lanes that exist; the origin is forgotten with the last. */
  lanes = 0
  /** Connections that count against the limit, closing ones included. */
  open = 0
  closing = 0
  overflow = 0
  waiting = 0
  /** Its share of the queue's demand. */
  demand = 0
  readonly idle: List<Connection> = new List<Connection>()
  /** Its lanes that have waiters, the one with the oldest first. */
  readonly turns: Heap<Lane> = new Heap<Lane>()
  /** Its place among the origins that wait for the same reason, by the oldest waiter. */
  readonly turn: HeapNode<Origin> = new HeapNode<Origin>(this)
  /** Those origins. */
  heap: Heap<Origin> | null = null
  /** Its place among the origins with idle connections, by last use. */
  readonly inUse: Link<Origin> = new Link<Origin>(this)

  maxOverflow: number

  constructor(key: string, limits: HostLimits, maxOverflow: number) {
    this.key = key
    this.limits = limits
    this.maxOverflow = maxOverflow
  }

  /** Whether more wait than its own limit will have places for, so that an idle connection of another lane must close. */
  get blocked(): boolean {
    return this.waiting > this.places
  }

  /** Whether more connections are open than the limit allows, as after `reconfigure`. */
  get surplus(): boolean {
    return this.open - this.closing > this.limits.maxConnectionsPerHost
  }

  /** Connections that may be opened within the limit; fewer than none after it was lowered. What is open beyond it counts as soon as that is more than `maxOverflow`. */
  get room(): number {
    const room = this.limits.maxConnectionsPerHost - this.open
    return Math.min(room, room + this.maxOverflow - this.overflow)
  }

  /** Places that are free, or will be once what is closing has closed; the total left aside. */
  get places(): number {
    return this.room + this.closing
  }

  /** Whether connections beyond the limit may be opened, the total left aside. */
  get allowsOverflow(): boolean {
    return this.open + this.overflow < this.limits.maxConnectionsPerHost + this.maxOverflow
  }

  get full(): boolean {
    return this.room <= 0
  }
}
