import { compileHosts } from '../config/hosts.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { Caution } from './caution.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import type { Lane } from './lane.ts'
import { Member } from './member.ts'
import * as messages from './messages.ts'
import type { Origin } from './origin.ts'
import { throwLater } from './throw-later.ts'
import { Verifier } from './verifier.ts'
import type { Waiter } from './waiter.ts'

/**
 * A connection is reused at once while the event loop has polled within so many milliseconds of its own work; after more, only when a whole
 * turn of the loop has shown that it still lives.
 */
const unheard = 3

/** Within so many milliseconds of an answer a server closes a connection right behind it. */
const rightBehind = 100

/** Places by which a request may overtake older ones of other hosts for the sake of reuse: some rounds of the pool, but not many. */
const overtaking = (maxConnections: number) => Math.min(64, 8 * maxConnections)

/**
 * The state machine behind every client: admits, queues, evicts, expires, retires and refuses. It knows no sockets.
 *
 * A request asks with `take`; if that has nothing, its waiter goes to `wait`. The engine reports back with `connected`, `release` and `closed`.
 * A closing connection keeps its place until `closed`, so whatever replaces it connects only afterwards.
 */
export class ConnectionPool extends Connections {
  readonly members: Set<Member> = new Set<Member>()
  acquireTimeouts = 0
  rejected = 0
  aborted = 0

  readonly #verifier = new Verifier(this)
  readonly #caution = new Caution()
  #pumping = false

  join<L extends Lane>(): Member<L> {
    const member = new Member<L>(this)
    this.members.add(member)
    return member
  }

  /** A connection for a request of the lane, an idle one or one yet to be opened, or null: the request must wait. */
  take(lane: Lane): Connection | null {
    if (lane.queue.size > 0 || lane.member.state !== 'open') return null
    if (!lane.attached) return this.#takeFirst(lane)
    const connection = this.nextIdle(lane)
    if (connection === undefined) return this.#hasRoom(lane.origin) ? this.create(lane, false) : null
    if (!this.#isSure(lane) || this.clock.now() >= connection.expiresAt || !connection.usable()) return null
    this.unpark(connection)
    this.countReuse(connection)
    return connection
  }

  /** For a lane that is not known (any more): until it is, its origin counts nothing, and another lane may have its name. */
  #takeFirst(lane: Lane): Connection | null {
    if (this.registry.attach(lane) !== lane) return null
    if (this.#hasRoom(lane.origin)) return this.create(lane, false)
    this.registry.tidy(lane)
    return null
  }

  /** Has a request wait that `take` had nothing for. It may be granted or rejected before this returns. */
  wait(waiter: Waiter): void {
    this.queue.register(waiter)
    if (waiter.lane.member.state === 'open') this.place(waiter)
    else this.#refuse(waiter, messages.closed(waiter.lane))
  }

  /** Has a request that failed on a reused connection wait for a new one, in its old place and on its old deadline. */
  retry(waiter: Waiter): void {
    this.queue.register(waiter)
    waiter.fresh = true
    this.place(waiter)
  }

  /** Leaves the queue. False if the request did not wait (any more). */
  abandon(waiter: Waiter): boolean {
    if (waiter.state !== 'waiting' && waiter.state !== 'verifying') return false
    this.aborted++
    this.#leave(waiter)
    return true
  }

  /**
   * Its request is over.
   * @param reusable whether the protocol allows another request on it
   * @param keepAlive the response's `Keep-Alive` header
   */
  release(connection: Connection, reusable: boolean, keepAlive?: string): void {
    if (connection.state === 'opening') return this.close(connection, null)
    if (connection.state !== 'active') return
    if (!reusable || connection.overflow || !connection.lane.origin.limits.keepAlive) return this.close(connection, null)
    if (keepAlive !== undefined) this.heed(connection, keepAlive)
    const now = this.clock.now()
    if (connection.usedUp || now >= connection.retiresAt) return this.close(connection, 'expired')
    connection.idleSince = now
    this.offer(connection)
  }

  /** Gives a free connection to a waiter, to the limit that wants it closed, or to the idle ones. */
  offer(connection: Connection): void {
    const { lane } = connection
    const { origin } = lane
    const head = lane.queue.first
    if (this.surplus || origin.surplus || (head !== undefined && this.#mustYield(head))) this.close(connection, 'evicted')
    else if (head !== undefined) this.#handOver(connection, head)
    else if (this.queue.demand > this.places || origin.blocked) this.close(connection, 'evicted')
    else if (lane.member.state !== 'open') this.close(connection, null)
    else if (connection.idleTime <= 0) this.close(connection, 'expired')
    else this.park(connection)
  }

  #handOver(connection: Connection, head: Waiter): void {
    this.queue.dequeue(head)
    if (this.#isSure(connection.lane)) {
      this.countReuse(connection)
      return this.grant(head, connection)
    }
    // Meanwhile the engine watches it like an idle one.
    this.#verifier.add(head, connection)
    this.parkEngine(connection)
  }

  /** Whether what has reached this host about the lane's connections has been heard. */
  #isSure(lane: Lane): boolean {
    return !this.#caution.about(lane.key) && this.clock.polledWithin(unheard)
  }

  /** A turn of the event loop has shown whether the connection was usable. */
  heedVerdict({ lane }: Connection, usable: boolean): void {
    if (usable) this.#caution.ease(lane.key)
    else this.#caution.warn(lane.key)
  }

  override closed(connection: Connection): void {
    if (connection.state === 'closed') return
    const { state, lane, idleSince } = connection
    if (state === 'idle' && this.clock.now() < idleSince + rightBehind) this.#caution.warn(lane.key)
    this.remove(connection)
    if (connection.promisedTo !== null) this.#verifier.withdraw(connection)
    this.pump()
    this.#tidy(connection.lane)
  }

  acquireTimedOut(waiter: Waiter): void {
    const error = messages.acquireTimeout(waiter)
    this.acquireTimeouts++
    this.#reject(waiter, error)
  }

  /** Settles a request that no pool will serve any more. */
  turnAway(waiter: Waiter): void {
    if (waiter.state === 'waiting') this.#refuse(waiter, messages.closedWhileWaiting(waiter))
  }

  /** What the engine or a caller's code throws does not stop the pool half way. */
  grant(waiter: Waiter, connection: Connection): void {
    waiter.state = 'settled'
    try {
      waiter.grant(connection)
    } catch (thrown) {
      throwLater(this.clock, thrown)
      this.close(connection, null)
    }
  }

  #reject(waiter: Waiter, error: Error): void {
    this.#leave(waiter)
    try {
      waiter.reject(error)
    } catch (thrown) {
      throwLater(this.clock, thrown)
    }
  }

  /** Finds a registered waiter its connection, its place in the queue, or its error. */
  place(waiter: Waiter): void {
    const lane = this.registry.attach(waiter.lane)
    waiter.lane = lane
    if (lane.member.state === 'destroyed') return this.#refuse(waiter, messages.closed(lane))
    // Where somebody waits already, nothing idles and there is no room: none is passed.
    if (!waiter.fresh && this.#reuseFor(waiter)) return
    // The last connection was dead and has closed at once, and the pool has forgotten the lane.
    if (!lane.attached) return this.place(waiter)
    if (this.#hasRoom(lane.origin)) return this.grant(waiter, this.create(lane, false))
    const beyond = !this.#canMakeRoom(lane.origin)
    const overflow = beyond && this.#mayOverflow(lane.origin)
    if (beyond && !overflow && !waiter.admitted) {
      if (!this.config.block) return this.#refuse(waiter, messages.full(waiter))
      if (this.queue.pending >= this.config.maxPending) return this.#refuse(waiter, messages.queueFull(waiter))
    }
    this.queue.enqueue(waiter)
    // The lane's oldest takes it; the new one waits for the place that was on its way for him.
    if (overflow) return this.#admit(lane.oldest as Waiter, true)
    this.#unblock(lane.origin)
    this.pump()
  }

  /** Whether somebody waits for whom no place is on its way. */
  get #stranded(): boolean {
    return this.queue.pending > Math.max(0, Math.min(this.queue.demand, this.places))
  }

  /** Whether the total allows a connection beyond a limit; fewer after it was lowered and is still exceeded. */
  get #hasOverflow(): boolean {
    const { maxConnections, maxOverflow } = this.config
    return this.overflow < maxOverflow && this.open + this.overflow < maxConnections + maxOverflow
  }

  #mayOverflow(origin: Origin): boolean {
    return this.#hasOverflow && origin.allowsOverflow
  }

  /** Gives out the places that are free, in the order of arrival, and makes as many free as idle connections allow. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const { queue } = this
    // Step by step: from inside each, an engine or a caller may come back and change everything.
    try {
      for (;;) {
        const { starved } = queue
        const { first } = this.idle.all
        const stranded = this.#hasOverflow && this.#stranded ? queue.oldest : undefined
        if (starved !== undefined && this.room > 0) this.#admit(starved, false)
        else if (first !== undefined && queue.demand > this.places) this.close(first, 'evicted')
        else if (stranded !== undefined) this.#admit(stranded, true)
        else break
      }
    } finally {
      this.#pumping = false
    }
  }

  /** Applies another config to the running pool. */
  reconfigure(config: ResolvedPoolConfig): void {
    this.config = config
    this.registry.relimit(compileHosts(config), config.maxOverflow)
    for (const origin of this.registry.origins.values()) this.queue.update(origin)
    this.queue.rescheduleAll()
    this.reviewIdle()
    for (const origin of [...this.registry.origins.values()]) {
      this.evictSurplus(origin)
      this.#unblock(origin)
    }
    this.pump()
  }

  /** The member has ended. With the last one the timers end too. */
  dismiss(member: Member): void {
    this.members.delete(member)
    if (this.members.size === 0) this.stop()
  }

  #admit(waiter: Waiter, overflow: boolean): void {
    this.queue.dequeue(waiter)
    this.grant(waiter, this.create(waiter.lane, overflow))
  }

  /** Grants or begins to verify an idle connection of the waiter's lane, after dropping those that are known to be dead. */
  #reuseFor(waiter: Waiter): boolean {
    const { lane } = waiter
    for (let connection = this.nextIdle(lane); connection !== undefined; connection = this.nextIdle(lane)) {
      const now = this.clock.now()
      if (now >= connection.expiresAt) this.close(connection, 'expired')
      else if (!connection.usable()) this.close(connection, null)
      else {
        this.unpark(connection)
        if (this.#isSure(lane)) {
          this.countReuse(connection)
          this.grant(waiter, connection)
        } else this.#verifier.add(waiter, connection)
        return true
      }
    }
    return false
  }

  /** Closes idle connections that keep requests of the same origin waiting. */
  #unblock(origin: Origin): void {
    while (origin.blocked && origin.idle.first !== undefined) this.close(origin.idle.first, 'evicted')
  }

  /** Whether a new connection may be opened at once without passing somebody who waits for one. */
  #hasRoom(origin: Origin): boolean {
    return this.room > 0 && !origin.full && this.queue.starved === undefined
  }

  /** Whether a place is about to be free for one more request to `origin`, or can be made free by closing an idle connection. */
  #canMakeRoom(origin: Origin): boolean {
    return origin.waiting < origin.places + origin.idle.size && this.queue.demand < this.places + this.idle.size
  }

  /** Whether the connection that the waiter is next for must close, to make a place for somebody who came long before him. */
  #mustYield(waiter: Waiter): boolean {
    const { origin, retries } = waiter.lane
    const retry = retries.first
    // It needs a new connection, and no place is on its way.
    const stuck = retry !== undefined && retry.sequence < waiter.sequence && (origin.full ? origin.closing : this.closing) === 0
    return stuck || this.queue.mustYield(waiter, overtaking(this.config.maxConnections), this.closing)
  }

  #leave(waiter: Waiter): void {
    if (waiter.state === 'waiting') this.queue.dequeue(waiter)
    waiter.state = 'settled'
    this.#tidy(waiter.lane)
  }

  #refuse(waiter: Waiter, error: Error): void {
    this.rejected++
    this.#reject(waiter, error)
  }

  #tidy(lane: Lane): void {
    this.registry.tidy(lane)
    lane.member.settle()
  }
}
