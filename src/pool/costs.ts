/** A moving average in milliseconds; NaN before the first sample. */
function average(old: number, sample: number): number {
  return Number.isNaN(old) ? sample : old + (sample - old) / 8
}

/** How many times as long as it takes makes a connect a small part of what it is for. */
export const worthwhile = 10

/** For how long a connection serves what waited when it was ready; in docs/when-the-total-is-full.md a stint. */
export function stint(connect: number, service: number): number {
  return Math.max(worthwhile * connect, 4 * connect + 2 * service)
}

/** How many forgotten lanes' costs are remembered. */
const remembered = 1000

/** What connections of one lane were measured to cost, in milliseconds; what is not known is taken to be as elsewhere in the pool, or nothing. */
export class Costs {
  readonly #pool: Costs | undefined
  #connect = Number.NaN
  #service = Number.NaN
  /** How long connections lie free until the next request comes; 0 where one comes while some are in use. NaN: not known. */
  gap = Number.NaN
  /** When a connection was last given back. */
  freedAt = Number.NaN
  /** How long requests have waited for a first connection in vain: the next one to wait has waited as much longer. */
  owed = 0
  /** Requests at a time that the last connection could carry; NaN: not known. */
  slots = Number.NaN
  /** No connect has succeeded since one failed. */
  failed = false

  constructor(pool?: Costs) {
    this.#pool = pool
  }

  /** From the start of a connect to its end. */
  get connect(): number {
    return Number.isNaN(this.#connect) ? (this.#pool?.connect ?? 0) : this.#connect
  }

  /** How long a request holds a connection. */
  get service(): number {
    return Number.isNaN(this.#service) ? (this.#pool?.service ?? 0) : this.#service
  }

  /** Whether there is anything to remember. */
  get known(): boolean {
    return this.owed > 0 || !Number.isNaN(this.#connect)
  }

  /** A connect has succeeded, and tells what the server speaks. */
  learn(multiplexes: boolean): void {
    if (!multiplexes) this.slots = 1
    else if (this.slots === 1) this.slots = Number.NaN
  }

  addConnect(ms: number): void {
    this.#connect = average(this.#connect, ms)
    this.#pool?.addConnect(ms)
  }

  /** One answer that takes for ever says little of the next: none counts for more than twice the average. */
  addService(ms: number): void {
    this.#service = average(this.#service, Number.isNaN(this.#service) ? ms : Math.min(ms, 2 * Math.max(this.#service, 0.01)))
    this.#pool?.addService(ms)
  }

  addGap(ms: number): void {
    this.gap = average(this.gap, ms)
  }
}

/** The costs of lanes that are forgotten, for when they come back, and those of the whole pool. */
export class CostMemory {
  readonly pool: Costs = new Costs()
  readonly #forgotten = new Map<string, Costs>()

  recall(lane: string): Costs {
    const costs = this.#forgotten.get(lane)
    if (costs === undefined) return new Costs(this.pool)
    this.#forgotten.delete(lane)
    return costs
  }

  keep(lane: string, costs: Costs): void {
    if (!costs.known) return
    this.#forgotten.set(lane, costs)
    if (this.#forgotten.size <= remembered) return
    const [oldest] = this.#forgotten.keys()
    this.#forgotten.delete(oldest as string)
  }
}
