import type { Capacity } from './capacity.ts'
import { type Claims, claimsOn } from './claims.ts'
import type { Alarm, Clock } from './clock.ts'
import type { Connections } from './connections.ts'
import { stint, worthwhile } from './costs.ts'
import { type Connection, type Lane, type OriginState, ProxyState, type Waiter } from './entities.ts'
import type { List } from './list.ts'
import type { WaitQueue } from './queue.ts'

/** What the economy asks of its pool. */
export interface Market {
  readonly clock: Clock
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly capacity: Capacity
  /** Looks again for idle connections to close: for those whom the total keeps waiting, or for those of one origin or proxy at its own limit. */
  pump(): void
  unblock(level: OriginState | ProxyState): void
}

/** Places that are on their way, within the total or the limit of one origin or proxy. */
interface Promised {
  readonly promisedPlaces: number
  readonly closing: number
  readonly draining: number
}

/** Why a lane asks for a connection: it has none that could serve it, or its queue takes long, or it has been busier than others for long. */
type Reason = 'none' | 'queue' | 'share'

/** How much busier a lane must be than the one that gives would then be. */
const busier = 1.25

/** How many times as long as a connect takes a connection idles until it counts as one that nobody needs. */
const unneeded = 1.25

/** How much of what it takes to open it again the last connection of a host must have been missed for. */
const missed = 0.8

/** How many times as long as a connect takes the last connection of a host that idles must be free, now and usually, to be more use to a short queue. */
const seldom = 16

/** How many times as much as a connect a connection that carries many requests is worth at the most: more brings nothing (bench/policy, group `sessions`). */
const dearest = 4

/** Over how many requests a lane's load is averaged. */
const memory = 128

/**
 * Who gets a connection, and whose is closed for it, while a limit is reached: what connects were measured to cost against what requests wait.
 * Costs are times: C of a connect, S of a request on a connection. See docs/when-the-total-is-full.md.
 */
export class Economy {
  readonly #market: Market
  readonly #alarm: Alarm
  #ringsAt = Number.POSITIVE_INFINITY
  /** Origins and proxies to look at when the alarm rings: their own limits keep lanes waiting beside idle connections of others. */
  readonly #blocked = new Set<OriginState | ProxyState>()
  /** Of the lane that asks most urgently, as last looked up: why, for how long its requests wait as things are, and how many ask beside it. */
  #asker: Lane | undefined
  #reason: Reason = 'none'
  #urgency = 0
  #asking = 0

  constructor(market: Market) {
    this.#market = market
    this.#alarm = market.clock.alarm(() => this.#review())
  }

  /** A request has come for the lane. */
  heedRequest(lane: Lane, now: number): void {
    if (!this.#isTight(lane)) return
    const { costs, live, idle } = lane
    lane.load += (lane.waiting + live - idle.size + lane.extraRunning + 1 - lane.load) / memory
    if (lane.waiting > 0 || live > idle.size) costs.addGap(0)
    else if (now >= costs.freedAt) costs.addGap(now - costs.freedAt)
  }

  /** A request has been answered on the connection. */
  heedAnswer({ lane, busySince }: Connection, now: number): void {
    if (!this.#isTight(lane)) return
    lane.movedAt = lane.costs.freedAt = now
    lane.costs.addService(now - busySince)
  }

  /** The connection has become idle and was not to close: others may wait for it. */
  heedIdle({ lane: { origin }, proxy }: Connection): void {
    if (this.#market.queue.pending === 0) return
    const { first } = this.#market.connections.idle.all
    if (origin.blocked) this.#wakeFor(origin)
    if (proxy?.blocked) this.#wakeFor(proxy)
    if (first !== undefined && this.#market.capacity.short) this.#wake(first)
  }

  /** Whom the next free place of the total is for. */
  next(): Waiter | undefined {
    this.#look(null, null, this.#market.clock.now())
    return this.#asker?.oldest
  }

  /** Whether the connection, which has come free, closes for another lane, or for a request of its own that needs a new one. */
  yields(connection: Connection, now: number): boolean {
    const { capacity, queue: all } = this.#market
    const { lane, proxy, running, slots } = connection
    const { origin, queue, retries } = lane
    const head = queue.first
    const isAlone = all.pending === queue.size && this.#isPatient
    if (isAlone && head !== undefined) return false
    const { short } = capacity
    const crowded = proxy?.blocked ? proxy : null
    if (!short && !origin.blocked && crowded === null) return false
    // A limit was lowered.
    if (head === undefined && (origin.places < 0 || capacity.places < 0 || (proxy?.places ?? 0) < 0)) return true
    if (isAlone) return false
    const retry = retries.first
    if (retry !== undefined && !(head !== undefined && head.sequence < retry.sequence)) {
      const { closing, draining } = origin.full ? origin : origin.proxy?.full ? origin.proxy : capacity
      if (closing + draining === 0) return true
    }
    if (!this.#isPatient && running === 0) return head === undefined || slots === 0
    return (
      (origin.blocked && this.#isSold(connection, origin, now)) ||
      (crowded !== null && this.#isSold(connection, crowded, now)) ||
      (short && this.#isSold(connection, null, now))
    )
  }

  /** The idle connection to close next for those whom the total keeps waiting. */
  victim(): Connection | undefined {
    const { capacity, connections, clock } = this.#market
    const first = this.#firstOf(connections.idle.all)
    if (first === undefined || !capacity.short) return undefined
    if (!this.#isPatient || capacity.places < 0 || this.#isSold(first, null, clock.now())) return first
    this.#wake(first)
    return undefined
  }

  /** The idle connection to close next of an origin, for other lanes of it, or of those behind a proxy. */
  victimOf(level: OriginState | ProxyState): Connection | undefined {
    const first = this.#firstOf(level.idle)
    if (first === undefined || !level.blocked) return undefined
    if (!this.#isPatient || level.places < 0 || this.#isSold(first, level, this.#market.clock.now())) return first
    this.#wakeFor(level)
    return undefined
  }

  /** The longest idle; one whose lane would need its place again only if there is no other. */
  #firstOf(idle: List<Connection>): Connection | undefined {
    const { first } = idle
    if (first === undefined || this.#market.connections.streams.shut === 0) return first
    for (const connection of idle) if (!connection.isHeldBack) return connection
    return first
  }

  /** Idle connections that are no room for anybody else. */
  get claims(): Claims {
    return claimsOn(this.#market.connections, this.#blocked)
  }

  stop(): void {
    this.#alarm.clear()
    this.#ringsAt = Number.POSITIVE_INFINITY
    this.#blocked.clear()
  }

  /** Whether a limit is reached. Until one is, nothing needs to be known of requests, and nothing is measured. */
  #isTight({ origin }: Lane): boolean {
    const { open, limit } = this.#market.connections
    const { proxy } = origin
    if (proxy !== null && proxy.open >= proxy.limit) return true
    return open >= limit || origin.open >= origin.limits.maxConnectionsPerHost
  }

  /** Where nobody may wait, or nobody need, nothing is weighed. */
  get #isPatient(): boolean {
    const { connections, capacity } = this.#market
    return connections.config.block && !capacity.hasOverflow
  }

  /** Whether somebody gets the connection's place: another lane of that origin, or of any there that is below its own limit. */
  #isSold(connection: Connection, level: OriginState | ProxyState | null, now: number): boolean {
    const { lane, state } = connection
    if (!this.#look(level, state === 'idle' ? null : lane, now) || !this.#lacks(level ?? this.#market.capacity, now)) return false
    // Its lane has idle connections and asks all the same: for a new one.
    return this.#asker === lane || this.#gives(connection, this.#asker as Lane, now)
  }

  /** Finds the lane that asks most urgently, of one origin, or of all or all behind a proxy that are below their own limits; not `except`. */
  #look(level: OriginState | ProxyState | null, except: Lane | null, now: number): boolean {
    const { without, holding, starved } = this.#market.queue
    const first = without.first(level, except)
    const longest = holding.first(level, except)
    const oldest = (level === null ? starved : level instanceof ProxyState ? level.oldestStarved : level.oldest)?.lane
    this.#asker = first
    this.#reason = 'none'
    this.#asking = without.sizeOf(level, except)
    if (oldest !== undefined && oldest !== except && oldest !== first && isStuck(oldest, now)) {
      this.#asker = oldest
      this.#asking++
    }
    this.#urgency = this.#asker === undefined ? -1 : waited(this.#asker, now)
    if (longest !== undefined && longest !== this.#asker) this.#consider(longest, now)
    return this.#asker !== undefined
  }

  /** A lane that has connections asks if its queue takes longer than a connect there and back, or at times to get its share. */
  #consider(lane: Lane, now: number): void {
    const { connect, service } = lane.costs
    // Where nothing idles, a place is taken from somebody who is busy, and is had no sooner than that one's request ends.
    const least = 2 * connect + (this.#market.connections.idle.size === 0 ? service : 0)
    const isLong = lane.drainTime(lane.width) > least
    if (!isLong && now < lane.begunAt + 4 * connect) return
    this.#asking++
    const urgency = lane.drainTime(lane.widthBeside)
    if (this.#asker !== undefined) {
      const { costs } = this.#asker
      // For the sake of a share nobody is to wait for a connect that takes longer than his own.
      const longer = isLong ? 0 : Math.max(0, connect - costs.connect)
      if (urgency <= this.#urgency + longer) return
      // However long a queue becomes, it goes before others for no longer than a new connection serves what waited for it.
      if (this.#urgency >= stint(Math.max(connect, costs.connect), costs.service)) return
    }
    this.#asker = lane
    this.#reason = isLong ? 'queue' : 'share'
    this.#urgency = urgency
  }

  /**
   * Whether fewer places are on their way than lanes ask for. For one that is closing or drains, a lane without waits no longer than there
   * and back; for two, twice as long.
   */
  #lacks({ promisedPlaces, closing, draining }: Promised, now: number): boolean {
    const asker = this.#asker as Lane
    const patience = 2 * (asker.costs.connect + asker.costs.service)
    const ending = closing + draining
    const late = this.#reason === 'none' && ending > 0 ? Math.floor(waited(asker, now) / patience) : 0
    return this.#asking > promisedPlaces - (late > 0 ? Math.min(ending, late) : 0)
  }

  /** Whether the connection, whose lane loses it, is worth less to it than to the one that asks. */
  #gives({ lane, state, readyAt, idleSince, slots, running }: Connection, asker: Lane, now: number): boolean {
    const { connect, gap, service } = lane.costs
    const head = lane.oldest
    const others = lane.live - lane.opening - 1
    // What the others carry at a time, and what all carry now, itself included.
    const otherSlots = others + 1 + lane.extraSlots - slots
    const carried = lane.running - (state === 'idle' || running > 0 ? 0 : 1)
    const idled = state === 'idle' ? now - idleSince : 0
    const dearer = Math.max(connect, asker.costs.connect)
    const isUnneeded = state === 'idle' && idled >= unneeded * dearer
    if (this.#reason === 'share') {
      const isSpared = isUnneeded && (others > 0 || idled + (gap || 0) >= seldom * dearer)
      return head === undefined && (isSpared || otherSlots * asker.load > busier * asker.width * lane.load)
    }
    // What waited when it was ready is what it was opened for, until its connect is a small part of its time.
    if (head !== undefined && head.since < readyAt && now < readyAt + stint(connect, service)) return false
    if (others > 0) {
      if (head === undefined && carried <= otherSlots) return true
      if ((lane.waiting + carried) * service <= this.#urgency * otherSlots) return true
    }
    // A last one goes to a queue only if its connect, and the one that brings it back, are little beside what it has idled and the queue takes.
    if (this.#reason === 'queue')
      return head === undefined && isUnneeded && idled + asker.drainTime(asker.width) >= worthwhile * dearer
    const waits = waited(asker, now)
    // Without it as many requests wait for a new one as it carries.
    const price = connect * Math.max(1, Math.min(dearest, running / asker.waiting))
    if (head !== undefined) {
      const sooner = waits - (now - head.since)
      // What came little later goes first for the sake of reuse, but however many those are not for long.
      return sooner >= price + service || (sooner > 0 && waits >= 2 * stint(dearer, service))
    }
    // A last one that is soon used again is kept until it has been missed for nearly as long as it takes to open it again.
    return (running === 0 && !(gap <= connect / 2)) || idled + waits >= missed * price
  }

  /** Looks again when the idle connection may have become worth less. */
  #wake({ lane, idleSince }: Connection): void {
    const now = this.#market.clock.now()
    const { connect } = lane.costs
    const left = idleSince + missed * connect - now
    const unneededIn = idleSince + unneeded * connect - now
    // Who waits pays as well, so it may be half of that.
    const at = now + Math.max(1, left > 0.01 ? left / 2 : unneededIn > 0.01 ? unneededIn : connect / 2)
    if (at >= this.#ringsAt) return
    this.#ringsAt = at
    this.#alarm.set(at - now)
  }

  #wakeFor(level: OriginState | ProxyState): void {
    const { first } = level.idle
    if (first === undefined) return
    this.#blocked.add(level)
    this.#wake(first)
  }

  #review(): void {
    this.#ringsAt = Number.POSITIVE_INFINITY
    const levels = [...this.#blocked]
    this.#blocked.clear()
    for (const level of levels) this.#market.unblock(level)
    this.#market.pump()
  }
}

/** For how long the lane's oldest request has waited, or others of it in vain before. */
function waited({ oldest, costs }: Lane, now: number): number {
  return oldest === undefined ? 0 : now - oldest.since + costs.owed
}

/** Whether no connection of the lane has come free for so long that it counts as one without. */
function isStuck(lane: Lane, now: number): boolean {
  const { connect, service } = lane.costs
  return Math.min(now - lane.movedAt, waited(lane, now)) >= 2 * (connect + service)
}
