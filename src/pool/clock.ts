/** One alarm that can be set again and again; it allocates nothing per request. */
export interface Alarm {
  /** Fires once after `ms`, replacing what was set before. */
  set(ms: number): void
  /** Whether a set alarm keeps the process alive. */
  hold(alive: boolean): void
  clear(): void
}

/** Where the core gets time and chance from. Tests inject their own; nothing in the core waits in any other way. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  alarm(callback: () => void): Alarm
  /** Calls back after one whole turn of the event loop, its poll phase included. */
  turn(callback: () => void): void
}

const longest = 0x7fffffff

class TimeoutAlarm implements Alarm {
  readonly #callback: () => void
  #timer: NodeJS.Timeout | undefined
  #alive = false

  constructor(callback: () => void) {
    this.#callback = callback
  }

  set(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#callback, Math.min(Math.max(Math.ceil(ms), 0), longest))
    if (!this.#alive) this.#timer.unref()
  }

  hold(alive: boolean): void {
    if (alive === this.#alive) return
    this.#alive = alive
    if (alive) this.#timer?.ref()
    else this.#timer?.unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  random: Math.random,
  alarm: (callback) => new TimeoutAlarm(callback),
  // Called from the poll phase, the first immediate runs before the next poll; only the second is sure to come after one.
  turn: (callback) => {
    setImmediate(setImmediate, callback)
  },
}
