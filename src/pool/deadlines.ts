import type { Alarm, Clock } from './clock.ts'
import { Heap, HeapNode } from './heap.ts'
import { type Link, List } from './list.ts'

/** Something that must happen within a while, counted from `since`. */
export interface Timed {
  readonly since: number
  readonly deadline: Link<Timed>
}

/** The entries of one duration in the order of their coming, which is that of their deadlines. */
class Bucket extends List<Timed> {
  /** Whose it is. */
  readonly deadlines: object
  readonly duration: number
  readonly siblings: Map<number, Bucket>
  /** Its place among the buckets, by a time at or before its first deadline: it is not moved when entries leave. */
  readonly turn: HeapNode<Bucket> = new HeapNode<Bucket>(this)

  constructor(deadlines: object, duration: number, siblings: Map<number, Bucket>) {
    super()
    this.deadlines = deadlines
    this.duration = duration
    this.siblings = siblings
  }

  get due(): number {
    return this.head === null ? Number.POSITIVE_INFINITY : this.head.owner.since + this.duration
  }
}

function bucketIn(deadlines: object, buckets: Map<number, Bucket>, duration: number): Bucket {
  let bucket = buckets.get(duration)
  if (bucket === undefined) {
    bucket = new Bucket(deadlines, duration, buckets)
    buckets.set(duration, bucket)
  }
  return bucket
}

/** Empty buckets up to this number are kept: most programs know few durations, and use them again. */
const kept = 16

/** An alarm that is later than so many milliseconds tells that the event loop was busy. */
const punctual = 5

/** What is given back of the milliseconds that an alarm was late by: so many, or all where they are more than a loaded machine makes them. */
const returned = 40
const stall = 100

/** An alarm or turn that is this late, in milliseconds, is taken to be lost and asked for again. */
const lost = 1000

function grace(late: number, duration: number): number {
  return late <= punctual ? 0 : Math.min(late, late > stall ? late : returned, duration)
}

/**
 * All deadlines of a pool on one alarm. Adding and leaving are O(1) among entries of one duration; among d durations each costs O(log d).
 * When entries fall due, the event loop has one more poll phase before they are told: what lies in the kernel by then has come in time.
 * If it was busy when they fell due, they have a little longer, for what takes more than one poll phase: TLS, or the answer to what could not
 * be written meanwhile.
 */
export class Deadlines<T extends Timed> {
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #buckets = new Map<number, Bucket>()
  /** Retried requests, older than others that have come before them: few, as each has lost a connection, and nearly in order themselves. */
  readonly #late = new Map<number, Bucket>()
  /** Of the first of those, the one that was last added to. */
  #recent: Bucket | null = null
  readonly #order = new Heap<Bucket>()
  #size = 0
  #armedFor = Number.POSITIVE_INFINITY
  /** When the alarm rings if the event loop is free. */
  #ringsAt = 0
  /** Those that were due by then are left in peace until `graceUntil`, and not longer. */
  #gracedBy = Number.NEGATIVE_INFINITY
  #graceUntil = 0
  /** Since when a turn has been awaited for those that were due by then; NaN: none is. */
  #judgedBy = Number.NaN

  readonly #holds: boolean
  readonly #onDue: (timed: T) => void

  /** @param holds whether the process is kept alive while there are entries */
  constructor(clock: Clock, onDue: (timed: T) => void, holds = true) {
    this.#clock = clock
    this.#onDue = onDue
    this.#holds = holds
    this.#alarm = clock.alarm(() => this.#ring(this.#ringsAt))
  }

  add(timed: T, duration: number): void {
    let bucket = this.#bucketOf(duration)
    if (bucket.tail !== null && bucket.tail.owner.since > timed.since) bucket = bucketIn(this, this.#late, duration)
    let prev = bucket.tail
    while (prev !== null && prev.owner.since > timed.since) prev = prev.prev
    bucket.insertBefore(timed.deadline, prev === null ? bucket.head : prev.next)
    if (prev === null) this.#order.set(bucket.turn, timed.since + duration)
    if (this.#size++ === 0) this.#alarm.hold(this.#holds)
    this.#arm(timed.since + duration, timed.since)
  }

  /** Does nothing if it is not among these. */
  delete(timed: T): void {
    const bucket = timed.deadline.list as Bucket | null
    if (bucket?.deadlines !== this) return
    bucket.remove(timed.deadline)
    if (bucket.size === 0 && bucket.siblings.size > kept) this.#drop(bucket)
    if (--this.#size === 0) this.#alarm.hold(false)
  }

  /** The entries, those of each duration in the order of their coming. */
  *entries(): Generator<T> {
    for (const buckets of [this.#buckets, this.#late]) for (const bucket of buckets.values()) yield* bucket as Iterable<T>
  }

  /** Most often that of the one before. */
  #bucketOf(duration: number): Bucket {
    if (this.#recent?.duration !== duration) this.#recent = bucketIn(this, this.#buckets, duration)
    return this.#recent
  }

  /** Those that are remembered. */
  get durations(): number {
    return this.#order.size
  }

  clear(): void {
    this.#alarm.clear()
    this.#armedFor = Number.POSITIVE_INFINITY
  }

  #arm(at: number, now: number): void {
    const isLost = now >= this.#armedFor + lost
    if (at >= this.#armedFor && !isLost) return
    this.#armedFor = isLost ? now : at
    const ms = this.#armedFor - this.#clock.now()
    this.#ringsAt = ms > 0 ? this.#armedFor : this.#armedFor - ms
    this.#alarm.set(ms)
    if (now >= this.#judgedBy + lost) this.#judge(this.#judgedBy)
  }

  #drop(bucket: Bucket): void {
    if (bucket === this.#recent) this.#recent = null
    bucket.siblings.delete(bucket.duration)
    this.#order.delete(bucket.turn)
  }

  /**
   * The alarm is not moved when an entry leaves: it may ring for nobody, and is then set for the next one.
   * @param expected when this would have come at the latest, had the event loop been free
   */
  #ring(expected: number): void {
    this.#armedFor = Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    const bucket = this.#next()
    if (bucket === undefined) return
    if (bucket.due > now) return this.#arm(bucket.due, now)
    if (!Number.isNaN(this.#judgedBy)) return
    if (bucket.due > this.#gracedBy) {
      this.#gracedBy = now
      this.#graceUntil = now + grace(now - Math.max(bucket.due, expected), bucket.duration)
    }
    if (now < this.#graceUntil) this.#arm(this.#graceUntil, now)
    else this.#judge(now)
  }

  /** Has those that are due told after one turn. */
  #judge(by: number): void {
    this.#judgedBy = by
    this.#clock.turn(this.#onTurn)
  }

  #onTurn = (): void => {
    const by = this.#judgedBy
    this.#judgedBy = Number.NaN
    for (let bucket = this.#next(); bucket !== undefined && bucket.due <= by; bucket = this.#next()) {
      const timed = bucket.first as T
      this.delete(timed)
      this.#onDue(timed)
    }
    this.#ring(by)
  }

  /** The bucket whose first entry falls due first. Buckets whose entries have left are brought up to date on the way. */
  #next(): Bucket | undefined {
    for (let top = this.#order.top; top !== undefined; top = this.#order.top) {
      const { owner: bucket } = top
      if (bucket.size === 0) this.#drop(bucket)
      else if (top.key === bucket.due) return bucket
      else this.#order.set(top, bucket.due)
    }
    return undefined
  }
}
