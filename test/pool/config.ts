import { fieldDefaults } from '../../src/config/fields.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'

const unlimited = Number.POSITIVE_INFINITY

/** A resolved config without the parser, so that these tests stand or fall with the core alone. Nothing limits unless it is said. */
export function resolved(fields: Partial<ResolvedPoolConfig> = {}): ResolvedPoolConfig {
  return { ...fieldDefaults, maxConnections: unlimited, maxOverflow: fields.block === false ? unlimited : 0, ...fields }
}
