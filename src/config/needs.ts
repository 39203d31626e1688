import { type Condition, conditions } from './conditions.ts'
import { isDeepStrictEqual } from './deep-equal.ts'
import { fieldNames, fields, hostFieldNames } from './fields.ts'
import { fieldPath } from './paths.ts'
import type { PoolConfigField, ResolvedPoolConfig } from './types.ts'

/** Fields that say nothing where `keepAlive` is false. */
export const reuseFieldNames: readonly PoolConfigField[] = fieldNames.filter((field) => needsOf(field).includes('reuse'))

/** Why a field says nothing in a config; undefined where it does. */
export function whySilent(field: PoolConfigField, config: ResolvedPoolConfig): string | undefined {
  const missing = needsOf(field).find((need) => !conditions[need].holds(config))
  return missing && conditions[missing].otherwise
}

/** Whether a config asks a client, by this field, for something that it must be able to do. */
export function isDemanding(field: PoolConfigField, config: ResolvedPoolConfig): boolean {
  return whySilent(field, config) === undefined && !isDeepStrictEqual(config[field], fields[field].undemanding)
}

/** A field that was set, for the pool or for a host, and asks something of a client. */
export interface Demand {
  readonly field: PoolConfigField
  /** As messages name it: `http2`, `hosts["api.test"].http2`. */
  readonly path: string
  readonly value: unknown
}

/** Whether a field is set, for the pool or for any host. */
export function isSet(field: PoolConfigField, { hosts }: ResolvedPoolConfig, explicit: ReadonlySet<PoolConfigField>): boolean {
  return explicit.has(field) || Object.values(hosts).some((override) => Object.hasOwn(override, field))
}

/** What a config asks for in so many words; `explicit` are the fields that it sets. */
export function demandsIn(config: ResolvedPoolConfig, explicit: ReadonlySet<PoolConfigField>): Demand[] {
  const ofPool = fieldNames.filter((field) => explicit.has(field) && isDemanding(field, config))
  const ofHosts = Object.entries(config.hosts).flatMap(([host, override]) => {
    const merged = { ...config, ...override }
    const asked = hostFieldNames.filter((field) => Object.hasOwn(override, field) && isDemanding(field, merged))
    return asked.map((field) => ({ field, path: `${fieldPath('hosts', host)}.${field}`, value: merged[field] }))
  })
  return [...ofPool.map((field) => ({ field, path: field, value: config[field] })), ...ofHosts]
}

function needsOf(field: PoolConfigField): readonly Condition[] {
  return fields[field].needs
}
