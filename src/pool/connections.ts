import { compileHosts } from '../config/hosts.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Connection } from './connection.ts'
import { Deadlines } from './deadlines.ts'
import { Expiry } from './expiry.ts'
import { HintReader } from './hint.ts'
import { IdleConnections } from './idle.ts'
import type { Lane } from './lane.ts'
import * as messages from './messages.ts'
import type { Origin } from './origin.ts'
import { WaitQueue } from './queue.ts'
import { Registry } from './registry.ts'

/** The connections of a pool: their states from opening to closed, and every count that limits look at. Who gets one is decided in ConnectionPool. */
export abstract class Connections {
  config: ResolvedPoolConfig
  readonly clock: Clock
  readonly registry: Registry
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

  readonly #connects: Deadlines
  readonly #expiry: Expiry
  readonly #hints = new HintReader()

  constructor(config: ResolvedPoolConfig, clock: Clock = systemClock) {
    this.config = config
    this.clock = clock
    this.queue = new WaitQueue(clock)
    this.registry = new Registry(compileHosts(config))
    this.#connects = new Deadlines(clock)
    this.#expiry = new Expiry(clock, (connection) => this.close(connection, 'expired'))
  }

  /** Whether more connections are open than the total allows, as after `reconfigure`. */
  get surplus(): boolean {
    return this.open - this.closing > this.config.maxConnections
  }

  /** Places that are free, or will be once what is closing has closed; fewer than none after a limit was lowered. */
  protected get places(): number {
    return this.config.maxConnections - this.open + this.closing
  }

  connected(connection: Connection): void {
    this.#connects.delete(connection)
    if (connection.state === 'opening') connection.state = 'active'
  }

  connectTimedOut(connection: Connection): void {
    this.close(connection, null, messages.connectTimeout(connection.lane.origin))
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

  countReuse(connection: Connection): void {
    connection.uses++
    this.reused++
  }

  protected create(lane: Lane, overflow: boolean): Connection {
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

  /** Takes a connection whose socket is gone out of every count. */
  protected remove(connection: Connection): void {
    const { state, lane } = connection
    const { origin } = lane
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
  }

  protected nextIdle(lane: Lane): Connection | undefined {
    return this.config.scheduling === 'lifo' ? lane.idle.last : lane.idle.first
  }

  protected park(connection: Connection): void {
    const { origin } = connection.lane
    connection.state = 'idle'
    this.idle.add(connection)
    this.#expiry.watch(connection)
    connection.park()
    this.evictSurplus(origin)
  }

  protected unpark(connection: Connection): void {
    this.idle.remove(connection)
    connection.state = 'active'
  }

  /** Closes what the limits on idle connections no longer allow. */
  protected evictSurplus(origin: Origin): void {
    for (let connection = this.idle.surplus(origin, this.config); connection !== undefined; ) {
      this.close(connection, 'evicted')
      connection = this.idle.surplus(origin, this.config)
    }
  }

  /** Takes note of what the server says of the connection's future. */
  protected heed(connection: Connection, header: string): void {
    const { timeout, max } = this.#hints.read(header)
    // A later answer may name only one of the two: what the other said then stands.
    if (timeout < Number.POSITIVE_INFINITY) {
      connection.hintedIdle = timeout * 1000 - connection.lane.origin.limits.keepAliveHintMargin
    }
    connection.hintedUses = Math.min(connection.hintedUses, connection.uses + max)
  }

  /** Has the idle connections obey changed limits. */
  protected reviewIdle(): void {
    for (const connection of [...this.idle.all]) {
      if (connection.state !== 'idle') continue
      if (!connection.lane.origin.limits.keepAlive) this.close(connection, null)
      else if (connection.usedUp) this.close(connection, 'expired')
      else this.#expiry.watch(connection)
    }
  }

  protected stop(): void {
    this.queue.stop()
    this.#connects.clear()
    this.#expiry.clear()
  }
}
