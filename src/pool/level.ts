/** What is open and waits where connections are limited together, and what the limit says to that; other limits left aside. */
export abstract class Level {
  readonly key: string
  maxOverflow: number
  /** Connections that count against the limit, closing ones included. */
  open = 0
  closing = 0
  /** Those that take no more requests, and have not begun to close. */
  draining = 0
  overflow = 0
  /** Connections that those who wait need besides those that are on their way. */
  wanted = 0
  /** Its share of the queue's demand. */
  demand = 0

  constructor(key: string, maxOverflow: number) {
    this.key = key
    this.maxOverflow = maxOverflow
  }

  /** Connections that may be open at one time. */
  abstract get limit(): number

  /** Whether more connections are wanted than its own limit will have places for, so that an idle connection of it must close. */
  get blocked(): boolean {
    return this.wanted > this.places
  }

  /** Whether more connections are open than the limit allows, as after `reconfigure`. */
  get surplus(): boolean {
    return this.open - this.closing - this.draining > this.limit
  }

  /** Connections that may be opened within the limit; fewer than none after it was lowered. What is open beyond it counts as soon as that is more than `maxOverflow`. */
  get room(): number {
    const room = this.limit - this.open
    return Math.min(room, room + this.maxOverflow - this.overflow)
  }

  /** Places that are free, or will be once what is closing has closed. What drains may take long: it only makes up for a limit that was lowered. */
  get places(): number {
    const places = this.room + this.closing
    return places < 0 ? Math.min(0, places + this.draining) : places
  }

  /** Places that are free, or will be some time. */
  get promisedPlaces(): number {
    return Math.max(0, this.room + this.closing + this.draining)
  }

  /** Whether connections beyond the limit may be opened. */
  get allowsOverflow(): boolean {
    return this.open + this.overflow < this.limit + this.maxOverflow
  }

  get full(): boolean {
    return this.room <= 0
  }
}
