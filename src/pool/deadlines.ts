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
    let list = this.#lists.get(duration)
    if (list === undefined) {
      list = new List()
      this.#lists.set(duration, list)
    }
    let next: Link<Timed> | null = null
    // Only a retried request is older than the last one; it is among the oldest, so it is looked for from the front.
    if (list.last !== undefined && list.last.since > timed.since) {
      next = list.head
      while (next !== null && next.owner.since <= timed.since) next = next.next
    }
    list.insertBefore(timed.deadline, next)
    if (this.#size++ === 0) this.#alarm.hold(true)
    this.#arm(timed.since + duration)
  }

  delete(timed: Timed): void {
    if (timed.deadline.list === null) return
    timed.deadline.leave()
    if (--this.#size === 0) this.#alarm.hold(false)
  }

  /** The entries of every duration, each in the order of their coming. */
  lists(): Iterable<List<Timed>> {
    return this.#lists.values()
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
    const now = this.#clock.now()
    this.#armedFor = Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const [duration, list] of this.#lists) {
      for (let timed = list.first; timed !== undefined; timed = list.first) {
        const at = timed.since + duration
        if (at > now) {
          next = Math.min(next, at)
          break
        }
        this.delete(timed)
        timed.onDeadline()
      }
      if (list.size === 0) this.#lists.delete(duration)
    }
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next)
  }
}
