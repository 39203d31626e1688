import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Ceiling } from './ceiling.ts'
import type { Clock } from './clock.ts'
import type { ConnectionEvents } from './connection-events.ts'
import { Connects } from './connects.ts'
import { endSocket } from './end-socket.ts'
import { countedAs, type Retirement, reasonOf } from './ending.ts'
import type { Connection, Lane, OriginState, ProxyState } from './entities.ts'
import { Expiry } from './expiry.ts'
import { HintReader } from './hint.ts'
import { IdleConnections } from './idle.ts'
import * as messages from './messages.ts'
import type { WaitQueue } from './queue.ts'
import type { Registry } from './registry.ts'
import { StreamCounts } from './streams.ts'
import { Supply } from './supply.ts'
import { throwLater } from './throw-later.ts'

/** The connections of a pool: their states from opening to closed, and every count that limits look at. Who gets one is decided in ConnectionPool. */
export class Connections {
  config: ResolvedPoolConfig
  ceiling: Ceiling | null = null
  readonly idle: IdleConnections = new IdleConnections()
  readonly streams: StreamCounts = new StreamCounts()
  /** Connections that count against the total, closing ones included. */
  open = 0
  closing = 0
  /** Those that take no more requests, and have not begun to close. */
  draining = 0
  /** Connections beyond a limit. */
  overflow = 0
  created = 0
  reused = 0
  evicted = 0
  expired = 0
  overflowed = 0

  readonly #clock: Clock
  readonly #registry: Registry
  readonly #queue: WaitQueue
  readonly #connects: Connects
  readonly #expiry: Expiry
  readonly #hints = new HintReader()
  readonly #events: ConnectionEvents
  readonly #supply: Supply

  constructor(config: ResolvedPoolConfig, clock: Clock, registry: Registry, queue: WaitQueue, events: ConnectionEvents) {
    this.config = config
    this.#clock = clock
    this.#registry = registry
    this.#queue = queue
    this.#events = events
    this.#supply = new Supply(queue, events)
    this.#connects = new Connects(clock, (connection) => this.#onConnectDeadline(connection))
    this.#expiry = new Expiry(clock, (connection) => this.close(connection, 'expired'))
  }

  /** Connections that may be open, those beyond limits left aside. */
  get limit(): number {
    const { config, ceiling } = this
    return ceiling === null ? config.maxConnections : Math.min(config.maxConnections, ceiling.limit)
  }

  /**
   * A new connection of the lane, which its engine is to connect.
   * @param uses requests that it is opened for
   */
  create(lane: Lane, overflow: boolean, uses = 1): Connection {
    const connection = lane.createConnection()
    connection.since = this.#clock.now()
    connection.lifespan = 1 - this.#clock.random() / 10
    connection.uses = connection.running = uses
    connection.overflow = overflow
    this.created++
    if (overflow) this.overflowed++
    const origin = this.#count(connection)
    if (!overflow) this.#supply.begin(connection)
    if (origin.waiting > 0 || connection.proxy !== null) this.#recount(connection)
    if (connection.proxy?.blocked) this.#events.crowded(connection.proxy)
    this.#connects.begin(connection)
    this.#events.begun(connection)
    return connection
  }

  /** A new connection of the lane that no request waits for. */
  createAhead(lane: Lane): Connection {
    const connection = this.create(lane, false, 0)
    this.idle.expect(connection)
    return connection
  }

  connected(connection: Connection, multiplexes: boolean): void {
    this.#connects.connected(connection)
    if (connection.state !== 'opening') return
    connection.multiplexes = multiplexes
    const { lane } = connection
    if (connection.isAhead) this.idle.remove(connection)
    connection.state = 'active'
    connection.readyAt = connection.busySince = this.#clock.now()
    lane.costs.addConnect(connection.readyAt - connection.since)
    lane.costs.failed = false
    if (!connection.overflow) lane.opening--
    if (multiplexes) this.streams.add(connection)
    if (lane.mayMultiplex) lane.costs.learn(multiplexes)
  }

  /** It takes no more requests: it is of no use to its lane any more, and counts until it has closed. */
  drain(connection: Connection, reason: Retirement): void {
    this.streams.leave(connection)
    connection.draining = true
    this.streams.join(connection)
    this.#tally(connection, 'draining', 1)
    this.#note(connection, reason)
    this.#supply.lose(connection, false)
    this.#recount(connection)
  }

  /** Begins to close a connection; its place is free once it has closed. */
  close(connection: Connection, reason: Retirement, error?: Error): void {
    if (connection.state === 'closing' || connection.state === 'closed') return
    if (connection.state === 'idle' || connection.isAhead) this.idle.remove(connection)
    const opening = connection.state === 'opening'
    this.#note(connection, reason)
    this.streams.leave(connection)
    connection.state = 'closing'
    if (!connection.overflow) {
      this.#forsake(connection, opening)
      this.#tally(connection, 'closing', 1)
      this.#recount(connection)
    } else connection.lane.origin.overflowClosing++
    if (opening) this.#connects.giveUp(connection)
    endSocket(connection, error, this.#clock, this.#events)
  }

  /** Gives the place of a closing connection back unless its socket is known to be there still. */
  giveUp(connection: Connection): void {
    if (connection.state === 'closing' && !connection.hasSocket) this.#events.closed(connection)
  }

  /** A socket has come for a connection whose place was given back: it counts again, until it has closed. */
  arrivedLate(connection: Connection): void {
    if (connection.state !== 'closed' || connection.lane.member.hasEnded) return
    connection.state = 'closing'
    const origin = this.#count(connection, connection.proxy)
    if (!connection.overflow) this.#tally(connection, 'closing', 1)
    else origin.overflowClosing++
    this.#recount(connection)
    this.#connects.awaitSocket(connection)
  }

  /** Takes a connection whose socket is gone out of every count. */
  remove(connection: Connection): void {
    const { state, lane, proxy } = connection
    if (state === 'idle' || connection.isAhead) this.idle.remove(connection)
    if (state === 'opening') this.#supply.fail(lane)
    if (connection.reason === null) this.#note(connection, null)
    this.streams.leave(connection)
    connection.state = 'closed'
    this.#connects.forget(connection)
    this.#expiry.forget(connection)
    connection.inLane.leave()
    lane.member.open--
    if (connection.overflow) {
      this.#tally(connection, 'overflow', -1)
      if (state === 'closing') lane.origin.overflowClosing--
    } else {
      if (state === 'closing') this.#tally(connection, 'closing', -1)
      else this.#forsake(connection, state === 'opening')
      this.#tally(connection, 'open', -1)
    }
    this.#recount(connection)
    if (proxy !== null) this.#registry.tidyProxy(proxy)
  }

  /** It is given a request, or is promised to one. */
  occupy(connection: Connection, now: number): void {
    if (connection.state === 'idle') this.#unpark(connection)
    if (connection.multiplexes) {
      this.streams.carry(connection, 1)
      connection.busySince += (now - connection.busySince) / connection.running
    } else {
      connection.running = 1
      connection.busySince = now
    }
  }

  /** A request that it was given is over, or whom it was promised to is not sent on it. */
  vacate(connection: Connection): void {
    if (connection.multiplexes) this.streams.carry(connection, -1)
    else connection.running = 0
  }

  /** Its server allows so many requests at a time. */
  allow(connection: Connection, slots: number): void {
    if (!connection.multiplexes && connection.state !== 'opening') return
    connection.lane.costs.slots = slots > 0 ? slots : connection.lane.costs.slots
    this.streams.allow(connection, slots)
  }

  countReuse(connection: Connection): void {
    // The socket of one that was opened ahead is counted for its first request.
    if (connection.uses++ > 0) this.reused++
  }

  /** One that is being opened for a request closes with that, and is not counted as created if it has no socket. */
  uncountReuse(connection: Connection): void {
    if (connection.state === 'active' && --connection.uses > 0) this.reused--
  }

  /** The connection of the lane for its next request: the fuller one, so that those that are not needed fall idle. */
  next(lane: Lane): Connection | undefined {
    return (lane.sessions > 0 ? lane.spare.top?.owner : undefined) ?? this.#nextIdle(lane)
  }

  #nextIdle(lane: Lane): Connection | undefined {
    return this.config.scheduling === 'lifo' ? lane.idle.last : lane.idle.first
  }

  park(connection: Connection): void {
    const { origin } = connection.lane
    if (connection.multiplexes) this.streams.leave(connection)
    connection.state = 'idle'
    connection.idled = true
    this.idle.add(connection)
    if (connection.multiplexes) this.streams.join(connection)
    this.#expiry.watch(connection)
    this.parkEngine(connection)
    this.evictSurplus(origin)
  }

  /** Has the engine watch the connection as it does an idle one. */
  parkEngine(connection: Connection): void {
    try {
      connection.park()
    } catch (thrown) {
      throwLater(this.#clock, thrown)
      this.close(connection, null)
    }
  }

  #unpark(connection: Connection): void {
    if (connection.multiplexes) this.streams.leave(connection)
    this.idle.remove(connection)
    connection.state = 'active'
    if (connection.multiplexes) this.streams.join(connection)
  }

  /** Closes what the limits on idle connections no longer allow. */
  evictSurplus(origin: OriginState): void {
    for (let connection = this.idle.surplus(origin, this.config); connection !== undefined; ) {
      this.close(connection, 'surplus')
      connection = this.idle.surplus(origin, this.config)
    }
  }

  /** Takes note of what the server says of the connection's future in a `Keep-Alive` header. */
  heed(connection: Connection, header: string): void {
    const { timeout, max } = this.#hints.read(header)
    // A later answer may name only one of the two: what the other said then stands.
    if (timeout < Number.POSITIVE_INFINITY) connection.hintedTimeout = timeout * 1000
    connection.hintedUses = Math.min(connection.hintedUses, connection.uses + max)
  }

  /** Has the idle connections obey changed limits. */
  reviewIdle(): void {
    for (const connection of [...this.idle.all]) {
      if (connection.state !== 'idle') continue
      if (!connection.lane.origin.limits.keepAlive) this.close(connection, null)
      else if (connection.usedUp || !connection.speaksWanted) this.close(connection, 'expired')
      else this.#expiry.watch(connection)
    }
  }

  /** Ends the timers. */
  stop(): void {
    this.#connects.stop()
    this.#expiry.clear()
  }

  /**
   * Its connect has taken too long, or was given up before. If nothing is known of its socket, its place is free from now on;
   * a socket that is known of keeps it, for a second term that ends whatever it does.
   */
  #onConnectDeadline(connection: Connection): void {
    if (connection.state === 'opening') {
      const now = this.#clock.now()
      connection.lane.costs.addConnect(now - connection.since)
      this.#supply.fail(connection.lane)
      this.close(connection, null, messages.connectTimeout(connection, now))
    }
    if (connection.overdue) this.#events.closed(connection)
    else this.giveUp(connection)
    if (connection.state === 'closing') this.#connects.awaitSocket(connection)
  }

  /** Why it ends: what it was said to drain for stands. */
  #note(connection: Connection, retirement: Retirement): void {
    connection.reason ??= reasonOf(connection, retirement, this.#clock.now())
    if (retirement !== null) this[countedAs[retirement]]++
  }

  /** It was of use to its lane, or drained. */
  #forsake(connection: Connection, opening: boolean): void {
    if (!connection.draining) return this.#supply.lose(connection, opening)
    this.#tally(connection, 'draining', -1)
  }

  /** @param proxy that it goes through, if that is known before */
  #count(connection: Connection, proxy?: ProxyState | null): OriginState {
    const lane = this.#registry.attach(connection.lane)
    connection.lane = lane
    lane.connections.push(connection.inLane)
    lane.member.open++
    this.#registry.count(connection, proxy === undefined ? lane.origin.proxy : proxy)
    this.#tally(connection, connection.overflow ? 'overflow' : 'open', 1)
    return lane.origin
  }

  #tally({ lane, proxy }: Connection, what: 'open' | 'closing' | 'draining' | 'overflow', more: 1 | -1): void {
    this[what] += more
    lane.origin[what] += more
    if (proxy !== null) proxy[what] += more
  }

  /** Brings demand up to date after a connection was counted. */
  #recount({ lane: { origin }, proxy }: Connection): void {
    this.#queue.update(origin)
    // It was made before its origin got another one.
    if (proxy !== null && proxy !== origin.proxy) this.#queue.updateProxy(proxy)
  }
}
