import type { Alarm, Clock } from '../../src/pool/clock.ts'

/** Mulberry32: small, seeded, good enough for jitter. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class FakeAlarm implements Alarm {
  due = Number.POSITIVE_INFINITY
  alive = false
  sets = 0
  readonly #clock: FakeClock
  readonly ring: () => void

  constructor(clock: FakeClock, ring: () => void) {
    this.#clock = clock
    this.ring = ring
  }

  set(ms: number): void {
    if (Number.isNaN(ms)) throw new Error('an alarm was set for NaN')
    this.sets++
    this.due = this.#clock.now() + Math.max(0, ms)
  }

  hold(alive: boolean): void {
    this.alive = alive
  }

  clear(): void {
    this.due = Number.POSITIVE_INFINITY
  }
}

/** Time that passes only when told. */
export class FakeClock implements Clock {
  time: number
  readonly alarms: FakeAlarm[] = []
  readonly random: () => number
  /** Called in the poll phase of each turn. */
  onPoll: () => void = () => {}
  /** Until when what a busy loop has made late may be given time. */
  excusedUntil = Number.NEGATIVE_INFINITY
  /** Whether a turn's callbacks run. */
  turning = false
  #turns: (() => void)[] = []
  #soon: (() => void)[] = []
  #polledAt: number
  /** Since when the loop has been busy, so that no alarm has rung; NaN: it is not. */
  #busySince = Number.NaN
  #askedFor = Number.NaN
  #asked = 0

  constructor(seed = 1, start = 1000) {
    this.random = seededRandom(seed)
    this.time = start
    this.#polledAt = start
  }

  /** A core that goes round and round asks it each time; nothing else of a test asks nearly so often for one moment. */
  now(): number {
    if (this.time !== this.#askedFor) {
      this.#askedFor = this.time
      this.#asked = 0
    }
    if (++this.#asked > 5_000_000) throw new Error('the time is asked for without end')
    return this.time
  }

  alarm(callback: () => void): FakeAlarm {
    const alarm = new FakeAlarm(this, callback)
    this.alarms.push(alarm)
    return alarm
  }

  turn(callback: () => void): void {
    this.#turns.push(callback)
  }

  polledWithin(ms: number): boolean {
    return this.time - this.#polledAt <= ms
  }

  check<A>(callback: (argument: A) => void, argument: A): void {
    this.turn(() => callback(argument))
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
    queueMicrotask(() => this.runSoon())
  }

  /** What the core has thrown later comes now. */
  runSoon(): void {
    for (let callback = this.#soon.shift(); callback !== undefined; callback = this.#soon.shift()) callback()
  }

  /** Whether an alarm is set that keeps the process alive. */
  get held(): boolean {
    return this.alarms.some((alarm) => alarm.alive && alarm.due !== Number.POSITIVE_INFINITY)
  }

  get nextAlarm(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.alarms.map((alarm) => alarm.due))
  }

  /** As if what was to bring them had been taken away. */
  loseTurns(): void {
    this.#turns = []
  }

  /** Likewise. */
  loseAlarms(): void {
    for (const alarm of this.alarms) alarm.due = Number.POSITIVE_INFINITY
  }

  get pendingTurns(): number {
    return this.#turns.length
  }

  /** One turn of the event loop: runs what was asked for before it began. */
  runTurns(): void {
    this.#poll()
    const turns = this.#turns
    this.#turns = []
    this.turning = true
    for (const turn of turns) turn()
    this.turning = false
  }

  #poll(): void {
    this.#polledAt = this.time
    this.onPoll()
  }

  /** Moves time on and rings what falls due meanwhile, in its order. */
  advance(ms: number): void {
    this.#busySince = Number.NaN
    const end = this.time + ms
    for (let rings = 0; this.nextAlarm <= end; rings++) {
      if (rings > 100_000) throw new Error('alarms ring without end')
      const due = this.nextAlarm
      const alarm = this.alarms.find((candidate) => candidate.due === due) as FakeAlarm
      this.time = Math.max(this.time, due)
      alarm.due = Number.POSITIVE_INFINITY
      alarm.ring()
      this.runTurns()
    }
    this.time = end
    if (ms > 0) this.#poll()
  }

  /** A loop that is busy: time passes, no alarm rings, and nothing is heard of what arrives. */
  skip(ms: number): void {
    if (Number.isNaN(this.#busySince)) this.#busySince = this.time
    this.time += ms
    this.excusedUntil = Math.max(this.excusedUntil, 2 * this.time - this.#busySince)
  }
}
