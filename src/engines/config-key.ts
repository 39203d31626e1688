import type { ResolvedPoolConfig } from '../config/types.ts'

/** By what the dispatcher or the agents of a pool tell its config to `readSettings`, also to that of another copy of the package. */
export const configKey = Symbol.for('polypool.config')

/** The config of the pool whose dispatcher or agent this is; undefined for any other. */
export function configOfPooled(native: object): ResolvedPoolConfig | undefined {
  return (native as { [configKey]?: ResolvedPoolConfig })[configKey]
}
