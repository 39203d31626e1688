import type { Connection } from './connection.ts'
import type { Timed } from './deadlines.ts'
import type { Lane } from './lane.ts'
import { Link } from './list.ts'

/** A request that could not be served at once. Engines extend it with what they need to send the request. */
export abstract class Waiter implements Timed {
  lane: Lane
  /** When it began to wait; a retry keeps it, so that one deadline holds for the whole request. NaN: not yet. */
  since = Number.NaN
  /** Its place in the order of arrival; a retry keeps it. */
  sequence = -1
  /** Only a new connection will do: one that had served before has just failed it. */
  fresh = false
  /** It was let into the queue once, and is not refused for want of room in it. */
  admitted = false
  state: 'new' | 'waiting' | 'verifying' | 'settled' = 'new'

  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly inLane: Link<Waiter> = new Link<Waiter>(this)

  constructor(lane: Lane) {
    this.lane = lane
  }

  /** The connection is this request's: connect it first if it is `opening`. */
  abstract grant(connection: Connection): void

  abstract reject(error: Error): void

  onDeadline(): void {
    this.lane.member.pool.acquireTimedOut(this)
  }
}

/** Which of the two came first. */
export function older(a: Waiter | undefined, b: Waiter | undefined): Waiter | undefined {
  return a === undefined || (b !== undefined && b.sequence < a.sequence) ? b : a
}
