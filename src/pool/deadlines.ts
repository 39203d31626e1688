import type { Alarm, Clock } from './clock.ts'
import { type Link, List } from './list.ts'

/** Something that must happen within a while, counted from `since`. */
export interface Timed {
  readonly since: number
  readonly deadline: Link<Timed>
  onDeadline(): void
}

/**
 * All deadlines of a pool on one alarm. Entries of one duration expire in the order in which they came,
 * so each duration has a list: adding and leaving are O(1), and there are as many lists as there are distinct durations.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #lists = new Map<number, List<Timed>>()
  /** Retried requests, older than others that have come before them: few, as each has lost a connection, and nearly in order themselves. */
  readonly #late = new Map<number, List<Timed>>()
  #size = 0
  #armedFor = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#alarm = clock.alarm(() => this.#ring())
  }

  add(timed: Timed, duration: number): void {
    const last = this.#lists.get(duration)?.last
    const lists = last !== undefined && last.since > timed.since ? this.#late : this.#lists
    let list = lists.get(duration)
    if (list === undefined) {
      list = new List()
      lists.set(duration, list)
    }
    let prev = list.tail
    while (prev !== null && prev.owner.since > timed.since) prev = prev.prev
    list.insertBefore(timed.deadline, prev === null ? list.head : prev.next)
    if (this.#size++ === 0) this.#alarm.hold(true)
    this.#arm(timed.since + duration)
  }

  delete(timed: Timed): void {
    if (timed.deadline.list === null) return
    timed.deadline.leave()
    if (--this.#size === 0) this.#alarm.hold(false)
  }

  /** The entries of every duration, each in the order of their coming. */
  *lists(): Generator<List<Timed>> {
    yield* this.#lists.values()
    yield* this.#late.values()
  }

  clear(): void {
    this.#alarm.clear()
    this.#armedFor = Number.POSITIVE_INFINITY
  }

  #arm(at: number): void {
    if (at >= this.#armedFor) return
    this.#armedFor = at
    this.#alarm.set(at - this.#clock.now())
  }

  // The alarm is not moved when an entry leaves: it may ring for nobody and is then set for the next one.
  #ring(): void {
    this.#armedFor = Number.POSITIVE_INFINITY
    const next = Math.min(this.#ringIn(this.#lists), this.#ringIn(this.#late))
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next)
  }

  /** Rings for those that are due, and says when the next one is. */
  #ringIn(lists: Map<number, List<Timed>>): number {
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [duration, list] of lists) {
      for (let timed = list.first; timed !== undefined; timed = list.first) {
        const at = timed.since + duration
        if (at > now) {
          next = Math.min(next, at)
          break
        }
        this.delete(timed)
        timed.onDeadline()
      }
      if (list.size === 0) lists.delete(duration)
    }
    return next
  }
}
