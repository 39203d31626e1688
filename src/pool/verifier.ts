import type { Connection } from './connection.ts'
import type { ConnectionPool } from './pool.ts'
import type { Waiter } from './waiter.ts'

/** A turn of the event loop that has not come after so many milliseconds is taken to be lost and asked for again. */
const lost = 1000

/**
 * Holds requests back until a whole turn of the event loop has shown whether their connection still lives:
 * while the loop was busy, its FIN or RST may have reached this host unseen.
 */
export class Verifier {
  readonly #pool: ConnectionPool
  #batch: Connection[] = []
  #askedAt = 0

  constructor(pool: ConnectionPool) {
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
    const pool = this.#pool
    const usable = connection.usable()
    const surplus = pool.surplus || connection.lane.origin.surplus
    const kept = connection.state === 'active' && usable && !surplus && connection.mayServe(pool.clock.now())
    pool.heedVerdict(connection, usable)
    if (!kept) {
      // It may have closed before this returns, and has been withdrawn by that.
      pool.close(connection, usable ? (surplus ? 'evicted' : 'expired') : null)
      if (connection.promisedTo !== null) this.withdraw(connection)
      return
    }
    const waiter = this.#take(connection)
    if (waiter.state === 'verifying') {
      pool.countReuse(connection)
      pool.grant(waiter, connection)
    } else {
      pool.offer(connection)
      waiter.lane.member.settle()
    }
  }
}
