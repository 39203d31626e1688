import type { Clock } from './clock.ts'
import type { Connection, Waiter } from './entities.ts'

/** A turn of the event loop that has not come after so many milliseconds is taken to be lost and asked for again. */
const lost = 1000

/** Who hears what a turn has shown. */
export interface VerifiedPool {
  readonly clock: Clock
  /** The connection lives, and is the waiter's. */
  confirm(waiter: Waiter, connection: Connection): void
  /** Whom the connection was promised to has left, or is sent elsewhere. */
  unpromise(connection: Connection): void
  /** The connection lives, and is free at that time: whom it was promised to has left. It has idled since it last came free. */
  offer(connection: Connection, now: number): void
  /** Whom it was promised to looks for another one. */
  place(waiter: Waiter): void
  /** Whether the connection may still serve; it closes or drains if not, maybe before this returns. */
  isKept(connection: Connection): boolean
}

/**
 * Holds requests back until a whole turn of the event loop has shown whether their connection still lives:
 * while the loop was busy, its FIN or RST may have reached this host unseen.
 */
export class Verifier {
  readonly #pool: VerifiedPool
  #batch: Connection[] = []
  #askedAt = 0

  constructor(pool: VerifiedPool) {
    this.#pool = pool
  }

  /** The request is held for the connection meanwhile, which carries it as far as its slots go. */
  add(waiter: Waiter, connection: Connection): void {
    const { clock } = this.#pool
    waiter.state = 'verifying'
    connection.promised.push(waiter.inLane)
    if (connection.promised.size === 1) this.#batch.push(connection)
    if (this.#batch.length + connection.promised.size > 2 && clock.now() < this.#askedAt + lost) return
    this.#askedAt = clock.now()
    clock.turn(this.#onTurn)
  }

  /** The connection is gone, or takes no more: whom it was promised to looks for another one before anybody else gets its place. */
  withdraw(connection: Connection): void {
    const { promised } = connection
    for (let waiter = promised.first; waiter !== undefined; waiter = promised.first) this.#withdrawOne(waiter, connection)
  }

  #onTurn = (): void => {
    const batch = this.#batch
    this.#batch = []
    for (const connection of batch) if (connection.promised.size > 0) this.#conclude(connection)
  }

  #withdrawOne(waiter: Waiter, connection: Connection): void {
    waiter.inLane.leave()
    this.#pool.unpromise(connection)
    if (waiter.state === 'verifying') this.#pool.place(waiter)
    waiter.lane.member.settle()
  }

  #conclude(connection: Connection): void {
    const { promised } = connection
    // It may close meanwhile, and is withdrawn by that.
    if (!this.#pool.isKept(connection)) return this.withdraw(connection)
    let isFree = false
    for (let waiter = promised.first; waiter !== undefined && mayTake(connection); waiter = promised.first) {
      if (waiter.state === 'verifying' && (!waiter.fresh || connection.isNew)) {
        waiter.inLane.leave()
        this.#pool.confirm(waiter, connection)
      } else {
        this.#withdrawOne(waiter, connection)
        isFree = true
      }
    }
    if (promised.size > 0) {
      this.withdraw(connection)
      isFree = true
    }
    if (isFree && connection.state === 'active' && !connection.draining) this.#pool.offer(connection, this.#pool.clock.now())
  }
}

/** Its server may have lowered what it allows meanwhile, or whoever was sent on it have ended it. */
function mayTake({ state, draining, usedUp, carried, slots }: Connection): boolean {
  return state === 'active' && !draining && !usedUp && carried < slots
}
