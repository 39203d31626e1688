import type { PoolStats } from '../../adapter.ts'
import type { PoolConfig, ResolvedPoolConfig } from '../../config/types.ts'
import type { CloseCounts, PoolSample } from '../advice/samples.ts'

/** What a process tells of its pools, as one line of JSON. Unlimited is `"unlimited"`, as JSON has no Infinity. */
export interface StatsReport {
  /** Of this format. */
  readonly version: 1
  readonly pid: number
  readonly title: string
  readonly at: number
  readonly pools: readonly ReportedPool[]
}

export interface ReportedPool {
  readonly name: string
  /** Without its proxies: who looks at limits need not see how to get through them. */
  readonly config: PoolConfig
  readonly stats: PoolStats
  readonly closes: CloseCounts
  /** The last minutes, the oldest first; in the first report of a connection only. */
  readonly history?: readonly PoolSample[]
}

/** One line; it ends with a line break. */
export function reportLine(report: Omit<StatsReport, 'pools'> & { readonly pools: readonly WrittenPool[] }): string {
  return `${JSON.stringify(report, plainly)}\n`
}

function plainly(key: string, value: unknown): unknown {
  if (key === 'proxy' || key === 'noProxy') return undefined
  return value === Number.POSITIVE_INFINITY ? 'unlimited' : value
}

export type WrittenPool = Omit<ReportedPool, 'config'> & { readonly config: ResolvedPoolConfig }
