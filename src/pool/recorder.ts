import type { Histograms, PoolHistograms, StatsOptions } from '../adapter.ts'
import { Histogram } from './histogram.ts'

/** Origins of which histograms are kept. */
const mostOrigins = 100

class Record {
  readonly acquire: Histogram = new Histogram()
  readonly connect: Histogram = new Histogram()
  readonly age: Histogram = new Histogram()
  readonly uses: Histogram = new Histogram()

  summary(bounds: readonly number[] | undefined): Histograms {
    return {
      acquire: this.acquire.summary(bounds),
      connect: this.connect.summary(bounds),
      age: this.age.summary(bounds),
      uses: this.uses.summary(bounds),
    }
  }
}

/** What a pool has measured since it was first asked to. */
export class Recorder {
  readonly #since: number
  readonly #all = new Record()
  /** Null: nobody has asked for them. */
  #origins: Map<string, Record> | null = null

  constructor(now: number) {
    this.#since = now
  }

  acquired(origin: string, waited: number): void {
    this.#all.acquire.record(waited)
    this.#of(origin)?.acquire.record(waited)
  }

  connected(origin: string, connectTime: number): void {
    this.#all.connect.record(connectTime)
    this.#of(origin)?.connect.record(connectTime)
  }

  closed(origin: string, age: number, uses: number): void {
    const record = this.#of(origin)
    for (const one of record === undefined ? [this.#all] : [this.#all, record]) {
      one.age.record(age)
      one.uses.record(uses)
    }
  }

  summary(now: number, { perOrigin, bounds }: StatsOptions): PoolHistograms {
    if (perOrigin) this.#origins ??= new Map()
    const origins = perOrigin ? [...(this.#origins ?? [])] : []
    const hosts = Object.fromEntries(origins.map(([origin, record]) => [origin, record.summary(bounds)]))
    return { ...this.#all.summary(bounds), recorded: now - this.#since, hosts }
  }

  #of(origin: string): Record | undefined {
    if (this.#origins === null) return undefined
    const known = this.#origins.get(origin)
    if (known !== undefined || this.#origins.size >= mostOrigins) return known
    const record = new Record()
    this.#origins.set(origin, record)
    return record
  }
}
