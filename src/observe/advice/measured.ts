import type { Histograms, OriginStats, PoolHistograms, PoolStats } from '../../adapter.ts'
import type { CloseCounts, PoolSample } from './samples.ts'

/** What samples say of one host. */
export interface HostEvidence {
  readonly host: string
  readonly samples: readonly OriginStats[]
  readonly histograms: Histograms | undefined
}

const counters = ['created', 'reused', 'evicted', 'expired', 'acquireTimeouts', 'rejected', 'aborted'] as const
type Counts = { readonly [C in (typeof counters)[number]]: number }

/** What samples say of a pool: the state at each time, and what was counted from the first to the last. */
export interface Evidence {
  readonly states: readonly PoolStats[]
  /** From the first to the last, in seconds. */
  readonly seconds: number
  readonly counts: Counts
  readonly closes: CloseCounts
  /** Requests that got a connection. */
  readonly served: number
  /** Those, and those that left without one or still wait. */
  readonly arrived: number
  readonly hosts: readonly HostEvidence[]
  readonly histograms: PoolHistograms | undefined
}

/** Undefined if they are too few, or of too short a time, to say anything. */
export function measure(samples: readonly PoolSample[]): Evidence | undefined {
  const run = lastRun([...samples].sort((one, other) => one.at - other.at))
  const [first] = run
  const last = run.at(-1)
  if (run.length < fewestSamples || first === undefined || last === undefined || last.at <= first.at) return undefined
  const states = run.map(({ stats }) => stats)
  const entries = counters.map((counter) => [counter, last.stats[counter] - first.stats[counter]] as const)
  const counts = Object.fromEntries(entries) as unknown as Counts
  const served = counts.created + counts.reused
  const left = counts.acquireTimeouts + counts.rejected + counts.aborted
  const waiting = last.stats.pending - first.stats.pending
  return {
    ...{ states, counts, served },
    seconds: (last.at - first.at) / 1000,
    closes: closesBetween(first, last),
    arrived: Math.max(served, served + left + waiting),
    hosts: hostsOf(states),
    histograms: last.stats.histograms,
  }
}

/** Fewer say nothing about shares of time. */
export const fewestSamples = 10

/** Since counters were last set back: the process began anew. */
function lastRun(samples: readonly PoolSample[]): readonly PoolSample[] {
  const restart = samples.findLastIndex(({ stats }, index) => {
    const before = samples[index - 1]?.stats
    return before !== undefined && stats.reused < before.reused
  })
  return restart < 0 ? samples : samples.slice(restart)
}

function closesBetween({ closes: before = {} }: PoolSample, { closes: after = {} }: PoolSample): CloseCounts {
  const reasons = Object.keys(after) as (keyof CloseCounts)[]
  return Object.fromEntries(reasons.map((reason) => [reason, (after[reason] ?? 0) - (before[reason] ?? 0)]))
}

const none: OriginStats = { open: 0, active: 0, idle: 0, pending: 0, requests: 0 }

function hostsOf(states: readonly PoolStats[]): HostEvidence[] {
  const names = new Set(states.flatMap(({ hosts }) => Object.keys(hosts)))
  const { histograms } = states.at(-1) ?? {}
  return [...names].map((host) => ({
    host,
    samples: states.map(({ hosts }) => hosts[host] ?? none),
    histograms: histograms?.hosts[host],
  }))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export function peak(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

/** How many of the samples it holds of, and the share of the time that this shows at least. */
export interface Share {
  readonly count: number
  readonly of: number
  readonly atLeast: number
}

/** By the lower end of Wilson's interval at 95 %, so that few samples show little. */
export function shareOf<T>(samples: readonly T[], holds: (sample: T, at: number) => boolean): Share {
  const count = samples.filter(holds).length
  const of = samples.length
  if (of === 0) return { count, of, atLeast: 0 }
  const z = 1.96
  const share = count / of
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const atLeast = Math.max(0, (share + (z * z) / (2 * of) - spread) / (1 + (z * z) / of))
  return { count, of, atLeast }
}
