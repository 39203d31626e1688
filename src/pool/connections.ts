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
import { throwLater } from './throw-later.ts'
import { type Closable, UpgradedSockets } from './upgraded.ts'

/** How long a socket that is known to exist is waited for after its connect was given up, at the least: as long as a connect may take by default. */
const mostLate = 10_000

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
  readonly upgradedSockets: UpgradedSockets = new UpgradedSockets()

  readonly #connects: Deadlines
  /** Of connects that were given up while they were made. */
  readonly #givenUp: Deadlines
  readonly #expiry: Expiry
  readonly #hints = new HintReader()

  constructor(config: ResolvedPoolConfig, clock: Clock = systemClock) {
    this.config = config
    this.clock = clock
    this.queue = new WaitQueue(clock)
    this.registry = new Registry(compileHosts(config), config.maxOverflow)
    this.#connects = new Deadlines(clock)
    this.#givenUp = new Deadlines(clock, false)
    this.#expiry = new Expiry(clock, (connection) => this.close(connection, 'expired'))
  }

  /** Whether more connections are open than the total allows, as after `reconfigure`. */
  get surplus(): boolean {
    return this.open - this.closing > this.config.maxConnections
  }

  /** Places that are free, or will be once what is closing has closed; fewer than none after a limit was lowered. */
  protected get places(): number {
    return this.room + this.closing
  }

  /** Connections that may be opened within the total; what is open beyond it counts as soon as that is more than `maxOverflow`. */
  protected get room(): number {
    const room = this.config.maxConnections - this.open
    return Math.min(room, room + this.config.maxOverflow - this.overflow)
  }

  connected(connection: Connection): void {
    this.#connects.delete(connection)
    if (connection.state === 'opening') connection.state = 'active'
  }

  /**
   * Its connect has taken too long, or was given up before. If nothing is known of its socket, its place is free from now on;
   * a socket that is known of keeps it, for a second term that ends whatever it does.
   */
  onConnectDeadline(connection: Connection): void {
    if (connection.state === 'opening') this.close(connection, null, messages.connectTimeout(connection))
    if (connection.overdue) this.closed(connection)
    else this.giveUp(connection)
    if (connection.state === 'closing') this.#awaitSocket(connection)
  }

  /** Gives the place of a closing connection back unless its socket is known to be there still. */
  giveUp(connection: Connection): void {
    if (connection.state === 'closing' && !connection.hasSocket) this.closed(connection)
  }

  /** Its socket has closed, or has left the pool. */
  abstract closed(connection: Connection): void

  /** A socket has come for a connection whose place was given back. It is counted until the engine, which destroys it, reports it `closed`. */
  arrivedLate(connection: Connection): void {
    if (connection.state !== 'closed' || connection.lane.member.hasEnded) return
    connection.state = 'closing'
    const origin = this.#count(connection)
    if (!connection.overflow) {
      this.closing++
      origin.closing++
    }
    this.queue.update(origin)
    this.#awaitSocket(connection)
  }

  /** An upgrade has made its socket the caller's. */
  upgraded(connection: Connection, socket: Closable): void {
    if (connection.state === 'closed') return
    this.upgradedSockets.add(socket)
    this.closed(connection)
  }

  #awaitSocket(connection: Connection): void {
    connection.overdue = true
    const { connectTimeout } = connection.lane.origin.limits
    const longest = connectTimeout === Number.POSITIVE_INFINITY ? mostLate : Math.max(connectTimeout, mostLate)
    this.#connects.delete(connection)
    this.#givenUp.delete(connection)
    this.#givenUp.add(connection, this.clock.now() - connection.since + longest)
  }

  /** Begins to close a connection; its place is free once it has `closed`. */
  close(connection: Connection, reason: 'evicted' | 'expired' | null, error?: Error): void {
    if (connection.state === 'closing' || connection.state === 'closed') return
    if (connection.state === 'idle') this.idle.remove(connection)
    const opening = connection.state === 'opening'
    connection.state = 'closing'
    if (!connection.overflow) {
      this.closing++
      connection.lane.origin.closing++
      this.queue.update(connection.lane.origin)
    }
    if (reason !== null) this[reason]++
    if (opening) this.#giveUpConnect(connection)
    this.#end(connection, error)
  }

  /** By its deadline its socket has closed, or its place is given back. */
  #giveUpConnect(connection: Connection): void {
    const { connectTimeout } = connection.lane.origin.limits
    this.#connects.delete(connection)
    if (connectTimeout === Number.POSITIVE_INFINITY) this.#givenUp.add(connection, this.clock.now() - connection.since + mostLate)
    else this.#givenUp.add(connection, connectTimeout)
  }

  /** What a socket of the caller's own throws does not stop the pool: it is told once more a turn later, and then taken to be gone. */
  #end(connection: Connection, error: Error | undefined): void {
    try {
      connection.close(error)
    } catch (thrown) {
      throwLater(this.clock, thrown)
      this.clock.turn(() => {
        if (connection.state !== 'closing') return
        try {
          connection.close(error)
        } catch {
          this.closed(connection)
        }
      })
    }
  }

  countReuse(connection: Connection): void {
    connection.uses++
    this.reused++
  }

  protected create(lane: Lane, overflow: boolean): Connection {
    const connection = lane.createConnection()
    connection.since = this.clock.now()
    connection.lifespan = 1 - this.clock.random() / 10
    connection.uses = 1
    connection.overflow = overflow
    this.created++
    if (overflow) this.overflowed++
    const origin = this.#count(connection)
    if (origin.waiting > 0) this.queue.update(origin)
    this.#connects.add(connection, origin.limits.connectTimeout)
    return connection
  }

  #count(connection: Connection): Origin {
    const lane = this.registry.attach(connection.lane)
    const { origin, member } = lane
    connection.lane = lane
    lane.connections.push(connection.inLane)
    member.open++
    if (connection.overflow) {
      this.overflow++
      origin.overflow++
    } else {
      this.open++
      origin.open++
    }
    return origin
  }

  /** Takes a connection whose socket is gone out of every count. */
  protected remove(connection: Connection): void {
    const { state, lane } = connection
    const { origin } = lane
    if (state === 'idle') this.idle.remove(connection)
    connection.state = 'closed'
    this.#connects.delete(connection)
    this.#givenUp.delete(connection)
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
    }
    this.queue.update(origin)
  }

  protected nextIdle(lane: Lane): Connection | undefined {
    return this.config.scheduling === 'lifo' ? lane.idle.last : lane.idle.first
  }

  protected park(connection: Connection): void {
    const { origin } = connection.lane
    connection.state = 'idle'
    this.idle.add(connection)
    this.#expiry.watch(connection)
    this.parkEngine(connection)
    this.evictSurplus(origin)
  }

  protected parkEngine(connection: Connection): void {
    try {
      connection.park()
    } catch (thrown) {
      throwLater(this.clock, thrown)
      this.close(connection, null)
    }
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
    if (timeout < Number.POSITIVE_INFINITY) connection.hintedTimeout = timeout * 1000
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
    this.#givenUp.clear()
    this.#expiry.clear()
  }
}
