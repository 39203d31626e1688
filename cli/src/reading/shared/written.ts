import type { HostConfig, PoolConfig, PoolConfigField, ResolvedPoolConfig } from 'polypool'
/** A config as one would write it: `4s` for 4000, `unlimited` for Infinity. */
import { fields, formatValue } from 'polypool/internal'
export function written(config: PoolConfig): { [field: string]: unknown } {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, field === 'hosts' ? writtenHosts(value) : writtenValue(field as PoolConfigField, value)]),
  )
}

function writtenHosts(hosts: { readonly [host: string]: HostConfig }): object {
  return Object.fromEntries(Object.entries(hosts).map(([host, override]) => [host, written(override)]))
}

function writtenValue(field: PoolConfigField, value: unknown): unknown {
  const isText =
    value === Number.POSITIVE_INFINITY || (fields[field].kind === 'duration' && typeof value === 'number' && value !== 0)
  return isText ? formatValue(field, value as ResolvedPoolConfig[typeof field]) : value
}
