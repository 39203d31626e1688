import type { FleetStats } from '../adapter.ts'
import type { FleetSettings } from '../config/fleet.ts'
import type { Ceiling, Core } from '../pool/port.ts'
import { FleetMember, type Turn } from './member.ts'
import type { FleetAnswer, FleetRound, FleetStore } from './types.ts'

/** Milliseconds between two looks at what the pool needs, and between two rounds. */
const lookEvery = 50
const roundEvery = 250

/** Rounds besides the regular ones, for what has come up in between: so many a second, and so many at once. */
const extraEvery = 500
const mostExtra = 3

/** After so long without an answer the store is asked again, and counts as silent for who has never heard it. */
const patience = 1000

/** After so many questions that nobody has answered, which a client may keep until it is connected again, they are fewer. */
const mostUnanswered = 8
const seldom = 10_000

/** Who hears what becomes of the lease. */
export interface LeaseEvents {
  /** The store has answered. */
  heard(before: FleetStats, fleet: FleetStats, now: number): void
  /**
   * The lease has ended.
   * @param silent milliseconds since the last question that the store has answered
   * @param reason what the store has rejected with since then, if it has
   */
  lost(fleet: FleetStats, silent: number, reason: unknown, now: number): void
  /** Others may have by now what so many requests still hold. */
  overrun(connections: number, now: number): void
  left(fleet: FleetStats): void
}

/** Holds one pool to its share of a fleet's budget: the ceiling of its core. */
export class Lease implements Ceiling {
  readonly name: string
  readonly #core: Core
  readonly #settings: FleetSettings
  readonly #store: FleetStore
  readonly #events: LeaseEvents
  readonly #member: FleetMember
  readonly #alarm: { set(ms: number): void; clear(): void }
  readonly #since: number
  /** When the next round is due, and when the last one was begun; and when that was which the store has answered last. */
  #nextAt = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #heardAt: number
  /** Whether nothing is under way that is worth waiting for. */
  #answered = true
  #unanswered = 0
  #extra = mostExtra
  #extraAt: number
  /** What nobody had, as the store has said last. */
  #free = Number.POSITIVE_INFINITY
  /** What the store has rejected with last. */
  #reason: unknown
  /** When nothing of what has ended may be open any more. */
  #overrunAt = Number.POSITIVE_INFINITY
  /** Refused since the last round, for want of room: they wait nowhere. */
  #refused = 0
  #state: 'in' | 'leaving' | 'told' | 'left' = 'in'
  readonly #left: Promise<void>
  #onLeft: () => void = () => {}

  constructor(core: Core, settings: FleetSettings, store: FleetStore, id: string, events: LeaseEvents) {
    this.name = settings.name
    this.#core = core
    this.#settings = settings
    this.#store = store
    this.#events = events
    this.#member = new FleetMember(id, settings)
    this.#since = this.#heardAt = this.#extraAt = core.clock.now()
    this.#left = new Promise((resolve) => {
      this.#onLeft = resolve
    })
    this.#alarm = core.clock.alarm(() => this.#look())
    core.ceiling = this
    this.#look()
  }

  get limit(): number {
    return this.#member.limitAt(this.#core.clock.now())
  }

  stats(): FleetStats {
    return this.#member.stats(this.name, this.#core.clock.now())
  }

  /** Worth a round at once if anything is free, unless there were many of late. */
  missed(refused: boolean): void {
    if (refused) this.#refused++
    this.#heed()
    if (this.#state === 'in' && this.#answered && this.#free > 0 && this.#member.short && this.#mayHurry()) this.#ask()
  }

  /** Asks for nothing any more, and goes once nothing is open beyond the floor. Resolves when the store knows that, or is silent. */
  leave(): Promise<void> {
    if (this.#state === 'in') {
      this.#state = 'leaving'
      this.#look()
    }
    return this.#left
  }

  /** Looks at the time, and at what the pool needs. */
  #look(): void {
    const now = this.#core.clock.now()
    this.#heed()
    this.#obey(this.#member.look(now), now)
    if (now >= this.#overrunAt) this.#heedOverrun(now)
    if (now - this.#since >= Math.min(patience, this.#settings.margin)) this.#obey(this.#member.presume(), now)
    if (!this.#answered && now - this.#askedAt >= patience) {
      this.#answered = true
      if (this.#state === 'told') this.#end()
    }
    if (this.#state === 'leaving' && this.#core.open <= this.#member.floor) {
      this.#state = 'told'
      this.#ask()
    } else if (this.#state !== 'told' && this.#answered && now >= this.#nextAt) this.#ask()
    if (this.#state === 'left') return
    const left = this.#member.silent ? lookEvery : this.#member.until - now
    this.#alarm.set(Math.max(1, Math.min(lookEvery, left)))
  }

  #heed(): void {
    this.#member.needs(this.#core.load + this.#refused)
  }

  #mayHurry(): boolean {
    const now = this.#core.clock.now()
    const more = Math.floor((now - this.#extraAt) / extraEvery)
    this.#extraAt += more * extraEvery
    this.#extra = Math.min(mostExtra, this.#extra + more)
    if (this.#extra === 0) return false
    this.#extra--
    return true
  }

  #ask(): void {
    const { core, now } = { core: this.#core, now: this.#core.clock.now() }
    const { maxConnections, maxOverflow } = core.config
    const before = this.#member.limitAt(now)
    const demand = { open: core.open, load: core.load + this.#refused, most: maxConnections + maxOverflow }
    const round = this.#member.ask(now, demand, this.#state === 'in' ? 'stays' : this.#state === 'told' ? 'leaves' : 'gives')
    this.#refused = 0
    this.#answered = false
    this.#askedAt = now
    this.#unanswered++
    this.#nextAt = now + (this.#unanswered > mostUnanswered ? seldom : this.#interval)
    // What it says that it has not, it must not open any more.
    if (this.#member.limitAt(now) < before) core.reviewCeiling()
    this.#exchange(round).then(
      (answer) => this.#hear(round.round, now, answer),
      (error) => this.#miss(round.round, error),
    )
  }

  /** What a store throws is what it rejects. */
  async #exchange(round: FleetRound): Promise<FleetAnswer | null> {
    return this.#store.exchange(this.name, round)
  }

  #hear(round: number, askedAt: number, answer: FleetAnswer | null): void {
    this.#settle()
    if (!this.#member.awaits(round)) return
    this.#answered = true
    if (this.#state === 'told') return this.#end()
    if (answer === null) return
    const now = this.#core.clock.now()
    const before = this.stats()
    const turn = this.#member.hear(now, answer)
    if (turn === 'late') return
    this.#free = answer.free
    this.#heardAt = askedAt
    this.#reason = undefined
    this.#overrunAt = Number.POSITIVE_INFINITY
    this.#obey(turn, now)
    this.#events.heard(before, this.stats(), now)
  }

  #miss(round: number, error: unknown): void {
    this.#settle()
    this.#reason = error
    if (!this.#member.awaits(round)) return
    this.#answered = true
    if (this.#state === 'told') this.#end()
  }

  /** Somebody is there again. */
  #settle(): void {
    this.#unanswered--
    this.#nextAt = Math.min(this.#nextAt, this.#askedAt + this.#interval)
  }

  get #interval(): number {
    return this.#store.interval ?? roundEvery
  }

  #obey(turn: Turn, now: number): void {
    if (turn === 'lost') {
      const { floor } = this.#member
      if (this.#settings.onLost === 'cut') this.#core.cut(floor, this.name)
      this.#overrunAt = now + this.#settings.margin
      this.#core.reviewCeiling()
      this.#events.lost(this.stats(), now - this.#heardAt, this.#reason, now)
    } else if (turn === 'more' || turn === 'less') this.#core.reviewCeiling()
  }

  #heedOverrun(now: number): void {
    this.#overrunAt = Number.POSITIVE_INFINITY
    const beyond = this.#core.open - this.#member.floor
    if (beyond > 0) this.#events.overrun(beyond, now)
  }

  #end(): void {
    if (this.#state === 'left') return
    this.#state = 'left'
    this.#alarm.clear()
    // Nobody will answer any more whether it has a floor.
    this.#obey(this.#member.presume(), this.#core.clock.now())
    this.#events.left(this.stats())
    this.#onLeft()
  }
}
