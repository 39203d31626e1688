import { fixedFields } from '../defaults.ts'
import { SettingsReader } from '../settings-reader.ts'
import type { Dialect } from '../types.ts'
import { readManager } from '../urllib3/manager.ts'
import type { RequestsSettings } from './settings.ts'
import { support } from './support.ts'

export const read: Dialect<RequestsSettings>['read'] = (settings, options) => {
  const reader = new SettingsReader(support, settings, options)
  const manager = readManager(reader, { hosts: 'pool_connections', size: 'pool_maxsize', block: 'pool_block' })
  const { acquireTimeout, ...fixed } = fixedFields('requests', reader.version)
  // Where no request waits, how long it would is no part of the config.
  return reader.finish({ ...manager, ...fixed, ...(manager.block === false ? {} : { acquireTimeout }) })
}
