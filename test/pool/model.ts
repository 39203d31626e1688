import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import { type Area, Census } from './census.ts'
import { EconomyModel } from './economy-model.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'
import { Invariants } from './invariants.ts'
import { must } from './must.ts'
import type { ReadyModel } from './ready-model.ts'

// The contract's §2, written down a second time in the plainest way: everything is counted anew from the sockets and requests
// that the engine has seen, whatever it costs. It reads the core's state only to compare it.

export class Model {
  readonly #engine: FakeEngine
  readonly #census: Census
  readonly #economy: EconomyModel
  readonly #invariants: Invariants

  constructor(engine: FakeEngine, config: ResolvedPoolConfig) {
    this.#engine = engine
    this.#census = new Census(engine, config)
    this.#economy = new EconomyModel(engine, this.#census)
    this.#invariants = new Invariants(engine, this.#census, this.#economy)
    engine.beforeGrant = (request, connection) => this.#checkGrant(request, connection)
    engine.beforeClose = (connection) => this.#checkClose(connection)
    engine.beforeDrain = (connection) => this.#checkDrain(connection)
  }

  get config(): ResolvedPoolConfig {
    return this.#census.config
  }

  set config(config: ResolvedPoolConfig) {
    this.#census.config = config
  }

  get ready(): ReadyModel {
    return this.#census.ready
  }

  /** Members that take no new request. */
  get ended(): Set<unknown> {
    return this.#census.ended
  }

  limits(origin: string): HostLimits {
    return this.#census.limits(origin)
  }

  /** What holds whenever the core has returned. */
  check(): void {
    this.#invariants.check()
  }

  /** Nothing is left once everything has ended. */
  checkEmpty(): void {
    this.#invariants.checkEmpty()
  }

  #checkGrant(request: FakeRequest, connection: FakeConnection): void {
    must(this.#engine.pool.members.has(request.member), 'a request was granted after its member had ended')
    if (connection.phase === 'new') this.#checkRoom(request, connection)
    else this.#checkReuse(request, connection)
    // A connection that was looked at was promised to its request a turn ago.
    if (!this.#engine.clock.turning || connection.phase === 'new') this.#checkOrder(request, connection)
  }

  /** Rule 1: a cap is a cap, counting sockets until they have closed. */
  #checkRoom(request: FakeRequest, connection: FakeConnection): void {
    const { ledger } = this.#engine
    const { maxConnections, maxOverflow } = this.config
    const { origin } = connection
    must(connection.via === this.#census.via(origin), 'a connection was made by a way that is not its own')
    const { via } = connection
    must(
      this.#census.areasFor(origin).every((area) => this.#census.room(area) > 0),
      'a connection was opened beyond limit and overflow',
    )
    if (connection.overflow) {
      must(this.#census.mayOverflow(origin), 'more overflow than maxOverflow', { overflow: ledger.overflow + 1, maxOverflow })
      return
    }
    const { maxConnectionsPerHost } = this.limits(origin)
    const { maxConnectionsPerProxy } = this.config
    const through = via === null ? 0 : ledger.of(via) + 1
    must(through <= maxConnectionsPerProxy, 'more sockets than maxConnectionsPerProxy', { via, through, maxConnectionsPerProxy })
    must(ledger.normal + 1 <= maxConnections, 'more sockets than maxConnections', { sockets: ledger.normal + 1, maxConnections })
    const open = ledger.of(origin) + 1
    must(open <= maxConnectionsPerHost, 'more sockets than maxConnectionsPerHost', { origin, open, maxConnectionsPerHost })
    this.#census.streams.checkOpening(request, connection.lane as FakeLane)
  }

  /** Whether the connection may take one more request. */
  #checkReuse(request: FakeRequest, connection: FakeConnection): void {
    const { maxLifetime, maxRequestsPerConnection, keepAlive } = this.limits(connection.origin)
    const { clock } = this.#engine
    must(
      connection.lane.member === request.member && connection.lane.key === request.laneKey,
      'a connection of another lane was reused',
    )
    const late = connection.phase === 'idle' && this.#census.now >= this.#census.due(connection, 1)
    must(!late, 'a connection was reused that had expired')
    const unproven = connection.answered > 0 || connection.rested || !connection.h2
    must(!request.retried || !unproven, 'a retried request was given a connection that had served before')
    // The last one that it may serve is what makes it drain.
    const isLast = connection.served + 1 === maxRequestsPerConnection && connection.drainedAt === this.#engine.grants.length
    must(!connection.draining || isLast, 'a request was given to a connection that drains')
    must(!connection.stray, 'a request was given to a connection by another way than its origin has')
    must(!connection.spent, 'a request was given to a connection that its server has ended')
    this.#census.streams.checkSlot(request, connection)
    must(!connection.overflow, 'an overflow connection was reused')
    const surplus = this.#census.areasOf(connection).some((area) => this.#census.isSurplus(area))
    must(!surplus, 'a connection was reused that a lowered limit no longer allows')
    must(keepAlive || connection.phase === 'idle', 'a connection was reused without keepAlive')
    must(this.#census.now < connection.createdAt + maxLifetime, 'a connection was reused beyond maxLifetime')
    must(connection.served < Math.min(maxRequestsPerConnection, connection.hintedServed), 'a connection was reused too often')
    must(!connection.finSeen, 'a connection was reused that is known to be closed')
    must(!connection.finArrived || (clock.polledWithin(3) && !clock.turning), 'a connection was reused unlooked at')
  }

  /** FIFO in a lane; among lanes without a connection places go to the oldest; and a connection is handed on only where the rule lets it be. */
  #checkOrder(request: FakeRequest, connection: FakeConnection): void {
    const order = request.order === -1 ? this.#engine.arrivals : request.order
    const closing = this.#census.sockets().some((socket) => socket.phase === 'closing')
    for (const other of this.#census.queued()) {
      if (other.order >= order) continue
      // Only a new connection would do for it, and a place is on its way.
      if (other.retried && connection.phase !== 'new' && (closing || connection.lane.mayMultiplex)) continue
      must(other.laneKey !== request.laneKey || other.member !== request.member, 'FIFO in a lane', {
        granted: order,
        waits: other.order,
      })
    }
    if (connection.phase !== 'busy' || !this.#census.isPatient) return
    // Others are given to one that carries some already when they come, whoever waits elsewhere: it is looked at when a request of its ends.
    if (connection.h2 && this.#engine.released !== connection) return
    const verdicts = this.#economy.verdicts(connection, this.#census.now, request)
    must(verdicts.has(false), 'a connection was handed on that was worth more to others', { granted: order })
  }

  /** An idle connection closes for a reason. */
  #checkClose(connection: FakeConnection): void {
    const { finSeen, goneAway, draining, stray } = connection
    if (this.ended.has(connection.lane.member) || finSeen || goneAway || draining || stray) return
    if (connection.phase === 'busy' && connection.request === null) return this.#checkYield(connection)
    if (connection.phase !== 'idle') return
    const { maxIdleConnections, maxHosts } = this.config
    const { maxIdleConnectionsPerHost, keepAlive, maxRequestsPerConnection } = this.limits(connection.origin)
    // Itself is among the idle ones unless it was being looked at.
    const idle = new Set([...this.#census.idle(), connection])
    const idleThere = [...idle].filter((socket) => socket.origin === connection.origin).length
    const reasons = {
      due: this.#census.due(connection, 0.9) <= this.#census.now,
      excess: this.#census.isExcess(connection),
      idle: idle.size > maxIdleConnections,
      idlePerHost: idleThere > maxIdleConnectionsPerHost,
      hosts: new Set([...idle].map((socket) => socket.origin)).size > maxHosts,
      keepAlive: !keepAlive,
      used: connection.served >= maxRequestsPerConnection,
    }
    if (Object.values(reasons).includes(true)) return
    must(this.#isSold(connection), 'an idle connection was closed without need', { now: this.#census.now })
    const isFirst = this.#census
      .areasOf(connection)
      .some((area) => this.#census.firstIdle(area) === connection && this.#isSold(connection, [area.kind]))
    must(isFirst, 'an idle connection was closed for others though another was to go first', { now: this.#census.now })
  }

  /** A connection takes no more requests for a reason. */
  #checkDrain(connection: FakeConnection): void {
    const isLast = connection.served + 1 === this.limits(connection.origin).maxRequestsPerConnection
    must(!connection.overflow, 'an overflow connection drains')
    if (connection.finSeen || connection.stray) return
    must(connection.requests.size > 0 || isLast, 'a connection drains that carries nothing')
    if (!connection.goneAway) this.#checkYield(connection, 1)
  }

  /**
   * A connection that has come free closes for a reason.
   * @param more requests that it is about to be given
   */
  #checkYield(connection: FakeConnection, more = 0): void {
    const { origin, overflow, spent } = connection
    const { keepAlive, keepAliveExpiry, maxRequestsPerConnection, maxLifetime } = this.limits(origin)
    const reasons = {
      overflow: overflow || spent || !keepAlive,
      used: connection.served + more >= Math.min(maxRequestsPerConnection, connection.hintedServed),
      due: this.#census.now >= connection.createdAt + maxLifetime * 0.9,
      // It was opened for nobody, and others would have to go for it.
      ahead: connection.served === 0 && !this.ready.fits(origin),
      hinted: Math.min(keepAliveExpiry, connection.hintedIdleMs) <= 0,
      // It was promised, and nobody has been sent on it for as long as it may idle.
      idled: connection.requests.size === 0 && this.#census.due(connection, 0.9) <= this.#census.now,
      excess: this.#census.isExcess(connection),
      sold: this.#isSold(connection),
    }
    must(Object.values(reasons).includes(true), 'a connection was closed that was worth most where it was', {
      now: this.#census.now,
    })
  }

  /** @param among the kinds of limit that keep others waiting; any if it is left out */
  #isSold(connection: FakeConnection, among?: readonly Area['kind'][]): boolean {
    if (this.#census.isPatient) return this.#economy.verdicts(connection, this.#census.now, undefined, among).has(true)
    return this.#isContested(connection, among)
  }

  /** Whether more wait than places are on their way, within one of the limits that the connection counts against. */
  #isContested({ origin, via }: FakeConnection, among: readonly Area['kind'][] = ['host', 'proxy', 'total']): boolean {
    const { maxOverflow } = this.config
    const wanted = this.#census.streams.needed(this.#census.queued())
    const places = (area: Area) => {
      const beyond = [...this.#engine.live].filter((socket) => socket.overflow && area.has(socket)).length
      const kept = this.#census.sockets().filter((socket) => socket.phase !== 'closing' && area.has(socket)).length
      return area.limit - kept - Math.max(0, beyond - maxOverflow)
    }
    if (among.includes('host') && (wanted.get(origin) ?? 0) > places(this.#census.host(origin))) return true
    let behind = 0
    for (const [key, count] of wanted)
      if (via !== null && this.#census.via(key) === via) behind += Math.min(count, Math.max(0, places(this.#census.host(key))))
    if (among.includes('proxy') && behind > places(this.#census.through(via))) return true
    const { total } = this.#census
    return among.includes('total') && [...wanted.values()].some((count) => count > 0) && this.#census.roomWithin(total) <= 0
  }

  /** A request that has just asked and now waits was right to wait. */
  checkWait(request: FakeRequest): void {
    if (!request.queued || request.retried) return
    const { block, maxPending } = this.config
    const pending = this.#census.queued().length
    const lane = request.waiter?.lane as FakeLane
    // If a connect fails before this is asked, what waits for it needs more than was to be known.
    if (lane.mayMultiplex && lane.costs.failed) return
    must(
      (block && pending <= maxPending) || this.#census.hasPlace(request) || this.ready.isPromised(request),
      'a request waits that must not',
      {
        block,
        maxPending,
        pending,
      },
    )
  }

  /** A refusal is right. */
  checkRejected(request: FakeRequest): void {
    const { block, maxPending } = this.config
    const { acquireTimeout } = this.limits(request.origin)
    const overflow = this.#census.mayOverflow(request.origin)
    const code = request.error?.code
    const isShut = this.#census.streams.isShut(request.waiter?.lane as FakeLane)
    const full = isShut || !this.#census.hasPlace(request)
    if (code === 'ERR_POOL_ACQUIRE_TIMEOUT') {
      must(this.#census.now >= request.since + acquireTimeout, 'an acquire timeout came early')
    } else if (code === 'ERR_POOL_FULL') {
      must(!block && full && (isShut || !overflow), 'ERR_POOL_FULL without need', { block, full })
    } else if (code === 'ERR_POOL_QUEUE_FULL') {
      must(
        block && full && this.#census.queued().length >= maxPending && (isShut || !overflow),
        'ERR_POOL_QUEUE_FULL without need',
      )
    } else {
      must(code === 'ERR_POOL_CLOSED' && this.ended.has(request.member), 'a request was rejected for no reason', { code })
    }
  }
}
