import type { PoolStats, ReportedPool, StatsReport } from 'polypool'

/** What was counted each second since an earlier report. */
interface Rates {
  /** Requests that got a connection, and those of them that got a new one. */
  readonly served: number
  readonly opened: number
  readonly evicted: number
  readonly timedOut: number
  readonly refused: number
}

const none: Rates = { served: 0, opened: 0, evicted: 0, timedOut: 0, refused: 0 }

interface Counted {
  readonly at: number
  readonly stats: PoolStats
}

/** All 0 where there is nothing to compare with, or the process began anew. */
function ratesBetween(before: Counted | undefined, after: Counted): Rates {
  const seconds = before === undefined ? 0 : (after.at - before.at) / 1000
  if (before === undefined || seconds <= 0) return none
  const rate = (...counters: readonly ('created' | 'reused' | 'evicted' | 'acquireTimeouts' | 'rejected')[]) =>
    Math.max(0, counters.reduce((sum, counter) => sum + after.stats[counter] - before.stats[counter], 0) / seconds)
  return {
    served: rate('created', 'reused'),
    opened: rate('created'),
    evicted: rate('evicted'),
    timedOut: rate('acquireTimeouts'),
    refused: rate('rejected'),
  }
}

/** A pool as of a report, with its rates since the one before. */
export interface Watched {
  readonly pool: ReportedPool
  readonly rates: Rates
}

/** Pools are told apart by their place among those of the same name. */
export function watchedPools(report: StatsReport, before: StatsReport | undefined): Watched[] {
  return report.pools.map((pool, index) => {
    const same = before?.pools[index]
    const last = same?.name === pool.name ? { at: before?.at ?? 0, stats: same.stats } : pool.history?.at(-2)
    return { pool, rates: ratesBetween(last, { at: report.at, stats: pool.stats }) }
  })
}

/** `maxConnections` of a pool: a number, or Infinity. */
export function limitOf({ config: { maxConnections } }: Pick<ReportedPool, 'config'>): number {
  return typeof maxConnections === 'number' ? maxConnections : Number.POSITIVE_INFINITY
}

export function rateText(rate: number): string {
  return `${rate >= 10 || rate === 0 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)}/s`
}
