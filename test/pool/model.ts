import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import { EconomyModel } from './economy-model.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { ReadyModel } from './ready-model.ts'

// The contract's §2, written down a second time in the plainest way: everything is counted anew from the sockets and requests
// that the engine has seen, whatever it costs. It reads the core's state only to compare it.

const unlimited = Number.POSITIVE_INFINITY

function must(holds: boolean, rule: string, details: object = {}): asserts holds {
  if (!holds) throw new Error(`${rule}: ${JSON.stringify(details)}`)
}

export class Model {
  config: ResolvedPoolConfig
  readonly #engine: FakeEngine
  readonly #economy: EconomyModel
  readonly ready: ReadyModel
  /** Members that take no new request. */
  readonly ended = new Set<unknown>()

  constructor(engine: FakeEngine, config: ResolvedPoolConfig) {
    this.#engine = engine
    this.config = config
    this.#economy = new EconomyModel(
      engine,
      (origin) => this.limits(origin),
      () => this.config,
    )
    this.ready = new ReadyModel(engine, this)
    engine.beforeGrant = (request, connection) => this.#checkGrant(request, connection)
    engine.beforeClose = (connection) => this.#checkClose(connection)
  }

  limits(origin: string): HostLimits {
    return { ...this.config, ...this.config.hosts[new URL(origin).hostname], ...this.config.hosts[origin] }
  }

  get #now(): number {
    return this.#engine.clock.now()
  }

  #sockets(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter((socket) => !socket.overflow && (origin === undefined || socket.origin === origin))
  }

  #queued(origin?: string): FakeRequest[] {
    return [...this.#engine.waiting].filter((request) => request.queued && (origin === undefined || request.origin === origin))
  }

  /** Idle connections that are free, not those that are being looked at for a request. */
  #idle(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter(
      (socket) => socket.phase === 'idle' && socket.promised.size === 0 && (origin === undefined || socket.origin === origin),
    )
  }

  /** When an idle connection is due to close, at the latest and at the earliest: the lifetime has jitter. */
  #due(socket: FakeConnection, share: number): number {
    const { keepAliveExpiry, maxLifetime } = this.limits(socket.origin)
    return Math.min(socket.releasedAt + Math.min(keepAliveExpiry, socket.hintedIdleMs), socket.createdAt + maxLifetime * share)
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
    must(this.#room() > 0 && this.#room(origin) > 0, 'a connection was opened beyond limit and overflow')
    if (connection.overflow) {
      must(this.#mayOverflow(origin), 'more overflow than maxOverflow', { overflow: ledger.overflow + 1, maxOverflow })
      return
    }
    const { maxConnectionsPerHost } = this.limits(origin)
    must(ledger.normal + 1 <= maxConnections, 'more sockets than maxConnections', { sockets: ledger.normal + 1, maxConnections })
    const open = ledger.of(origin) + 1
    must(open <= maxConnectionsPerHost, 'more sockets than maxConnectionsPerHost', { origin, open, maxConnectionsPerHost })
  }

  /** Connections that fit into limit and overflow together, whatever has been lowered meanwhile: of one origin, or of all. */
  #room(origin?: string): number {
    const { maxConnections, maxOverflow } = this.config
    const limit = origin === undefined ? maxConnections : this.limits(origin).maxConnectionsPerHost
    const open = [...this.#engine.live].filter((socket) => origin === undefined || socket.origin === origin).length
    return limit + maxOverflow - open
  }

  #mayOverflow(origin: string): boolean {
    return this.#engine.ledger.overflow < this.config.maxOverflow && this.#room() > 0 && this.#room(origin) > 0
  }

  /** Whether the connection may take one more request. */
  #checkReuse(request: FakeRequest, connection: FakeConnection): void {
    const { maxLifetime, maxRequestsPerConnection, keepAlive } = this.limits(connection.origin)
    const { clock } = this.#engine
    must(
      connection.lane.member === request.member && connection.lane.key === request.laneKey,
      'a connection of another lane was reused',
    )
    const late = connection.phase === 'idle' && !clock.turning && this.#now >= this.#due(connection, 1)
    must(!late, 'a connection was reused that had expired')
    must(!request.retried, 'a retried request was given a connection that had served before')
    must(!connection.overflow, 'an overflow connection was reused')
    const { maxConnectionsPerHost } = this.limits(connection.origin)
    const lives = this.#sockets().filter((socket) => socket.phase !== 'closing')
    const there = lives.filter((socket) => socket.origin === connection.origin)
    const surplus = lives.length > this.config.maxConnections || there.length > maxConnectionsPerHost
    must(!surplus, 'a connection was reused that a lowered limit no longer allows')
    must(keepAlive || connection.phase === 'idle', 'a connection was reused without keepAlive')
    must(this.#now < connection.createdAt + maxLifetime, 'a connection was reused beyond maxLifetime')
    must(connection.served < Math.min(maxRequestsPerConnection, connection.hintedServed), 'a connection was reused too often')
    must(!connection.finSeen, 'a connection was reused that is known to be closed')
    must(!connection.finArrived || (clock.polledWithin(3) && !clock.turning), 'a connection was reused unlooked at')
  }

  /** FIFO in a lane; among lanes without a connection places go to the oldest; and a connection is handed on only where the rule lets it be. */
  #checkOrder(request: FakeRequest, connection: FakeConnection): void {
    const order = request.order === -1 ? this.#engine.arrivals : request.order
    const closing = this.#sockets().some((socket) => socket.phase === 'closing')
    for (const other of this.#queued()) {
      if (other.order >= order) continue
      // Only a new connection would do for it, and a place is on its way.
      if (other.retried && connection.phase !== 'new' && closing) continue
      must(other.laneKey !== request.laneKey || other.member !== request.member, 'FIFO in a lane', {
        granted: order,
        waits: other.order,
      })
    }
    if (connection.phase !== 'busy' || !this.#isPatient) return
    const verdicts = this.#economy.verdicts(connection, this.#now, request)
    must(verdicts.has(false), 'a connection was handed on that was worth more to others', { granted: order })
  }

  /** Whether connects are weighed: not where a request may not wait, or need not. */
  get #isPatient(): boolean {
    const { block, maxConnections, maxOverflow } = this.config
    const { normal, overflow } = this.#engine.ledger
    return block && !(overflow < maxOverflow && normal + overflow < maxConnections + maxOverflow)
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
    const idle = new Set([...this.#idle(), connection])
    const idleThere = [...idle].filter((socket) => socket.origin === connection.origin).length
    const reasons = {
      due: this.#due(connection, 0.9) <= this.#now,
      total: this.#sockets().length > maxConnections || this.#room() < 0,
      perHost: this.#sockets(connection.origin).length > maxConnectionsPerHost || this.#room(connection.origin) < 0,
      sold: this.#isSold(connection),
      idle: idle.size > maxIdleConnections,
      idlePerHost: idleThere > maxIdleConnectionsPerHost,
      hosts: new Set([...idle].map((socket) => socket.origin)).size > maxHosts,
      keepAlive: !keepAlive,
      used: connection.served >= maxRequestsPerConnection,
    }
    must(Object.values(reasons).includes(true), 'an idle connection was closed without need', { now: this.#now })
  }

  /** A connection that has come free closes for a reason. */
  #checkYield(connection: FakeConnection): void {
    const { maxConnections } = this.config
    const { origin, overflow, spent } = connection
    const { maxConnectionsPerHost, keepAlive, keepAliveExpiry, maxRequestsPerConnection, maxLifetime } = this.limits(origin)
    const lives = this.#sockets().filter((socket) => socket.phase !== 'closing')
    const reasons = {
      overflow: overflow || spent || !keepAlive,
      used: connection.served >= Math.min(maxRequestsPerConnection, connection.hintedServed),
      due: this.#now >= connection.createdAt + maxLifetime * 0.9,
      // It was opened for nobody, and others would have to go for it.
      ahead: connection.served === 0 && !this.ready.fits(origin),
      hinted: Math.min(keepAliveExpiry, connection.hintedIdleMs) <= 0,
      total: lives.length > maxConnections || this.#room() < 0,
      perHost: lives.filter((socket) => socket.origin === origin).length > maxConnectionsPerHost || this.#room(origin) < 0,
      sold: this.#isSold(connection),
    }
    must(Object.values(reasons).includes(true), 'a connection was closed that was worth most where it was', { now: this.#now })
  }

  #isSold(connection: FakeConnection): boolean {
    if (this.#isPatient) return this.#economy.verdicts(connection, this.#now).has(true)
    return this.#isContested(connection.origin)
  }

  /** Whether more wait than places are on their way, within the total or that host's limit. */
  #isContested(origin: string): boolean {
    const { maxConnections, maxOverflow } = this.config
    const there = this.#sockets(origin)
    const beyond = [...this.#engine.live].filter((socket) => socket.overflow && socket.origin === origin).length
    const kept = there.filter(({ phase }) => phase !== 'closing').length
    const places = this.limits(origin).maxConnectionsPerHost - kept - Math.max(0, beyond - maxOverflow)
    if (this.#queued(origin).length > places) return true
    return this.#queued().length > 0 && (this.#sockets().length >= maxConnections || this.#room() <= 0)
  }

  /** How many of these requests are served once what closes has closed and what idles was closed too. */
  #servable(requests: FakeRequest[]): number {
    const { maxConnections, maxOverflow } = this.config
    const places = (limit: number, origin?: string) => {
      const idle = [...this.#idle(origin), ...this.ready.spares(origin)]
      const kept = this.#sockets(origin).filter((socket) => socket.phase !== 'closing' && !idle.includes(socket)).length
      const beyond = [...this.#engine.live].filter(
        ({ overflow, origin: of }) => overflow && (origin === undefined || of === origin),
      )
      return Math.max(0, limit - kept - Math.max(0, beyond.length - maxOverflow))
    }
    let sum = 0
    for (const origin of new Set(requests.map((request) => request.origin))) {
      const wanted = requests.filter((request) => request.origin === origin).length
      sum += Math.min(wanted, places(this.limits(origin).maxConnectionsPerHost, origin))
    }
    return Math.min(sum, places(maxConnections))
  }

  /** Whether a place is or will soon be free for the request, besides those for all others that wait. */
  #hasPlace(request: FakeRequest): boolean {
    const others = this.#queued().filter((other) => other !== request)
    return this.#servable([...others, request]) > this.#servable(others)
  }

  /** A request that has just asked and now waits was right to wait. */
  checkWait(request: FakeRequest): void {
    if (!request.queued || request.retried) return
    const { block, maxPending } = this.config
    const pending = this.#queued().length
    must(
      (block && pending <= maxPending) || this.#hasPlace(request) || this.ready.isPromised(request),
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
    const overflow = this.#mayOverflow(request.origin)
    const code = request.error?.code
    const full = !this.#hasPlace(request)
    if (code === 'ERR_POOL_ACQUIRE_TIMEOUT') {
      must(this.#now >= request.since + acquireTimeout, 'an acquire timeout came early')
    } else if (code === 'ERR_POOL_FULL') {
      must(!block && full && !overflow, 'ERR_POOL_FULL without need', { block, full })
    } else if (code === 'ERR_POOL_QUEUE_FULL') {
      must(block && full && this.#queued().length >= maxPending && !overflow, 'ERR_POOL_QUEUE_FULL without need')
    } else {
      must(code === 'ERR_POOL_CLOSED' && this.ended.has(request.member), 'a request was rejected for no reason', { code })
    }
  }

  /** What holds whenever the core has returned. */
  check(): void {
    this.#checkCounters()
    this.#checkProgress()
    this.#checkIdle()
    this.#checkTimes()
    this.#checkStats()
    this.ready.check()
  }

  #checkCounters(): void {
    const { pool, ledger } = this.#engine
    const sockets = this.#sockets()
    const closing = sockets.filter((socket) => socket.phase === 'closing').length
    const queued = this.#queued()
    const found = [
      pool.connections.open,
      pool.connections.closing,
      pool.connections.overflow,
      pool.connections.idle.size,
      pool.queue.pending,
    ]
    const counted = [ledger.normal, closing, ledger.overflow, this.#idle().length, queued.length]
    must(found.join() === counted.join(), 'open, closing, overflow, idle, pending are counted wrong', { found, counted })
    const origins = new Set([...this.#engine.live, ...this.#engine.waiting].map(({ origin }) => origin))
    for (const key of origins) {
      const waiting = this.#queued(key).length
      const open = ledger.of(key)
      const origin = pool.registry.origins.get(key)
      // An origin of which only requests are left that are being looked after in this turn may be forgotten.
      if (origin === undefined) must(waiting === 0 && open === 0, 'an origin in use was forgotten', { key, waiting, open })
      else must(origin.open === open && origin.waiting === waiting, 'an origin is counted wrong', { key, open, waiting })
    }
    for (const key of pool.registry.origins.keys()) must(origins.has(key), 'an origin that nothing uses is kept', { key })
  }

  /** No stall: whoever could be served is, or something is in flight that will serve him. */
  #checkProgress(): void {
    const { maxConnections, maxOverflow } = this.config
    const engine = this.#engine
    const { ledger } = engine
    const closing = this.#sockets().filter((socket) => socket.phase === 'closing').length
    const queued = this.#queued()
    let wanted = 0
    for (const origin of new Set(queued.map((request) => request.origin))) {
      const open = ledger.of(origin)
      const waiting = this.#queued(origin).length
      const { maxConnectionsPerHost } = this.limits(origin)
      const room = Math.max(0, Math.min(maxConnectionsPerHost - open, this.#room(origin)))
      wanted += Math.min(room, waiting)
      must(room === 0 || ledger.normal >= maxConnections || this.#room() <= 0, 'a request waits though there is room', { origin })
      const closingThere = this.#sockets(origin).filter((socket) => socket.phase === 'closing').length
      const blocked = room === 0 && waiting > closingThere
      const [kept] = engine.pool.registry.origins.get(origin)?.idle ?? []
      if (blocked && kept !== undefined) this.#checkKept(kept as FakeConnection)
      must(!blocked || this.ready.spares(origin).length === 0, 'a request waits though one is opened there for nobody', {
        origin,
      })
    }
    const { first } = engine.pool.connections.idle.all
    if (wanted > closing && first !== undefined) this.#checkKept(first as FakeConnection)
    must(wanted <= closing || this.ready.spares().length === 0, 'a request waits though one is opened for nobody')
    const overflow = queued.some(({ origin }) => this.#mayOverflow(origin)) && queued.length > closing
    must(!overflow, 'a request waits though overflow is allowed', { overflow: ledger.overflow, maxOverflow })
    for (const request of queued) {
      const reusable = this.#idle().filter(({ lane }) => lane.member === request.member && lane.key === request.laneKey)
      must(request.retried || reusable.length === 0, 'a request waits though its lane has an idle connection')
    }
  }

  /** An idle connection keeps others waiting only as long as the rule lets it: the pool looks again after a connect at the latest. */
  #checkKept(connection: FakeConnection): void {
    must(this.#isPatient, 'an idle connection keeps a request waiting that may not wait, or need not')
    const late = 1 + Math.max(...[...this.#engine.live].map(({ lane }) => lane.costs.connect))
    if (this.#now < this.#engine.changedAt + late) return
    const verdicts = this.#economy.verdicts(connection, this.#now - late)
    must(verdicts.has(false), 'an idle connection keeps others waiting that it is worth more to', { now: this.#now })
  }

  #checkIdle(): void {
    const { maxConnections, maxIdleConnections, maxHosts } = this.config
    const idle = this.#idle()
    must(idle.length <= maxIdleConnections, 'more idle than maxIdleConnections', { idle: idle.length })
    const origins = new Set(idle.map(({ origin }) => origin))
    must(origins.size <= maxHosts, 'more hosts with idle connections than maxHosts', { hosts: origins.size })
    const lives = this.#sockets().filter((socket) => socket.phase !== 'closing')
    must(lives.length <= maxConnections || idle.length === 0, 'an idle connection is kept above maxConnections')
    for (const origin of origins) {
      const { maxConnectionsPerHost, maxIdleConnectionsPerHost, keepAlive } = this.limits(origin)
      const idleThere = this.#idle(origin).length
      must(idleThere <= maxIdleConnectionsPerHost, 'more idle than maxIdleConnectionsPerHost', { origin, idleThere })
      must(keepAlive, 'an idle connection is kept without keepAlive')
      const livesThere = lives.filter((socket) => socket.origin === origin).length
      must(livesThere <= maxConnectionsPerHost, 'an idle connection is kept above maxConnectionsPerHost', { origin, livesThere })
    }
    for (const socket of idle) must(!this.ended.has(socket.lane.member), 'an idle connection of a closed member is kept')
  }

  #checkTimes(): void {
    const { clock } = this.#engine
    for (const socket of this.#idle())
      must(this.#due(socket, 1) > this.#now, 'an idle connection outlives its time', { now: this.#now })
    for (const request of this.#queued()) {
      const until = Math.max(request.since + this.limits(request.origin).acquireTimeout, clock.excusedUntil)
      must(this.#now < until, 'a request waits beyond acquireTimeout', {
        order: request.order,
      })
    }
    const connecting = [...this.#engine.live].some((socket) => socket.phase === 'connecting' && socket.served > 0)
    must(
      !clock.held || connecting || this.ready.isAwaited || this.#queued().length > 0,
      'a timer keeps the process alive while nobody waits',
    )
    const finite = this.#queued().some((request) => this.limits(request.origin).acquireTimeout !== unlimited)
    must(clock.held || !finite, 'no timer keeps the process alive for a request that waits')
  }

  #checkStats(): void {
    const { pool, tally } = this.#engine
    const found = [
      pool.connections.created,
      pool.connections.reused,
      pool.connections.overflowed,
      pool.settlement.rejected,
      pool.settlement.acquireTimeouts,
      pool.settlement.aborted,
    ]
    const counted = [tally.created, tally.reused, tally.overflowed, tally.rejected, tally.timedOut, tally.abandoned]
    must(found.join() === counted.join(), 'created, reused, overflowed, rejected, acquireTimeouts, aborted are counted wrong', {
      found,
      counted,
    })
  }

  /** Nothing is left once everything has ended. */
  checkEmpty(): void {
    const { pool, clock, ledger, live } = this.#engine
    must(live.size === 0 && ledger.normal === 0 && ledger.overflow === 0, 'sockets are left')
    const left = [
      pool.connections.open,
      pool.connections.closing,
      pool.connections.overflow,
      pool.connections.idle.size,
      pool.queue.pending,
      pool.queue.demand,
      pool.registry.origins.size,
    ]
    must(
      left.every((count) => count === 0),
      'open, closing, overflow, idle, pending, demand, origins are left',
      left,
    )
    must(!clock.held, 'a timer keeps the process alive')
    for (const request of this.#engine.requests) {
      const settled = request.outcome !== 'waiting' && request.outcome !== 'granted'
      must(settled, 'a request was lost', { order: request.order, outcome: request.outcome })
    }
  }
}
