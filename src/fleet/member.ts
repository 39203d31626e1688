import type { FleetStats } from '../adapter.ts'
import type { FleetSettings } from '../config/fleet.ts'
import type { FleetAnswer, FleetRound } from './types.ts'

/** What a member sees of its pool: connections, those counted that are closing. */
export interface PoolNeeds {
  readonly open: number
  /** What is in use, and what those who wait will take. */
  readonly load: number
  /** Connections that the pool may use for itself, as its config says. */
  readonly most: number
}

/** What a reply, or the time, has changed. */
export type Turn = 'nothing' | 'more' | 'less' | 'lost' | 'late'

/** What it means to do: to stay, to have no more than its floor as soon as that can be, or to go, as it has no more. */
export type Intent = 'stays' | 'gives' | 'leaves'

/** Whether a member has a floor, before its store has said so: then it has none, unless the store is silent. */
type Floor = 'unknown' | 'none' | 'own'

/**
 * One member's part in the protocol: what it says, what it may have open, and until when. It has no clock and sends nothing itself, so that a model
 * can try it against everything that stores and networks do.
 */
export class FleetMember {
  readonly id: string
  readonly #settings: FleetSettings
  #floor: Floor = 'unknown'
  /** What it has leased, until that ends by itself, whatever anybody does. */
  #lease = 0
  #until = Number.NEGATIVE_INFINITY
  #want = 0
  #round = 0
  /** The round that is asked of the store, and when. */
  #asked = { round: 0, at: 0 }
  /** The most that was needed since the last round, and in the one before: what comes and goes is not given back at once. */
  #peak = 0
  #lastPeak = 0
  #members = 0
  #lost = 0
  #learning = false
  #silent = true
  #stays = true

  constructor(id: string, settings: FleetSettings) {
    this.id = id
    this.#settings = settings
  }

  /** Connections that may be open. */
  limitAt(now: number): number {
    return this.floor + (now < this.#until ? this.#lease : 0)
  }

  get floor(): number {
    return this.#floor === 'own' ? this.#settings.floor : 0
  }

  /** When the lease ends unless the store is heard again. */
  get until(): number {
    return this.#until
  }

  /** Connections beyond those that it has said it wants. */
  get short(): boolean {
    return this.#peak > this.#want + this.floor
  }

  /** Whether no answer of the store holds any more. */
  get silent(): boolean {
    return this.#silent
  }

  /** The pool could use so much. */
  needs(load: number): void {
    if (load > this.#peak) this.#peak = load
  }

  /** What to tell the store. What is not needed is given back first: from now on it may not be opened any more. */
  ask(now: number, { open, load, most }: PoolNeeds, intent: Intent = 'stays'): FleetRound {
    this.needs(load)
    const { floor } = this
    const held = Math.max(0, open - floor)
    this.#stays = intent === 'stays'
    this.#want = !this.#stays ? 0 : Math.max(0, Math.min(Math.max(this.#peak, this.#lastPeak), most) - floor)
    this.#lastPeak = this.#peak
    this.#peak = 0
    if (now >= this.#until) this.#lease = 0
    this.#lease = this.#stays ? Math.min(this.#lease, Math.max(held, this.#want)) : 0
    this.#round++
    this.#asked = { round: this.#round, at: now }
    const { ttl, maxConnections, maxMembers } = this.#settings
    return {
      ...{ member: this.id, round: this.#round, ttl, maxConnections, maxMembers, floor: this.#settings.floor },
      floored: this.#floor === 'own',
      have: Math.max(this.#lease, held),
      want: this.#want,
      leaves: intent === 'leaves',
    }
  }

  /** The store has answered the round that is awaited. An answer that comes when its lease would be over is none. */
  hear(now: number, answer: FleetAnswer): Turn {
    const { ttl, margin } = this.#settings
    const until = this.#asked.at + ttl - margin
    if (now >= until) return 'late'
    const before = this.limitAt(now)
    this.#floor = answer.floored ? 'own' : 'none'
    this.#lease = this.#stays ? answer.grant : 0
    this.#until = until
    this.#members = answer.members
    this.#learning = answer.learning
    this.#silent = false
    const limit = this.limitAt(now)
    return limit > before ? 'more' : limit < before ? 'less' : 'nothing'
  }

  /** Looks whether the lease has ended: whatever is open beyond the floor must then be gone when the store forgets the member. */
  look(now: number): Turn {
    if (this.#silent || now < this.#until) return 'nothing'
    this.#silent = true
    this.#lost++
    this.#learning = false
    return 'lost'
  }

  /** Whether no later round was begun. */
  awaits(round: number): boolean {
    return round === this.#asked.round
  }

  /** No store was ever heard: the floor is its own then, as `maxMembers` has promised it. */
  presume(): Turn {
    if (this.#floor !== 'unknown') return 'nothing'
    this.#floor = 'own'
    return 'more'
  }

  stats(name: string, now: number): FleetStats {
    const lease = this.limitAt(now) - this.floor
    const [want, floor] = [this.#want, this.floor]
    return { name, lease, want, floor, members: this.#members, lost: this.#lost, learning: this.#learning }
  }
}
