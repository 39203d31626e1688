import type { Capacity } from './capacity.ts'
import type { Clock } from './clock.ts'
import type { Connections } from './connections.ts'
import type { Economy } from './economy.ts'
import type { Retirement } from './ending.ts'
import { type Connection, type Lane, older, type Waiter } from './entities.ts'
import type { KeepReady } from './keep-ready.ts'
import type { Liveness } from './liveness.ts'
import type { WaitQueue } from './queue.ts'
import type { Settlement } from './settlement.ts'
import { Verifier } from './verifier.ts'

/** What it asks of the pool. */
export interface HandedPool {
  readonly clock: Clock
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly capacity: Capacity
  readonly economy: Economy
  readonly settlement: Settlement
  readonly liveness: Liveness
  readonly ready: KeepReady
  /** A request has left the queue of the lane. */
  spareAhead(lane: Lane): void
  /** Finds a registered waiter its connection, its place in the queue, or its error. */
  place(waiter: Waiter): void
}

/** Gives connections that are there to requests: at once, or after a look whether they still live; or to nobody. */
export class HandOver {
  readonly #pool: HandedPool
  readonly #verifier = new Verifier(this)

  constructor(pool: HandedPool) {
    this.#pool = pool
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  place(waiter: Waiter): void {
    this.#pool.place(waiter)
  }

  /** The connection has closed: whom it was promised to looks for another one. */
  withdraw(connection: Connection): void {
    if (connection.promised.size > 0) this.#verifier.withdraw(connection)
  }

  /** Grants or begins to verify an idle connection of the waiter's lane, after dropping those that are known to be dead. */
  reuseFor(waiter: Waiter): boolean {
    const { lane } = waiter
    const { connections } = this.#pool
    for (let connection = this.#nextOf(lane, waiter); connection !== undefined; connection = this.#nextOf(lane, waiter)) {
      const now = this.#pool.clock.now()
      if (now >= connection.refusesAt) this.retire(connection, 'expired')
      else if (!connection.usable()) this.retire(connection, null)
      else {
        connections.occupy(connection, now)
        if (this.isSure(connection)) this.confirm(waiter, connection)
        else this.#verifier.add(waiter, connection)
        return true
      }
    }
    return false
  }

  /** Whether the connection may be granted without a look. While others are promised it none passes them: it may be the last that it serves. */
  isSure({ lane, promised }: Connection): boolean {
    return promised.size === 0 && this.#pool.liveness.isSure(lane)
  }

  /** Has it wait its turn if a connection is just being given out, request by request, to those who wait. */
  joins(waiter: Waiter): boolean {
    const { spare, queue } = waiter.lane
    const connection = spare.top?.owner
    if (connection === undefined || queue.size === 0 || waiter.fresh) return false
    this.#pool.queue.enqueue(waiter)
    this.#share(connection, this.#pool.clock.now())
    return true
  }

  #nextOf(lane: Lane, { fresh }: Waiter): Connection | undefined {
    // What comes free just now is for those who wait.
    if (lane.sessions > 0 && lane.spare.size > 0 && lane.queue.size > 0) return undefined
    if (!fresh) return this.#pool.connections.next(lane)
    const fullest = lane.spare.top?.owner
    return fullest?.isNew ? fullest : undefined
  }

  /** Gives a free connection to a waiter, to the limit that wants it closed, or to the idle ones. */
  offer(connection: Connection, now: number): void {
    const { lane, multiplexes } = connection
    if (this.#pool.capacity.isEasy(connection)) return this.#restIfIdle(connection)
    const head = lane.queue.first
    if (this.#isSurplus(connection)) this.retire(connection, 'surplus')
    else if (this.#pool.economy.yields(connection, now)) this.retire(connection, 'evicted')
    else if (multiplexes) this.#share(connection, now)
    else if (head !== undefined) this.#handOver(connection, head, now)
    else this.#rest(connection)
  }

  /** Gives as many requests as wait to an HTTP/2 connection that has room for them. */
  #share(connection: Connection, now: number): void {
    while (connection.hasSlot) {
      const waiter = nextFor(connection)
      if (waiter === undefined) break
      this.#handOver(connection, waiter, now)
    }
    this.#restIfIdle(connection)
  }

  #restIfIdle(connection: Connection): void {
    if (connection.running === 0 && connection.state === 'active') this.#rest(connection)
  }

  /** Nobody needs it for now. */
  #rest(connection: Connection): void {
    const { lane } = connection
    if (lane.member.state !== 'open') this.#pool.connections.close(connection, null)
    else if (connection.idleTime <= 0) this.#pool.connections.close(connection, 'expired')
    else {
      this.#pool.connections.park(connection)
      this.#pool.economy.heedIdle(connection)
      this.#pool.ready.rested(connection)
    }
  }

  #isSurplus({ lane: { origin }, proxy }: Connection): boolean {
    return this.#pool.capacity.surplus || origin.surplus || proxy?.surplus === true
  }

  #handOver(connection: Connection, waiter: Waiter, now: number): void {
    this.#pool.queue.dequeue(waiter)
    // Its server allowed no requests until now.
    if (connection.state === 'idle') this.#pool.ready.use(connection.lane)
    this.#pool.connections.occupy(connection, now)
    this.#pool.spareAhead(connection.lane)
    if (this.isSure(connection)) return this.confirm(waiter, connection)
    this.#verifier.add(waiter, connection)
    if (connection.running === 1) connection.hold()
  }

  /** A turn of the event loop has shown whether the connection is usable: closes it if it is not, or may not serve any more. */
  isKept(connection: Connection): boolean {
    const now = this.#pool.clock.now()
    const usable = connection.usable()
    const surplus = this.#isSurplus(connection)
    // For its server it has idled on: a turn of a busy loop may have taken longer than it may.
    const idledOut = connection.carried === 0 && now >= connection.expiresAt
    const kept = connection.state === 'active' && usable && !surplus && !idledOut && connection.mayServe(now)
    this.#pool.liveness.heedVerdict(connection, usable)
    if (!kept) this.retire(connection, usable ? (surplus ? 'surplus' : 'expired') : null)
    return kept
  }

  unpromise(connection: Connection): void {
    this.#pool.connections.vacate(connection)
  }

  /** Grants a connection that has served before. */
  confirm(waiter: Waiter, connection: Connection): void {
    this.#pool.connections.countReuse(connection)
    const isLast = connection.multiplexes && connection.usedUp
    if (isLast) this.#pool.connections.drain(connection, 'expired')
    this.#pool.settlement.grant(waiter, connection)
    if (isLast) this.#verifier.withdraw(connection)
  }

  /** Closes the connection: now, or if it carries requests when the last of them is over. */
  retire(connection: Connection, reason: Retirement): void {
    const { state, carried, draining, overflow } = connection
    if (state !== 'active' || carried === 0) return this.#pool.connections.close(connection, reason)
    if (draining || overflow) return
    this.#pool.connections.drain(connection, reason)
    if (connection.promised.size > 0) this.#verifier.withdraw(connection)
  }

  /** What limits allow on an HTTP/2 connection has changed. */
  reshare(connection: Connection, mayEvict: boolean): void {
    const now = this.#pool.clock.now()
    const { limits } = connection.lane.origin
    if (!connection.usable()) this.retire(connection, null)
    else if (!connection.mayServe(now) || now >= connection.refusesAt)
      this.retire(connection, limits.keepAlive ? 'expired' : null)
    else if (!this.#isSurplus(connection)) this.#share(connection, now)
    else if (mayEvict) this.retire(connection, 'surplus')
  }
}

/** Who waits for a free slot of the connection and came first; a retry takes only one that nobody has been answered on. */
function nextFor(connection: Connection): Waiter | undefined {
  const { queue, retries } = connection.lane
  return older(queue.first, connection.isNew ? retries.first : undefined)
}
