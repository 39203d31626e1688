import type { Clock } from './clock.ts'
import type { Connection } from './entities.ts'

/** The first wait and the longest one, in milliseconds; each is taken by half to the whole, at random. */
const first = 250
const longest = 30_000

/** A connection that nobody has used and that is gone sooner than this, in milliseconds, was opened in vain. */
const short = 1000

/**
 * How long to wait before the next connection is opened ahead, after such ones have failed: twice as long after each round of failures,
 * so that a server which is down or turns connections away is not stormed.
 */
export class Backoff {
  /** Until when none is opened. */
  until = Number.NEGATIVE_INFINITY
  readonly #clock: Clock
  #failures = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A connection to the server has gone. */
  heed(connection: Connection): void {
    const now = this.#clock.now()
    if (connection.uses > 0 || (connection.idled && now >= connection.since + short)) {
      if (connection.idled) this.#failures = 0
      return
    }
    // Those that were opened together fail together, once.
    if (now < this.until) return
    const wait = Math.min(longest, first * 2 ** this.#failures++)
    this.until = now + wait * (0.5 + this.#clock.random() / 2)
  }
}
