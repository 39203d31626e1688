import type { Connection } from './connection.ts'
import type { ConnectionPool } from './pool.ts'
import type { Waiter } from './waiter.ts'

/**
 * Holds requests back until a whole turn of the event loop has shown whether their idle connection still lives:
 * while the loop was busy, its FIN or RST may have reached this host unseen.
 */
export class Verifier {
  readonly #pool: ConnectionPool
  #batch: Waiter[] = []

  constructor(pool: ConnectionPool) {
    this.#pool = pool
  }

  /** The connection has left the idle ones for this waiter. */
  add(waiter: Waiter, candidate: Connection): void {
    waiter.state = 'verifying'
    waiter.candidate = candidate
    waiter.lane.member.verifying++
    if (this.#batch.push(waiter) === 1) this.#pool.clock.turn(this.#onTurn)
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
    const alive = candidate.state === 'active' && candidate.usable() && candidate.mayServe(pool.clock.now())
    if (!alive) pool.close(candidate, candidate.usable() ? 'expired' : null)
    if (waiter.state === 'verifying') {
      if (!alive) return pool.place(waiter)
      pool.countReuse(candidate)
      pool.grant(waiter, candidate)
    } else if (alive) pool.offer(candidate)
  }
}
