import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import { Census } from './census.ts'
import { EconomyModel } from './economy-model.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
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
    this.#economy = new EconomyModel(
      engine,
      (origin) => this.limits(origin),
      () => this.config,
    )
    this.#invariants = new Invariants(engine, this.#census, this.#economy)
    engine.beforeGrant = (request, connection) => this.#checkGrant(request, connection)
    engine.beforeClose = (connection) => this.#checkClose(connection)
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
    if (connection.phase === 'new') this.#checkRoom(connection)
    else this.#checkReuse(request, connection)
    // A connection that was looked at was promised to its request a turn ago.
    if (!this.#engine.clock.turning || connection.phase === 'new') this.#checkOrder(request, connection)
  }

  /** Rule 1: a cap is a cap, counting sockets until they have closed. */
  #checkRoom(connection: FakeConnection): void {
    const { ledger } = this.#engine
    const { maxConnections, maxOverflow } = this.config
    const { origin } = connection
    must(this.#census.room() > 0 && this.#census.room(origin) > 0, 'a connection was opened beyond limit and overflow')
    if (connection.overflow) {
      must(this.#census.mayOverflow(origin), 'more overflow than maxOverflow', { overflow: ledger.overflow + 1, maxOverflow })
      return
    }
    const { maxConnectionsPerHost } = this.limits(origin)
    must(ledger.normal + 1 <= maxConnections, 'more sockets than maxConnections', { sockets: ledger.normal + 1, maxConnections })
    const open = ledger.of(origin) + 1
    must(open <= maxConnectionsPerHost, 'more sockets than maxConnectionsPerHost', { origin, open, maxConnectionsPerHost })
  }

  /** Whether the connection may take one more request. */
  #checkReuse(request: FakeRequest, connection: FakeConnection): void {
    const { maxLifetime, maxRequestsPerConnection, keepAlive } = this.limits(connection.origin)
    const { clock } = this.#engine
    must(
      connection.lane.member === request.member && connection.lane.key === request.laneKey,
      'a connection of another lane was reused',
    )
    const late = connection.phase === 'idle' && !clock.turning && this.#census.now >= this.#census.due(connection, 1)
    must(!late, 'a connection was reused that had expired')
    must(!request.retried, 'a retried request was given a connection that had served before')
    must(!connection.overflow, 'an overflow connection was reused')
    const { maxConnectionsPerHost } = this.limits(connection.origin)
    const lives = this.#census.sockets().filter((socket) => socket.phase !== 'closing')
    const there = lives.filter((socket) => socket.origin === connection.origin)
    const surplus = lives.length > this.config.maxConnections || there.length > maxConnectionsPerHost
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
      if (other.retried && connection.phase !== 'new' && closing) continue
      must(other.laneKey !== request.laneKey || other.member !== request.member, 'FIFO in a lane', {
        granted: order,
        waits: other.order,
      })
    }
    if (connection.phase !== 'busy' || !this.#census.isPatient) return
    const verdicts = this.#economy.verdicts(connection, this.#census.now, request)
    must(verdicts.has(false), 'a connection was handed on that was worth more to others', { granted: order })
  }

  /** An idle connection closes for a reason. */
  #checkClose(connection: FakeConnection): void {
    if (this.ended.has(connection.lane.member) || connection.finSeen) return
    if (connection.phase === 'busy' && connection.request === null) return this.#checkYield(connection)
    if (connection.phase !== 'idle') return
    const { maxConnections, maxIdleConnections, maxHosts } = this.config
    const { maxConnectionsPerHost, maxIdleConnectionsPerHost, keepAlive, maxRequestsPerConnection } = this.limits(
      connection.origin,
    )
    // Itself is among the idle ones unless it was being looked at.
    const idle = new Set([...this.#census.idle(), connection])
    const idleThere = [...idle].filter((socket) => socket.origin === connection.origin).length
    const reasons = {
      due: this.#census.due(connection, 0.9) <= this.#census.now,
      total: this.#census.sockets().length > maxConnections || this.#census.room() < 0,
      perHost: this.#census.sockets(connection.origin).length > maxConnectionsPerHost || this.#census.room(connection.origin) < 0,
      sold: this.#isSold(connection),
      idle: idle.size > maxIdleConnections,
      idlePerHost: idleThere > maxIdleConnectionsPerHost,
      hosts: new Set([...idle].map((socket) => socket.origin)).size > maxHosts,
      keepAlive: !keepAlive,
      used: connection.served >= maxRequestsPerConnection,
    }
    must(Object.values(reasons).includes(true), 'an idle connection was closed without need', { now: this.#census.now })
  }

  /** A connection that has come free closes for a reason. */
  #checkYield(connection: FakeConnection): void {
    const { maxConnections } = this.config
    const { origin, overflow, spent } = connection
    const { maxConnectionsPerHost, keepAlive, keepAliveExpiry, maxRequestsPerConnection, maxLifetime } = this.limits(origin)
    const lives = this.#census.sockets().filter((socket) => socket.phase !== 'closing')
    const reasons = {
      overflow: overflow || spent || !keepAlive,
      used: connection.served >= Math.min(maxRequestsPerConnection, connection.hintedServed),
      due: this.#census.now >= connection.createdAt + maxLifetime * 0.9,
      // It was opened for nobody, and others would have to go for it.
      ahead: connection.served === 0 && !this.ready.fits(origin),
      hinted: Math.min(keepAliveExpiry, connection.hintedIdleMs) <= 0,
      total: lives.length > maxConnections || this.#census.room() < 0,
      perHost: lives.filter((socket) => socket.origin === origin).length > maxConnectionsPerHost || this.#census.room(origin) < 0,
      sold: this.#isSold(connection),
    }
    must(Object.values(reasons).includes(true), 'a connection was closed that was worth most where it was', {
      now: this.#census.now,
    })
  }

  #isSold(connection: FakeConnection): boolean {
    if (this.#census.isPatient) return this.#economy.verdicts(connection, this.#census.now).has(true)
    return this.#isContested(connection.origin)
  }

  /** Whether more wait than places are on their way, within the total or that host's limit. */
  #isContested(origin: string): boolean {
    const { maxConnections, maxOverflow } = this.config
    const there = this.#census.sockets(origin)
    const beyond = [...this.#engine.live].filter((socket) => socket.overflow && socket.origin === origin).length
    const kept = there.filter(({ phase }) => phase !== 'closing').length
    const places = this.limits(origin).maxConnectionsPerHost - kept - Math.max(0, beyond - maxOverflow)
    if (this.#census.queued(origin).length > places) return true
    return this.#census.queued().length > 0 && (this.#census.sockets().length >= maxConnections || this.#census.room() <= 0)
  }

  /** A request that has just asked and now waits was right to wait. */
  checkWait(request: FakeRequest): void {
    if (!request.queued || request.retried) return
    const { block, maxPending } = this.config
    const pending = this.#census.queued().length
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
    const full = !this.#census.hasPlace(request)
    if (code === 'ERR_POOL_ACQUIRE_TIMEOUT') {
      must(this.#census.now >= request.since + acquireTimeout, 'an acquire timeout came early')
    } else if (code === 'ERR_POOL_FULL') {
      must(!block && full && !overflow, 'ERR_POOL_FULL without need', { block, full })
    } else if (code === 'ERR_POOL_QUEUE_FULL') {
      must(block && full && this.#census.queued().length >= maxPending && !overflow, 'ERR_POOL_QUEUE_FULL without need')
    } else {
      must(code === 'ERR_POOL_CLOSED' && this.ended.has(request.member), 'a request was rejected for no reason', { code })
    }
  }
}
