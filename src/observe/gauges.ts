import type { PoolStats } from '../adapter.ts'

/** What is told of each origin. */
export interface Gauges {
  active: number
  idle: number
  pending: number
  requests: number
}

/** Sums of what pools tell of origins, by a key for which several may count together. */
export class GaugeSums<Key> extends Map<Key, Gauges> {
  /** Keeps the keys: what is not told any more is 0. */
  zero(): void {
    for (const key of this.keys()) this.set(key, { active: 0, idle: 0, pending: 0, requests: 0 })
  }

  /** Adds every origin of a pool. */
  add({ hosts }: PoolStats, keyOf: (origin: string) => Key): this {
    for (const [origin, { active, idle, pending, requests }] of Object.entries(hosts)) {
      const key = keyOf(origin)
      const before = this.get(key)
      if (before === undefined) this.set(key, { active, idle, pending, requests })
      else {
        before.active += active
        before.idle += idle
        before.pending += pending
        before.requests += requests
      }
    }
    return this
  }
}
