import { Caution } from './caution.ts'
import type { Clock } from './clock.ts'
import type { Connection, Lane } from './entities.ts'

/**
 * A connection is reused at once while the event loop has polled within so many milliseconds of its own work; after more, only when a whole
 * turn of the loop has shown that it still lives.
 */
const unheard = 3

/** Within so many milliseconds of an answer a server closes a connection right behind it. */
const rightBehind = 100

/** Whether a connection may be dead without this process having heard of it yet. */
export class Liveness {
  readonly #clock: Clock
  readonly #caution = new Caution()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether what has reached this host about the lane's connections has been heard. */
  isSure(lane: Lane): boolean {
    return !this.#caution.about(lane.key) && this.#clock.polledWithin(unheard)
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
