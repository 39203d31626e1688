import { parsePoolConfig } from '../../config/parse.ts'
import type { PoolConfig } from '../../config/types.ts'
import { capHog, keepReady, raisePerHost } from './hosts.ts'
import { lowerExpiry, raiseExpiry, raiseIdle } from './idle.ts'
import { measure } from './measured.ts'
import { checkSamples, type PoolSample } from './samples.ts'
import type { AdviceRule, Suggestion } from './suggestion.ts'
import { lowerTotal, raiseTotal } from './total.ts'

export type { CloseCounts, PoolSample } from './samples.ts'
export type { Suggestion } from './suggestion.ts'

const rules: readonly AdviceRule[] = [
  raiseTotal,
  lowerTotal,
  raisePerHost,
  capHog,
  raiseIdle,
  lowerExpiry,
  raiseExpiry,
  keepReady,
]

/**
 * Suggests changes to a config, from samples taken under load. Each suggestion says which numbers it is based on; fewer than ten samples, or few
 * requests, give none. Samples should be evenly spaced, some seconds to a minute apart, and cover the busiest time.
 *
 * Throws ERR_POOL_CONFIG if the config or a sample is invalid.
 *
 * @param config the one that the samples were taken under, such as `pool.config`
 * @param samples of one pool, in any order: `[{ at: Date.now(), stats: pool.stats() }, …]`
 */
export function advise(config: PoolConfig, samples: readonly PoolSample[]): Suggestion[] {
  const { config: resolved } = parsePoolConfig(config)
  const measured = measure(checkSamples(samples))
  if (measured === undefined) return []
  const found = merged(rules.flatMap((rule) => rule(resolved, measured)))
  // A cap for one host makes sense beside a larger total alone.
  const raises = found.some(({ field, host }) => field === 'maxConnections' && host === undefined)
  const isCap = ({ field, host, current }: Suggestion) =>
    field === 'maxConnectionsPerHost' && host !== undefined && current === Number.POSITIVE_INFINITY
  return raises ? found : found.filter((suggestion) => !isCap(suggestion))
}

/** One suggestion for each field, or field of a host: of several, the largest, for all their reasons. */
function merged(found: readonly Suggestion[]): Suggestion[] {
  const byField = new Map<string, Suggestion>()
  for (const suggestion of found) {
    const key = `${suggestion.field} ${suggestion.host ?? ''}`
    const before = byField.get(key)
    if (before === undefined) byField.set(key, suggestion)
    else {
      const suggested = Math.max(before.suggested, suggestion.suggested)
      byField.set(key, { ...before, suggested, reason: `${before.reason}; ${suggestion.reason}` })
    }
  }
  return [...byField.values()]
}
