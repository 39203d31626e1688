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
  #batch: Waiter[] = []
  #askedAt = 0

  constructor(pool: ConnectionPool) {
    this.#pool = pool
  }

  /** The connection is neither idle nor in use meanwhile. */
  add(waiter: Waiter, candidate: Connection): void {
    const { clock } = this.#pool
    waiter.state = 'verifying'
    waiter.candidate = candidate
    waiter.lane.member.verifying++
    if (this.#batch.push(waiter) > 1 && clock.now() < this.#askedAt + lost) return
    this.#askedAt = clock.now()
    clock.turn(this.#onTurn)
  }

  #onTurn = (): void => {
    const batch = this.#batch
    this.#batch = []
    for (const waiter of batch) {
      const candidate = waiter.candidate as Connection
      waiter.candidate = null
      const { member } = waiter.lane
      member.verifying--
      this.#conclude(waiter, candidate)
      member.settle()
    }
  }

  #conclude(waiter: Waiter, candidate: Connection): void {
    const pool = this.#pool
    const usable = candidate.usable()
    const alive = candidate.state === 'active' && usable && candidate.mayServe(pool.clock.now())
    pool.heedVerdict(candidate, usable)
    if (!alive) pool.close(candidate, usable ? 'expired' : null)
    if (waiter.state === 'verifying') {
      if (!alive) return pool.place(waiter)
      pool.countReuse(candidate)
      pool.grant(waiter, candidate)
    } else if (alive) pool.offer(candidate)
  }
}
