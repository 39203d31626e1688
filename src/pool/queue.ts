import type { Clock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import { type Lane, type OriginState, older, type Waiter } from './entities.ts'
import { Heap } from './heap.ts'
import { Ranking } from './ranking.ts'

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
  /** The origins that the total keeps waiting, the one with the oldest waiter first. */
  readonly #starved = new Heap<OriginState>()
  /** Those that are kept waiting by their own limit and may have connections beyond it, likewise. */
  readonly #blocked = new Heap<OriginState>()
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
    const { wanted, full } = origin
    const demand = wanted === 0 ? 0 : Math.max(0, Math.min(wanted, origin.places))
    this.demand += demand - origin.demand
    origin.demand = demand
    if (full === origin.standings[0].listed) {
      this.without.list(origin, !full)
      this.holding.list(origin, !full)
    }
    const heap = wanted === 0 ? null : full ? (origin.allowsOverflow ? this.#blocked : null) : this.#starved
    if (heap !== origin.heap) {
      origin.heap?.delete(origin.turn)
      origin.heap = heap
    }
    heap?.set(origin.turn, (origin.turns.top as { key: number }).key)
  }

  /** The oldest waiter whose origin is below its own limit. */
  get starved(): Waiter | undefined {
    return this.#starved.top?.owner.turns.top?.owner.oldest
  }

  /** The oldest waiter whose origin's limit allows a connection, be it one beyond it. */
  get oldest(): Waiter | undefined {
    return older(this.starved, this.#blocked.top?.owner.turns.top?.owner.oldest)
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
