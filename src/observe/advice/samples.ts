import type { PoolStats } from '../../adapter.ts'
import { PoolConfigError } from '../../errors.ts'
import { show } from '../../text/show.ts'
import type { CloseReason } from '../channels.ts'

/** What was known of a pool at one time. */
export interface PoolSample {
  /** Milliseconds of any clock. */
  readonly at: number
  readonly stats: PoolStats
  /** Connections closed until then, by reason, if that was counted: `serveStats` does. */
  readonly closes?: CloseCounts | undefined
}

export type CloseCounts = { readonly [R in CloseReason]?: number }

/** Throws ERR_POOL_CONFIG for the first sample that is none. */
export function checkSamples(samples: unknown): readonly PoolSample[] {
  if (!Array.isArray(samples)) throw wrong('samples', samples, 'is no list: pass [{ at, stats }], as pool.stats() gives them')
  const at = samples.findIndex((sample) => !isSample(sample))
  if (at >= 0)
    throw wrong(`samples[${at}]`, samples[at], 'is no sample: each is { at: milliseconds, stats: what pool.stats() gives }')
  return samples as readonly PoolSample[]
}

const counts = ['open', 'idle', 'pending', 'created', 'reused', 'evicted', 'expired', 'acquireTimeouts', 'rejected', 'aborted']

function isSample(value: unknown): boolean {
  const { at, stats } = (value ?? {}) as { readonly at?: unknown; readonly stats?: { readonly [name: string]: unknown } }
  if (typeof at !== 'number' || !Number.isFinite(at) || typeof stats !== 'object' || stats === null) return false
  return counts.every((name) => typeof stats[name] === 'number') && typeof stats.hosts === 'object' && stats.hosts !== null
}

function wrong(path: string, value: unknown, problem: string): PoolConfigError {
  return new PoolConfigError([{ path, value, message: `${path}: ${show(value)} ${problem}` }])
}
