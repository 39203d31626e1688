import type { FleetConfig } from '../config/fleet.ts'
import type { PoolConfig } from '../config/types.ts'
import type { AuditConfig } from './audit-section.ts'

/** One pool of a config file. */
export interface NamedPoolConfig<Name extends string = string> extends PoolConfig {
  /** The pool that this one inherits from, field by field. Left out, it is `default`. */
  extends?: Name | undefined
  /** One budget with pools of other processes; `loadPools({ fleet })` says how to join it. No pool inherits it. */
  fleet?: FleetConfig | undefined
}

/** What a config file holds. */
export interface PoolsConfig<Name extends string = string> {
  $schema?: string | undefined
  /** How many processes share these limits: what servers and proxies count is divided by it. Default 1. */
  processes?: number | undefined
  pools: { [N in Name]: NamedPoolConfig<Name | 'default'> }
  /** What `npx @polypool/cli audit` goes by; programs do not read it. */
  audit?: AuditConfig | undefined
}

/**
 * Types a config file: `export default definePools({ pools: { default: { … }, payments: { … } } })`.
 * It returns its argument unchanged: `loadPools` checks the file, whatever its format, and reports everything that is wrong with it at once.
 */
export function definePools<const Name extends string>(config: {
  $schema?: string | undefined
  processes?: number | undefined
  pools: { [N in Name]: NamedPoolConfig<NoInfer<Name> | 'default'> }
  audit?: AuditConfig | undefined
}): PoolsConfig<Name> {
  return config
}
