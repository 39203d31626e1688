import type { Note, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import type { ReadPools } from './load.ts'
import type { Origin } from './origin.ts'
import type { ResolvedPool } from './resolve.ts'
import { plainFields, type SetField, settingPath } from './settings.ts'

/** One value of a pool and who set it. */
interface DescribedValue {
  /** `maxConnections`, or `hosts["api.test"].acquireTimeout`. */
  readonly path: string
  readonly field: PoolConfigField
  /** Set for an override by `hosts`. */
  readonly host?: string
  /** Resolved: a count or milliseconds, `Infinity` for unlimited. `formatValue(field, value)` writes it as a file does. */
  readonly value: SetField['value']
  /** What all processes have together, where the value is one's share of it. */
  readonly total?: number
  readonly origin: Origin
}

/** A pool as `npx @polypool/cli check` shows it. */
export interface PoolDescription {
  readonly name: string
  /** The pools that it inherits from, the nearest first. */
  readonly extends: readonly string[]
  readonly config: ResolvedPoolConfig
  /** Combinations of fields that mean something else than they seem to. */
  readonly notes: readonly Note[]
  /** Every field, in the order of the docs, then the overrides by host. */
  readonly values: readonly DescribedValue[]
}

/** Every pool with each of its values and where it comes from. */
export function describePools({ pools }: Pick<ReadPools, 'pools'>): PoolDescription[] {
  return [...pools.values()].map(describePool)
}

function describePool({ name, extends: chain, config, notes, settings }: ResolvedPool): PoolDescription {
  const fields = plainFields.map((field): DescribedValue => {
    const { origin = { from: 'default' } as const, total } = settings.get(field) ?? {}
    return { path: field, field, value: config[field], origin, ...totalOf(total) }
  })
  const hosts = [...settings.values()].flatMap((setting): DescribedValue[] => {
    const { field, host, value, origin, total } = setting
    return host === undefined ? [] : [{ path: settingPath(setting), field, host, value, origin, ...totalOf(total) }]
  })
  return { name, extends: chain, config, notes, values: [...fields, ...hosts] }
}

function totalOf(total: number | undefined): Pick<DescribedValue, 'total'> {
  return total === undefined ? {} : { total }
}
