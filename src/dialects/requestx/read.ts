import type { PoolConfig } from '../../config/types.ts'
import { readShared } from '../httpx/read.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { readProbes } from '../socket-options.ts'

/** As httpx means the settings, with requestx's own defaults; notes say where requestx itself does something else. */
export function read(reader: SettingsReader): PoolConfig {
  remark(reader)
  for (const protocol of ['http1', 'http2']) reader.boolean(protocol)
  readProbes(reader)
  return readShared(reader)
}

function remark(reader: SettingsReader): void {
  const differs = (key: string, what: string) => reader.note(key, 'approximated', `${key}: requestx itself ${what}`)
  if (reader.raw('limits.keepalive_expiry') === null) differs('limits.keepalive_expiry', 'takes None for 5 s')
  if (reader.raw('timeout') === null) differs('timeout', 'takes None for its default, 5 s')
  const standard = reader.raw('timeout.timeout')
  for (const step of ['timeout.connect', 'timeout.pool']) {
    if (reader.raw(step) === null && typeof standard === 'number')
      differs(step, `takes None for the default beside it, ${standard} s`)
  }
  if (reader.raw('timeout.pool') === 0) differs('timeout.pool', 'refuses every request, also where no limit is reached')
}
