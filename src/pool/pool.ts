import type { Health, PoolStats, StatsOptions } from '../adapter.ts'
import { type ReadRoutes, readRoutes } from '../config/proxies/ways.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { Ahead } from './ahead.ts'
import { Capacity } from './capacity.ts'
import { type Ceiling, cutTo, loadOf } from './ceiling.ts'
import { type Clock, systemClock } from './clock.ts'
import { Connections } from './connections.ts'
import { Economy } from './economy.ts'
import type { Retirement } from './ending.ts'
import type { Connection, Lane, Member, OriginState, ProxyState, Waiter } from './entities.ts'
import { HandOver } from './hand-over.ts'
import type { KeepReady } from './keep-ready.ts'
import { Liveness } from './liveness.ts'
import { PoolMember } from './member.ts'
import { Places } from './places.ts'
import { PoolCondition } from './pool-condition.ts'
import { WaitQueue } from './queue.ts'
import { applyConfig } from './reconfigure.ts'
import { Registry } from './registry.ts'
import { Settlement } from './settlement.ts'
import { Signals } from './signals.ts'
import { snapshot } from './stats.ts'
import { type Closable, UpgradedSockets } from './upgraded.ts'

/**
 * The state machine behind every client: admits, queues, evicts, expires, retires and refuses. It knows no sockets.
 * What engines may call of it is the port's `Core`.
 *
 * A closing connection keeps its place until `closed`, so whatever replaces it connects only afterwards.
 */
export class ConnectionPool {
  readonly clock: Clock
  readonly registry: Registry
  readonly queue: WaitQueue
  readonly connections: Connections
  onBegin: (() => void) | null = null
  readonly members: Set<Member> = new Set<Member>()
  readonly settlement: Settlement
  readonly upgradedSockets: UpgradedSockets = new UpgradedSockets()
  readonly capacity: Capacity
  readonly economy: Economy
  readonly #handOver = new HandOver(this)
  readonly liveness: Liveness
  readonly signals: Signals = new Signals(this)
  readonly condition: PoolCondition = new PoolCondition(this)
  readonly #ahead: Ahead
  readonly #places = new Places(this)

  constructor(config: ResolvedPoolConfig, clock: Clock = systemClock, routes: ReadRoutes = readRoutes(config)) {
    this.clock = clock
    this.queue = new WaitQueue(clock, (waiter) => this.settlement.timeOut(waiter))
    this.registry = new Registry(config, routes)
    this.connections = new Connections(config, clock, this.registry, this.queue, this)
    this.settlement = new Settlement(clock, this.registry, this.queue, this.connections, this, (lane) => this.spareAhead(lane))
    this.capacity = new Capacity(this.connections, this.queue)
    this.economy = new Economy(this)
    this.liveness = new Liveness(clock)
    this.#ahead = new Ahead(this, this.capacity)
  }

  get config(): ResolvedPoolConfig {
    return this.connections.config
  }

  get ceiling(): Ceiling | null {
    return this.connections.ceiling
  }

  set ceiling(ceiling: Ceiling | null) {
    this.connections.ceiling = ceiling
    this.reviewCeiling()
  }

  reviewCeiling(): void {
    applyConfig(this, this.#handOver, this.config)
  }

  get limit(): number {
    return this.connections.limit
  }

  get open(): number {
    return this.connections.open + this.connections.overflow
  }

  get load(): number {
    return loadOf(this.connections, this.queue)
  }

  cut(limit: number, fleet: string): void {
    cutTo(limit, fleet, this.connections, this.members)
  }

  join<L extends Lane>(laneOf: (url: URL) => L): Member<L> {
    const member = new PoolMember<L>(this, laneOf)
    this.members.add(member)
    // Its engine is ready once it has returned.
    if (Object.keys(this.config.hosts).length > 0) this.clock.soon(() => this.#ahead.ready.review())
    return member
  }

  originOf(key: string): OriginState {
    return this.registry.origin(key)
  }

  take(lane: Lane): Connection | null {
    const connection = this.#find(lane)
    return connection === null || !this.signals.heedsGrants ? connection : this.#tellTaken(connection)
  }

  /** Whoever hears of it may have closed it, or its pool. */
  #tellTaken(connection: Connection): Connection | null {
    this.signals.granted(connection.lane, connection.uses, connection.carried, 0)
    return connection.state === 'active' || connection.state === 'opening' ? connection : null
  }

  #find(lane: Lane): Connection | null {
    if (lane.queue.size > 0 || lane.member.state !== 'open') return null
    if (!lane.attached) return this.#takeFirst(lane)
    this.#ahead.ready.use(lane)
    const connection = this.connections.next(lane)
    if (connection === undefined) return this.#open(lane)
    const now = this.clock.now()
    if (!this.#handOver.isSure(connection) || now >= connection.refusesAt || !connection.usable()) return null
    this.economy.heedRequest(lane, now)
    this.connections.occupy(connection, now)
    this.connections.countReuse(connection)
    if (connection.multiplexes && connection.usedUp) this.#handOver.retire(connection, 'expired')
    return connection
  }

  /** For a lane that is not known (any more): until it is, its origin counts nothing, and another lane may have its name. */
  #takeFirst(lane: Lane): Connection | null {
    if (this.registry.attach(lane) !== lane) return null
    this.#ahead.ready.use(lane)
    const connection = this.#open(lane)
    if (connection === null) this.registry.tidy(lane)
    return connection
  }

  #open(lane: Lane): Connection | null {
    if (lane.waiting > 0 || !this.capacity.hasRoom(lane.origin) || lane.connectionsFor(1, 0) === 0) return null
    this.economy.heedRequest(lane, this.clock.now())
    return this.connections.create(lane, false)
  }

  arrive(waiter: Waiter): void {
    this.queue.register(waiter)
  }

  wait(waiter: Waiter): void {
    this.queue.register(waiter)
    this.economy.heedRequest(waiter.lane, waiter.since)
    if (waiter.lane.member.state === 'open') this.place(waiter)
    else this.settlement.refuseClosed(waiter)
  }

  retry(waiter: Waiter): void {
    this.queue.register(waiter)
    waiter.fresh = true
    this.place(waiter)
  }

  requeue(waiter: Waiter): void {
    this.queue.register(waiter)
    waiter.admitted = true
    this.place(waiter)
  }

  abandon(waiter: Waiter): boolean {
    return this.settlement.abandon(waiter)
  }

  connected(connection: Connection, multiplexes = false): void {
    const { isAhead: ahead, state } = connection
    this.connections.connected(connection, multiplexes)
    this.condition.succeeded(connection.lane.origin.key)
    if (state === 'opening' && this.signals.heedsConnects) {
      this.signals.opened(connection, ahead)
      if (connection.state !== 'active') return
    }
    // What its server speaks may change what its lane needs, and so who is to have it.
    if (ahead || connection.lane.mayMultiplex) this.#recount(connection.lane)
    if (ahead) this.#ahead.arrived(connection)
    // HTTP/2 may have been turned off while it was made.
    else if (multiplexes && (connection.usedUp || !connection.speaksWanted)) this.#handOver.retire(connection, 'expired')
    if (ahead || connection.lane.mayMultiplex) this.#regard(connection.lane)
  }

  slotsChanged(connection: Connection, slots: number): void {
    const { lane } = connection
    this.connections.allow(connection, slots)
    if (connection.state === 'opening') return
    this.#handOver.reshare(connection, true)
    this.#regard(lane)
  }

  drain(connection: Connection): void {
    this.#handOver.retire(connection, null)
  }

  preconnect(member: Member, url: URL, count: number): Promise<number> {
    return this.#ahead.preconnect(member.laneOf(url), count)
  }

  release(connection: Connection, reusable: boolean, keepAlive?: string): void {
    const { state, overflow, draining, lane } = connection
    if (state === 'opening') return this.close(connection, null)
    if (state !== 'active' || (connection.multiplexes && connection.carried === 0)) return
    this.connections.vacate(connection)
    if (draining && connection.carried > 0) return
    if (draining || !reusable || overflow || !lane.origin.limits.keepAlive) return this.#handOver.retire(connection, null)
    if (keepAlive !== undefined) this.connections.heed(connection, keepAlive)
    const now = this.clock.now()
    this.economy.heedAnswer(connection, now)
    if (!connection.mayServe(now)) return this.#handOver.retire(connection, 'expired')
    connection.idleSince = now
    this.#handOver.offer(connection, now)
  }

  offer(connection: Connection, now: number): void {
    this.#handOver.offer(connection, now)
  }

  get ready(): KeepReady {
    return this.#ahead.ready
  }

  close(connection: Connection, reason: Retirement, error?: Error): void {
    this.connections.close(connection, reason, error)
  }

  closed(connection: Connection): void {
    if (connection.state === 'closed') return
    this.liveness.heedClose(connection)
    this.connections.remove(connection)
    this.#handOver.withdraw(connection)
    const { origin } = connection.lane
    if (origin.proxy?.blocked) this.unblock(origin)
    this.pump()
    this.#ahead.closed(connection)
    this.signals.closed(connection)
    // With the last one its member ends, and that is told last.
    this.settlement.tidy(connection.lane)
  }

  upgraded(connection: Connection, socket: Closable): void {
    if (connection.state === 'closed') return
    this.upgradedSockets.add(socket)
    connection.reason = 'upgrade'
    this.closed(connection)
  }

  giveUp(connection: Connection): void {
    this.connections.giveUp(connection)
  }

  arrivedLate(connection: Connection): void {
    this.connections.arrivedLate(connection)
  }

  neverDialled(_connection: Connection): void {
    this.connections.created--
  }

  neverSent(connection: Connection): void {
    this.connections.uncountReuse(connection)
    this.settlement.passOn(connection)
  }

  turnAway(waiter: Waiter): void {
    this.settlement.turnAway(waiter)
  }

  /** Finds a registered waiter its connection, its place in the queue, or its error. */
  place(waiter: Waiter): void {
    const lane = this.registry.attach(waiter.lane)
    waiter.lane = lane
    this.#ahead.ready.use(lane)
    if (lane.member.state === 'destroyed') return this.settlement.refuseClosed(waiter)
    // Where somebody waits already, nothing idles and there is no room: none is passed.
    if (this.#handOver.reuseFor(waiter)) return
    // The last connection was dead and has closed at once, and the pool has forgotten the lane.
    if (!lane.attached) return this.place(waiter)
    if (lane.sessions > 0 && this.#handOver.joins(waiter)) return this.signals.waits(waiter)
    const isShut = lane.shut > 0 && lane.isShut
    const needed = lane.connectionsFor(lane.waiting + 1, lane.retries.size + (waiter.fresh ? 1 : 0))
    if (needed > 0 && lane.waiting === 0 && this.capacity.hasRoom(lane.origin))
      return this.settlement.grant(waiter, this.connections.create(lane, false))
    // Looked up only where it makes a difference: whoever waits comes by here.
    const mayOverflow = !isShut && this.capacity.mayOverflow(lane.origin)
    const mayWait = waiter.admitted || (this.config.block && this.queue.pending < this.config.maxPending)
    const isBeyond =
      (mayOverflow || !mayWait) && (isShut || (needed > 0 && !this.capacity.canMakeRoom(lane, needed, this.economy.claims)))
    const overflow = mayOverflow && isBeyond
    if (isBeyond && !overflow && !mayWait) this.ceiling?.missed(true)
    if (isBeyond && !overflow && !mayWait)
      return this.config.block ? this.settlement.refuseQueueFull(waiter) : this.settlement.refuseFull(waiter)
    this.queue.enqueue(waiter)
    // The lane's oldest takes it; the new one waits for the place that was on its way for him.
    if (overflow) {
      this.admit(lane.oldest as Waiter, true)
      return this.signals.waits(waiter)
    }
    this.unblock(lane.origin)
    this.pump()
    this.signals.waits(waiter)
    if (waiter.state === 'waiting') this.ceiling?.missed(false)
  }

  pump(): void {
    this.#places.pump()
  }

  unblock(level: OriginState | ProxyState): void {
    this.#places.unblock(level)
  }

  get routes(): ReadRoutes {
    return this.registry.routes
  }

  reroute(routes: ReadRoutes): void {
    this.registry.reroute(routes, (origin, proxy) => this.queue.reroute(origin, proxy))
  }

  reconfigure(config: ResolvedPoolConfig): void {
    applyConfig(this, this.#handOver, config)
  }

  /** The member has ended. With the last one the timers end too. */
  dismiss(member: Member): void {
    this.members.delete(member)
    this.signals.ended(member)
    if (this.members.size > 0) return
    this.queue.stop()
    this.economy.stop()
    this.#ahead.ready.stop()
    this.connections.stop()
  }

  stats(options: StatsOptions = {}): PoolStats {
    const counted = snapshot(this)
    return options.histograms ? { ...counted, histograms: this.signals.histograms(options) } : counted
  }

  admit(waiter: Waiter, overflow: boolean): void {
    this.queue.dequeue(waiter)
    this.spareAhead(waiter.lane)
    this.settlement.grant(waiter, this.connections.create(waiter.lane, overflow))
  }

  begun({ lane: { member } }: Connection): void {
    member.onBegin?.()
    this.onBegin?.()
  }

  connectFailed({ lane }: Connection): void {
    this.failed(lane)
  }

  failed({ origin }: Lane): void {
    this.condition.failed(origin.key)
  }

  get health(): Health {
    return this.condition.health
  }

  crowded(proxy: ProxyState): void {
    this.clock.soon(() => {
      this.unblock(proxy)
      this.pump()
    })
  }

  lost(lane: Lane): void {
    this.clock.soon(() => this.#regard(lane))
  }

  /** Those who wait in the lane may need more connections than before, or fewer. */
  #regard(lane: Lane): void {
    if (lane.waiting === 0) return
    this.#recount(lane)
    this.unblock(lane.origin)
    this.pump()
  }

  #recount(lane: Lane): void {
    if (lane.waiting === 0) return
    this.queue.review(lane)
    this.queue.update(lane.origin)
  }

  /** What is opened ahead for the lane may be for nobody any more, and keep others waiting. */
  spareAhead(lane: Lane): void {
    if (lane.ahead === 0) return
    // Not from inside a request's leaving: others are granted by it.
    this.clock.soon(() => {
      this.unblock(lane.origin)
      this.pump()
    })
  }
}
