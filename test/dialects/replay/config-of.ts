import type { PoolConfig } from '../../../src/config/types.ts'
import { dialects } from '../../../src/dialects/index.ts'
import type { Dialect } from '../../../src/dialects/types.ts'
import type { Row } from './reference.ts'
import { settingsOf } from './settings.ts'

/** What polypool makes of the settings that the library was given; the servers are reached directly, whatever variables this machine has. */
export function configOf(row: Row): PoolConfig {
  const { dialect, settings, version } = settingsOf(row)
  const { read }: Dialect = dialects[dialect]
  return { ...read(settings, { version }).config, proxy: false }
}
