import type { FleetStats } from '../../../src/adapter.ts'
import { Lease } from '../../../src/fleet/lease.ts'
import type { Ceiling, Core } from '../../../src/pool/port.ts'
import type { Random } from '../../random.ts'
import type { Model } from './model.ts'
import { tick } from './world.ts'

/** What is between a process and the store: nothing passes from one moment to another, and what is asked before takes so much longer. */
interface Link {
  from: number
  until: number
  delay: number
}

interface ModelConnection {
  /** When its request ends; undefined: it idles. */
  ends: number | undefined
  /** It counts until then. */
  closes: number | undefined
}

/** As much of a pool's core as a lease sees, with connections that are nothing but counted. */
export class ModelProcess {
  readonly connections: ModelConnection[] = []
  readonly config = { maxConnections: 1000, maxOverflow: 0 }
  readonly lease: Lease
  readonly link: Link = { from: 0, until: 0, delay: 0 }
  /** When that was asked which was answered last. */
  heardOf = 0
  demand = 0
  frozenFrom = 0
  frozenUntil = 0
  /** It freezes for so long when it has asked the next time, and is cut off when it has heard the answer. */
  freezesAsking = 0
  readonly budget: number
  readonly #inbox: (() => void)[] = []
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
    const { maxConnections, extra } = model.world
    this.budget = maxConnections + (Number(id.slice(1)) % 2) * extra
    const settings = { name: 'f', ...model.world, maxConnections: this.budget }
    this.lease = new Lease(this as unknown as Core, settings, model.storeFor(this), id, silent)
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

  /** Stands still: what comes for it waits, and its timers are late. */
  get #isFrozen(): boolean {
    const { now } = this.#model
    return this.frozenFrom <= now && now < this.frozenUntil
  }

  receive(deliver: () => void): void {
    if (this.#isFrozen) this.#inbox.push(deliver)
    else deliver()
  }

  reviewCeiling(): void {
    const limit = this.#ceiling?.limit ?? Number.POSITIVE_INFINITY
    for (const idle of this.#live.filter(({ ends }) => ends === undefined)) if (this.#live.length > limit) this.#close(idle)
    this.#serve()
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
    if (this.#isFrozen) return
    // Answers come before timers, as they may after a long sleep.
    const limit = this.#ceiling?.limit ?? Number.POSITIVE_INFINITY
    for (const connection of this.#live) {
      // What idles is closed by its server, or has expired.
      if (connection.ends === undefined && this.#random.chance(0.02)) this.#close(connection)
      if (connection.ends === undefined || connection.ends > now) continue
      connection.ends = undefined
      if (this.#live.length > limit) this.#close(connection)
    }
    this.#serve()
    const heard = this.#inbox.splice(0)
    for (const deliver of heard) deliver()
    if (this.#alarm.at > now || heard.length > 0) return
    this.#alarm.at = Number.POSITIVE_INFINITY
    this.#alarm.callback()
  }

  /** A place is asked for each time, as the pool does. */
  #serve(): void {
    const { now, world } = this.#model
    let busy = this.#live.filter(({ ends }) => ends !== undefined).length
    for (; busy < this.demand; busy++) {
      const idle = this.#live.find(({ ends }) => ends === undefined)
      const ends = now + (this.#random.chance(0.5) ? world.longest : this.#random.whole(1, world.longest))
      if (idle !== undefined) idle.ends = ends
      else if (this.open < (this.#ceiling?.limit ?? Number.POSITIVE_INFINITY)) this.connections.push({ ends, closes: undefined })
      else return this.#ceiling?.missed(false)
    }
  }

  #close(connection: ModelConnection): void {
    connection.ends = undefined
    connection.closes = this.#model.now + (this.#random.chance(0.5) ? 0 : tick)
  }
}
