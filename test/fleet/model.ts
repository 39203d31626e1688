import type { FleetStats } from '../../src/adapter.ts'
import type { FleetSettings } from '../../src/config/fleet.ts'
import { Lease } from '../../src/fleet/lease.ts'
import { Ledger } from '../../src/fleet/ledger.ts'
import type { FleetAnswer, FleetRound, FleetStore } from '../../src/fleet/types.ts'
import type { Ceiling, Core } from '../../src/pool/port.ts'
import { Random } from '../random.ts'

/** Milliseconds of one step. */
const tick = 25

/** What one run is about. */
export interface World extends Omit<FleetSettings, 'name'> {
  /** The longest request, and the longest time that a process or the store's link stands still, in milliseconds. */
  readonly longest: number
  readonly frozen: number
}

/** What happens, to whom, and how much of it: all of it random. */
export interface Fault {
  readonly kind: (typeof kinds)[number]
  readonly who: number
  readonly amount: number
  /** Milliseconds until the next. */
  readonly wait: number
}

export const kinds = [
  'demand',
  'demand',
  'demand',
  'all busy',
  'all idle',
  'kill',
  'join',
  'leave',
  'freeze',
  'partition',
  'heal',
  'store freezes',
  'store thaws',
  'store loses all',
  'store fails over',
  'clock jumps',
  'network',
] as const

interface Message {
  at: number
  deliver(): void
}

/** A ledger that is what it was some rounds ago where it fails over, and whose clock does what it likes. */
class ModelStore {
  ledger = new Ledger()
  run = 1
  offset = 0
  frozen = false
  #log: { readonly round: FleetRound; readonly now: number; readonly run: number }[] = []

  exchange(round: FleetRound, now: number): FleetAnswer | null {
    this.#log.push({ round, now: now + this.offset, run: this.run })
    return this.ledger.exchange(round, now + this.offset, String(this.run))
  }

  loseAll(sameServer: boolean): void {
    this.ledger = new Ledger()
    this.#log = []
    if (!sameServer) this.run++
  }

  failOver(lost: number): void {
    this.#log = this.#log.slice(0, Math.max(0, this.#log.length - lost))
    this.ledger = new Ledger()
    for (const { round, now, run } of this.#log) this.ledger.exchange(round, now, String(run))
    this.run++
  }
}

interface ModelConnection {
  /** When its request ends; undefined: it idles. */
  ends: number | undefined
  /** It counts until then. */
  closes: number | undefined
}

/** As much of a pool's core as a lease sees, with connections that are nothing but counted. */
class ModelProcess {
  readonly connections: ModelConnection[] = []
  readonly config = { maxConnections: 1000, maxOverflow: 0 }
  readonly lease: Lease
  readonly cutOff = { until: 0 }
  demand = 0
  frozenUntil = 0
  readonly #model: Model
  readonly #random: Random
  #ceiling: Ceiling | null = null
  #alarm: { callback: () => void; at: number } = { callback: () => {}, at: Number.POSITIVE_INFINITY }

  readonly clock = {
    now: () => this.#model.now,
    alarm: (callback: () => void) => {
      this.#alarm.callback = callback
      return {
        set: (ms: number) => {
          this.#alarm.at = this.#model.now + ms
        },
        clear: () => {
          this.#alarm.at = Number.POSITIVE_INFINITY
        },
      }
    },
  }

  constructor(model: Model, id: string, random: Random) {
    this.#model = model
    this.#random = random
    const silent = { heard: () => {}, lost: () => {}, overrun: () => {}, left: () => {} }
    this.lease = new Lease(this as unknown as Core, { name: 'f', ...model.world }, model.storeFor(this), id, silent)
  }

  get ceiling(): Ceiling | null {
    return this.#ceiling
  }

  set ceiling(ceiling: Ceiling | null) {
    this.#ceiling = ceiling
    this.reviewCeiling()
  }

  get open(): number {
    return this.connections.length
  }

  get load(): number {
    return Math.max(this.demand, this.#live.filter(({ ends }) => ends !== undefined).length)
  }

  get stats(): FleetStats {
    return this.lease.stats()
  }

  get #live(): ModelConnection[] {
    return this.connections.filter(({ closes }) => closes === undefined)
  }

  reviewCeiling(): void {
    const { now } = this.#model
    const limit = this.#ceiling?.limit ?? Number.POSITIVE_INFINITY
    for (const idle of this.#live.filter(({ ends }) => ends === undefined)) if (this.#live.length > limit) this.#close(idle)
    const busy = () => this.#live.filter(({ ends }) => ends !== undefined).length
    while (busy() < this.demand) {
      const idle = this.#live.find(({ ends }) => ends === undefined)
      const ends = now + this.#random.whole(1, this.#model.world.longest)
      if (idle !== undefined) idle.ends = ends
      else if (this.open < limit) this.connections.push({ ends, closes: undefined })
      else break
    }
    if (busy() < this.demand) this.#ceiling?.missed(false)
  }

  cut(limit: number): void {
    for (const connection of this.#live.slice(limit)) this.#close(connection)
  }

  step(): void {
    const { now } = this.#model
    for (const connection of [...this.connections]) {
      if (connection.closes !== undefined && connection.closes <= now)
        this.connections.splice(this.connections.indexOf(connection), 1)
    }
    if (this.frozenUntil > now) return
    // Answers come before timers, as they may after a long sleep.
    const limit = this.#ceiling?.limit ?? Number.POSITIVE_INFINITY
    for (const connection of this.#live) {
      if (connection.ends === undefined || connection.ends > now) continue
      connection.ends = undefined
      if (this.#live.length > limit) this.#close(connection)
    }
    this.reviewCeiling()
    if (this.#alarm.at > now) return
    this.#alarm.at = Number.POSITIVE_INFINITY
    this.#alarm.callback()
  }

  #close(connection: ModelConnection): void {
    connection.ends = undefined
    connection.closes = this.#model.now + (this.#random.chance(0.5) ? 0 : tick)
  }
}

/** A fleet, its store, and what is between them. */
export class Model {
  readonly world: World
  readonly store = new ModelStore()
  readonly processes: ModelProcess[] = []
  now = 1000
  readonly #random: Random
  #messages: Message[] = []
  #ids = 0
  #calm = { freeze: 0, jump: 0 }
  #network = { loss: 0, delay: 5, twice: 0 }

  constructor(world: World, seed: number) {
    this.world = world
    this.#random = new Random(seed)
  }

  get open(): number {
    return this.processes.reduce((sum, { open }) => sum + open, 0)
  }

  storeFor(from: { readonly cutOff: { readonly until: number } }): FleetStore {
    return {
      exchange: (_fleet, round) =>
        new Promise((resolve) => {
          const passes = () => this.now >= from.cutOff.until && !this.#random.chance(this.#network.loss)
          const arrive = () => {
            if (!passes()) return
            const answer = this.store.exchange(round, this.now)
            this.#post(() => passes() && resolve(answer), false)
          }
          this.#post(arrive, true)
          // As clients do that send again what nobody has answered when they are connected again.
          if (this.#random.chance(this.#network.twice)) this.#post(arrive, true, this.#random.whole(0, 3000))
        }),
    }
  }

  join(): void {
    if (this.processes.length < this.world.maxMembers)
      this.processes.push(new ModelProcess(this, `m${this.#ids++}`, this.#random.fork()))
  }

  meet({ kind, who, amount }: Fault): void {
    const { maxConnections, ttl, frozen, margin } = this.world
    const process = this.processes[who % Math.max(1, this.processes.length)]
    switch (kind) {
      case 'join':
        return this.join()
      case 'all busy':
        for (const one of this.processes) one.demand = maxConnections
        return
      case 'all idle':
        for (const one of this.processes) one.demand = 0
        return
      case 'store freezes':
        this.store.frozen = true
        return
      case 'store thaws':
        this.store.frozen = false
        return
      case 'store loses all':
        return this.store.loseAll(amount % 2 === 0)
      case 'store fails over':
        return this.store.failOver(amount % 20)
      case 'clock jumps':
        // The script has room for one in a while.
        if (this.now < this.#calm.jump) return
        this.#calm.jump = this.now + 2 * ttl
        this.store.offset += (amount - 500) * 100
        return
      case 'network':
        this.#network = { loss: (amount % 4) / 8, delay: [0, 100, 250, 450][amount % 5] ?? 30, twice: (amount % 3) / 6 }
        return
      case 'heal':
        this.store.frozen = false
        this.#network = { loss: 0, delay: 5, twice: 0 }
        for (const one of this.processes) one.cutOff.until = 0
        return
    }
    if (process === undefined) return
    if (kind === 'demand') process.demand = amount % (maxConnections + 2)
    else if (kind === 'partition') process.cutOff.until = this.now + amount * 20
    else if (kind === 'leave') {
      process.demand = 0
      void process.lease.leave().then(() => this.#remove(process))
    } else if (kind === 'kill') this.#remove(process)
    else if (kind === 'freeze' && this.now >= this.#calm.freeze) {
      process.frozenUntil = this.now + (amount % (frozen + 1))
      this.#calm.freeze = process.frozenUntil + margin
    }
  }

  /** Lets time pass; `check` is called whenever anything may have changed. */
  async pass(ms: number, check: () => void): Promise<void> {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += tick
      for (const process of this.processes) process.step()
      check()
      if (!this.store.frozen) this.#deliver()
      // A promise of a store's, what the lease makes of it, and what comes of that.
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
      check()
    }
  }

  #remove(process: ModelProcess): void {
    const at = this.processes.indexOf(process)
    if (at >= 0) this.processes.splice(at, 1)
  }

  #post(deliver: () => void, _toStore: boolean, more = 0): void {
    this.#messages.push({ at: this.now + this.#random.whole(0, this.#network.delay) + more, deliver })
  }

  #deliver(): void {
    const due = this.#messages.filter(({ at }) => at <= this.now)
    this.#messages = this.#messages.filter(({ at }) => at > this.now)
    for (const { deliver } of due.toSorted((one, other) => one.at - other.at)) deliver()
  }
}
