import { readRoutes } from '../../src/config/proxies/ways.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import type { Member } from '../../src/pool/port.ts'
import { Closings } from './closings.ts'
import { type FakeConnection, FakeLane, type FakeRequest, type Phase } from './fake-entities.ts'
import { FakeRequests } from './fake-requests.ts'
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
export class FakeEngine extends FakeRequests {
  readonly ledger = new Ledger()
  readonly live = new Set<FakeConnection>()
  /** How often a connection has become idle. */
  parks = 0
  beforeClose: (connection: FakeConnection) => void = () => {}
  /** Called before a connection takes no more requests. */
  beforeDrain: (connection: FakeConnection) => void = () => {}
  /** Called before a connection is opened for no request. */
  beforeAhead: (connection: FakeConnection) => void = () => {}
  /** Called when a connection that nobody has used is gone. */
  onWasted: (connection: FakeConnection) => void = () => {}
  readonly #options: Required<FakeEngineOptions>
  readonly #lanes = new Map<Member<FakeLane>, Map<string, FakeLane>>()
  readonly #closings = new Closings()
  #config: ResolvedPoolConfig

  constructor(config: ResolvedPoolConfig, options: FakeEngineOptions = {}) {
    const all = {
      seed: 1,
      closing: 'when told',
      deadCloseAtOnce: false,
      keepsLanes: false,
      offersH2: () => false,
      ...options,
    } as const
    super(config, all.seed)
    this.#config = config
    this.#options = all
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

  protected override laneOf(member: Member<FakeLane>, key: string, origin: string): FakeLane {
    if (!this.#options.keepsLanes) return member.lanes.get(key) ?? new FakeLane(this, member, key, origin)
    const lanes = this.#lanes.get(member) ?? new Map<string, FakeLane>()
    this.#lanes.set(member, lanes)
    const lane = lanes.get(key) ?? new FakeLane(this, member, key, origin)
    lanes.set(key, lane)
    return lane
  }

  /** Its dial begins, for a request or for none. */
  override onOpen(connection: FakeConnection): void {
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
    else this.#closings.add(connection, closing === 'when told' ? latest : this.clock.now() + closing)
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
    this.#closings.delete(connection)
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
      const due = this.#closings.next
      if (due > end) break
      this.clock.advance(Math.max(0, due - this.clock.now()))
      const connection = this.#closings.dueBy(this.clock.now())
      if (connection !== undefined) this.closed(connection)
    }
    this.clock.advance(Math.max(0, end - this.clock.now()))
  }

  /** Lets the sockets have closed that never connected. */
  finishGivenUp(): void {
    if (this.#options.closing !== 'when told') return
    for (const connection of this.#closings.givenUp) this.closed(connection)
  }

  /** Lets every socket that is closing have closed. */
  finishClosing(): void {
    for (const connection of this.phase('closing')) if (connection.phase === 'closing') this.closed(connection)
  }

  phase(phase: Phase): FakeConnection[] {
    return [...this.live].filter((connection) => connection.phase === phase)
  }
}
