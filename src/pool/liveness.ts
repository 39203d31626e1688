import { Caution } from './caution.ts'
import type { Clock } from './clock.ts'
import type { Connection, Lane, Waiter } from './entities.ts'

/**
 * A connection is reused at once while the event loop has polled within so many milliseconds of its own work; after more, only when a whole
 * turn of the loop has shown that it still lives.
 */
const unheard = 3

/** The same for a request that is sent again, unnoticed, should it meet a dead one. */
const unheardByRepeatable = 10

/** Within so many milliseconds of an answer a server closes a connection right behind it. */
const rightBehind = 100

/** Whether a connection may be dead without this process having heard of it yet. */
export class Liveness {
  readonly #clock: Clock
  readonly #caution = new Caution()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether what has reached this host about the lane's connections has been heard, as far as the request needs to know. */
  isSure(lane: Lane, request: Pick<Waiter, 'repeatable'> | null): boolean {
    if (this.#caution.about(lane.key)) return false
    return this.#clock.polledWithin(unheard) || (request?.repeatable === true && this.#clock.polledWithin(unheardByRepeatable))
  }

  /** A request was sent on one that was dead. */
  heedMiss(lane: Lane): void {
    this.#caution.warn(lane.key)
  }

  /** A turn of the event loop has shown whether the connection was usable. */
  heedVerdict({ lane }: Connection, usable: boolean): void {
    if (usable) this.#caution.ease(lane.key)
    else this.#caution.warn(lane.key)
  }

  /** The connection closes, and is not counted as closed yet. */
  heedClose({ state, lane, idleSince }: Connection): void {
    if (state === 'idle' && this.#clock.now() < idleSince + rightBehind) this.#caution.warn(lane.key)
  }
}
