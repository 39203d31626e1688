/** What is measured on the wire, in the order of the tables. */
export const promises = {
  total: 'cap on the total',
  perHost: 'cap for each host',
  aborts: 'cap under aborts',
  deadline: 'deadline of the queue',
  bound: 'bound of the queue',
  idle: 'limit of idle connections',
  reuse: 'reuse',
} as const

export type PromiseName = keyof typeof promises

export const promiseNames = Object.keys(promises) as readonly PromiseName[]

/** One number for each round, in the order of the rounds. */
export interface Series {
  readonly answers: readonly number[]
  /** Answers a second. */
  readonly rate: readonly number[]
  /** Milliseconds from the call to the end of the answer, waiting included. */
  readonly p50: readonly number[]
  readonly p99: readonly number[]
  /** Microseconds of processor time that the client took for an answer. */
  readonly cpu: readonly number[]
  /** Connections that the server accepted in the round. */
  readonly opened: readonly number[]
  /** Connections that were open at its end. */
  readonly open: readonly number[]
  /** Of one processor, how much the server took. */
  readonly server: readonly number[]
  /** Requests that ended with an error. */
  readonly errors: readonly number[]
}

/** What could not be measured says why. */
export interface Failed {
  readonly failed: string
}

export type Outcome<T> = T | Failed

export interface Verdict {
  readonly kept: boolean
  /** What the server and the sockets showed, in a few words. */
  readonly seen: string
  /** The setting that was tried. */
  readonly by: string
}

/** Bytes of the client's heap and buffers. */
export interface Memory {
  readonly connection: number
  /** Null where nothing waits. */
  readonly waiting: number | null
}

/** By the name of the subject. */
export interface BySubject<T> {
  readonly [subject: string]: T
}

export interface Results {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly node: string
    /** The load average before the run, over what one core can do. */
    readonly load: number
  }
  readonly server: string
  readonly rounds: number
  readonly roundMs: number
  readonly versions: { readonly [name: string]: string }
  readonly cells: { readonly [cell: string]: BySubject<Outcome<Series>> }
  readonly promises: BySubject<Outcome<{ readonly [promise in PromiseName]?: Verdict }>>
  readonly memory: BySubject<Outcome<Memory>>
  /** Pools of Python, in the cell of one host. */
  readonly python: BySubject<Outcome<Series>>
}

/** A median, and what it lies between. */
export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** Of an even number of values the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2
  return { median, lowest: at(0), highest: at(sorted.length - 1) }
}

/** The smallest value that at least this share of all is not above. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function isFailed(outcome: Outcome<object>): outcome is Failed {
  return 'failed' in outcome
}

/** As many digits as mean something. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits))
}
