import type { Load } from './load.ts'

/** What one pool did under one load. Times in milliseconds; a request waits until its service begins, its own connect included. */
export interface Figures {
  /** Requests per second that were answered. */
  readonly rate: number
  /** Connections opened per request answered. */
  readonly connects: number
  readonly mean: number
  readonly p50: number
  readonly p99: number
  readonly longest: number
  /** Jain's index over hosts of the share of a request's time that is service: 1 if all hosts' requests are delayed alike. */
  readonly fairness: number
  readonly failed: number
  /** Requests that were left unanswered at the end. */
  readonly left: number
  /** Most connections open at one time. */
  readonly peak: number
}

/** Counts while a simulation runs. */
export class Tally {
  failed = 0
  readonly #load: Load
  readonly #waits: number[] = []
  readonly #waitOf: Float64Array
  readonly #serviceOf: Float64Array
  #answered = 0
  #opened = 0
  #open = 0
  #peak = 0

  constructor(load: Load) {
    this.#load = load
    this.#waitOf = new Float64Array(load.hosts)
    this.#serviceOf = new Float64Array(load.hosts)
  }

  waited(host: number, since: number, until: number): void {
    if (since < (this.#load.warmUp ?? 0)) return
    this.#waits.push(until - since)
    this.#waitOf[host] = (this.#waitOf[host] as number) + until - since
  }

  served(host: number, service: number, now: number): void {
    if (now < (this.#load.warmUp ?? 0)) return
    this.#answered++
    this.#serviceOf[host] = (this.#serviceOf[host] as number) + service
  }

  opened(): void {
    this.#opened++
    this.#peak = Math.max(this.#peak, ++this.#open)
  }

  closed(): void {
    this.#open--
  }

  figures(left: number): Figures {
    const waits = Float64Array.from(this.#waits).sort()
    const quantile = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
    const seconds = (this.#load.duration - (this.#load.warmUp ?? 0)) / 1000
    return {
      rate: this.#answered / seconds,
      connects: this.#opened / Math.max(1, this.#answered),
      mean: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length),
      p50: quantile(0.5),
      p99: quantile(0.99),
      longest: quantile(1),
      fairness: this.#fairness(),
      failed: this.failed,
      left,
      peak: this.#peak,
    }
  }

  #fairness(): number {
    const shares: number[] = []
    for (const [host, service] of this.#serviceOf.entries()) {
      const wait = this.#waitOf[host] as number
      if (service + wait > 0) shares.push(service / (service + wait))
    }
    const sum = shares.reduce((total, share) => total + share, 0)
    const squares = shares.reduce((total, share) => total + share * share, 0)
    return squares === 0 ? 1 : (sum * sum) / (shares.length * squares)
  }
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-3)), 0) / Math.max(1, values.length))
}
