import { fields } from './fields.ts'
import type { PoolConfigField } from './types.ts'
import { readBy } from './values.ts'

/** How many processes share the limits of a config: a setting of a whole config file, not of one pool. Checks, schema, docs and CLI are drawn from it. */
export const processesSpec = {
  kind: 'limit',
  counts: 'processes',
  unlimited: false,
  zero: 'for a single process, leave it out',
  default: 1,
  example: 12,
  meaning:
    'How many processes share the limits of this config: pods times workers, those of a rolling update included. What servers and proxies count is divided by it, and what is left over is for none.',
  trap: 'Shares are fixed: a busy process does not get what idle ones leave, and one process more than this breaks the limit. Defaults are not divided.',
} as const

/** The number of processes that a value means, or what is wrong with it. */
export function readProcessCount(value: unknown): { readonly count: number } | { readonly problem: string } {
  const read = readBy(processesSpec, value)
  return 'problem' in read ? read : { count: read.value as number }
}

/** Whether `processes` divides a field: what servers and proxies count over all processes. */
export function isDivided(field: PoolConfigField): boolean {
  return 'divided' in fields[field]
}

/** One process's part of a limit. Zero and unlimited are the same for all. */
export interface ProcessShare {
  readonly each: number
  /** What the parts do not come to. */
  readonly left: number
}

/** Every process has the same, as none knows which one it is. */
export function divide(total: number, count: number): ProcessShare {
  if (!Number.isFinite(total)) return { each: total, left: 0 }
  const each = Math.floor(total / count)
  return { each, left: total - each * count }
}
