import { compileHosts } from '../config/hosts.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Connection } from './connection.ts'
import { Deadlines } from './deadlines.ts'
import { Expiry } from './expiry.ts'
import { HintReader } from './hint.ts'
import { IdleConnections } from './idle.ts'
import type { Lane } from './lane.ts'
import { Member } from './member.ts'
import * as messages from './messages.ts'
import type { Origin } from './origin.ts'
import { WaitQueue } from './queue.ts'
import { Registry } from './registry.ts'
import { Verifier } from './verifier.ts'
import type { Waiter } from './waiter.ts'

/** An idle connection this young is reused at once; an older one only after a whole turn of the event loop has shown that it still lives. */
const warmFor = 10

/** Places by which a request may overtake older ones of other hosts for the sake of reuse: some rounds of the pool, but not many. */
const overtaking = (maxConnections: number) => Math.min(64, 8 * maxConnections)

/**
 * The state machine behind every client: admits, queues, evicts, expires, retires and refuses. It knows no sockets.
 *
 * A request asks with `take`; if that has nothing, its waiter goes to `wait`. The engine reports back with `connected`, `release` and `closed`.
 * A closing connection keeps its place until `closed`, so whatever replaces it connects only afterwards.
 */
export class ConnectionPool {
  config: ResolvedPoolConfig
  readonly clock: Clock
  readonly registry: Registry
  readonly members: Set<Member> = new Set<Member>()
  readonly queue: WaitQueue
  readonly idle: IdleConnections = new IdleConnections()
  /** Connections that count against the total, closing ones included. */
  open = 0
  closing = 0
  /** Connections beyond a limit. */
  overflow = 0
  created = 0
  reused = 0
  evicted = 0
  expired = 0
  overflowed = 0
  acquireTimeouts = 0
  rejected = 0
  aborted = 0

  readonly #connects: Deadlines
  readonly #expiry: Expiry
  readonly #verifier: Verifier
  readonly #hints = new HintReader()
  #pumping = false

  constructor(config: ResolvedPoolConfig, clock: Clock = systemClock) {
    this.config = config
    this.clock = clock
    this.queue = new WaitQueue(clock)
    this.registry = new Registry(compileHosts(config))
    this.#connects = new Deadlines(clock)
    this.#expiry = new Expiry(clock, (connection) => this.close(connection, 'expired'))
    this.#verifier = new Verifier(this)
  }

  join<L extends Lane>(): Member<L> {
    const member = new Member<L>(this)
    this.members.add(member)
    return member
  }

  /** Whether more connections are open than the total allows, as after `reconfigure`. */
  get surplus(): boolean {
    return this.open - this.closing > this.config.maxConnections
  }

  /** A connection for a request of the lane, an idle one or one yet to be opened, or null: the request must wait. */
  take(lane: Lane): Connection | null {
    if (lane.queue.size > 0 || lane.member.state !== 'open') return null
    const connection = this.#nextIdle(lane)
    if (connection === undefined) return this.#hasRoom(lane.origin) ? this.#create(lane, false) : null
    const now = this.clock.now()
    if (now - connection.idleSince > warmFor || now >= connection.expiresAt || !connection.usable()) return null
    this.#unpark(connection)
    this.countReuse(connection)
    return connection
  }

  /** Has a request wait that `take` had nothing for. It may be granted or rejected before this returns. */
  wait(waiter: Waiter): void {
    this.queue.register(waiter)
    if (waiter.lane.member.state === 'open') this.place(waiter)
    else this.#refuse(waiter, messages.closed(waiter.lane.origin.key))
  }

  /** Has a request that failed on a reused connection wait for a fresh one, in its old place and on its old deadline. */
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

  connected(connection: Connection): void {
    this.#connects.delete(connection)
    if (connection.state === 'opening') connection.state = 'active'
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
    if (keepAlive !== undefined) this.#heed(connection, keepAlive)
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
    if (this.surplus || origin.surplus || (head !== undefined && this.#mustYield(lane))) this.close(connection, 'evicted')
    else if (head !== undefined) {
      this.queue.dequeue(head)
      this.countReuse(connection)
      this.grant(head, connection)
    } else if (this.queue.demand > this.#places || origin.blocked) this.close(connection, 'evicted')
    else if (lane.member.state !== 'open') this.close(connection, null)
    else if (connection.idleTime <= 0) this.close(connection, 'expired')
    else this.#park(connection)
  }

  /** Begins to close a connection; its place is free once it has `closed`. */
  close(connection: Connection, reason: 'evicted' | 'expired' | null, error?: Error): void {
    if (connection.state === 'closing' || connection.state === 'closed') return
    if (connection.state === 'idle') this.idle.remove(connection)
    connection.state = 'closing'
    this.#connects.delete(connection)
    if (!connection.overflow) {
      this.closing++
      connection.lane.origin.closing++
      this.queue.update(connection.lane.origin)
    }
    if (reason !== null) this[reason]++
    connection.close(error)
  }

  /** Its socket has closed, or has left the pool by an upgrade. */
  closed(connection: Connection): void {
    const { state, lane } = connection
    const { origin } = lane
    if (state === 'closed') return
    if (state === 'idle') this.idle.remove(connection)
    connection.state = 'closed'
    this.#connects.delete(connection)
    this.#expiry.forget(connection)
    connection.inLane.leave()
    lane.member.open--
    if (connection.overflow) {
      this.overflow--
      origin.overflow--
    } else {
      if (state === 'closing') {
        this.closing--
        origin.closing--
      }
      this.open--
      origin.open--
      this.queue.update(origin)
    }
    this.pump()
    this.#tidy(lane)
  }

  connectTimedOut(connection: Connection): void {
    this.close(connection, null, messages.connectTimeout(connection.lane.origin))
  }

  acquireTimedOut(waiter: Waiter): void {
    const error = messages.acquireTimeout(this, waiter.lane.origin)
    this.acquireTimeouts++
    this.#leave(waiter)
    waiter.reject(error)
  }

  /** Settles a request that no pool will serve any more. */
  turnAway(waiter: Waiter): void {
    if (waiter.state === 'waiting') this.#refuse(waiter, messages.closed(waiter.lane.origin.key))
  }

  countReuse(connection: Connection): void {
    connection.uses++
    this.reused++
  }

  grant(waiter: Waiter, connection: Connection): void {
    waiter.state = 'settled'
    waiter.grant(connection)
  }

  /** Finds a registered waiter its connection, its place in the queue, or its error. */
  place(waiter: Waiter): void {
    const lane = this.registry.attach(waiter.lane)
    waiter.lane = lane
    if (lane.member.state === 'destroyed') return this.#refuse(waiter, messages.closed(lane.origin.key))
    if (lane.queue.first === undefined || waiter.sequence < lane.queue.first.sequence) {
      if (!waiter.fresh && this.#reuseFor(waiter)) return
      // The last connection was dead and has closed at once, and the pool has forgotten the lane.
      if (!lane.attached) return this.place(waiter)
      if (this.#hasRoom(lane.origin)) return this.grant(waiter, this.#create(lane, false))
    }
    const beyond = !this.#canMakeRoom(lane.origin)
    const overflow = beyond && this.overflow < this.config.maxOverflow
    if (beyond && !overflow) {
      if (!this.config.block) return this.#refuse(waiter, messages.full(this, lane.origin))
      if (this.queue.pending >= this.config.maxPending) return this.#refuse(waiter, messages.queueFull(this, lane.origin))
    }
    this.queue.enqueue(waiter)
    // The lane's oldest takes it; the new one waits for the place that was on its way for him.
    if (overflow) return this.#admit(lane.queue.first as Waiter, true)
    this.#unblock(lane.origin)
    this.pump()
  }

  /** Places that are free, or will be once what is closing has closed; fewer than none after a limit was lowered. */
  get #places(): number {
    return this.config.maxConnections - this.open + this.closing
  }

  /** Whether somebody waits for whom no place is on its way. */
  get #stranded(): boolean {
    return this.queue.pending > Math.max(0, Math.min(this.queue.demand, this.#places))
  }

  /** Gives out the places that are free, in the order of arrival, and makes as many free as idle connections allow. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const { queue } = this
    // Step by step: from inside each, an engine or a caller may come back and change everything.
    for (;;) {
      const { starved } = queue
      const { first } = this.idle.all
      if (starved !== undefined && this.open < this.config.maxConnections) this.#admit(starved, false)
      else if (first !== undefined && queue.demand > this.#places) this.close(first, 'evicted')
      else if (this.overflow < this.config.maxOverflow && this.#stranded) this.#admit(queue.oldest as Waiter, true)
      else break
    }
    this.#pumping = false
  }

  /** Applies another config to the running pool. */
  reconfigure(config: ResolvedPoolConfig): void {
    this.config = config
    this.registry.relimit(compileHosts(config))
    for (const origin of this.registry.origins.values()) this.queue.update(origin)
    this.queue.rescheduleAll()
    for (const connection of [...this.idle.all]) {
      if (connection.state !== 'idle') continue
      if (!connection.lane.origin.limits.keepAlive) this.close(connection, null)
      else if (connection.usedUp) this.close(connection, 'expired')
      else this.#expiry.watch(connection)
    }
    this.#trim()
    this.pump()
  }

  /** The member has ended. With the last one the timers end too. */
  dismiss(member: Member): void {
    this.members.delete(member)
    if (this.members.size > 0) return
    this.queue.stop()
    this.#connects.clear()
    this.#expiry.clear()
  }

  #admit(waiter: Waiter, overflow: boolean): void {
    this.queue.dequeue(waiter)
    this.grant(waiter, this.#create(waiter.lane, overflow))
  }

  #create(lane: Lane, overflow: boolean): Connection {
    const { origin, member } = this.registry.attach(lane)
    const connection = lane.createConnection()
    connection.since = this.clock.now()
    connection.lifespan = 1 - this.clock.random() / 10
    connection.uses = 1
    connection.overflow = overflow
    lane.connections.push(connection.inLane)
    member.open++
    this.created++
    if (overflow) {
      this.overflow++
      this.overflowed++
      origin.overflow++
    } else {
      this.open++
      origin.open++
      if (origin.waiting > 0) this.queue.update(origin)
    }
    this.#connects.add(connection, origin.limits.connectTimeout)
    return connection
  }

  /** Grants or begins to verify an idle connection of the waiter's lane, after dropping those that are known to be dead. */
  #reuseFor(waiter: Waiter): boolean {
    const { lane } = waiter
    for (let connection = this.#nextIdle(lane); connection !== undefined; connection = this.#nextIdle(lane)) {
      const now = this.clock.now()
      if (now >= connection.expiresAt) this.close(connection, 'expired')
      else if (!connection.usable()) this.close(connection, null)
      else {
        this.#unpark(connection)
        if (now - connection.idleSince > warmFor) this.#verifier.add(waiter, connection)
        else {
          this.countReuse(connection)
          this.grant(waiter, connection)
        }
        return true
      }
    }
    return false
  }

  #nextIdle(lane: Lane): Connection | undefined {
    return this.config.scheduling === 'lifo' ? lane.idle.last : lane.idle.first
  }

  #unpark(connection: Connection): void {
    this.idle.remove(connection)
    connection.state = 'active'
  }

  #park(connection: Connection): void {
    const { origin } = connection.lane
    connection.state = 'idle'
    this.idle.add(connection)
    this.#expiry.watch(connection)
    connection.park()
    this.#evictSurplus(origin)
  }

  #evictSurplus(origin: Origin): void {
    for (let connection = this.idle.surplus(origin, this.config); connection !== undefined; ) {
      this.close(connection, 'evicted')
      connection = this.idle.surplus(origin, this.config)
    }
  }

  /** Closes what changed limits no longer allow to idle. */
  #trim(): void {
    for (const origin of [...this.registry.origins.values()]) {
      this.#evictSurplus(origin)
      this.#unblock(origin)
    }
  }

  /** Closes idle connections that keep requests of the same origin waiting. */
  #unblock(origin: Origin): void {
    while (origin.blocked && origin.idle.first !== undefined) this.close(origin.idle.first, 'evicted')
  }

  /** Whether a new connection may be opened at once without passing somebody who waits for one. */
  #hasRoom(origin: Origin): boolean {
    return this.open < this.config.maxConnections && !origin.full && this.queue.starved === undefined
  }

  /** Whether a place is about to be free for one more request to `origin`, or can be made free by closing an idle connection. */
  #canMakeRoom(origin: Origin): boolean {
    return origin.waiting < origin.places + origin.idle.size && this.queue.demand < this.#places + this.idle.size
  }

  #mustYield(lane: Lane): boolean {
    return this.queue.mustYield(lane, overtaking(this.config.maxConnections), this.closing)
  }

  #heed(connection: Connection, header: string): void {
    const { timeout, max } = this.#hints.read(header)
    connection.hintedIdle = timeout * 1000 - connection.lane.origin.limits.keepAliveHintMargin
    connection.hintedUses = Math.min(connection.hintedUses, connection.uses + max)
  }

  #leave(waiter: Waiter): void {
    if (waiter.state === 'waiting') this.queue.dequeue(waiter)
    waiter.state = 'settled'
    this.#tidy(waiter.lane)
  }

  #refuse(waiter: Waiter, error: Error): void {
    this.rejected++
    this.#leave(waiter)
    waiter.reject(error)
  }

  #tidy(lane: Lane): void {
    this.registry.tidy(lane)
    lane.member.settle()
  }
}
