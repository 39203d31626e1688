import type { Clock } from './clock.ts'
import type { Connection } from './entities.ts'

/** The first wait and the longest one, in milliseconds; each is taken by half to the whole, at random. */
const first = 250
const longest = 30_000

/** A connection that nobody has used and whose server ends it sooner than this, in milliseconds, was opened in vain. */
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
  #failedAt = Number.NEGATIVE_INFINITY
  /** Begun and connected since the last failure: once it has lasted, the server is known to take connections again. */
  #proof: Connection | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Rounds of failures in a row. */
  get failures(): number {
    const isProven = this.#proof !== null && this.#clock.now() >= this.#proof.readyAt + short
    return isProven ? 0 : this.#failures
  }

  /** One that was opened ahead is connected. */
  connected(connection: Connection): void {
    if (this.#failures > 0 && this.#isSince(connection)) this.#proof ??= connection
  }

  /**
   * A request was answered on a connection.
   * @returns whether that shows that the server takes connections again, so that nothing is to be waited for
   */
  answered(connection: Connection): boolean {
    if (this.#failures === 0 || !this.#isSince(connection)) return false
    this.forget()
    return true
  }

  /** What has failed tells nothing any more. */
  forget(): void {
    this.#failures = 0
    this.#proof = null
    this.until = Number.NEGATIVE_INFINITY
  }

  /** A connection to the server has gone. */
  heed(connection: Connection): void {
    const now = this.#clock.now()
    const { failures } = this
    if (connection === this.#proof) this.#proof = null
    const { reason, idled, uses } = connection
    const isOld = reason === 'expired' || reason === 'lifetime'
    const lasted = idled && (isOld || now >= connection.readyAt + short)
    if (lasted && this.#isSince(connection)) this.#failures = 0
    // Those that were opened together fail together, once.
    if (lasted || uses > 0 || now < this.until || reason === 'closed') return
    // What the pool closes itself is no fault of the server's, but is not opened again and again.
    const failed = reason === 'error' || reason === 'server'
    if (failed) {
      this.#failures = failures + 1
      this.#failedAt = now
      this.#proof = null
    }
    const wait = failed ? Math.min(longest, first * 2 ** failures) : first
    this.until = now + wait * (0.5 + this.#clock.random() / 2)
  }

  #isSince(connection: Connection): boolean {
    return connection.since >= this.#failedAt
  }
}
