import type { Clock } from './clock.ts'
import type { Connection, Waiter } from './entities.ts'

/** A turn of the event loop that has not come after so many milliseconds is taken to be lost and asked for again. */
const lost = 1000

/** Who hears what a turn has shown. */
export interface VerifiedPool {
  readonly clock: Clock
  /** The connection lives, and is the waiter's. */
  confirm(waiter: Waiter, connection: Connection): void
  /** The connection lives, and whom it was promised to has left. */
  offer(connection: Connection): void
  /** Whom it was promised to looks for another one. */
  place(waiter: Waiter): void
  /** Whether the connection may still serve; it is closed if not, maybe before this returns. */
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

  /** The connection is neither idle nor in use meanwhile. */
  add(waiter: Waiter, connection: Connection): void {
    const { clock } = this.#pool
    waiter.state = 'verifying'
    connection.promisedTo = waiter
    if (this.#batch.push(connection) > 1 && clock.now() < this.#askedAt + lost) return
    this.#askedAt = clock.now()
    clock.turn(this.#onTurn)
  }

  /** The connection is gone, or about to go: whom it was promised to looks for another one before anybody else gets its place. */
  withdraw(connection: Connection): void {
    const waiter = this.#take(connection)
    if (waiter.state === 'verifying') this.#pool.place(waiter)
    waiter.lane.member.settle()
  }

  #onTurn = (): void => {
    const batch = this.#batch
    this.#batch = []
    for (const connection of batch) if (connection.promisedTo !== null) this.#conclude(connection)
  }

  #take(connection: Connection): Waiter {
    const waiter = connection.promisedTo as Waiter
    connection.promisedTo = null
    return waiter
  }

  #conclude(connection: Connection): void {
    if (!this.#pool.isKept(connection)) {
      // It may have closed meanwhile, and has been withdrawn by that.
      if (connection.promisedTo !== null) this.withdraw(connection)
      return
    }
    const waiter = this.#take(connection)
    if (waiter.state === 'verifying') this.#pool.confirm(waiter, connection)
    else {
      this.#pool.offer(connection)
      waiter.lane.member.settle()
    }
  }
}
