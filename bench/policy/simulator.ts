import { parsePoolConfig } from '../../src/config/parse.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import type { PoolSample } from '../../src/observe/advice/samples.ts'
import type { Clock } from '../../src/pool/clock.ts'
import { Connection, Lane, type Member, Waiter } from '../../src/pool/entities.ts'
import type { ConnectionPool } from '../../src/pool/pool.ts'
import { Random } from '../../test/random.ts'
import { EventClock } from './events.ts'
import { type Figures, Tally } from './figures.ts'
import type { Load } from './load.ts'

/** How long a socket takes from `close()` to its close. */
export const closeTime = 0.2

export type PoolClass = new (config: ResolvedPoolConfig, clock: Clock) => ConnectionPool

/** Who looks at the pool, every so many milliseconds. */
export interface Sampling {
  readonly every: number
  take(sample: PoolSample): void
}

/** One request, from when its caller asks to its answer. */
interface Request {
  readonly host: number
  readonly since: number
  /** How long its service takes, wherever it is served. */
  readonly service: number
  /** What its caller does next. */
  readonly next: () => void
  waiter: SimulatedWaiter | null
  retried: boolean
}

const noLane = (): never => {
  throw new Error('no connection is opened ahead')
}

class SimulatedConnection extends Connection {
  readonly simulation: Simulation
  readonly requests = new Set<Request>()
  served = 0

  constructor(lane: SimulatedLane) {
    super(lane)
    this.simulation = lane.simulation
  }

  override get hasSocket(): boolean {
    return true
  }

  override usable(): boolean {
    return this.state !== 'closed'
  }

  override open(): void {}

  override park(): void {}

  override hold(): void {}

  override close(error?: Error): void {
    this.simulation.onClose(this, error)
  }
}

class SimulatedLane extends Lane {
  readonly simulation: Simulation
  /** Requests that a connection carries at a time. */
  readonly slots: number

  constructor(simulation: Simulation, member: Member, key: string, origin: string, slots: number) {
    super(member, key, origin)
    this.simulation = simulation
    this.slots = slots
  }

  override get mayMultiplex(): boolean {
    return this.slots > 1
  }

  override createConnection(): SimulatedConnection {
    return this.simulation.onCreate(this)
  }
}

class SimulatedWaiter extends Waiter {
  readonly simulation: Simulation
  readonly request: Request

  constructor(lane: SimulatedLane, request: Request) {
    super(lane)
    this.simulation = lane.simulation
    this.request = request
  }

  override grant(connection: Connection): void {
    this.simulation.serve(this.request, connection as SimulatedConnection)
  }

  override reject(): void {
    this.simulation.fail(this.request)
  }
}

/** Drives the core under one load. The same load gives the same figures. */
class Simulation {
  readonly #load: Load
  readonly #clock: EventClock
  readonly #pool: ConnectionPool
  readonly #members: Member<SimulatedLane>[]
  readonly #lanes = new Map<string, SimulatedLane>()
  readonly #outstanding = new Set<Request>()
  readonly #tally: Tally
  // A sequence for each, so that what one thing draws does not shift what others draw.
  readonly #choices: Random
  readonly #connects: Random
  readonly #services: Random
  readonly #chances: Random

  constructor(load: Load, Pool: PoolClass, seed: number) {
    const random = new Random((load.seed ?? 42) + 1000 * seed)
    this.#load = load
    this.#clock = new EventClock(random.fork())
    this.#choices = random.fork()
    this.#connects = random.fork()
    this.#services = random.fork()
    this.#chances = random.fork()
    this.#tally = new Tally(load)
    const config = { maxConnections: load.total, acquireTimeout: '1h', keepAliveExpiry: '10m', ...load.config }
    this.#pool = new Pool(parsePoolConfig(config).config, this.#clock)
    this.#members = Array.from({ length: load.members ?? 1 }, () => this.#pool.join<SimulatedLane>(noLane))
  }

  run(sampling?: Sampling): Figures {
    const { callers = 0, rate, bursts = [], duration } = this.#load
    if (sampling !== undefined) this.#sample(sampling)
    for (let caller = 0; caller < callers; caller++) this.#call(caller)
    if (rate !== undefined) this.#arrive(rate, 0)
    for (const { at, requests, host } of bursts)
      this.#clock.in(at, () => {
        for (let i = 0; i < requests; i++) this.#ask(host ?? this.#choose(i, i), () => {})
      })
    this.#clock.runUntil(duration)
    for (const { host, since } of this.#outstanding) this.#tally.waited(host, since, duration)
    return this.#tally.figures(this.#outstanding.size)
  }

  #sample({ every, take }: Sampling): void {
    this.#clock.in(every, () => {
      take({ at: this.#clock.now(), stats: this.#pool.stats() })
      this.#sample({ every, take })
    })
  }

  #choose(caller: number, nth: number): number {
    return this.#load.choose(caller, nth, this.#choices, this.#clock.now())
  }

  #call(caller: number): void {
    const { think = 0, duration } = this.#load
    const average = typeof think === 'number' ? think : think(caller)
    let nth = 0
    const next = () =>
      this.#clock.in(2 * average * this.#chances.next() + 0.001, () => {
        if (this.#clock.now() < duration) this.#ask(this.#choose(caller, nth++), next)
      })
    this.#clock.in(this.#chances.next(), next)
  }

  #arrive(rate: number, nth: number): void {
    this.#clock.in(-Math.log(1 - this.#chances.next()) / rate, () => {
      this.#ask(this.#choose(0, nth), () => {})
      this.#arrive(rate, nth + 1)
    })
  }

  #ask(host: number, next: () => void): void {
    const now = this.#clock.now()
    const service = this.#load.service(host, this.#services, now)
    const request: Request = { host, since: now, service, next, waiter: null, retried: false }
    this.#outstanding.add(request)
    const lane = this.#laneOf(host)
    const connection = this.#pool.take(lane)
    if (connection !== null) return this.serve(request, connection as SimulatedConnection)
    request.waiter = new SimulatedWaiter(lane, request)
    this.#pool.wait(request.waiter)
  }

  #laneOf(host: number): SimulatedLane {
    const { lanes = 1, slots = () => 1 } = this.#load
    const member = this.#members.length === 1 ? 0 : Math.floor(this.#chances.next() * this.#members.length)
    const identity = lanes === 1 ? 0 : Math.floor(this.#chances.next() * lanes)
    const name = `${host} ${identity} ${member}`
    let lane = this.#lanes.get(name)
    if (lane === undefined) {
      const owner = this.#members[member] as Member<SimulatedLane>
      lane = new SimulatedLane(this, owner, name, `http://host-${host}:80`, slots(host))
      this.#lanes.set(name, lane)
    }
    return lane
  }

  serve(request: Request, connection: SimulatedConnection): void {
    connection.requests.add(request)
    if (connection.state !== 'opening') return this.#send(request, connection)
    const connect = this.#load.connect(request.host, this.#connects, this.#clock.now())
    if (connect === Number.POSITIVE_INFINITY) return
    this.#clock.in(connect * this.#connects.between(0.8, 1.2), () => {
      if (connection.state !== 'opening') return
      const { mayMultiplex, slots } = connection.lane as SimulatedLane
      this.#pool.connected(connection, mayMultiplex)
      this.#send(request, connection)
      if (mayMultiplex) this.#pool.slotsChanged(connection, slots)
    })
  }

  #send(request: Request, connection: SimulatedConnection): void {
    const { stale = 0 } = this.#load
    if (stale > 0 && connection.served > 0 && !request.retried && this.#chances.chance(stale))
      return this.#retry(request, connection)
    this.#outstanding.delete(request)
    this.#tally.waited(request.host, request.since, this.#clock.now())
    this.#clock.in(request.service, () => {
      if (connection.requests.has(request)) this.#answer(request, connection)
    })
  }

  #answer(request: Request, connection: SimulatedConnection): void {
    const { closesAfter = Number.POSITIVE_INFINITY } = this.#load
    connection.requests.delete(request)
    connection.served++
    this.#tally.served(request.host, request.service, this.#clock.now())
    request.next()
    this.#pool.release(connection, connection.served < closesAfter)
  }

  /** The connection was dead: its request is sent once more on a new one. */
  #retry(request: Request, connection: SimulatedConnection): void {
    connection.requests.clear()
    this.#gone(connection)
    request.retried = true
    request.waiter ??= new SimulatedWaiter(connection.lane as SimulatedLane, request)
    this.#pool.retry(request.waiter)
  }

  fail(request: Request): void {
    this.#outstanding.delete(request)
    this.#tally.failed++
    request.next()
  }

  onCreate(lane: SimulatedLane): SimulatedConnection {
    this.#tally.opened()
    return new SimulatedConnection(lane)
  }

  onClose(connection: SimulatedConnection, error: Error | undefined): void {
    const requests = [...connection.requests]
    connection.requests.clear()
    if (error !== undefined) for (const request of requests) this.fail(request)
    this.#clock.in(closeTime, () => this.#gone(connection))
  }

  #gone(connection: SimulatedConnection): void {
    this.#tally.closed()
    this.#pool.closed(connection)
  }
}

export function simulate(load: Load, Pool: PoolClass, seed = 0, sampling?: Sampling): Figures {
  return new Simulation(load, Pool, seed).run(sampling)
}
