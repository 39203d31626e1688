import type { PoolStats } from '../adapter.ts'

/** What is told of hosts to which connections are kept ready, by the metric's name. */
export const readyGauges = ['readyMissing', 'readyFailures'] as const

export type ReadyGauge = (typeof readyGauges)[number]
type Gauges = Record<ReadyGauge, number>

const nothing: Gauges = { readyMissing: 0, readyFailures: 0 }

/** Sums of what pools of one name tell of such hosts, by a key for which several may count together; of failures the most. */
export class ReadySums<Key> {
  readonly #byName = new Map<string, Map<Key, Gauges>>()

  /** Keeps names and keys: where nothing is kept ready any more, nothing is missing. */
  zero(): void {
    for (const sums of this.#byName.values()) for (const key of sums.keys()) sums.set(key, nothing)
  }

  add(name: string, { ready = {} }: PoolStats, keyOf: (origin: string) => Key): void {
    const sums = this.#byName.get(name) ?? new Map<Key, Gauges>()
    this.#byName.set(name, sums)
    for (const [origin, { wanted, idle, failures }] of Object.entries(ready)) {
      const key = keyOf(origin)
      const { readyMissing, readyFailures } = sums.get(key) ?? nothing
      sums.set(key, {
        readyMissing: readyMissing + Math.max(0, wanted - idle),
        readyFailures: Math.max(readyFailures, failures),
      })
    }
  }

  /** One gauge, by the pool's name and by host. */
  of(gauge: ReadyGauge): (readonly [name: string, key: Key, value: number])[] {
    return [...this.#byName].flatMap(([name, sums]) => [...sums].map(([key, gauges]) => [name, key, gauges[gauge]] as const))
  }
}
