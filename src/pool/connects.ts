import type { Clock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import type { Connection } from './entities.ts'

/** How long a socket that is known to exist is waited for after its connect was given up, at the least: as long as a connect may take by default. */
const mostLate = 10_000

/** The connects of a pool that are under way, and those that were given up and whose sockets are still waited for. */
export class Connects {
  readonly #clock: Clock
  readonly #opening: Deadlines<Connection>
  /** They do not keep the process alive: nobody waits for them. */
  readonly #givenUp: Deadlines<Connection>
  /** Likewise. */
  readonly #ahead: Deadlines<Connection>

  constructor(clock: Clock, onDeadline: (connection: Connection) => void) {
    this.#clock = clock
    this.#opening = new Deadlines(clock, onDeadline)
    this.#ahead = new Deadlines(clock, onDeadline, false)
    this.#givenUp = new Deadlines(clock, onDeadline, false)
  }

  begin(connection: Connection): void {
    const deadlines = connection.uses === 0 ? this.#ahead : this.#opening
    deadlines.add(connection, connection.lane.origin.limits.connectTimeout)
  }

  /** It is under way no more. */
  connected(connection: Connection): void {
    this.#opening.delete(connection)
    this.#ahead.delete(connection)
  }

  /** By its deadline its socket has closed, or its place is given back. */
  giveUp(connection: Connection): void {
    const { connectTimeout } = connection.lane.origin.limits
    this.connected(connection)
    if (connectTimeout === Number.POSITIVE_INFINITY)
      this.#givenUp.add(connection, this.#clock.now() - connection.since + mostLate)
    else this.#givenUp.add(connection, connectTimeout)
  }

  /** A second term for a socket that is still there, which ends whatever the socket does. */
  awaitSocket(connection: Connection): void {
    connection.overdue = true
    const { connectTimeout } = connection.lane.origin.limits
    const longest = connectTimeout === Number.POSITIVE_INFINITY ? mostLate : Math.max(connectTimeout, mostLate)
    this.forget(connection)
    this.#givenUp.add(connection, this.#clock.now() - connection.since + longest)
  }

  forget(connection: Connection): void {
    this.connected(connection)
    this.#givenUp.delete(connection)
  }

  stop(): void {
    this.#opening.clear()
    this.#ahead.clear()
    this.#givenUp.clear()
  }
}
