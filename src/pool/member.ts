import type { Lane } from './lane.ts'
import { closed } from './messages.ts'
import type { ConnectionPool } from './pool.ts'

/** One client's part in a pool: several may share its limits, each reuses only its own connections. */
export class Member<L extends Lane = Lane> {
  readonly pool: ConnectionPool
  readonly lanes: Map<string, L> = new Map<string, L>()
  /** `closing`: no new requests, what runs and waits is finished. `destroyed`: nothing at all. */
  state: 'open' | 'closing' | 'destroyed' = 'open'
  /** Connections, overflow and closing ones included. */
  open = 0
  pending = 0
  #drained: Promise<void> | undefined
  #onDrained: (() => void) | undefined

  constructor(pool: ConnectionPool) {
    this.pool = pool
  }

  /** Lets what runs and waits finish, then closes every connection. */
  close(): Promise<void> {
    if (this.state === 'open') {
      this.state = 'closing'
      for (const lane of [...this.lanes.values()]) {
        for (const connection of [...lane.idle]) this.pool.close(connection, null)
      }
    }
    return this.#whenDrained()
  }

  /** Fails what runs and waits, and closes every connection now. */
  destroy(): Promise<void> {
    if (this.state !== 'destroyed') {
      this.state = 'destroyed'
      for (const lane of [...this.lanes.values()]) {
        for (const waiter of [...lane.queue]) this.pool.turnAway(waiter)
        for (const connection of [...lane.connections]) this.pool.close(connection, null, closed(lane.origin.key))
      }
    }
    return this.#whenDrained()
  }

  /** Called whenever a connection or waiter has gone: ends the closing member once none is left. */
  settle(): void {
    if (this.#onDrained === undefined || this.open > 0 || this.pending > 0) return
    this.#onDrained()
    this.#onDrained = undefined
    this.pool.dismiss(this)
  }

  #whenDrained(): Promise<void> {
    this.#drained ??= new Promise((resolve) => {
      this.#onDrained = resolve
    })
    this.settle()
    return this.#drained
  }
}
