import { Connection, Lane, type Member, Waiter } from '../../src/pool/port.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeRequests } from './fake-requests.ts'

export class FakeLane extends Lane {
  readonly engine: FakeEngine

  constructor(engine: FakeEngine, member: Member, key: string, origin: string) {
    super(member, key, origin)
    this.engine = engine
  }

  override get mayMultiplex(): boolean {
    return this.engine.offersH2(this.origin.key)
  }

  override createConnection(): FakeConnection {
    return new FakeConnection(this)
  }
}

/** What the engine sees of a socket, told by the core's calls only. */
export type Phase = 'new' | 'connecting' | 'busy' | 'idle' | 'closing' | 'closed'

export class FakeConnection extends Connection {
  readonly engine: FakeEngine
  readonly origin: string
  /** The proxy that it goes through. */
  readonly via: string | null
  phase: Phase = 'new'
  readonly requests = new Set<FakeRequest>()
  /** Its server speaks HTTP/2. */
  h2 = false
  /** What its server's SETTINGS allow; NaN: they have not come. */
  allows = Number.NaN
  /** Its server has said that it takes no more requests. */
  goneAway = false
  createdAt = 0
  releasedAt = 0
  /** Grants that had been given anywhere when it began to drain. */
  drainedAt = Number.NaN
  /** Requests that are over on it. */
  answered = 0
  /** It has lain idle. */
  rested = false
  /** Which one that was parked it was, counted over all. */
  parked = 0
  /** Its last answer does not allow another request on it. */
  spent = false
  /** Requests that it was given, by the engine's own count. */
  served = 0
  /** Milliseconds and requests that the server's last hint allows. */
  hintedIdleMs = Number.POSITIVE_INFINITY
  hintedServed = Number.POSITIVE_INFINITY
  /** A FIN has reached this host; the event loop sees it in its next turn. */
  finArrived = false
  finSeen = false
  /** It was told to close, and nothing was wrong with it. */
  isUnwanted = false
  /** Its dial has been asked for a socket and says nothing, nor does it when it is told to stop. */
  silent = false

  constructor(lane: FakeLane) {
    super(lane)
    this.engine = lane.engine
    this.origin = lane.origin.key
    this.via = lane.engine.viaOf(this.origin)
    // The core tells no engine that it drains a connection.
    let drains = false
    Object.defineProperty(this, 'draining', {
      get: () => drains,
      set: (value: boolean) => {
        if (value) this.engine.onDrain(this)
        drains = value
      },
    })
  }

  /** Whether its origin is reached by another way since it was made. */
  get stray(): boolean {
    return this.via !== this.engine.viaOf(this.origin)
  }

  /** Of those that it carries the first. */
  get request(): FakeRequest | null {
    const [first] = this.requests
    return first ?? null
  }

  override usable(): boolean {
    return !this.finSeen && !this.goneAway && !this.stray
  }

  override get hasSocket(): boolean {
    return !this.silent && this.phase !== 'closed'
  }

  override open(): void {
    this.engine.beforeAhead(this)
    this.engine.onOpen(this)
  }

  override park(): void {
    if (this.requests.size > 0 || (this.phase !== 'busy' && this.phase !== 'idle'))
      throw new Error(`a connection was parked that is ${this.phase}`)
    this.phase = 'idle'
    this.rested = true
    this.parked = ++this.engine.parks
  }

  override hold(): void {
    if (this.requests.size > 0 || (this.phase !== 'busy' && this.phase !== 'idle'))
      throw new Error(`a connection was held that is ${this.phase}`)
    this.phase = 'idle'
  }

  override close(error?: Error): void {
    this.engine.onClose(this, error)
  }
}

export class FakeWaiter extends Waiter {
  readonly request: FakeRequest

  constructor(lane: FakeLane, request: FakeRequest) {
    super(lane)
    this.request = request
  }

  override grant(connection: Connection): void {
    this.request.engine.onGrant(this.request, connection as FakeConnection)
  }

  override reject(error: Error): void {
    this.request.engine.onReject(this.request, error)
  }
}

export type Outcome = 'waiting' | 'granted' | 'done' | 'failed' | 'rejected' | 'abandoned'

/** One request as its caller sees it. */
export class FakeRequest {
  readonly engine: FakeRequests
  readonly member: Member<FakeLane>
  readonly origin: string
  readonly laneKey: string
  /** Its place in the order of arrival, from when it first had to wait. */
  order = -1
  since = Number.NaN
  outcome: Outcome = 'waiting'
  waiter: FakeWaiter | null = null
  connection: FakeConnection | null = null
  error: (Error & { code?: string }) | undefined
  /** Whether the connection had served before. */
  reused = false
  retried = false
  /** It was given back to the queue. */
  requeued = false

  constructor(engine: FakeRequests, member: Member<FakeLane>, origin: string, laneKey: string) {
    this.engine = engine
    this.member = member
    this.origin = origin
    this.laneKey = laneKey
  }

  get verifying(): boolean {
    return this.outcome === 'waiting' && this.waiter?.state === 'verifying'
  }

  get queued(): boolean {
    return this.outcome === 'waiting' && this.waiter?.state === 'waiting'
  }
}
