import type { ReadyStats } from '../adapter.ts'
import { Backoff } from './backoff.ts'
import type { Alarm, Clock } from './clock.ts'
import type { Connections } from './connections.ts'
import type { Connection, Lane, Member, OriginState } from './entities.ts'
import { Heap, HeapNode } from './heap.ts'
import type { Registry } from './registry.ts'

/** What it asks of the pool. */
export interface ReadyPool {
  readonly clock: Clock
  readonly members: ReadonlySet<Member>
  readonly registry: Registry
  readonly connections: Connections
  /** Whether one more connection that nobody uses yet keeps every limit, and passes nobody who waits. */
  mayOpen(origin: OriginState): boolean
  /** Begins to connect for no request. */
  open(lane: Lane): Connection
}

/** An origin counts as used for so many times its `keepAliveExpiry`. */
const usedFor = 10

/** Origins that are remembered at the most, besides those that the config names. */
const mostOrigins = 10_000

/** Of those that have too few, so many are looked at when there may be room for one. */
const mostTries = 16

/** An origin to which connections are kept ready. */
class ReadyOrigin {
  readonly key: string
  /** Whose connections they are: that of the last request. */
  lane: Lane
  usedAt: number
  /** The config names it. */
  named = false
  /** The proxy that it is reached through; null: none. */
  via: string | null = null
  readonly backoff: Backoff
  /** Its place among those that wait until they may connect again. */
  readonly retry: HeapNode<ReadyOrigin> = new HeapNode<ReadyOrigin>(this)

  constructor(key: string, lane: Lane, clock: Clock) {
    this.key = key
    this.lane = lane
    this.usedAt = clock.now()
    this.backoff = new Backoff(clock)
  }
}

/**
 * Keeps `minIdleConnectionsPerHost` connections open and unused to each origin, as far as limits allow. Whatever takes one away (a request, an
 * expiry, the server) has the origin looked at once what runs has returned. Without such a limit a request costs one comparison.
 */
export class KeepReady {
  readonly #pool: ReadyPool
  readonly #origins = new Map<string, ReadyOrigin>()
  /** Those to be looked at. */
  readonly #changed = new Set<ReadyOrigin>()
  /** Those that have too few, because the pool has no room. */
  readonly #crowded = new Set<ReadyOrigin>()
  readonly #retries = new Heap<ReadyOrigin>()
  readonly #alarm: Alarm
  #asked = false
  #sweepAt = 64

  constructor(pool: ReadyPool) {
    this.#pool = pool
    this.#alarm = pool.clock.alarm(() => this.#retry())
  }

  /** A request of the lane takes a connection, or waits for one. */
  use(lane: Lane): void {
    this.retryCrowded()
    if (lane.origin.limits.minIdleConnectionsPerHost === 0) return
    const known = this.#origins.get(lane.origin.key)
    if (known === undefined) return this.#remember(lane.origin.key, lane)
    known.lane = lane
    known.usedAt = this.#pool.clock.now()
    this.#look(known)
  }

  /** Those that the config names are kept ready from the start; called when a client has joined and when the config has changed. */
  review(): void {
    for (const origin of this.#origins.values()) {
      origin.named = this.#isNamed(origin.key)
      if (origin.via !== this.#viaOf(origin.key)) origin.backoff.forget()
      origin.via = this.#viaOf(origin.key)
      this.#look(origin)
    }
    for (const member of this.#pool.members) {
      for (const lane of member.lanes.values()) if (!this.#origins.has(lane.origin.key)) this.use(lane)
    }
    for (const key of Object.keys(this.#pool.connections.config.hosts)) {
      if (!key.includes('://') || this.#origins.has(key)) continue
      if (this.#pool.registry.origin(key).limits.minIdleConnectionsPerHost === 0) continue
      const lane = this.#laneOf(key)
      if (lane !== undefined) this.#remember(key, lane)
    }
  }

  /** One that was opened ahead is connected; a request that waited may have it. */
  arrived(connection: Connection): void {
    const origin = this.#originOf(connection)
    if (origin !== undefined) {
      origin.backoff.connected(connection)
      // One that closes is made up for when it has.
      if (connection.state === 'active') this.#look(origin)
    }
    this.retryCrowded()
  }

  /** A connection has fallen idle. */
  rested(connection: Connection): void {
    const origin = connection.uses === 1 ? this.#originOf(connection) : undefined
    if (origin?.backoff.answered(connection)) this.#look(origin)
    this.retryCrowded()
  }

  /** A connection has gone, and with it maybe what kept another one from being opened. */
  closed(connection: Connection): void {
    if (this.#origins.size === 0) return
    const origin = this.#originOf(connection)
    if (origin !== undefined) {
      origin.backoff.heed(connection)
      this.#look(origin)
    }
    this.retryCrowded()
  }

  /** There may be room for those that have too few. */
  retryCrowded(): void {
    if (this.#crowded.size > 0) this.#ask()
  }

  stop(): void {
    this.#alarm.clear()
    for (const origin of this.#origins.values()) this.#forget(origin)
  }

  /** How far it has got, by origin; undefined: no origin has connections kept ready. */
  stats(): { readonly [origin: string]: ReadyStats } | undefined {
    const wanted = [...this.#origins.values()].filter((origin) => this.#isWanted(origin))
    return wanted.length === 0 ? undefined : Object.fromEntries(wanted.map((origin) => [origin.key, this.#statsOf(origin)]))
  }

  #statsOf(ready: ReadyOrigin): ReadyStats {
    const { wanted, missing, origin } = this.#need(ready)
    const { failures, until } = ready.backoff
    const retryIn = missing > 0 ? Math.max(0, Math.ceil(until - this.#pool.clock.now())) : 0
    return { wanted, idle: origin.idle.size, failures, retryIn, crowded: missing > 0 && this.#crowded.has(ready) }
  }

  #originOf({ lane }: Connection): ReadyOrigin | undefined {
    return this.#origins.size === 0 ? undefined : this.#origins.get(lane.origin.key)
  }

  #laneOf(key: string): Lane | undefined {
    for (const member of this.#pool.members) if (member.state === 'open') return member.laneOf(new URL(key))
    return undefined
  }

  #isNamed(key: string): boolean {
    return Object.hasOwn(this.#pool.connections.config.hosts, key)
  }

  #viaOf(key: string): string | null {
    return this.#pool.registry.origin(key).proxy?.key ?? null
  }

  #remember(key: string, lane: Lane): void {
    if (this.#origins.size >= this.#sweepAt) this.#sweep()
    const named = this.#isNamed(key)
    if (this.#origins.size >= mostOrigins && !named) return
    const origin = new ReadyOrigin(key, lane, this.#pool.clock)
    origin.named = named
    origin.via = this.#viaOf(key)
    this.#origins.set(key, origin)
    this.#look(origin)
  }

  /** Forgets those that are not used any more, before there are twice as many as after the last time. */
  #sweep(): void {
    for (const origin of this.#origins.values()) if (!this.#isWanted(origin)) this.#forget(origin)
    this.#sweepAt = Math.max(64, 2 * this.#origins.size)
  }

  #forget(origin: ReadyOrigin): void {
    this.#origins.delete(origin.key)
    this.#changed.delete(origin)
    this.#crowded.delete(origin)
    this.#retries.delete(origin.retry)
  }

  #isWanted({ key, usedAt, named }: ReadyOrigin): boolean {
    const { limits } = this.#pool.registry.origin(key)
    if (!limits.keepAlive || limits.minIdleConnectionsPerHost === 0) return false
    return named || this.#pool.clock.now() < usedAt + usedFor * limits.keepAliveExpiry
  }

  #look(origin: ReadyOrigin): void {
    this.#changed.add(origin)
    this.#ask()
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#pool.clock.soon(this.#onAsked)
  }

  #onAsked = (): void => {
    this.#asked = false
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const origin of changed) this.#fill(origin)
    // By turns: one that has no room yet goes behind the others.
    let tries = Math.min(this.#crowded.size, mostTries)
    for (const origin of this.#crowded) {
      if (tries-- === 0) break
      this.#fill(origin)
    }
  }

  /** Connections that are to be idle, and how many of them have not been begun. */
  #need({ key }: ReadyOrigin): { readonly wanted: number; readonly missing: number; readonly origin: OriginState } {
    const origin = this.#pool.registry.origin(key)
    const { minIdleConnectionsPerHost, maxIdleConnectionsPerHost } = origin.limits
    const wanted = Math.min(minIdleConnectionsPerHost, maxIdleConnectionsPerHost)
    return { wanted, missing: wanted - origin.idle.size - origin.ahead.size, origin }
  }

  /** Opens what the origin has too few of. */
  #fill(ready: ReadyOrigin): void {
    if (this.#origins.get(ready.key) !== ready) return
    this.#crowded.delete(ready)
    if (ready.lane.member.state !== 'open') ready.lane = this.#laneOf(ready.key) ?? ready.lane
    if (!this.#isWanted(ready) || ready.lane.member.state !== 'open') return this.#forget(ready)
    const { clock, registry } = this.#pool
    // Counted beforehand: one that has failed already is made up for another time.
    for (let { missing } = this.#need(ready); missing > 0; missing--) {
      if (clock.now() < ready.backoff.until) return this.#retryAt(ready)
      if (!this.#pool.mayOpen(registry.origin(ready.key))) return void this.#crowded.add(ready)
      this.#pool.open(ready.lane)
    }
  }

  #retryAt(ready: ReadyOrigin): void {
    this.#retries.set(ready.retry, ready.backoff.until)
    this.#arm()
  }

  #arm(): void {
    const { top } = this.#retries
    if (top !== undefined) this.#alarm.set(top.key - this.#pool.clock.now())
  }

  #retry(): void {
    const now = this.#pool.clock.now()
    for (let { top } = this.#retries; top !== undefined && top.key <= now; { top } = this.#retries) {
      this.#retries.delete(top)
      this.#fill(top.owner)
    }
    this.#arm()
  }
}
