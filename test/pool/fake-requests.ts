import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import { ConnectionPool } from '../../src/pool/pool.ts'
import type { Member } from '../../src/pool/port.ts'
import { FakeClock } from './fake-clock.ts'
import { type FakeConnection, type FakeLane, FakeRequest, FakeWaiter, type Outcome } from './fake-entities.ts'

/** The half of an engine that has requests: they ask the core, wait, are granted or refused, and ask again. */
export abstract class FakeRequests {
  readonly clock: FakeClock
  readonly pool: ConnectionPool
  readonly requests: FakeRequest[] = []
  /** In the order of the grants. */
  readonly grants: FakeRequest[] = []
  /** When anything last happened to a request or connection. */
  changedAt = 0
  readonly tally = { created: 0, reused: 0, overflowed: 0, rejected: 0, timedOut: 0, abandoned: 0 }
  /** Requests that wait or are verified, so that checks need not look at all that ever were. */
  readonly waiting = new Set<FakeRequest>()
  /** The connection one of whose requests has just ended, until the core has given it the next. */
  released: FakeConnection | null = null
  /** Called before a grant takes effect, with the state it was decided in. */
  beforeGrant: (request: FakeRequest, connection: FakeConnection) => void = () => {}
  /** Called after a request was granted or rejected, from inside the core's call. */
  onSettled: (request: FakeRequest) => void = () => {}
  /** Called when a connection has failed its request, from inside `close()` if it was the core that closed it. */
  onFailed: (request: FakeRequest) => void = () => {}
  #arrivals = 0

  constructor(config: ResolvedPoolConfig, seed: number) {
    this.clock = new FakeClock(seed)
    this.pool = new ConnectionPool(config, this.clock)
  }

  /** The dial of a connection begins. */
  abstract onOpen(connection: FakeConnection): void
  protected abstract laneOf(member: Member<FakeLane>, key: string, origin: string): FakeLane

  get arrivals(): number {
    return this.#arrivals
  }

  join(): Member<FakeLane> {
    const member: Member<FakeLane> = this.pool.join((url) => this.#plainLane(member, url))
    return member
  }

  request(member: Member<FakeLane>, origin: string, name = 'plain'): FakeRequest {
    this.changedAt = this.clock.now()
    const key = `${origin} ${name}`
    const lane = this.laneOf(member, key, origin)
    const request = new FakeRequest(this, member, origin, key)
    this.requests.push(request)
    const connection = this.pool.take(lane)
    if (connection === null) {
      this.#queue(request, new FakeWaiter(lane, request))
      this.pool.wait(request.waiter as FakeWaiter)
      return request
    }
    if (connection.mayBeStale || lane.mayMultiplex) this.#arrive(request, lane)
    this.onGrant(request, connection as FakeConnection)
    return request
  }

  #plainLane(member: Member<FakeLane>, { protocol, hostname, port }: URL): FakeLane {
    const origin = `${protocol}//${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
    return this.laneOf(member, `${origin} plain`, origin)
  }

  /** It may have to be retried: its place and its deadline are those of today. */
  #arrive(request: FakeRequest, lane: FakeLane): void {
    request.waiter = new FakeWaiter(lane, request)
    this.#number(request)
    this.pool.arrive(request.waiter)
  }

  /** Another try of a request whose connection has just failed it. */
  retry(request: FakeRequest): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'failed') throw new Error(`a request was retried that is ${request.outcome}`)
    const lane = (request.connection as FakeConnection).lane as FakeLane
    request.outcome = 'waiting'
    request.retried = true
    this.#queue(request, request.waiter ?? new FakeWaiter(lane, request))
    this.pool.retry(request.waiter as FakeWaiter)
  }

  /** A request goes back to the queue that its server has not seen. */
  requeue(request: FakeRequest): void {
    request.outcome = 'waiting'
    request.requeued = true
    this.#queue(request, request.waiter ?? new FakeWaiter((request.connection as FakeConnection).lane as FakeLane, request))
    this.pool.requeue(request.waiter as FakeWaiter)
  }

  #queue(request: FakeRequest, waiter: FakeWaiter): void {
    request.waiter = waiter
    this.#number(request)
    this.waiting.add(request)
  }

  #number(request: FakeRequest): void {
    if (request.order !== -1) return
    request.order = this.#arrivals++
    request.since = this.clock.now()
  }

  abandon(request: FakeRequest): void {
    this.changedAt = this.clock.now()
    if (request.waiter === null || !this.pool.abandon(request.waiter)) throw new Error('a waiting request could not be abandoned')
    this.tally.abandoned++
    this.#settle(request, 'abandoned')
  }

  onGrant(request: FakeRequest, connection: FakeConnection): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'waiting') throw new Error(`a request was granted that is ${request.outcome}`)
    if (connection.requests.size > 0 && !connection.h2) throw new Error('a connection was granted to two requests')
    this.beforeGrant(request, connection)
    this.released = null
    if (connection.phase === 'new') this.onOpen(connection)
    else if (connection.phase === 'idle' || connection.phase === 'busy') {
      connection.phase = 'busy'
      if (connection.served > 0) this.tally.reused++
    } else throw new Error(`a connection was granted that is ${connection.phase}`)
    request.reused = connection.served > 0
    connection.served++
    connection.requests.add(request)
    request.connection = connection
    this.grants.push(request)
    this.#settle(request, 'granted')
    this.onSettled(request)
  }

  onReject(request: FakeRequest, error: Error): void {
    this.changedAt = this.clock.now()
    if (request.outcome !== 'waiting') throw new Error(`a request was rejected that is ${request.outcome}`)
    request.error = error
    if (request.error.code === 'ERR_POOL_ACQUIRE_TIMEOUT') this.tally.timedOut++
    else this.tally.rejected++
    this.#settle(request, 'rejected')
    this.onSettled(request)
  }

  #settle(request: FakeRequest, outcome: Outcome): void {
    request.outcome = outcome
    this.waiting.delete(request)
  }
}
