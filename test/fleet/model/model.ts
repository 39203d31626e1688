import type { FleetAnswer, FleetStore } from '../../../src/fleet/types.ts'
import { Random } from '../../random.ts'
import { ModelProcess } from './process.ts'
import { ModelStore } from './store.ts'
import { type Fault, kinds, tick, type World } from './world.ts'

/** Milliseconds after which a member that is not answered asks again, but for a moment. */
const slow = 950

/** What happens while there are more members than may be. */
const steady: ReadonlySet<Fault['kind']> = new Set(['demand', 'all busy', 'all idle', 'kill', 'join', 'leave', 'heal'])

interface Message {
  at: number
  deliver(): void
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
    if (this.#random.chance(0.7)) this.store.learn(world, this.now)
  }

  get open(): number {
    return this.processes.reduce((sum, { open }) => sum + open, 0)
  }

  storeFor(process: ModelProcess): FleetStore {
    const passes = () => {
      const { from, until } = process.link
      return !(from <= this.now && this.now < until) && !this.#random.chance(this.#network.loss)
    }
    return {
      exchange: (_fleet, round) =>
        new Promise((resolve) => {
          const asked = this.now
          const hear = (answer: FleetAnswer | null) => {
            if (answer !== null) process.heardOf = Math.max(process.heardOf, asked)
            resolve(answer)
          }
          const arrive = () => {
            if (!passes()) return
            const answer = this.store.exchange(round, this.now)
            this.#post(() => passes() && process.receive(() => hear(answer)))
          }
          this.#post(arrive, this.now < process.link.until ? process.link.delay : 0)
          // As clients do that send again what nobody has answered when they are connected again.
          if (this.#random.chance(this.#network.twice)) this.#post(arrive, this.#random.whole(0, 3000))
          if (process.freezesAsking > 0) this.#freezeAsking(process)
        }),
    }
  }

  join(): void {
    if (this.processes.length < this.world.maxMembers + this.world.crowd)
      this.processes.push(new ModelProcess(this, `m${this.#ids++}`, this.#random.fork()))
  }

  /** @returns milliseconds until it is over */
  meet({ kind, who, amount }: Fault): number {
    if (!this.#happens(kind)) return 0
    this.#do(kind, who, amount)
    return kind === 'edge' || kind === 'late answer' ? this.world.ttl + 1000 : 0
  }

  #happens(kind: Fault['kind']): boolean {
    const { crowd, without } = this.world
    if (kind === 'heal' || kind === 'all busy') return true
    return crowd > 0 ? steady.has(kind) : ((without >> kinds.indexOf(kind)) & 1) === 0
  }

  #do(kind: Fault['kind'], who: number, amount: number): void {
    const { maxConnections, ttl, frozen } = this.world
    const process = this.processes[who % Math.max(1, this.processes.length)]
    switch (kind) {
      case 'join':
        return this.join()
      case 'all busy':
        return this.#busy()
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
        return this.#jump((amount - 500) * 100)
      case 'network':
        this.#network = { loss: (amount % 4) / 8, delay: [0, 100, 450, slow, ttl][amount % 6] ?? 30, twice: (amount % 3) / 6 }
        return
      case 'heal':
        this.store.frozen = false
        this.#network = { loss: 0, delay: 5, twice: 0 }
        for (const one of this.processes) {
          Object.assign(one, { frozenUntil: 0, freezesAsking: 0 })
          Object.assign(one.link, { until: 0, delay: 0 })
        }
        return
    }
    if (process === undefined) return
    if (kind === 'demand') process.demand = amount % (maxConnections + 2)
    else if (kind === 'partition') Object.assign(process.link, { from: this.now, until: this.now + amount * 20 })
    else if (kind === 'leave') {
      process.demand = 0
      void process.lease.leave().then(() => this.#remove(process))
    } else if (kind === 'kill') this.#remove(process)
    else if (kind === 'freeze') this.#freeze(process, this.now, amount % (frozen + 1))
    else if (kind === 'edge') this.#edge(process, amount)
    else if (kind === 'late answer' && this.now >= this.#calm.freeze) {
      this.#busy()
      process.freezesAsking = frozen
    }
  }

  /** Everybody wants everything. */
  #busy(): void {
    for (const one of this.processes) one.demand = this.world.maxConnections + this.world.extra
  }

  /** All that a member's last moments with its lease may bring at once: everybody wants everything, it hears nothing, sleeps or not, and comes back late. */
  #edge(process: ModelProcess, amount: number): void {
    const { ttl, margin, longest, frozen } = this.world
    this.#busy()
    const ends = process.heardOf + ttl - margin
    const isSlow = amount % 3 === 0
    // What it says then, before its last requests have ended, comes when it may be forgotten.
    const later = isSlow
      ? this.#random.whole(margin - slow, margin + 300)
      : this.#random.whole(0, Math.min(longest, margin) + 1000)
    Object.assign(process.link, { from: this.now, until: ends + later, delay: isSlow ? slow : 0 })
    // Asleep when its lease ends; or before, so that it may ask at any time after.
    if (isSlow) this.#freeze(process, Math.max(this.now, ends - slow), this.#random.whole(0, 900))
    else this.#freeze(process, Math.max(this.now, ends - tick), frozen)
    if (amount % 5 === 1) this.#replaceStore()
    else if (amount % 5 !== 0) this.#jump(50_000)
  }

  /** The next one has never heard what a member has, or not that it has more by now; its clock leaps while it learns. */
  #replaceStore(): void {
    if (this.#random.chance(0.5)) this.store.loseAll(this.#random.chance(0.5))
    else this.store.failOver(this.#random.whole(1, 20))
    this.#messages.push({ at: this.now + this.#random.whole(0, 1000), deliver: () => this.#jump(50_000) })
  }

  #freezeAsking(process: ModelProcess): void {
    const { ttl } = this.world
    this.#freeze(process, this.now, process.freezesAsking)
    process.freezesAsking = 0
    const { frozenUntil } = process
    Object.assign(process.link, { from: frozenUntil, until: frozenUntil + 2 * ttl })
    this.#messages.push({ at: frozenUntil, deliver: () => this.#jump(50_000) })
  }

  /** One at a time, and not again before the margin is whole. */
  #freeze(process: ModelProcess, from: number, ms: number): void {
    const { ttl, margin } = this.world
    // Requests that are to end by then take no longer for it than they may.
    if (this.now < this.#calm.freeze || from > process.heardOf + ttl - margin) return
    Object.assign(process, { frozenFrom: from, frozenUntil: from + ms })
    this.#calm.freeze = from + ms + margin
  }

  /** The script has room for one in a while. */
  #jump(ms: number): void {
    if (this.now < this.#calm.jump) return
    this.#calm.jump = this.now + this.world.ttl + tick
    this.store.offset += ms
  }

  /** Lets time pass, until it is over; `check` is called whenever anything may have changed. */
  async pass(ms: number, check: () => void, isOver = () => false): Promise<void> {
    for (const end = this.now + ms; this.now < end && !isOver(); ) {
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

  #post(deliver: () => void, more = 0): void {
    const { delay: most } = this.#network
    const delay = this.#random.chance(0.5) ? most : this.#random.whole(0, most)
    this.#messages.push({ at: this.now + delay + more, deliver })
  }

  #deliver(): void {
    const due = this.#messages.filter(({ at }) => at <= this.now)
    this.#messages = this.#messages.filter(({ at }) => at > this.now)
    for (const { deliver } of due.toSorted((one, other) => one.at - other.at)) deliver()
  }
}
