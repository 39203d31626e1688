import { readRoutes } from '../../src/config/proxies/ways.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import { ConnectionPool } from '../../src/pool/pool.ts'
import type { Member } from '../../src/pool/port.ts'
import { FakeClock } from './fake-clock.ts'
import { type FakeConnection, FakeLane, FakeRequest, FakeWaiter, type Outcome, type Phase } from './fake-entities.ts'
import { Ledger } from './ledger.ts'

export interface FakeEngineOptions {
  seed?: number
  /** When a socket that is told to close has closed: at once inside `close()`, after so long, or when the test says so. */
  closing?: 'at once' | 'when told' | number
  /** Sockets that are known to be dead have nothing left to wait for when they are told to close. */
  deadCloseAtOnce?: boolean
  /** To which origins HTTP/2 is offered. */
  offersH2?: (origin: string) => boolean
  /** Keeps lanes of its own beyond the core's memory of them, as the undici engine does. */
  keepsLanes?: boolean
}

/** Drives the core as a real engine does, with sockets that do only what the test tells them. */
export class FakeEngine {
  readonly clock: FakeClock
  readonly pool: ConnectionPool
  readonly ledger = new Ledger()
  readonly live = new Set<FakeConnection>()
  readonly requests: FakeRequest[] = []
  /** In the order of the grants. */
  readonly grants: FakeRequest[] = []
  /** How often a connection has become idle. */
  parks = 0
  /** When anything last happened to a request or connection. */
  changedAt = 0
  readonly tally = { created: 0, reused: 0, overflowed: 0, rejected: 0, timedOut: 0, abandoned: 0 }
  /** Requests that wait or are verified, so that checks need not look at all that ever were. */
  readonly waiting = new Set<FakeRequest>()
  /** Called before a grant takes effect, with the state it was decided in. */
  beforeGrant: (request: FakeRequest, connection: FakeConnection) => void = () => {}
  beforeClose: (connection: FakeConnection) => void = () => {}
  /** Called before a connection takes no more requests. */
  beforeDrain: (connection: FakeConnection) => void = () => {}
  /** The connection one of whose requests has just ended, until the core has given it the next. */
  released: FakeConnection | null = null
  /** Called before a connection is opened for no request. */
  beforeAhead: (connection: FakeConnection) => void = () => {}
  /** Called when a connection that nobody has used is gone. */
  onWasted: (connection: FakeConnection) => void = () => {}
  /** Called after a request was granted or rejected, from inside the core's call. */
  onSettled: (request: FakeRequest) => void = () => {}
  /** Called when a connection has failed its request, from inside `close()` if it was the core that closed it. */
  onFailed: (request: FakeRequest) => void = () => {}
  readonly #options: Required<FakeEngineOptions>
  readonly #lanes = new Map<Member<FakeLane>, Map<string, FakeLane>>()
  readonly #closingAt: { connection: FakeConnection; due: number }[] = []
  #arrivals = 0

  #config: ResolvedPoolConfig

  constructor(config: ResolvedPoolConfig, options: FakeEngineOptions = {}) {
    this.#config = config
    this.#options = {
      seed: 1,
      closing: 'when told',
      deadCloseAtOnce: false,
      keepsLanes: false,
      offersH2: () => false,
      ...options,
    }
    this.clock = new FakeClock(this.#options.seed)
    this.pool = new ConnectionPool(config, this.clock)
    this.clock.onPoll = () => this.#hear()
  }

  offersH2(origin: string): boolean {
    return this.#options.offersH2(origin)
  }

  /** The proxy that a connection to the origin goes through from now on. */
  viaOf(origin: string): string | null {
    const { hosts, proxy } = this.#config
    const own = hosts[origin]?.proxy ?? hosts[new URL(origin).hostname]?.proxy ?? proxy
    return own === false || own === 'env' ? null : own.origin
  }

  /** As a budget does it: the ways first, then the engines, then the limits. What idles by another way closes. */
  reconfigure(config: ResolvedPoolConfig): void {
    this.pool.reroute(readRoutes(config))
    this.#config = config
    this.pool.reconfigure(config)
    for (const connection of [...this.live]) {
      const isUnused = connection.phase === 'idle' || (connection.phase === 'connecting' && connection.served === 0)
      if (connection.stray && isUnused && connection.promised.size === 0) this.closed(connection)
    }
  }

  get arrivals(): number {
    return this.#arrivals
  }

  join(): Member<FakeLane> {
    const member: Member<FakeLane> = this.pool.join((url) => this.#plainLane(member, url))
    return member
  }

  request(member: Member<FakeLane>, origin: string, name = 'plain'): FakeRequest {
    this.changedAt = this.clock.now()
    const key = `${origin} ${name}`
    const lane = this.#laneOf(member, key, origin)
    const request = new FakeRequest(this, member, origin, key)
    this.requests.push(request)
    const connection = this.pool.take(lane)
    if (connection === null) {
      this.#queue(request, new FakeWaiter(lane, request))
      this.pool.wait(request.waiter as FakeWaiter)
      return request
    }
    if (connection.mayBeStale || lane.mayMultiplex) this.#arrive(request, lane)
    this.onGrant(request, connection as FakeConnection)
    return request
  }

  #plainLane(member: Member<FakeLane>, { protocol, hostname, port }: URL): FakeLane {
    const origin = `${protocol}//${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
    return this.#laneOf(member, `${origin} plain`, origin)
  }

  #laneOf(member: Member<FakeLane>, key: string, origin: string): FakeLane {
    if (!this.#options.keepsLanes) return member.lanes.get(key) ?? new FakeLane(this, member, key, origin)
    const lanes = this.#lanes.get(member) ?? new Map<string, FakeLane>()
    this.#lanes.set(member, lanes)
    const lane = lanes.get(key) ?? new FakeLane(this, member, key, origin)
    lanes.set(key, lane)
    return lane
  }

  /** It may have to be retried: its place and its deadline are those of today. */
  #arrive(request: FakeRequest, lane: FakeLane): void {
    request.waiter = new FakeWaiter(lane, request)
    this.#number(request)
    this.pool.arrive(request.waiter)
  }

  /** Another try of a request whose connection has just failed it. */
  retry(request: FakeRequest): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'failed') throw new Error(`a request was retried that is ${request.outcome}`)
    const lane = (request.connection as FakeConnection).lane as FakeLane
    request.outcome = 'waiting'
    request.retried = true
    this.#queue(request, request.waiter ?? new FakeWaiter(lane, request))
    this.pool.retry(request.waiter as FakeWaiter)
  }

  #queue(request: FakeRequest, waiter: FakeWaiter): void {
    request.waiter = waiter
    this.#number(request)
    this.waiting.add(request)
  }

  #number(request: FakeRequest): void {
    if (request.order !== -1) return
    request.order = this.#arrivals++
    request.since = this.clock.now()
  }

  abandon(request: FakeRequest): void {
    this.changedAt = this.clock.now()
    if (request.waiter === null || !this.pool.abandon(request.waiter)) throw new Error('a waiting request could not be abandoned')
    this.tally.abandoned++
    this.#settle(request, 'abandoned')
  }

  onGrant(request: FakeRequest, connection: FakeConnection): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'waiting') throw new Error(`a request was granted that is ${request.outcome}`)
    if (connection.requests.size > 0 && !connection.h2) throw new Error('a connection was granted to two requests')
    this.beforeGrant(request, connection)
    this.released = null
    if (connection.phase === 'new') this.onOpen(connection)
    else if (connection.phase === 'idle' || connection.phase === 'busy') {
      connection.phase = 'busy'
      if (connection.served > 0) this.tally.reused++
    } else throw new Error(`a connection was granted that is ${connection.phase}`)
    request.reused = connection.served > 0
    connection.served++
    connection.requests.add(request)
    request.connection = connection
    this.grants.push(request)
    this.#settle(request, 'granted')
    this.onSettled(request)
  }

  /** Its dial begins, for a request or for none. */
  onOpen(connection: FakeConnection): void {
    connection.phase = 'connecting'
    connection.createdAt = this.clock.now()
    this.live.add(connection)
    this.tally.created++
    if (connection.overflow) this.tally.overflowed++
    this.ledger.opened(connection.origin, connection.overflow, connection.via)
  }

  onDrain(connection: FakeConnection): void {
    this.beforeDrain(connection)
    connection.drainedAt = this.grants.length
  }

  onReject(request: FakeRequest, error: Error): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'waiting') throw new Error(`a request was rejected that is ${request.outcome}`)
    request.error = error
    if (request.error.code === 'ERR_POOL_ACQUIRE_TIMEOUT') this.tally.timedOut++
    else this.tally.rejected++
    this.#settle(request, 'rejected')
    this.onSettled(request)
  }

  #settle(request: FakeRequest, outcome: Outcome): void {
    request.outcome = outcome
    this.waiting.delete(request)
  }

  /** @param h2 whether its server speaks HTTP/2 */
  connect(connection: FakeConnection, h2 = false): void {
    this.changedAt = this.clock.now()
    if (connection.phase !== 'connecting') throw new Error(`a socket connects that is ${connection.phase}`)
    connection.phase = 'busy'
    connection.h2 = h2
    if (connection.request === null) connection.releasedAt = this.clock.now()
    this.pool.connected(connection, h2)
  }

  /** SETTINGS have come from its server. */
  settings(connection: FakeConnection, allows: number): void {
    this.changedAt = this.clock.now()
    connection.allows = allows
    this.pool.slotsChanged(connection, allows)
  }

  /** GOAWAY has come from its server, which has not seen the youngest requests and will not. */
  goAway(connection: FakeConnection, unseen = 0): void {
    this.changedAt = this.clock.now()
    connection.goneAway = true
    const left = [...connection.requests].slice(connection.requests.size - unseen)
    this.pool.drain(connection)
    for (const request of left) {
      if (!connection.requests.delete(request)) continue
      connection.releasedAt = this.clock.now()
      connection.answered++
      this.pool.release(connection, true)
      this.requeue(request)
    }
  }

  /** A request goes back to the queue that its server has not seen. */
  requeue(request: FakeRequest): void {
    request.outcome = 'waiting'
    request.requeued = true
    this.#queue(request, request.waiter ?? new FakeWaiter((request.connection as FakeConnection).lane as FakeLane, request))
    this.pool.requeue(request.waiter as FakeWaiter)
  }

  /** The response of one request has ended, be it by a reset. */
  release(
    connection: FakeConnection,
    reusable = true,
    hint?: { timeout?: number; max?: number },
    request = connection.request as FakeRequest,
  ): void {
    this.changedAt = this.clock.now()
    connection.requests.delete(request)
    connection.releasedAt = this.clock.now()
    connection.answered++
    connection.spent = !reusable
    request.outcome = 'done'
    const header = hint && Object.entries(hint).map(([name, value]) => `${name}=${value}`)
    this.released = connection
    this.pool.release(connection, reusable, header?.join(', '))
    this.released = null
  }

  onClose(connection: FakeConnection, error: Error | undefined): void {
    this.changedAt = this.clock.now()
    if (connection.phase === 'closing' || connection.phase === 'closed')
      throw new Error(`a connection is to close that is ${connection.phase}`)
    this.beforeClose(connection)
    connection.isUnwanted = error === undefined && connection.usable()
    // Beyond ten seconds the core gives up on a socket that never connected.
    const latest = connection.phase === 'connecting' && !connection.silent ? this.clock.now() + 9000 : Number.POSITIVE_INFINITY
    connection.phase = 'closing'
    this.#fail(connection, error)
    const { closing, deadCloseAtOnce } = this.#options
    if (closing === 'at once' || (deadCloseAtOnce && connection.finSeen)) this.closed(connection)
    else
      this.#closingAt.push({
        connection,
        due: closing === 'when told' ? latest : this.clock.now() + closing,
      })
  }

  #fail(connection: FakeConnection, error: Error | undefined): void {
    const failed = [...connection.requests]
    connection.requests.clear()
    for (const request of failed) {
      request.outcome = 'failed'
      request.error = error
    }
    for (const request of failed) this.onFailed(request)
  }

  /** Its socket has closed: the pool's own doing, the server's, or a failed connect. */
  closed(connection: FakeConnection): void {
    this.changedAt = this.clock.now()
    const closing = this.#closingAt.findIndex((entry) => entry.connection === connection)
    if (closing !== -1) this.#closingAt.splice(closing, 1)
    // Who hears of it may ask again before the core does.
    if (connection.h2) connection.finSeen = true
    this.#fail(connection, undefined)
    connection.phase = 'closed'
    if (connection.served === 0) this.onWasted(connection)
    this.live.delete(connection)
    this.ledger.closed(connection.origin, connection.overflow, connection.via)
    this.pool.closed(connection)
  }

  /** One turn of the event loop. */
  turn(): void {
    this.clock.runTurns()
  }

  /** The poll phase sees what has arrived at the sockets. */
  #hear(): void {
    for (const connection of [...this.live]) {
      if (!connection.finArrived || connection.finSeen) continue
      connection.finSeen = true
      // Even serials notice by `close`, odd ones only know that they are not usable: engines differ.
      if (connection.requests.size > 0 ? connection.h2 : connection.phase === 'idle' && connection.createdAt % 2 === 0)
        this.closed(connection)
    }
  }

  advance(ms: number): void {
    const end = this.clock.now() + ms
    for (;;) {
      const due = Math.min(...this.#closingAt.map((entry) => entry.due), Number.POSITIVE_INFINITY)
      if (due > end) break
      this.clock.advance(Math.max(0, due - this.clock.now()))
      const entry = this.#closingAt.find((candidate) => candidate.due <= this.clock.now())
      if (entry !== undefined) this.closed(entry.connection)
    }
    this.clock.advance(Math.max(0, end - this.clock.now()))
  }

  /** Lets the sockets have closed that never connected. */
  finishGivenUp(): void {
    if (this.#options.closing !== 'when told') return
    for (const { connection, due } of [...this.#closingAt]) if (due !== Number.POSITIVE_INFINITY) this.closed(connection)
  }

  /** Lets every socket that is closing have closed. */
  finishClosing(): void {
    for (const connection of this.phase('closing')) if (connection.phase === 'closing') this.closed(connection)
  }

  phase(phase: Phase): FakeConnection[] {
    return [...this.live].filter((connection) => connection.phase === phase)
  }
}
