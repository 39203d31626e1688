import type { Clock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import { type Lane, type OriginState, older, ProxyState, type Waiter } from './entities.ts'
import { Heap, type HeapNode } from './heap.ts'
import { Ranking } from './ranking.ts'

/** The key of what has no place. */
const nobody = Number.POSITIVE_INFINITY

function rank(heap: Heap<OriginState | ProxyState>, node: HeapNode<ProxyState>, key: number): void {
  if (key === nobody) heap.delete(node)
  else heap.set(node, key)
}

/** Who waits, in which order, and until when. Every operation is O(1) or O(log n) in the lanes and origins that wait. */
export class WaitQueue {
  pending = 0
  /** Connections that those who wait need besides those that are on their way. */
  wanted = 0
  /** Places of the total that waiting requests will take once what is closing has closed, their hosts' own limits allowing. */
  demand = 0
  /** Lanes that wait without a connection that could serve them, the one with the oldest waiter first. */
  readonly without: Ranking = new Ranking(0)
  /** Lanes that wait for connections of theirs that are in use, the one whose queue takes longest first. */
  readonly holding: Ranking = new Ranking(1)
  readonly #clock: Clock
  readonly #deadlines: Deadlines<Waiter>
  /** The origins, and proxies with theirs, that the total keeps waiting, the one with the oldest waiter first. */
  readonly #starved = new Heap<OriginState | ProxyState>()
  /** Those that are kept waiting by a limit of their own and may have connections beyond it, likewise. */
  readonly #beyond = new Heap<OriginState | ProxyState>()
  #sequence = 0

  /** @param onTimeout hears of each that has waited as long as it may */
  constructor(clock: Clock, onTimeout: (waiter: Waiter) => void) {
    this.#clock = clock
    this.#deadlines = new Deadlines(clock, onTimeout)
  }

  /** Numbers a request in the order of arrival. A retry keeps its number and its start. */
  register(waiter: Waiter): void {
    if (waiter.sequence !== -1) return
    waiter.sequence = this.#sequence++
    waiter.since = this.#clock.now()
  }

  enqueue(waiter: Waiter): void {
    const { lane } = waiter
    const { origin } = lane
    const queue = waiter.fresh ? lane.retries : lane.queue
    let next = queue.tail === null || queue.tail.owner.sequence < waiter.sequence ? null : queue.head
    while (next !== null && next.owner.sequence < waiter.sequence) next = next.next
    queue.insertBefore(waiter.inLane, next)
    waiter.state = 'waiting'
    waiter.admitted = true
    origin.waiting++
    lane.member.pending++
    this.pending++
    this.#deadlines.add(waiter, origin.limits.acquireTimeout)
    this.#reorder(lane)
  }

  dequeue(waiter: Waiter): void {
    const { lane } = waiter
    waiter.inLane.leave()
    this.#deadlines.delete(waiter)
    lane.origin.waiting--
    lane.member.pending--
    this.pending--
    this.#reorder(lane)
  }

  /** Brings the origin's demand up to date after its waiters, connections or limits have changed. */
  update(origin: OriginState): void {
    const { wanted, full, proxy } = origin
    const demand = wanted === 0 ? 0 : Math.max(0, Math.min(wanted, origin.places))
    const more = demand - origin.demand
    if (proxy === null) this.demand += more
    else proxy.wanted += more
    origin.demand = demand
    this.#list(origin, !full)
    const heap = wanted === 0 ? null : this.#heapFor(origin, full)
    if (heap !== origin.heap) {
      origin.heap?.delete(origin.turn)
      origin.heap = heap
    }
    heap?.set(origin.turn, (origin.turns.top as { key: number }).key)
    if (proxy !== null) this.updateProxy(proxy)
  }

  /** The same of a proxy, after what it has or what waits behind it has changed. */
  updateProxy(proxy: ProxyState): void {
    const demand = Math.max(0, Math.min(proxy.wanted, proxy.places))
    this.demand += demand - proxy.demand
    proxy.demand = demand
    const { full } = proxy
    this.#list(proxy, !full)
    const starved = proxy.starved.top?.key ?? nobody
    const beyond = proxy.beyond.top?.key ?? nobody
    rank(this.#starved, proxy.turn, full ? nobody : starved)
    rank(this.#beyond, proxy.turnBeyond, proxy.allowsOverflow ? Math.min(beyond, full ? starved : nobody) : nobody)
  }

  /** The origin is reached through another proxy from now on, or through none. */
  reroute(origin: OriginState, proxy: ProxyState | null): void {
    const before = origin.proxy
    this.without.list(origin, false)
    this.holding.list(origin, false)
    origin.heap?.delete(origin.turn)
    origin.heap = null
    if (before === null) this.demand -= origin.demand
    else before.wanted -= origin.demand
    origin.demand = 0
    origin.proxy = proxy
    for (const which of [0, 1] as const) origin.standings[which].above = proxy?.standings[which] ?? null
    this.update(origin)
    if (before !== null) this.updateProxy(before)
  }

  #list(level: OriginState | ProxyState, listed: boolean): void {
    if (listed === level.standings[0].listed) return
    this.without.list(level, listed)
    this.holding.list(level, listed)
  }

  #heapFor(origin: OriginState, full: boolean): OriginState['heap'] {
    const { proxy } = origin
    if (!full) return proxy?.starved ?? this.#starved
    return origin.allowsOverflow ? (proxy?.beyond ?? this.#beyond) : null
  }

  /** The oldest waiter whose origin and proxy are below their own limits. */
  get starved(): Waiter | undefined {
    const first = this.#starved.top?.owner
    return first instanceof ProxyState ? first.oldestStarved : first?.oldest
  }

  /** The oldest waiter whom the limits of its origin and proxy allow a connection, be it one beyond them. */
  get oldest(): Waiter | undefined {
    return older(this.starved, this.#beyond.top?.owner.oldest)
  }

  /** Brings what a lane needs and its place among those that wait up to date after its waiters or connections have changed. */
  review(lane: Lane): void {
    const { origin, wanted, oldest, live } = lane
    const needed = oldest === undefined ? 0 : lane.connectionsFor(lane.waiting, lane.retries.size)
    if (needed !== wanted) {
      lane.wanted = needed
      origin.wanted += needed - wanted
      this.wanted += needed - wanted
    }
    if (oldest === undefined || needed === 0) {
      origin.turns.delete(lane.turn)
      this.without.delete(lane)
      this.holding.delete(lane)
      return
    }
    origin.turns.set(lane.turn, oldest.sequence)
    // A retry needs a new connection, as if there were none.
    if (live > 0 && !oldest.fresh) {
      this.without.delete(lane)
      this.holding.set(lane, -lane.drainTime(lane.widthBeside))
    } else {
      this.without.set(lane, oldest.sequence)
      this.holding.delete(lane)
    }
  }

  /** Applies changed acquire timeouts to those who wait. */
  rescheduleAll(): void {
    const waiters = [...this.#deadlines.entries()]
    for (const waiter of waiters) this.#deadlines.delete(waiter)
    waiters.sort((a, b) => a.sequence - b.sequence)
    for (const waiter of waiters) this.#deadlines.add(waiter, waiter.lane.origin.limits.acquireTimeout)
  }

  stop(): void {
    this.#deadlines.clear()
  }

  #reorder(lane: Lane): void {
    this.review(lane)
    this.update(lane.origin)
  }
}
