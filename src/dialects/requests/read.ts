import type { PoolConfig } from '../../config/types.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { readManager } from '../urllib3/manager.ts'
import { readProxies } from './proxies.ts'

export function read(reader: SettingsReader): PoolConfig {
  const manager = readManager(reader, { hosts: 'pool_connections', size: 'pool_maxsize', block: 'pool_block' })
  const { acquireTimeout, ...fixed } = reader.fixed()
  // Where no request waits, how long it would is no part of the config.
  return { ...manager, ...readProxies(reader), ...fixed, ...(manager.block === false ? {} : { acquireTimeout }) }
}
