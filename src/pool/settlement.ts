import type { PoolError } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { Connections } from './connections.ts'
import type { Connection, Lane, Waiter } from './entities.ts'
import * as messages from './messages.ts'
import type { PoolCondition } from './pool-condition.ts'
import type { WaitQueue } from './queue.ts'
import type { Registry } from './registry.ts'
import type { Signals } from './signals.ts'
import { throwLater } from './throw-later.ts'

/** Who hears of it. */
interface Told {
  readonly signals: Signals
  readonly condition: PoolCondition
}

/** How requests end that have waited or were to wait: each is told once, and what it leaves empty is forgotten. */
export class Settlement {
  acquireTimeouts = 0
  rejected = 0
  aborted = 0
  readonly #clock: Clock
  readonly #registry: Registry
  readonly #connections: Connections
  readonly #queue: WaitQueue
  readonly #told: Told
  readonly #onLeft: (lane: Lane) => void
  /** It was just given to a request that goes elsewhere. */
  #passedOn: Connection | null = null

  /** @param onLeft hears of a lane that a request has left which had waited in it */
  constructor(
    clock: Clock,
    registry: Registry,
    queue: WaitQueue,
    connections: Connections,
    told: Told,
    onLeft: (lane: Lane) => void,
  ) {
    this.#onLeft = onLeft
    this.#told = told
    this.#clock = clock
    this.#registry = registry
    this.#queue = queue
    this.#connections = connections
  }

  /** What the engine or a caller's code throws does not stop the pool half way. */
  grant(waiter: Waiter, connection: Connection): void {
    waiter.state = 'settled'
    const { signals } = this.#told
    const heeded = signals.heedsGrants
    const { uses } = connection
    const streams = heeded ? connection.carried : 0
    try {
      waiter.grant(connection)
    } catch (thrown) {
      throwLater(this.#clock, thrown)
      return this.#connections.close(connection, null)
    }
    if (connection === this.#passedOn) {
      this.#passedOn = null
      return
    }
    waiter.isTold = false
    if (heeded) signals.granted(connection.lane, uses, streams, this.#clock.now() - waiter.since)
  }

  /** The request that is being given it goes elsewhere: it has not got what it waited for. */
  passOn(connection: Connection): void {
    this.#passedOn = connection
  }

  /** False if the request did not wait (any more). */
  abandon(waiter: Waiter): boolean {
    if (waiter.state !== 'waiting' && waiter.state !== 'verifying') return false
    this.aborted++
    this.#leave(waiter)
    this.#told.signals.aborted(waiter)
    return true
  }

  timeOut(waiter: Waiter): void {
    const error = messages.acquireTimeout(waiter, this.#situation)
    this.acquireTimeouts++
    this.#told.condition.refused()
    const { lane, since } = waiter
    if (lane.live === 0) lane.costs.owed += this.#clock.now() - since
    this.#reject(waiter, error)
    this.#told.signals.timedOut(waiter, error)
  }

  refuseClosed(waiter: Waiter): void {
    this.#refuse(waiter, messages.closed(waiter.lane))
  }

  refuseFull(waiter: Waiter): void {
    this.#told.condition.refused()
    this.#refuse(waiter, messages.full(waiter, this.#situation))
  }

  refuseQueueFull(waiter: Waiter): void {
    this.#told.condition.refused()
    this.#refuse(waiter, messages.queueFull(waiter, this.#situation))
  }

  /** Its pool is destroyed while it waits. */
  turnAway(waiter: Waiter): void {
    if (waiter.state === 'waiting') this.#refuse(waiter, messages.closedWhileWaiting(waiter, this.#situation))
  }

  /** A connection or waiter of the lane has gone. */
  tidy(lane: Lane): void {
    this.#registry.tidy(lane)
    lane.member.settle()
  }

  get #situation(): messages.Situation {
    const { config, limit, ceiling } = this.#connections
    return { config, limit, ceiling, now: this.#clock.now(), pending: this.#queue.pending }
  }

  #refuse(waiter: Waiter, error: PoolError): void {
    this.rejected++
    this.#reject(waiter, error)
    this.#told.signals.rejected(waiter, error)
  }

  #reject(waiter: Waiter, error: Error): void {
    this.#leave(waiter)
    try {
      waiter.reject(error)
    } catch (thrown) {
      throwLater(this.#clock, thrown)
    }
  }

  #leave(waiter: Waiter): void {
    const waited = waiter.state === 'waiting'
    if (waited) this.#queue.dequeue(waiter)
    waiter.state = 'settled'
    if (waited) this.#onLeft(waiter.lane)
    this.tidy(waiter.lane)
  }
}
