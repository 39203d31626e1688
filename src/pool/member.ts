import type { Pool } from '../adapter.ts'
import type { Connection, Lane, Member, OriginState, Waiter } from './entities.ts'
import { closed } from './messages.ts'

/** What a member asks of its pool. */
export interface MemberKeeper {
  readonly members: ReadonlySet<Member>
  originOf(key: string): OriginState
  close(connection: Connection, reason: null, error?: Error): void
  /** Gives the place of a closing connection back unless its socket is known to be there still. */
  giveUp(connection: Connection): void
  /** Settles a request that no pool will serve any more. */
  turnAway(waiter: Waiter): void
  /** It has ended. */
  dismiss(member: Member): void
}

export class PoolMember<L extends Lane> implements Member<L> {
  name: string | undefined
  handle: Pool<unknown> | null = null
  senders: WeakMap<object, Error> | null = null
  onBegin: (() => void) | null = null
  readonly lanes: Map<string, L> = new Map<string, L>()
  state: Member['state'] = 'open'
  open = 0
  pending = 0
  readonly ended: Promise<void>
  hasEnded = false
  readonly laneOf: (url: URL) => L
  readonly #keeper: MemberKeeper
  #end: () => void = () => {}

  constructor(keeper: MemberKeeper, laneOf: (url: URL) => L) {
    this.#keeper = keeper
    this.laneOf = laneOf
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  originOf(key: string): OriginState {
    return this.#keeper.originOf(key)
  }

  close(): Promise<void> {
    if (this.state === 'open') {
      this.state = 'closing'
      for (const lane of [...this.lanes.values()]) {
        for (const connection of [...lane.connections]) {
          if (connection.state === 'idle' || connection.isAhead) this.#keeper.close(connection, null)
        }
      }
    }
    this.settle()
    return this.ended
  }

  destroy(): Promise<void> {
    if (this.state !== 'destroyed') {
      this.state = 'destroyed'
      for (const lane of [...this.lanes.values()]) {
        for (const waiter of [...lane.retries, ...lane.queue]) this.#keeper.turnAway(waiter)
        for (const connection of [...lane.connections]) {
          this.#keeper.close(connection, null, closed(lane))
          // Nobody else would exceed a limit by a socket that may still come.
          if (this.#keeper.members.size === 1) this.#keeper.giveUp(connection)
        }
      }
    }
    this.settle()
    return this.ended
  }

  settle(): void {
    if (this.state === 'open' || this.hasEnded || this.open > 0 || this.pending > 0) return
    this.hasEnded = true
    this.state = 'destroyed'
    this.#end()
    this.#keeper.dismiss(this)
  }
}
