import type { Pool } from '../adapter.ts'
import type { HostLimits } from '../config/types.ts'
import type { CloseReason } from '../observe/channels.ts'
import type { Timed } from './deadlines.ts'
import { Heap, HeapNode } from './heap.ts'
import { Holdings } from './holdings.ts'
import { Level } from './level.ts'
import { Link, List } from './list.ts'
import { Quota } from './quota.ts'
import { Standing } from './standing.ts'

// What a pool consists of. They name each other, so they stand together: members have lanes, lanes have connections and waiters,
// and lie under origins. What happens to them is decided elsewhere.

/** Places in the rankings of lanes that wait without a connection, and of those that hold some. */
type Standings = readonly [Standing<Lane>, Standing<Lane>]

/** A proxy, by its scheme, host and port: what `maxConnectionsPerProxy` counts by. What it wants is what hosts' own limits let it have. */
export class ProxyState extends Level {
  limit: number
  /** Origins that are reached through it; it is forgotten when it has neither them nor connections. */
  origins = 0
  readonly idle: List<Connection> = new List<Connection>()
  /** Those that are opened for no request and are not connected yet. */
  readonly ahead: List<Connection> = new List<Connection>()
  readonly standings: Standings = [new Standing<Lane>(null), new Standing<Lane>(null)]
  /** Its origins below their own limits that wait, the one with the oldest waiter first, and those that wait for their own and may have connections beyond it. */
  readonly starved: Heap<OriginState> = new Heap<OriginState>()
  readonly beyond: Heap<OriginState> = new Heap<OriginState>()
  /** Its places among the origins and proxies that the total keeps waiting, and among those that may have connections beyond a limit. */
  readonly turn: HeapNode<ProxyState> = new HeapNode<ProxyState>(this)
  readonly turnBeyond: HeapNode<ProxyState> = new HeapNode<ProxyState>(this)

  constructor(key: string, limit: number, maxOverflow: number) {
    super(key, maxOverflow)
    this.limit = limit
  }

  /** The oldest waiter whose origin is below its own limit. */
  get oldestStarved(): Waiter | undefined {
    return this.starved.top?.owner.oldest
  }

  /** The oldest waiter whose origin's limit allows a connection, be it one beyond it. */
  get oldest(): Waiter | undefined {
    return older(this.oldestStarved, this.beyond.top?.owner.oldest)
  }

  /** Whether nothing of it is left. */
  get isUnused(): boolean {
    return this.origins === 0 && this.open === 0 && this.overflow === 0
  }
}

/** Scheme, host and port: what per-host limits count by. */
export class OriginState extends Quota {
  /** The one that it is reached through from now on; connections through another one may be there still. Null: none. */
  proxy: ProxyState | null
  /** Lanes that exist; the origin is forgotten with the last. */
  lanes = 0
  readonly idle: List<Connection> = new List<Connection>()
  /** Those that are opened for no request and are not connected yet. */
  readonly ahead: List<Connection> = new List<Connection>()
  /** What its HTTP/2 connections carry, beyond one request each that is in use. */
  extraRunning = 0
  /** Its lanes that have waiters, the one with the oldest first. */
  readonly turns: Heap<Lane> = new Heap<Lane>()
  /** Its place among the origins that wait for the same reason, by the oldest waiter. */
  readonly turn: HeapNode<OriginState> = new HeapNode<OriginState>(this)
  readonly standings: Standings
  /** Those origins. */
  heap: Pick<Heap<OriginState>, 'set' | 'delete'> | null = null
  /** Its place among the origins with idle connections, by last use. */
  readonly inUse: Link<OriginState> = new Link<OriginState>(this)

  constructor(key: string, limits: HostLimits, maxOverflow: number, proxy: ProxyState | null) {
    super(key, limits, maxOverflow)
    this.proxy = proxy
    this.standings = [new Standing<Lane>(proxy?.standings[0] ?? null), new Standing<Lane>(proxy?.standings[1] ?? null)]
  }

  get oldest(): Waiter | undefined {
    return this.turns.top?.owner.oldest
  }
}

/** One client's part in a pool: several may share its limits, each reuses only its own connections. */
export interface Member<L extends Lane = Lane> {
  /** What its owner calls it; errors tell it. */
  name: string | undefined
  /** What its owner holds: events tell it. */
  handle: Pool<unknown> | null
  /** Where requests were sent from, by what an engine knows them by; null: nobody wants to know. */
  senders: WeakMap<object, Error> | null
  /** Called when a connection of its is begun. */
  onBegin: (() => void) | null
  readonly lanes: Map<string, L>
  /** `closing`: no new requests, what runs and waits is finished. `destroyed`: nothing at all. */
  readonly state: 'open' | 'closing' | 'destroyed'
  /** Connections, overflow and closing ones included. */
  open: number
  pending: number
  /** Resolves, with `hasEnded` set, once it was closed or destroyed and its last connection and waiter have gone. */
  readonly ended: Promise<void>
  readonly hasEnded: boolean
  /** Lets what runs and waits finish, then closes every connection. */
  close(): Promise<void>
  /** Fails what runs and waits, and closes every connection now. */
  destroy(): Promise<void>
  /** Called whenever a connection or waiter has gone. */
  settle(): void
  /** The origin of that key, which may not be known yet. */
  originOf(key: string): OriginState
  /** The lane of plain requests to that host. */
  laneOf(url: URL): L
}

/** Connections that can stand in for each other: one origin, one engine, one TLS identity. Limits are its origin's. */
export abstract class Lane extends Holdings {
  readonly member: Member
  readonly key: string
  origin: OriginState
  readonly connections: List<Connection> = new List<Connection>()
  /** In the order in which they became idle. */
  readonly idle: List<Connection> = new List<Connection>()
  readonly queue: List<Waiter> = new List<Waiter>()
  /** Waiters for whom only a new connection will do. */
  readonly retries: List<Waiter> = new List<Waiter>()
  /** HTTP/2 connections that carry some requests and may carry more, the one that carries most first. */
  readonly spare: Heap<Connection> = new Heap<Connection>()
  /** Its place among the origin's lanes whose waiters need connections that have yet to be begun, by the oldest one. */
  readonly turn: HeapNode<Lane> = new HeapNode<Lane>(this)
  /** Its places among the lanes that wait without a connection, by the oldest waiter, and among those that hold some, by how long their queues take. */
  readonly ranks: readonly [HeapNode<Lane>, HeapNode<Lane>] = [new HeapNode<Lane>(this), new HeapNode<Lane>(this)]
  /** Connections that have yet to be begun for those who wait. */
  wanted = 0
  /** When a connection was last begun. */
  begunAt = 0
  /** When a connection last came free or was begun. */
  movedAt = 0
  /** Requests that wait or are served at one time: a moving average over requests as they come. */
  load = 0
  /** Whether the pool knows it: from its first connection or waiter to its last. */
  attached = false

  constructor(member: Member, key: string, origin: string) {
    super()
    this.member = member
    this.key = key
    this.origin = member.originOf(origin)
  }

  get waiting(): number {
    return this.queue.size + this.retries.size
  }

  /** Connections opened ahead that none of its waiters counts on: over HTTP/2 a retry does too. */
  get spareAhead(): number {
    return this.ahead === 0 ? 0 : Math.max(0, this.ahead - (this.mayMultiplex ? this.waiting : this.queue.size))
  }

  /** Requests on its connections, what those carry left aside that still connect. */
  get running(): number {
    return this.live - this.opening - this.idle.size + this.extraRunning
  }

  /** Whether its server allows no requests for now, and what is open idles: were the last of it closed for others, those who wait would need its place again. */
  get isHeldBack(): boolean {
    const { waiting } = this
    return waiting > 0 && this.isShut && this.running === 0 && this.connectionsWithoutOpen(waiting, this.retries.size) > 0
  }

  /** How long what waits takes if so many requests are served at a time, in milliseconds. */
  drainTime(slots: number): number {
    return (this.waiting * this.costs.service) / slots
  }

  /** Its waiter that came first. */
  get oldest(): Waiter | undefined {
    return older(this.queue.first, this.retries.first)
  }

  /** A connection of the lane's engine; nothing is opened yet. */
  abstract createConnection(): Connection
}

/** A request that a connection carries. */
export interface CarriedRequest {
  /** The same at each look, as long as it is carried. */
  readonly key: object
  /** By which its caller is known. */
  readonly request: object
  /** When it was sent. */
  readonly since: number
  readonly method: string
  readonly path: string
  /** Some of its answer has come, and nobody reads it. */
  readonly unread: boolean
  /** A measure of what was read of its answer: only that it grows counts. */
  readonly consumed: number
}

/** `opening` → `active` ⇄ `idle` → `closing` → `closed`; any state may skip to the last two. A socket that comes too late leads back to `closing`. */
export type ConnectionState = 'opening' | 'active' | 'idle' | 'closing' | 'closed'

/** One place of the pool: at most one socket, from the start of its connect to its `close`. Engines say how it is done. */
export abstract class Connection implements Timed {
  lane: Lane
  /** The one that it goes through, which counts it; null: none. */
  proxy: ProxyState | null = null
  state: ConnectionState = 'opening'
  /** It speaks HTTP/2. */
  multiplexes = false
  /** Requests that it may carry at a time: 1 until it is known. */
  slots = 1
  /** Requests at a time that its server allows; NaN: it has not said yet. */
  allowed = Number.NaN
  /** Requests that it carries, those included that are promised to it. */
  running = 0
  /** It takes no new request, and closes when it carries none. */
  draining = false
  /** Beyond a limit: it closes after its request and does not count against the limits. */
  overflow = false
  /** Requests that it was given; none yet if it was opened ahead of them. */
  uses = 0
  /** It has lain idle, so that its server may have closed it. */
  idled = false
  /** Requests after which its server wants it closed (`Keep-Alive: max=`). */
  hintedUses = Number.POSITIVE_INFINITY
  /** How long its server keeps it while it idles (`Keep-Alive: timeout=`). */
  hintedTimeout = Number.POSITIVE_INFINITY
  /** When it was begun. */
  since = 0
  idleSince = 0
  /** When its connect ended. */
  readyAt = 0
  /** When its request got it; of several, the mean. */
  busySince = 0
  /** Who is sent on it if it turns out to be alive. */
  readonly promised: List<Waiter> = new List<Waiter>()
  /** Why it closes or drains; null: it does neither yet. */
  reason: CloseReason | null = null
  /** Its end was told. */
  isTold = false
  /** Its connect was given up some time ago, and a socket of it was still there. */
  overdue = false
  /** Its share of `maxLifetime`, so that connections begun together do not end together. */
  lifespan = 1

  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly inLane: Link<Connection> = new Link<Connection>(this)
  readonly idleInLane: Link<Connection> = new Link<Connection>(this)
  readonly idleInOrigin: Link<Connection> = new Link<Connection>(this)
  /** Made for the first proxy that it goes through. */
  idleInProxy: Link<Connection> | null = null
  readonly idleInPool: Link<Connection> = new Link<Connection>(this)
  /** Made once it carries several requests. */
  inSpare: HeapNode<Connection> | null = null
  readonly expiry: HeapNode<Connection> = new HeapNode<Connection>(this)

  constructor(lane: Lane) {
    this.lane = lane
  }

  /** From when on it takes no new request. */
  get retiresAt(): number {
    return this.since + this.lane.origin.limits.maxLifetime * this.lifespan
  }

  /** How long it may idle. */
  get idleTime(): number {
    const { keepAliveExpiry, keepAliveHintMargin } = this.lane.origin.limits
    return Math.min(keepAliveExpiry, this.hintedTimeout - keepAliveHintMargin)
  }

  /** When it closes if nobody is sent on it: nobody has been since its last request was over, or since it connected. */
  get expiresAt(): number {
    return Math.min(Math.max(this.idleSince, this.readyAt) + this.idleTime, this.retiresAt)
  }

  /** From when on it may not be taken. */
  get refusesAt(): number {
    return this.state === 'idle' ? this.expiresAt : this.retiresAt
  }

  /** Requests that were given to it and are not over. */
  get carried(): number {
    return this.running - this.promised.size
  }

  /** Whether it is there and carries fewer requests than it may. */
  get hasSlot(): boolean {
    return (this.state === 'active' || this.state === 'idle') && !this.draining && this.running < this.slots
  }

  /** Whether nothing has ever been answered on it, and it has not lain idle. */
  get isNew(): boolean {
    return this.uses === this.carried && !this.idled
  }

  /** It idles, is the last that its lane has open, and its place would be needed again by that lane. */
  get isHeldBack(): boolean {
    const { slots, lane } = this
    return slots === 0 && lane.live === lane.opening + 1 && lane.isHeldBack
  }

  /** Whether it has served as many requests as it may. */
  get usedUp(): boolean {
    return this.uses >= this.lane.origin.limits.maxRequestsPerConnection || this.uses >= this.hintedUses
  }

  /** Whether it was opened for no request and has not connected yet. */
  get isAhead(): boolean {
    return this.state === 'opening' && this.uses === 0
  }

  /** Asked when a request is sent: whether one that fails on it may have met a connection which its server had given up before. */
  get mayBeStale(): boolean {
    return this.uses > 1 || this.idled
  }

  /** Whether the limits, which may have changed, allow it another request. */
  mayServe(now: number): boolean {
    return this.lane.origin.limits.keepAlive && !this.usedUp && now < this.retiresAt && this.speaksWanted
  }

  /** Whether a new connection might speak its protocol: HTTP/2 may have been turned off since, or HTTP/1.1. */
  get speaksWanted(): boolean {
    const { mayMultiplex, origin } = this.lane
    return this.multiplexes ? mayMultiplex : !mayMultiplex || origin.limits.http2 !== 'only'
  }

  /** Whether its connect has succeeded. */
  get wasConnected(): boolean {
    return this.readyAt !== 0
  }

  /** Asked when it comes to an end that is not the pool's doing: who has ended it; `expired`: a changed config wants it made otherwise. */
  get endedBy(): 'server' | 'error' | 'expired' {
    return 'server'
  }

  /** The requests that it carries, as far as they have been sent, the oldest first. Made when asked for. */
  get carriedRequests(): readonly CarriedRequest[] {
    return []
  }

  /** Whether a socket of its is known to exist that has not closed. False while it is being made, and nothing has been seen of it. */
  abstract get hasSocket(): boolean

  /** Whether nothing is known that would keep a request from being sent on it. */
  abstract usable(): boolean

  /** Connects it for no request, without keeping the process alive; the engine then tells `connected`, or `closed`. */
  abstract open(): void

  /** Makes it idle: unreferenced, watched for data and close. */
  abstract park(): void

  /** It is promised to a request that waits until a turn of the event loop has shown whether it lives: what comes on it until then counts against it. */
  abstract hold(): void

  /**
   * Begins to close its socket; the engine must call the core's `closed` once that has happened. If the socket is still being made,
   * the request is told, and a socket that comes later is destroyed and, if it comes after the pool has given up on it, reported by `arrivedLate`.
   */
  abstract close(error?: Error): void
}

/** A request that could not be served at once. Engines extend it with what they need to send the request. */
export abstract class Waiter implements Timed {
  lane: Lane
  /** When it began to wait; a retry keeps it, so that one deadline holds for the whole request. NaN: not yet. */
  since = Number.NaN
  /** Its place in the order of arrival; a retry keeps it. */
  sequence = -1
  /** Only a connection that has served nobody yet will do: one that had has just failed it. */
  fresh = false
  /** That it waits was told. */
  isTold = false
  /** It was let into the queue once, and is not refused for want of room in it. */
  admitted = false
  state: 'new' | 'waiting' | 'verifying' | 'settled' = 'new'

  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly inLane: Link<Waiter> = new Link<Waiter>(this)

  constructor(lane: Lane) {
    this.lane = lane
  }

  /** The connection is this request's: connect it first if it is `opening`. */
  abstract grant(connection: Connection): void

  abstract reject(error: Error): void
}

/** Which of the two came first. */
export function older(a: Waiter | undefined, b: Waiter | undefined): Waiter | undefined {
  return a === undefined || (b !== undefined && b.sequence < a.sequence) ? b : a
}

/** All that these have, of all hosts. */
export function allLanes(members: Iterable<Member>): Lane[] {
  return [...members].flatMap(({ lanes }) => [...lanes.values()])
}

/** Those of these that are not closed. */
export function allConnections(members: Iterable<Member>): Connection[] {
  return allLanes(members).flatMap(({ connections }) => [...connections])
}
