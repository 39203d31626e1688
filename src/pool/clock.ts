import { clearTimeout, idleTime, now, queueMicrotask, setImmediate, setTimeout } from './real-timers.ts'

/** One alarm that can be set again and again; it allocates nothing per request. */
export interface Alarm {
  /** Fires once after `ms`, replacing what was set before. */
  set(ms: number): void
  /** Whether a set alarm keeps the process alive. */
  hold(alive: boolean): void
  clear(): void
}

/** Where the pool and its engines get time and chance from. Tests inject their own; nothing waits in any other way. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  alarm(callback: () => void): Alarm
  /** Whether the event loop has had a poll phase within so many milliseconds of its own work: what had reached this host before has been heard. */
  polledWithin(ms: number): boolean
  /** Calls back after one whole turn of the event loop, its poll phase included, from the poll phase that follows. */
  turn(callback: () => void): void
  /** Calls back in the next check phase: after the poll phase, if called from there the same one. */
  check<A>(callback: (argument: A) => void, argument: A): void
  /** Calls back once what runs has returned. */
  soon(callback: () => void): void
}

// Held from when this module loads.
const { random } = Math

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

/** The last check phase that was noticed: a poll phase came right before it. */
let checkedAt = 0
let idleAtCheck = 0
let checking = false

function onCheck(): void {
  checking = false
  checkedAt = now()
  idleAtCheck = idleTime()
}

/**
 * Calls back from the poll phase, where what sockets bring comes from: a client that asks for an immediate then, as got does between a
 * request's body and its end, has it before the next poll, and so before an answer.
 */
class PollPhase {
  #callbacks: (() => void)[] = []
  #ports: MessageChannel | undefined

  wait(callback: () => void): void {
    if (this.#callbacks.push(callback) > 1) return
    const { port1, port2 } = this.#open()
    port1.ref()
    port2.postMessage(null)
  }

  #open(): MessageChannel {
    if (this.#ports !== undefined) return this.#ports
    // Not the global one, which a test may have replaced.
    const { MessageChannel } = process.getBuiltinModule('node:worker_threads')
    this.#ports = new MessageChannel()
    this.#ports.port1.onmessage = () => this.#onMessage()
    return this.#ports
  }

  #onMessage(): void {
    const callbacks = this.#callbacks
    this.#callbacks = []
    this.#ports?.port1.unref()
    // Each by itself: what one throws must not keep the others from coming.
    for (const callback of callbacks) queueMicrotask(callback)
  }
}

const pollPhase = new PollPhase()

function onSecondCheck(callback: () => void): void {
  onCheck()
  pollPhase.wait(callback)
}

export const systemClock: Clock = {
  now,
  random,
  alarm: (callback) => new TimeoutAlarm(callback),
  // Called from the poll phase, the first immediate runs before the next poll; only the second is sure to come after one.
  turn: (callback) => {
    setImmediate(setImmediate, onSecondCheck, callback)
  },
  polledWithin: (ms) => {
    // One for all that ask in this turn of the loop.
    if (!checking) {
      checking = true
      setImmediate(onCheck)
    }
    const since = now() - checkedAt
    return since <= ms || since - idleTime() + idleAtCheck <= ms
  },
  check: (callback, argument) => {
    setImmediate(callback, argument)
  },
  soon: (callback) => queueMicrotask(callback),
}
