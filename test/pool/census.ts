import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'
import { ReadyModel } from './ready-model.ts'
import { StreamModel } from './stream-model.ts'

/** Counts anew, whatever it costs, what the engine has seen of sockets and requests, and what the limits say to that. */
export class Census {
  config: ResolvedPoolConfig
  readonly ready: ReadyModel
  readonly streams: StreamModel
  /** Members that take no new request. */
  readonly ended = new Set<unknown>()
  readonly #engine: FakeEngine

  constructor(engine: FakeEngine, config: ResolvedPoolConfig) {
    this.#engine = engine
    this.config = config
    this.ready = new ReadyModel(engine, this)
    this.streams = new StreamModel(engine, (origin) => this.limits(origin))
  }

  limits(origin: string): HostLimits {
    return { ...this.config, ...this.config.hosts[new URL(origin).hostname], ...this.config.hosts[origin] }
  }

  get now(): number {
    return this.#engine.clock.now()
  }

  sockets(origin?: string): FakeConnection[] {
    return [...this.#engine.live].filter((socket) => !socket.overflow && (origin === undefined || socket.origin === origin))
  }

  /** Those that count against limits and are not about to go. */
  lives(origin?: string): FakeConnection[] {
    return this.sockets(origin).filter(({ phase, draining }) => phase !== 'closing' && !draining)
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

  /** When an idle connection is due to close, at the latest and at the earliest: the lifetime has jitter. */
  due(socket: FakeConnection, share: number): number {
    const { keepAliveExpiry, maxLifetime } = this.limits(socket.origin)
    return Math.min(socket.releasedAt + Math.min(keepAliveExpiry, socket.hintedIdleMs), socket.createdAt + maxLifetime * share)
  }

  /** Connections that fit into limit and overflow together, whatever has been lowered meanwhile: of one origin, or of all. */
  room(origin?: string): number {
    const { maxConnections, maxOverflow } = this.config
    const limit = origin === undefined ? maxConnections : this.limits(origin).maxConnectionsPerHost
    const open = [...this.#engine.live].filter((socket) => origin === undefined || socket.origin === origin).length
    return limit + maxOverflow - open
  }

  mayOverflow(origin: string): boolean {
    return this.#engine.ledger.overflow < this.config.maxOverflow && this.room() > 0 && this.room(origin) > 0
  }

  /** Whether connects are weighed: not where a request may not wait, or need not. */
  get isPatient(): boolean {
    const { block, maxConnections, maxOverflow } = this.config
    const { normal, overflow } = this.#engine.ledger
    return block && !(overflow < maxOverflow && normal + overflow < maxConnections + maxOverflow)
  }

  /** How many of the connections that are wanted at each origin can be opened once what closes has closed and what idles was closed too. */
  servable(wanted: ReadonlyMap<string, number>): number {
    const { maxConnections, maxOverflow } = this.config
    const places = (limit: number, origin?: string) => {
      const idle = [...this.idle(origin), ...this.ready.spares(origin)]
      const kept = this.sockets(origin).filter((socket) => socket.phase !== 'closing' && !idle.includes(socket)).length
      const beyond = [...this.#engine.live].filter(
        ({ overflow, origin: of }) => overflow && (origin === undefined || of === origin),
      )
      return Math.max(0, limit - kept - Math.max(0, beyond.length - maxOverflow))
    }
    let sum = 0
    for (const [origin, count] of wanted) sum += Math.min(count, places(this.limits(origin).maxConnectionsPerHost, origin))
    return Math.min(sum, places(maxConnections))
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
