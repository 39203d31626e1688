import type { Pool } from '../adapter.ts'
import { PoolUnsupportedError } from '../errors.ts'
import { show } from '../text/show.ts'
import { unnamed } from './metrics.ts'
import { sharedBy } from './sharing.ts'

/** One pool, several, or what `loadPools` gives: all that are open when they are looked at. */
export type Observed = Pool<unknown> | Iterable<Pool<unknown>> | OpenPools

interface OpenPools {
  readonly opened: Iterable<Pool<unknown>>
}

/** The pools that share one budget: their statistics are the same. */
export interface ObservedPool {
  readonly name: string
  /** What they share. */
  readonly budget: object
  readonly pool: Pool<unknown>
}

/** The pools that somebody looks at. */
export class ObservedPools {
  readonly #observed: Observed
  /** By budget, as far as that was asked since they were last listed; undefined for those that are not among them. */
  #known = new WeakMap<object, ObservedPool | undefined>()

  /**
   * Throws ERR_POOL_UNSUPPORTED for what is no pool.
   * @param place the function that was given it, for the error
   */
  constructor(place: string, observed: Observed) {
    checkObserved(place, observed)
    this.#observed = observed
  }

  /** One for each budget, as of now. */
  list(): ObservedPool[] {
    this.#known = new WeakMap()
    const budgets = new Map<object, ObservedPool>()
    for (const pool of each(this.#observed)) {
      const budget = budgetOf(pool)
      if (!budgets.has(budget)) budgets.set(budget, { budget, pool, name: pool.name ?? unnamed })
    }
    return [...budgets.values()]
  }

  /** The one that it is, or that it shares a budget with. One that has come since they were listed may be missed. */
  find(pool: Pool<unknown>): ObservedPool | undefined {
    const budget = budgetOf(pool)
    if (this.#known.has(budget)) return this.#known.get(budget)
    const found = this.list().find((one) => one.budget === budget)
    this.#known.set(budget, found)
    return found
  }
}

/** What pools share whose connections count together; what is no pool of this package shares nothing. */
function budgetOf(pool: Pool<unknown>): object {
  return sharedBy(pool) ?? pool
}

function each(observed: Observed): Iterable<Pool<unknown>> {
  if (isPool(observed)) return [observed]
  return 'opened' in observed ? observed.opened : observed
}

function checkObserved(place: string, observed: unknown): asserts observed is Observed {
  if (isPool(observed)) return
  const isObject = typeof observed === 'object' && observed !== null
  if (isObject && 'opened' in observed) return
  const given = isObject && Symbol.iterator in observed ? [...(observed as Iterable<unknown>)] : [observed]
  const wrong = given.findIndex((one) => !isPool(one))
  if (wrong < 0) return
  throw new PoolUnsupportedError(
    `${place}: ${show(given[wrong])} is no pool: pass what createPool returns, a list of such, or what loadPools returns`,
  )
}

function isPool(value: unknown): value is Pool<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Pool<unknown>>).stats === 'function'
}
