import type { Alarm, Clock } from '../../src/pool/clock.ts'
import { Heap, HeapNode } from '../../src/pool/heap.ts'
import type { Random } from '../../test/random.ts'

/** Simulated time in milliseconds: it jumps from one event to the next. */
export class EventClock implements Clock {
  #time = 0
  readonly #events = new Heap<() => void>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  now(): number {
    return this.#time
  }

  random(): number {
    return this.#random.next()
  }

  in(ms: number, callback: () => void): void {
    this.#events.set(new HeapNode(callback), this.#time + ms)
  }

  alarm(callback: () => void): Alarm {
    const event = new HeapNode(callback)
    return {
      set: (ms) => this.#events.set(event, this.#time + Math.max(0, ms)),
      hold: () => {},
      clear: () => this.#events.delete(event),
    }
  }

  /** A loop that is never busy. */
  polledWithin(): boolean {
    return true
  }

  turn(callback: () => void): void {
    this.in(0.01, callback)
  }

  check<A>(callback: (argument: A) => void, argument: A): void {
    this.in(0, () => callback(argument))
  }

  soon(callback: () => void): void {
    this.in(0, callback)
  }

  /** Lets everything happen that is due before `end`. */
  runUntil(end: number): void {
    for (let next = this.#events.top; next !== undefined && next.key <= end; next = this.#events.top) {
      this.#events.delete(next)
      this.#time = next.key
      next.owner()
    }
    this.#time = end
  }
}
