import { formatFile } from './problems.ts'

/** Who set a value. `pool` is the pool that it was written for: another one than asked for, if it came through `extends`. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly pool: string; readonly file: string; readonly line?: number; readonly column?: number }
  | { readonly from: 'env'; readonly pool: string; readonly variable: string }
  | { readonly from: 'code'; readonly pool: string }

/**
 * In a few words: `polypool.config.yaml:4:21`, `POLYPOOL_MAX_CONNECTIONS`, `code`, `default`; with `(extends default)` behind it if
 * the value was written for another pool than `pool`.
 *
 * @param base the directory against which files are named
 */
export function formatOrigin(origin: Origin, pool: string, base: string = process.cwd()): string {
  if (origin.from === 'default') return 'default'
  const inherited = origin.pool === pool ? '' : ` (extends ${origin.pool})`
  if (origin.from === 'code') return `code${inherited}`
  if (origin.from === 'env') return `${origin.variable}${inherited}`
  const { file, line, column } = origin
  const place = line === undefined || column === undefined ? undefined : { line, column }
  return `${formatFile(file, place, base)}${inherited}`
}
