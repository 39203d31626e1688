import type { Pool } from '../adapter.ts'

/** In the global registry, so that pools of two copies of the package can share a budget. */
export const budgetKey: unique symbol = Symbol.for('polypool.budget.v1') as never

/** What stands for the limits and counters of a pool: the same for all pools that share them. */
export function sharedBy(pool: Pool<unknown>): object {
  return (pool as unknown as { readonly [budgetKey]: object })[budgetKey]
}
