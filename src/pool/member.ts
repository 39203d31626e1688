import type { Lane } from './lane.ts'
import { closed } from './messages.ts'
import type { ConnectionPool } from './pool.ts'

/** One client's part in a pool: several may share its limits, each reuses only its own connections. */
export class Member<L extends Lane = Lane> {
  readonly pool: ConnectionPool
  /** What its owner calls it; errors tell it. */
  name: string | undefined
  readonly lanes: Map<string, L> = new Map<string, L>()
  /** `closing`: no new requests, what runs and waits is finished. `destroyed`: nothing at all. */
  state: 'open' | 'closing' | 'destroyed' = 'open'
  /** Connections, overflow and closing ones included. */
  open = 0
  pending = 0
  /** Resolves, with `hasEnded` set, once it was closed or destroyed and its last connection and waiter have gone. */
  readonly ended: Promise<void>
  hasEnded = false
  #end: () => void = () => {}

  constructor(pool: ConnectionPool) {
    this.pool = pool
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Lets what runs and waits finish, then closes every connection. */
  close(): Promise<void> {
    if (this.state === 'open') {
      this.state = 'closing'
      for (const lane of [...this.lanes.values()]) {
        for (const connection of [...lane.idle]) this.pool.close(connection, null)
      }
    }
    this.settle()
    return this.ended
  }

  /** Fails what runs and waits, and closes every connection now. */
  destroy(): Promise<void> {
    if (this.state !== 'destroyed') {
      this.state = 'destroyed'
      for (const lane of [...this.lanes.values()]) {
        for (const waiter of [...lane.retries, ...lane.queue]) this.pool.turnAway(waiter)
        for (const connection of [...lane.connections]) {
          this.pool.close(connection, null, closed(lane))
          // Nobody else would exceed a limit by a socket that may still come.
          if (this.pool.members.size === 1) this.pool.giveUp(connection)
        }
      }
    }
    this.settle()
    return this.ended
  }

  /** Called whenever a connection or waiter has gone. */
  settle(): void {
    if (this.state === 'open' || this.hasEnded || this.open > 0 || this.pending > 0) return
    this.hasEnded = true
    this.state = 'destroyed'
    this.#end()
    this.pool.dismiss(this)
  }
}
