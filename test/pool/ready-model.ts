import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import type { Area } from './census.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { must } from './must.ts'
import type { StreamModel } from './stream-model.ts'

// What is opened for no request, written down a second time: everything is counted anew from sockets and requests.

const unlimited = Number.POSITIVE_INFINITY

/** What the model of the pool lends. */
interface PoolModel {
  readonly config: ResolvedPoolConfig
  readonly ended: ReadonlySet<unknown>
  readonly streams: StreamModel
  limits(origin: string): HostLimits
  areasFor(origin: string): Area[]
  host(origin: string): Area
  through(proxy: string | null): Area
  via(origin: string): string | null
  roomWithin(area: Area): number
}

export class ReadyModel {
  readonly #engine: FakeEngine
  readonly #pool: PoolModel
  /** When a request last asked for the origin. */
  readonly used = new Map<string, number>()
  /** Idle connections that `preconnect` asks for while it runs. */
  preconnecting = 0
  /** It was called: who waits for it keeps the process alive. */
  preconnected = false
  /** Until when the origin may be left alone, as a connection to it was lost that nobody had used: for longer if that was not the pool's own doing. */
  readonly #excused = new Map<string, number>()

  constructor(engine: FakeEngine, pool: PoolModel) {
    this.#engine = engine
    this.#pool = pool
    engine.beforeAhead = (connection) => this.#checkAhead(connection)
    engine.onWasted = ({ origin, isUnwanted, rested, reason }) => {
      // One that was ready for as long as it may be is replaced at once.
      if (rested && (reason === 'expired' || reason === 'lifetime')) return
      const until = engine.clock.now() + (isUnwanted ? 250 : 30_000)
      this.#excused.set(origin, Math.max(until, this.#excused.get(origin) ?? until))
    }
  }

  /** Connections that are opened for no request. */
  ahead(origin?: string): FakeConnection[] {
    return this.#live(origin).filter(({ phase, served }) => phase === 'connecting' && served === 0)
  }

  /** Those of them that none of their own lane waits for. */
  spares(origin?: string): FakeConnection[] {
    return this.ahead(origin).filter((socket) => this.#beside(socket).indexOf(socket) >= this.#waitingFor(socket))
  }

  /** Whether one of them is for the request, whoever else waits in its lane. */
  isPromised(request: FakeRequest): boolean {
    const [socket] = this.ahead().filter(({ lane }) => lane.member === request.member && lane.key === request.laneKey)
    return socket !== undefined && this.#beside(socket).length >= this.#waitingFor(socket)
  }

  /** Whether somebody may be waiting for `preconnect`. */
  get isAwaited(): boolean {
    return this.preconnected && this.#live().some(({ served }) => served === 0)
  }

  /** The limits are others. That an origin was used is known only where something of it is there, if nothing was kept ready before. */
  reconfigured(change: () => void): void {
    const isForgotten = (origin: string, used: number) => {
      const { minIdleConnectionsPerHost, keepAlive, keepAliveExpiry } = this.#pool.limits(origin)
      return minIdleConnectionsPerHost === 0 || !keepAlive || this.#engine.clock.now() >= used + 10 * keepAliveExpiry
    }
    const before = [...this.used].filter(([origin, used]) => isForgotten(origin, used)).map(([origin]) => origin)
    change()
    const known = new Set([...this.#engine.live, ...this.#engine.waiting].map(({ origin }) => origin))
    for (const origin of before) if (!known.has(origin)) this.used.delete(origin)
  }

  /** As many as are asked for are idle or about to be, unless something is in the way. */
  check(): void {
    const now = this.#engine.clock.now()
    const named = Object.keys(this.#pool.config.hosts).filter((key) => key.includes('://'))
    for (const origin of new Set([...this.used.keys(), ...named])) {
      const { minIdleConnectionsPerHost, maxIdleConnectionsPerHost, keepAlive, keepAliveExpiry } = this.#pool.limits(origin)
      const there = this.#unused(origin).length
      const wanted = Math.min(minIdleConnectionsPerHost, maxIdleConnectionsPerHost)
      const until = named.includes(origin) ? unlimited : (this.used.get(origin) as number) + 10 * keepAliveExpiry
      const excuse =
        !keepAlive ||
        now >= until ||
        !this.#hasRoom(origin) ||
        this.#queued().length > 0 ||
        // Another one follows once it has closed.
        this.#live().some(({ phase }) => phase === 'closing') ||
        now < (this.#excused.get(origin) ?? Number.NEGATIVE_INFINITY) ||
        this.#pool.ended.size > 0
      must(there >= wanted || excuse, 'too few connections are kept ready', { origin, there, wanted })
    }
  }

  /** A connection is opened for no request: nobody else has to go for it, and none who waits is passed. */
  #checkAhead({ origin, lane }: FakeConnection): void {
    const { minIdleConnectionsPerHost, keepAlive } = this.#pool.limits(origin)
    const there = this.#unused(origin)
    must(keepAlive && this.#hasRoom(origin), 'a connection was opened ahead beyond a limit', { origin, there: there.length })
    // One whose server allows no requests for now is ready for none.
    const inLane = there.filter(
      (socket) => socket.lane.member === lane.member && socket.lane.key === lane.key && this.#pool.streams.slots(socket) > 0,
    )
    const asked = there.length < minIdleConnectionsPerHost || inLane.length < this.preconnecting
    must(asked, 'a connection was opened ahead that nobody asked for')
    const passed = [...this.#pool.streams.needed(this.#queued())].some(
      ([key, count]) =>
        count > 0 &&
        this.#pool.roomWithin(this.#pool.host(key)) > 0 &&
        this.#pool.roomWithin(this.#pool.through(this.#pool.via(key))) > 0,
    )
    must(!passed, 'a connection was opened ahead before those that wait')
    must(!this.#pool.ended.has(lane.member), 'a connection was opened ahead for a closed member')
  }

  #live(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter((socket) => origin === undefined || socket.origin === origin)
  }

  #queued(): FakeRequest[] {
    return [...this.#engine.waiting].filter(({ queued }) => queued)
  }

  #idle(origin?: string): FakeConnection[] {
    return this.#live(origin).filter(({ phase, promised }) => phase === 'idle' && promised.size === 0)
  }

  /** Those that are idle, or about to be. */
  #unused(origin?: string): FakeConnection[] {
    return [...this.#idle(origin), ...this.ahead(origin)]
  }

  /** The others that are opened for no request in its lane, and itself, the oldest first. */
  #beside({ lane }: FakeConnection): FakeConnection[] {
    return this.ahead().filter((socket) => socket.lane.member === lane.member && socket.lane.key === lane.key)
  }

  /** Requests that wait in the socket's lane and may be given it: over HTTP/1.1 none that needs a new one. */
  #waitingFor({ lane }: FakeConnection): number {
    const inLane = this.#queued().filter(({ member, laneKey }) => member === lane.member && laneKey === lane.key)
    return lane.mayMultiplex ? inLane.length : inLane.filter((request) => !request.retried).length
  }

  /** Whether one more may be idle to the origin before others would have to close. */
  #hasRoom(origin: string): boolean {
    return this.#pool.areasFor(origin).every((area) => this.#pool.roomWithin(area) > 0) && this.fits(origin)
  }

  /** The same of the limits on idle connections alone. */
  fits(origin: string): boolean {
    const { maxIdleConnections, maxHosts } = this.#pool.config
    const { maxIdleConnectionsPerHost } = this.#pool.limits(origin)
    const there = this.#unused(origin).length
    const hosts = new Set(this.#idle().map((socket) => socket.origin)).size + this.ahead().length
    return this.#unused().length < maxIdleConnections && there < maxIdleConnectionsPerHost && (there > 0 || hosts < maxHosts)
  }
}
