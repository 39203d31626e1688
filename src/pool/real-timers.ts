// What keeps time, held from when this module loads, as it is without fakes: a test may have installed some before that.

/** Loaded with the first pool, and real whenever that is: fakes are put on the object itself, or in the place of the global one. */
function realTime(): { readonly now: () => number; readonly idleTime: () => number } {
  const { performance } = process.getBuiltinModule('node:perf_hooks')
  const { now = performance.now } = Object.getPrototypeOf(performance) as Partial<typeof performance>
  const { nodeTiming } = performance
  return { now: now.bind(performance), idleTime: () => nodeTiming?.idleTime ?? 0 }
}

let time: ReturnType<typeof realTime> | undefined

/** Monotonic milliseconds. */
export function now(): number {
  time ??= realTime()
  return time.now()
}

/** How many of them the event loop has waited for news; to wait is to poll. */
export function idleTime(): number {
  time ??= realTime()
  return time.idleTime()
}

type Callback = () => void

/** Fakes are bound or know their clock. */
function isReal(fn: unknown, name: string): boolean {
  return typeof fn === 'function' && fn.name === name && !('clock' in fn)
}

const timers = process.getBuiltinModule('node:timers')
const areReal = isReal(timers.setTimeout, 'setTimeout') && isReal(timers.setImmediate, 'setImmediate')

// Loaded for nothing where the timers are real.
const scheduler = areReal ? undefined : process.getBuiltinModule('node:timers/promises').scheduler
// Those of the module's own, which nobody fakes: node:test replaces everything else that its timers can be had from.
const { wait, yield: next } = Object.getPrototypeOf(scheduler ?? {}) as Partial<NonNullable<typeof scheduler>>
const byScheduler = wait !== undefined && next !== undefined

/** A timeout of node's, as far as it is used here, made of the scheduler's. */
class Wait {
  readonly #callback: Callback
  readonly #due: number
  #running = new AbortController()

  constructor(callback: Callback, ms: number) {
    this.#callback = callback
    this.#due = now() + ms
    this.#start(true)
  }

  ref(): this {
    return this.#start(true)
  }

  unref(): this {
    return this.#start(false)
  }

  clear(): void {
    this.#running.abort()
  }

  #start(ref: boolean): this {
    if (this.#running.signal.aborted) return this
    this.#running.abort()
    this.#running = new AbortController()
    const options = { ref, signal: this.#running.signal }
    wait?.call(scheduler, Math.max(0, this.#due - now()), options).then(this.#callback, () => {})
    return this
  }
}

export const setTimeout: typeof timers.setTimeout = byScheduler
  ? (((callback: Callback, ms = 1) => new Wait(callback, ms)) as unknown as typeof timers.setTimeout)
  : timers.setTimeout

export const clearTimeout: typeof timers.clearTimeout = byScheduler
  ? (timeout) => (timeout instanceof Wait ? timeout.clear() : undefined)
  : timers.clearTimeout

export const setImmediate: typeof timers.setImmediate = byScheduler
  ? (((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      next?.call(scheduler).then(() => callback(...args))
    }) as typeof timers.setImmediate)
  : timers.setImmediate

const settled = Promise.resolve()

export const queueMicrotask: typeof globalThis.queueMicrotask = isReal(globalThis.queueMicrotask, 'queueMicrotask')
  ? globalThis.queueMicrotask
  : (callback) => void settled.then(callback)
