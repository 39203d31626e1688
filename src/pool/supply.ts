import type { ConnectionEvents } from './connection-events.ts'
import type { Connection, Lane } from './entities.ts'
import type { WaitQueue } from './queue.ts'

/** What the requests that wait in a lane may count on: its connections as they come, go and fail. */
export class Supply {
  readonly #queue: WaitQueue
  readonly #events: ConnectionEvents

  constructor(queue: WaitQueue, events: ConnectionEvents) {
    this.#queue = queue
    this.#events = events
  }

  /** Its lane has one more connection. */
  begin({ lane, since }: Connection): void {
    lane.live++
    lane.opening++
    lane.begunAt = lane.movedAt = since
    lane.costs.owed = 0
    if (lane.waiting > 0) this.#queue.review(lane)
  }

  /** Its lane has one less. */
  lose({ lane, uses }: Connection, opening: boolean): void {
    lane.live--
    if (opening) lane.opening--
    if (lane.waiting === 0) return
    this.#queue.review(lane)
    // What was to carry more than one of them, or was on its way for nobody: there may be room for others in its place.
    if (lane.mayMultiplex || (opening && uses === 0)) this.#events.lost(lane)
  }

  /** A connect has failed. */
  fail(lane: Lane): void {
    lane.costs.failed = true
    this.#events.failed(lane)
    if (!lane.mayMultiplex || lane.waiting === 0) return
    this.#queue.review(lane)
    this.#queue.update(lane.origin)
    this.#events.lost(lane)
  }
}
