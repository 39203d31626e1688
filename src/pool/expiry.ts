import type { Alarm, Clock } from './clock.ts'
import type { Connection } from './entities.ts'
import { Heap } from './heap.ts'

/**
 * All expiries of a pool on one alarm that does not keep the process alive.
 * A connection stays in the heap while it is used again, and is looked at when its old time comes: a busy pool pays once per expiry, not per request.
 */
export class Expiry {
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #heap = new Heap<Connection>()
  readonly #onExpired: (connection: Connection) => void
  #armedFor = Number.POSITIVE_INFINITY

  constructor(clock: Clock, onExpired: (connection: Connection) => void) {
    this.#clock = clock
    this.#onExpired = onExpired
    this.#alarm = clock.alarm(() => this.#ring())
  }

  /** Sees to it that the idle connection is closed when its time has come. */
  watch(connection: Connection): void {
    const { expiresAt, expiry } = connection
    if (expiresAt === Number.POSITIVE_INFINITY || (expiry.index !== -1 && expiry.key <= expiresAt)) return
    this.#heap.set(expiry, expiresAt)
    this.#arm()
  }

  forget(connection: Connection): void {
    this.#heap.delete(connection.expiry)
  }

  clear(): void {
    this.#alarm.clear()
    this.#armedFor = Number.POSITIVE_INFINITY
  }

  #arm(): void {
    const top = this.#heap.top
    if (top === undefined || top.key >= this.#armedFor) return
    this.#armedFor = top.key
    this.#alarm.set(top.key - this.#clock.now())
  }

  #ring(): void {
    const now = this.#clock.now()
    this.#armedFor = Number.POSITIVE_INFINITY
    for (let top = this.#heap.top; top !== undefined && top.key <= now; top = this.#heap.top) {
      const connection = top.owner
      const expiresAt = connection.state === 'idle' ? connection.expiresAt : Number.POSITIVE_INFINITY
      if (expiresAt > now && expiresAt !== Number.POSITIVE_INFINITY) this.#heap.set(top, expiresAt)
      else {
        this.#heap.delete(top)
        if (expiresAt <= now) this.#onExpired(connection)
      }
    }
    this.#arm()
  }
}
