import { probeNow } from './probe/clock.ts'

/** From one moment to another, as `now` of the probe's clock tells them. */
export interface Period {
  readonly from: number
  readonly to: number
}

/**
 * When the event loop was late, and by how much: what a busy machine adds to every measured time. It asks for a turn every few
 * milliseconds, so that it measures beside whatever else is measured in this process.
 */
export class LagMeter implements Disposable {
  /** The parts of its time in which the loop should have turned and did not. */
  readonly #late: Period[] = []
  #longest = 0
  #last = probeNow()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#sample(), LagMeter.step)
    this.#timer.unref()
  }

  static readonly step = 5

  /** The longest it was late at one time, in ms. */
  get longest(): number {
    this.#sample()
    return this.#longest
  }

  /** By how much it was late within a span, in ms. */
  within({ from, to }: Period): number {
    this.#sample()
    let sum = 0
    for (let at = this.#late.length - 1; at >= 0; at--) {
      const late = this.#late[at] as Period
      if (late.to <= from) break
      sum += Math.max(0, Math.min(late.to, to) - Math.max(late.from, from))
    }
    return sum
  }

  /** The longest it was late at one time within a span, in ms. */
  longestWithin({ from, to }: Period): number {
    this.#sample()
    let longest = 0
    for (let at = this.#late.length - 1; at >= 0; at--) {
      const late = this.#late[at] as Period
      if (late.to <= from) break
      if (late.from < to) longest = Math.max(longest, late.to - late.from)
    }
    return longest
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #sample(): void {
    const at = probeNow()
    const due = this.#last + LagMeter.step
    this.#longest = Math.max(this.#longest, at - due)
    // A timer that is a millisecond or two late is as exact as timers are.
    if (at > due + LagMeter.step) this.#late.push({ from: due, to: at })
    this.#last = at
  }
}
