import type { HostLimits } from '../../src/config/types.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'
import { must } from './must.ts'

// What HTTP/2 changes, written down a second time: what a connection carries and may carry, and how many connections those who wait need.
// What a lane's servers were seen to speak and allow is taken from the core, as everything that is measured.

export class StreamModel {
  readonly #engine: FakeEngine
  readonly #limits: (origin: string) => HostLimits

  constructor(engine: FakeEngine, limits: (origin: string) => HostLimits) {
    this.#engine = engine
    this.#limits = limits
  }

  /** Requests that the connection may carry at a time. */
  slots({ origin, h2, allows, overflow }: FakeConnection): number {
    const { keepAlive, maxStreamsPerConnection } = this.#limits(origin)
    if (!h2 || Number.isNaN(allows)) return 1
    return Math.min(allows, keepAlive && !overflow ? Math.min(maxStreamsPerConnection, 2 ** 30) : 1)
  }

  /** Those that it carries, and those that are held for it. */
  carried({ requests, promised }: FakeConnection): number {
    return requests.size + promised.size
  }

  /** Whether it may be given requests at all. */
  takes({ phase, draining, overflow, goneAway }: FakeConnection): boolean {
    return (phase === 'busy' || phase === 'idle') && !draining && !overflow && !goneAway
  }

  hasSlot(socket: FakeConnection): boolean {
    return this.takes(socket) && this.carried(socket) < this.slots(socket)
  }

  /** Connections of the lane that are of use to it, or will be. */
  of(lane: FakeLane): FakeConnection[] {
    return [...this.#engine.live].filter(
      (socket) =>
        socket.lane.member === lane.member &&
        socket.lane.key === lane.key &&
        !socket.overflow &&
        !socket.draining &&
        socket.phase !== 'closing',
    )
  }

  /** Requests that a new connection of the lane is expected to carry at a time. */
  expected(lane: FakeLane, there: readonly FakeConnection[] = this.of(lane)): number {
    const { keepAlive, maxStreamsPerConnection, maxRequestsPerConnection } = this.#limits(lane.origin.key)
    const { slots, failed } = lane.costs
    if (!lane.mayMultiplex || !keepAlive) return 1
    if (failed && there.every(({ phase }) => phase === 'connecting')) return 1
    return Math.min(2 ** 30, maxStreamsPerConnection, maxRequestsPerConnection, Number.isNaN(slots) ? 2 ** 30 : slots)
  }

  /** Requests that its connections carry at a time, once those are there that are on their way. */
  width(lane: FakeLane): number {
    return this.of(lane).reduce((sum, socket) => {
      const isUnknown = socket.phase === 'connecting' || (socket.h2 && Number.isNaN(socket.allows))
      return sum + (isUnknown ? this.expected(lane) : this.slots(socket))
    }, 0)
  }

  /** Whether none of its open connections may carry anything for now. */
  isShut(lane: FakeLane): boolean {
    const ready = this.of(lane).filter(({ phase }) => phase !== 'connecting')
    return ready.length > 0 && ready.every((socket) => this.slots(socket) === 0)
  }

  /** The last open connection of a lane that waits for a server which allows nothing for now, if it idles and its place would be that lane's again. */
  lastOf(lane: FakeLane): FakeConnection | undefined {
    if (!this.isShut(lane)) return undefined
    const coming = this.of(lane).filter(({ phase }) => phase === 'connecting')
    const open = this.of(lane).filter(({ phase }) => phase !== 'connecting')
    const idles = open.every(({ phase, promised }) => phase === 'idle' && promised.size === 0)
    return idles && this.missingIn(lane, this.#queuedIn(lane), coming) > 0 ? open.at(-1) : undefined
  }

  /** The one of these idle connections, the longest idle first, to close first for others: that, which such a last one is only if there is no other. */
  firstOf(all: readonly FakeConnection[]): FakeConnection | undefined {
    const held = (socket: FakeConnection) => {
      const lane = socket.lane as FakeLane
      return this.lastOf(lane) === socket && this.of(lane).filter(({ phase }) => phase !== 'connecting').length === 1
    }
    return all.find((socket) => !held(socket)) ?? all[0]
  }

  /** Connections that have yet to be begun for these requests of one lane. */
  neededIn(lane: FakeLane, requests: readonly FakeRequest[]): number {
    if (requests.length === 0) return 0
    if (!lane.mayMultiplex) return this.#beyondAhead(requests, this.of(lane))
    return this.isShut(lane) ? 0 : this.missingIn(lane, requests, this.of(lane))
  }

  /** The same if these were the connections that are of use to it. */
  missingIn(lane: FakeLane, requests: readonly FakeRequest[], there: readonly FakeConnection[]): number {
    if (requests.length === 0) return 0
    const expected = this.expected(lane, there)
    if (expected === 1) return this.#beyondAhead(requests, there)
    const coming = there.filter((socket) => socket.phase === 'connecting' || (socket.h2 && Number.isNaN(socket.allows)))
    // Each brings as many slots as are expected, less the one that its own request has, or may have already.
    const unused = coming.filter(({ phase, served }) => phase === 'connecting' && served === 0).length
    const left = requests.length - coming.length * (expected - 1) - unused
    const missing = Math.max(0, Math.ceil(left / expected))
    return missing === 0 && coming.length === 0 && requests.some(({ retried }) => retried) ? 1 : missing
  }

  /** Each needs a connection, but for those that one will do for which is being made for nobody: any but a retry. */
  #beyondAhead(requests: readonly FakeRequest[], there: readonly FakeConnection[]): number {
    const ahead = there.filter(({ phase, served }) => phase === 'connecting' && served === 0).length
    const retried = requests.filter((request) => request.retried).length
    return retried + Math.max(0, requests.length - retried - ahead)
  }

  /** The same for requests of several lanes, by their origins. */
  needed(requests: readonly FakeRequest[]): Map<string, number> {
    const lanes = new Map<FakeLane, FakeRequest[]>()
    for (const request of requests) {
      const lane = laneOf(request)
      lanes.set(lane, [...(lanes.get(lane) ?? []), request])
    }
    const needed = new Map<string, number>()
    for (const [lane, waiting] of lanes) {
      needed.set(lane.origin.key, (needed.get(lane.origin.key) ?? 0) + this.neededIn(lane, waiting))
    }
    return needed
  }

  /** A connection is opened only where nothing that is there or on its way would do. */
  checkOpening(request: FakeRequest, lane: FakeLane): void {
    const others = this.#queuedIn(lane).filter((other) => other !== request)
    must(this.neededIn(lane, [...others, request]) > 0, 'a connection was opened that slots on their way make needless')
    if (request.retried) return
    // One that has just come free is being given to somebody.
    const free = this.of(lane).filter(
      (socket) =>
        this.hasSlot(socket) &&
        socket.usable() &&
        socket !== this.#engine.released &&
        (socket.phase === 'idle' || this.carried(socket) > 0),
    )
    must(free.length === 0, 'a connection was opened though one has a free slot')
  }

  /** A connection that carries others, or may, is given one more request. */
  checkSlot(request: FakeRequest, connection: FakeConnection): void {
    const carried = connection.requests.size
    must(!connection.goneAway, 'a request was given to a connection whose server takes no more')
    must(carried === 0 || connection.h2, 'a connection was given two requests that does not multiplex')
    must(carried < this.slots(connection), 'a connection was given more requests than it may carry', {
      carried,
      slots: this.slots(connection),
    })
    const fuller = this.of(connection.lane as FakeLane).find(
      (other) => other !== connection && other.h2 && this.hasSlot(other) && this.carried(other) > this.carried(connection),
    )
    const sure = !this.#engine.clock.turning && !request.retried
    must(!sure || fuller === undefined, 'a request was not given to the connection that carries most')
  }

  #queuedIn(lane: FakeLane): FakeRequest[] {
    return [...this.#engine.waiting].filter(
      (request) => request.queued && request.member === lane.member && request.laneKey === lane.key,
    )
  }
}

function laneOf(request: FakeRequest): FakeLane {
  return (request.waiter?.lane ?? request.connection?.lane) as FakeLane
}
