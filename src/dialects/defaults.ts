import type { PoolConfig, PoolConfigField } from '../config/types.ts'
import { isBefore } from './versions.ts'

/** One value over a range of versions. */
interface DefaultRow {
  /** In the library's units; null is Python's None. */
  readonly value: unknown
  /** The first version with it; absent in the oldest that is known. */
  readonly since?: string
  /** Where the library itself says so. */
  readonly source: string
}

/** What holds from version to version, the oldest first. */
export type DefaultRows = readonly [DefaultRow, ...DefaultRow[]]

export interface LibraryDefaults {
  /** By setting. A setting with nested ones has the value that stands when it is left out; theirs stand when it is given without them. */
  readonly settings: { readonly [key: string]: DefaultRows }
  /** What the library does without having a setting for it, in the units of a PoolConfig; where it does as a pool does, there is none. */
  readonly fixed: { readonly [F in PoolConfigField]?: DefaultRows }
}

/** The address of a file in a version. */
export const onGithub = (repository: string, tag: string, path: string): string =>
  `https://github.com/${repository}/blob/${tag}/${path}`

/** The row that holds in a version; the latest without one. */
function rowAt(rows: DefaultRows, version?: string): DefaultRow {
  const holds = (row: DefaultRow) => version === undefined || row.since === undefined || !isBefore(version, row.since)
  return rows.findLast(holds) ?? rows[0]
}

/** The default of a setting; undefined where the table has none. */
export function defaultOf({ settings }: LibraryDefaults, key: string, version?: string): unknown {
  const rows = settings[key]
  return rows && rowAt(rows, version).value
}

/** What a library does of itself, as fields of a PoolConfig. */
export function fixedFields({ fixed }: LibraryDefaults, version?: string): PoolConfig {
  return Object.fromEntries(Object.entries(fixed).map(([field, rows]) => [field, rowAt(rows, version).value]))
}
