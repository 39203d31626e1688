import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'
import { ReadyModel } from './ready-model.ts'
import { StreamModel } from './stream-model.ts'

/** Where connections are limited together. */
export interface Area {
  readonly kind: 'total' | 'host' | 'proxy'
  readonly limit: number
  has(socket: FakeConnection): boolean
}

/** Counts anew, whatever it costs, what the engine has seen of sockets and requests, and what the limits say to that. */
export class Census {
  #config: ResolvedPoolConfig
  readonly ready: ReadyModel
  readonly streams: StreamModel
  /** Members that take no new request. */
  readonly ended = new Set<unknown>()
  readonly #engine: FakeEngine
  /** What the config says of each origin: asked for so often that it is looked up once. */
  readonly #limits = new Map<string, HostLimits>()

  constructor(engine: FakeEngine, config: ResolvedPoolConfig) {
    this.#engine = engine
    this.#config = config
    this.ready = new ReadyModel(engine, this)
    this.streams = new StreamModel(engine, (origin) => this.limits(origin))
  }

  get config(): ResolvedPoolConfig {
    return this.#config
  }

  set config(config: ResolvedPoolConfig) {
    this.#config = config
    this.#limits.clear()
  }

  limits(origin: string): HostLimits {
    const { hosts } = this.#config
    const known = this.#limits.get(origin)
    const limits = known ?? { ...this.#config, ...hosts[new URL(origin).hostname], ...hosts[origin] }
    if (known === undefined) this.#limits.set(origin, limits)
    return limits
  }

  get now(): number {
    return this.#engine.clock.now()
  }

  /** The proxy that the origin is reached through, as the config says it; the key of `hosts` that names the scheme is the more specific one. */
  via(origin: string): string | null {
    const { proxy } = this.limits(origin)
    return proxy === false || proxy === 'env' ? null : proxy.origin
  }

  /** All sockets. */
  get total(): Area {
    return { kind: 'total', limit: this.config.maxConnections, has: () => true }
  }

  /** Those to one origin. */
  host(origin: string): Area {
    return { kind: 'host', limit: this.limits(origin).maxConnectionsPerHost, has: (socket) => socket.origin === origin }
  }

  /** Those through one proxy; through none no limit is counted. */
  through(proxy: string | null): Area {
    return proxy === null
      ? { kind: 'proxy', limit: Number.POSITIVE_INFINITY, has: () => false }
      : { kind: 'proxy', limit: this.config.maxConnectionsPerProxy, has: ({ via }) => via === proxy }
  }

  /** Those among which the socket counts. */
  areasOf({ origin, via }: FakeConnection): Area[] {
    return [this.total, this.host(origin), this.through(via)]
  }

  /** Those among which the next socket to the origin will count. */
  areasFor(origin: string): Area[] {
    return [this.total, this.host(origin), this.through(this.via(origin))]
  }

  sockets(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter((socket) => !socket.overflow && (origin === undefined || socket.origin === origin))
  }

  /** Those that count against limits and are not about to go. */
  lives(area: Area = this.total): FakeConnection[] {
    return this.sockets().filter((socket) => socket.phase !== 'closing' && !socket.draining && area.has(socket))
  }

  /** Whether the area has more than its limit allows. */
  isSurplus(area: Area): boolean {
    return this.lives(area).length > area.limit
  }

  /** Whether there is more than the limits among which the socket counts allow. */
  isExcess(socket: FakeConnection): boolean {
    return this.areasOf(socket).some((area) => this.isSurplus(area) || this.room(area) < 0)
  }

  queued(origin?: string): FakeRequest[] {
    return [...this.#engine.waiting].filter((request) => request.queued && (origin === undefined || request.origin === origin))
  }

  /** Idle connections that are free, not those that are being looked at for a request. */
  idle(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter(
      (socket) => socket.phase === 'idle' && socket.promised.size === 0 && (origin === undefined || socket.origin === origin),
    )
  }

  /** The idle connection to close first of those in the area. */
  firstIdle(area: Area): FakeConnection | undefined {
    const idle = this.idle().filter((socket) => area.has(socket))
    return this.streams.firstOf(idle.sort((one, other) => one.parked - other.parked))
  }

  /** When an idle connection is due to close, at the latest and at the earliest: the lifetime has jitter. */
  due(socket: FakeConnection, share: number): number {
    const { keepAliveExpiry, maxLifetime } = this.limits(socket.origin)
    return Math.min(socket.releasedAt + Math.min(keepAliveExpiry, socket.hintedIdleMs), socket.createdAt + maxLifetime * share)
  }

  /** Connections that fit into limit and overflow together, whatever has been lowered meanwhile. */
  room(area: Area): number {
    return area.limit + this.config.maxOverflow - [...this.#engine.live].filter((socket) => area.has(socket)).length
  }

  /** Those that fit into the limit alone, overflow permitting. */
  roomWithin(area: Area): number {
    return Math.min(area.limit - this.sockets().filter((socket) => area.has(socket)).length, this.room(area))
  }

  mayOverflow(origin: string): boolean {
    return this.#engine.ledger.overflow < this.config.maxOverflow && this.areasFor(origin).every((area) => this.room(area) > 0)
  }

  /** Whether connects are weighed: not where a request may not wait, or need not. */
  get isPatient(): boolean {
    const { block, maxConnections, maxOverflow } = this.config
    const { normal, overflow } = this.#engine.ledger
    return block && !(overflow < maxOverflow && normal + overflow < maxConnections + maxOverflow)
  }

  /** How many of the connections that are wanted at each origin can be opened once what closes has closed and what idles was closed too. */
  servable(wanted: ReadonlyMap<string, number>): number {
    const places = (area: Area) => {
      const idle = new Set([...this.idle(), ...this.ready.spares()])
      for (const { waiter } of this.queued()) idle.delete(this.streams.lastOf(waiter?.lane as FakeLane) as FakeConnection)
      const kept = this.sockets().filter((socket) => socket.phase !== 'closing' && area.has(socket) && !idle.has(socket))
      const beyond = [...this.#engine.live].filter((socket) => socket.overflow && area.has(socket)).length
      return Math.max(0, area.limit - kept.length - Math.max(0, beyond - this.config.maxOverflow))
    }
    return this.flow(wanted, places)
  }

  /** How many of what is wanted at each origin pass all limits on the way, if so many pass each. */
  flow(wanted: ReadonlyMap<string, number>, passing: (area: Area) => number): number {
    const behind = new Map<string | null, number>()
    for (const [origin, count] of wanted) {
      const via = this.via(origin)
      behind.set(via, (behind.get(via) ?? 0) + Math.max(0, Math.min(count, passing(this.host(origin)))))
    }
    let sum = 0
    for (const [via, count] of behind) sum += via === null ? count : Math.max(0, Math.min(count, passing(this.through(via))))
    return Math.min(sum, passing(this.total))
  }

  /** Whether a connection is on its way that will carry the request, or a place is or will soon be free for one, besides those for all others that wait. */
  hasPlace(request: FakeRequest): boolean {
    const all = [...this.queued().filter((other) => other !== request), request]
    const lane = request.waiter?.lane as FakeLane
    const there = all.filter(({ member, laneKey }) => member === request.member && laneKey === request.laneKey)
    if (this.streams.neededIn(lane, there) === 0) return true
    const wanted = this.streams.needed(all)
    const without = new Map(wanted).set(request.origin, (wanted.get(request.origin) as number) - 1)
    return this.servable(wanted) > this.servable(without)
  }
}
