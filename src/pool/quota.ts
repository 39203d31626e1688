import type { HostLimits } from '../config/types.ts'

/** One origin's share: what of it is open and waits, and what its own limits say to that; the total left aside. */
export class Quota {
  readonly key: string
  limits: HostLimits
  maxOverflow: number
  /** Connections that count against the limit, closing ones included. */
  open = 0
  closing = 0
  overflow = 0
  waiting = 0
  /** Its share of the queue's demand. */
  demand = 0

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

  /** Places that are free, or will be once what is closing has closed. */
  get places(): number {
    return this.room + this.closing
  }

  /** Whether connections beyond the limit may be opened. */
  get allowsOverflow(): boolean {
    return this.open + this.overflow < this.limits.maxConnectionsPerHost + this.maxOverflow
  }

  get full(): boolean {
    return this.room <= 0
  }
}
