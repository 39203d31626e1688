/** The longest time the event loop was late since it started: what a busy machine adds to every measured time. */
export class LagMeter implements Disposable {
  #longest = 0
  #last = performance.now()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#sample(), LagMeter.step)
    this.#timer.unref()
  }

  static readonly step = 5

  get longest(): number {
    this.#sample()
    return this.#longest
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #sample(): void {
    const at = performance.now()
    this.#longest = Math.max(this.#longest, at - this.#last - LagMeter.step)
    this.#last = at
  }
}
