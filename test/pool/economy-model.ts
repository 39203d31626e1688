import type { Area, Census } from './census.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'

// The rule of docs/when-the-total-is-full.md, written down a second time: whatever it looks at is counted anew from sockets and requests.
// Only what was measured (costs, loads, when something last happened) is taken from the core; costs.test.ts looks after that.

/** A lane that waits, as the engine sees it. */
interface Waiting {
  readonly lane: FakeLane
  readonly origin: string
  readonly requests: number
  /** Connections that they need besides those on their way. */
  readonly needed: number
  readonly oldest: FakeRequest
  /** Connections, closing, draining and overflow ones excluded, and the requests that they carry at a time. */
  readonly live: number
  readonly width: number
}

/** Who asks, and how urgently. */
interface Bid {
  readonly who: Waiting
  readonly why: 'none' | 'queue' | 'share'
  readonly urgency: number
  readonly asking: number
}

const kinds: readonly Area['kind'][] = ['host', 'proxy', 'total']

export class EconomyModel {
  readonly #engine: FakeEngine
  readonly #census: Census

  constructor(engine: FakeEngine, census: Census) {
    this.#engine = engine
    this.#census = census
  }

  /**
   * Whether the connection, which is idle or has just come free, is to close for somebody at that time: what the rule may say, which is
   * more than one thing where several ask equally urgently.
   * @param head a request that has just been given the connection, and waits no longer
   * @param among the kinds of limit that may keep those waiting for whom it is to close
   */
  verdicts(connection: FakeConnection, now: number, head?: FakeRequest, among = kinds): Set<boolean> {
    const { origin, via } = connection
    const waiting = this.#waiting(head)
    const verdicts = new Set<boolean>()
    const own = waiting.find(({ lane }) => lane === connection.lane)
    const [host, proxy] = [this.#census.host(origin), this.#census.through(via)]
    // Its own limit will keep somebody waiting, be it that others keep them waiting first.
    const local = among.includes('host') && this.#count(waiting, origin) > this.#places(host)
    const needed = new Map(waiting.map((lane) => [lane.origin, this.#count(waiting, lane.origin)]))
    const behind = new Map([...needed].filter(([key]) => via !== null && this.#census.via(key) === via))
    const passing = (...kinds: Area['kind'][]) => {
      return (area: Area) => (kinds.includes(area.kind) ? this.#places(area) : Number.POSITIVE_INFINITY)
    }
    const crowded = among.includes('proxy') && this.#census.flow(behind, passing('host')) > this.#places(proxy)
    const total =
      among.includes('total') && this.#census.flow(needed, passing('host', 'proxy')) > this.#places(this.#census.total)
    const below = waiting.filter((lane) => !this.#isFull(this.#census.host(lane.origin)))
    const open = below.filter((lane) => !this.#isFull(this.#census.through(this.#census.via(lane.origin))))
    const next = this.#census.through(this.#census.via(origin))
    const isFree = this.#ending(this.#isFull(host) ? host : this.#isFull(next) ? next : this.#census.total) === 0
    if ((local || crowded || total) && own?.oldest.retried && connection.phase !== 'idle' && isFree) return new Set([true])
    const within = waiting.filter((lane) => lane.origin === origin)
    const belowThere = below.filter((lane) => this.#census.via(lane.origin) === via)
    const sales = [
      ...(local ? [this.#sales(connection, own, within, host, now)] : []),
      ...(crowded ? [this.#sales(connection, own, belowThere, proxy, now)] : []),
      ...(total ? [this.#sales(connection, own, open, this.#census.total, now)] : []),
    ]
    if (sales.some((sale) => !sale.has(false))) verdicts.add(true)
    else {
      verdicts.add(false)
      if (sales.some((sale) => sale.has(true))) verdicts.add(true)
    }
    return verdicts
  }

  #sales(connection: FakeConnection, own: Waiting | undefined, waiting: Waiting[], area: Area, now: number): Set<boolean> {
    const busy = connection.phase !== 'idle'
    const asking = waiting.filter(({ needed }) => needed > 0)
    const bids = this.#bids(asking, busy ? connection.lane : null, now)
    return new Set(bids.length === 0 ? [false] : bids.map((bid) => this.#isSold(connection, own, bid, area, now)))
  }

  #isSold(
    connection: FakeConnection,
    owner: Waiting | undefined,
    { who, why, urgency, asking }: Bid,
    area: Area,
    now: number,
  ): boolean {
    const { streams } = this.#census
    const asks = this.#waited(who, now)
    const patience = 2 * (who.lane.costs.connect + who.lane.costs.service)
    // What drains is on its way as well, for as long as one is patient.
    const ending = this.#ending(area)
    const tired = why === 'none' && ending > 0 && asks > 0 ? Math.min(ending, Math.floor(asks / patience)) : 0
    if (asking <= Math.max(0, this.#census.roomWithin(area) + ending) - tired) return false
    const { lane } = connection
    if (who.lane === lane) return true
    const mine = streams.of(lane as FakeLane)
    const ready = mine.filter(({ phase }) => phase === 'busy' || phase === 'idle')
    const others = ready.length - 1
    const { connect, gap, service } = lane.costs
    const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0)
    // What the others carry at a time, and what all of them carry now.
    const elsewhere = sum(ready.filter((socket) => socket !== connection).map((socket) => streams.slots(socket)))
    const carried = sum(ready.map((socket) => streams.carried(socket)))
    // One that has idled for 1.25 times as long as it takes to open it, or the other one, is not missed.
    const longer = Math.max(connect, who.lane.costs.connect)
    const needless = connection.releasedAt + 1.25 * longer
    const missed = connection.phase !== 'idle' || now < needless
    const isFree = connection.phase === 'idle' ? now - connection.releasedAt : 0
    // Of a host that is hardly ever asked even the last one is not.
    const unused = others > 0 || isFree + (Number.isNaN(gap) ? 0 : gap) >= 16 * longer
    if (why === 'share' && owner === undefined && unused && !missed) return true
    if (why === 'share') return owner === undefined && elsewhere * who.lane.load > 1.25 * who.width * lane.load
    // It serves what waited for it for ten times as long as it took to open it; for four times and two requests more, if that is longer.
    const served = connection.readyAt + 4 * connect + Math.max(6 * connect, 2 * service)
    if (owner !== undefined && owner.oldest.since < connection.readyAt && now < served) return false
    const backlog = (owner?.requests ?? 0) + carried
    const spared = owner === undefined && carried <= elsewhere
    if (others > 0 && (spared || backlog * service <= urgency * elsewhere)) return true
    const idled = isFree
    // A queue gets the last one if it and what that has idled are ten connects.
    const queued = (who.requests * who.lane.costs.service) / who.width
    if (why === 'queue') return owner === undefined && !missed && idled + queued >= 10 * longer
    // One that carries many is dearer, up to four times.
    const own = streams.carried(connection)
    const price = connect * Math.min(4, Math.max(1, own / who.requests))
    if (owner !== undefined) {
      const own = now - owner.oldest.since
      // What came later, and not by much, may go first for twice the time that a connection serves what waited for it.
      const overtaken = asks >= 2 * (4 * longer + Math.max(6 * longer, 2 * service))
      return asks >= own + price + service || (overtaken && asks > own)
    }
    const usedSeldom = own === 0 && (Number.isNaN(gap) || gap > connect / 2)
    return usedSeldom || idled + asks >= 0.8 * price
  }

  /** The bids that may be the most urgent one: several where they are equally urgent. */
  #bids(waiting: Waiting[], except: unknown, now: number): Bid[] {
    const lanes = waiting.filter(({ lane }) => lane !== except)
    const without = lanes
      .filter((one) => one.live === 0 || one.oldest.retried)
      .toSorted((a, b) => a.oldest.order - b.oldest.order)
    const holding = lanes.filter((one) => !without.includes(one))
    // The longest waiting of all counts as one without if nothing of it moves, unless the one that gives has waited longer.
    const [oldest] = waiting.toSorted((a, b) => a.oldest.order - b.oldest.order)
    let first = without[0]
    let asking = without.length
    if (oldest !== undefined && holding.includes(oldest)) {
      const { connect, service } = oldest.lane.costs
      if (Math.min(now - oldest.lane.movedAt, this.#waited(oldest, now)) >= 2 * (connect + service)) {
        first = oldest
        asking++
      }
    }
    const bids: Bid[] = []
    const most = first === undefined ? -1 : this.#waited(first, now)
    const least = Math.min(...holding.map(({ lane }) => lane.ranks[1].key))
    const longest = holding.filter(({ lane }) => lane.ranks[1].key === least)
    const other = (one: Waiting): Bid | undefined => {
      if (one === first) return undefined
      const { connect, service } = one.lane.costs
      const idle = [...this.#engine.live].some((socket) => socket.phase === 'idle' && socket.promised.size === 0)
      const long = (one.requests * service) / one.width > 2 * connect + (idle ? 0 : service)
      if (!long && now < one.lane.begunAt + 4 * connect) return undefined
      const urgency = (one.requests * service) / (one.width + this.#census.streams.expected(one.lane))
      return { who: one, why: long ? 'queue' : 'share', urgency, asking: asking + 1 }
    }
    // A share is for nobody to wait for who would have had a connection sooner.
    const outbids = ({ who, why, urgency }: Bid) => {
      if (first === undefined) return true
      const [theirs, own] = [who.lane.costs, first.lane.costs]
      const sooner = theirs.connect - own.connect
      // Nor does a queue go first for longer than a new connection serves what waited for it.
      const twoMore = 2 * own.service
      const longest = Math.max(...[theirs, own].map(({ connect }) => 4 * connect + Math.max(6 * connect, twoMore)))
      return most < longest && urgency > most + (why === 'share' && sooner > 0 ? sooner : 0)
    }
    const candidates = longest.length === 0 ? [undefined] : longest.map(other)
    for (const bid of candidates) {
      if (bid !== undefined && outbids(bid)) bids.push(bid)
      else if (first !== undefined)
        bids.push({ who: first, why: 'none', urgency: most, asking: bid === undefined ? asking : asking + 1 })
    }
    return bids
  }

  #waited({ lane, oldest }: Waiting, now: number): number {
    return now - oldest.since + lane.costs.owed
  }

  /** Lanes that wait; `also` is a request that waited until just now. */
  #waiting(also?: FakeRequest): Waiting[] {
    const byLane = new Map<FakeLane, FakeRequest[]>()
    for (const request of this.#engine.waiting) {
      if (!request.queued && request !== also) continue
      const lane = request.waiter?.lane as FakeLane
      byLane.set(lane, [...(byLane.get(lane) ?? []), request])
    }
    return [...byLane].map(([lane, requests]) => ({
      lane,
      origin: lane.origin.key,
      requests: requests.length,
      oldest: requests.reduce((a, b) => (b.order < a.order ? b : a)),
      needed: this.#census.streams.neededIn(lane, requests),
      live: this.#census.streams.of(lane).length,
      width: this.#census.streams.width(lane),
    }))
  }

  #count(waiting: Waiting[], origin: string): number {
    return waiting.filter((one) => one.origin === origin).reduce((sum, { needed }) => sum + needed, 0)
  }

  #open(area: Area): FakeConnection[] {
    return [...this.#engine.live].filter((socket) => area.has(socket))
  }

  #closing(area: Area): number {
    return this.#open(area).filter((socket) => socket.phase === 'closing' && !socket.overflow).length
  }

  /** Those that close, or will once they carry nothing. */
  #ending(area: Area): number {
    return this.#open(area).filter((socket) => (socket.phase === 'closing' || socket.draining) && !socket.overflow).length
  }

  #isFull(area: Area): boolean {
    return this.#census.roomWithin(area) <= 0
  }

  /** Places that are free, or will be once what closes has closed. What drains may take long, and only excuses that a lowered limit is exceeded. */
  #places(area: Area): number {
    const room = this.#census.roomWithin(area)
    const places = room + this.#closing(area)
    return places >= 0 ? places : Math.min(0, room + this.#ending(area))
  }
}
