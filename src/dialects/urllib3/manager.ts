import type { PoolConfig, ResolvedPoolConfig } from '../../config/types.ts'
import { orZero } from '../demands.ts'
import { closesByHeader } from '../headers.ts'
import type { NumberRule } from '../numbers.ts'
import { limit, type SettingsReader } from '../settings-reader.ts'

/** What urllib3's PoolManager calls its settings, and requests' HTTPAdapter the same ones. */
export interface ManagerKeys {
  readonly hosts: string
  readonly size: string
  readonly block: string
}

/** Reads what urllib3 and requests share: how many connections of how many hosts are opened and kept. */
export function readManager(reader: SettingsReader, keys: ManagerKeys): PoolConfig {
  const positive: NumberRule = { whole: true, none: 'is no number of hosts', zero: 'keeps connections to no host' }
  const maxHosts = reader.number(keys.hosts, positive)
  const block = reader.boolean(keys.block)
  const size = reader.number(keys.size, {
    whole: true,
    none: 'is no number of connections',
    zero: block ? `with ${keys.block}=True lets no request through, each waits for ever` : true,
  })
  // What comes back to a full pool is dropped, in whatever order: that is a limit on what is kept, not an overflow.
  const sizes: PoolConfig = block
    ? { maxConnectionsPerHost: limit(size), block }
    : { maxIdleConnectionsPerHost: limit(size === 0 ? null : size), block }
  return {
    ...sizes,
    ...(maxHosts === null ? {} : { maxHosts }),
    ...(closesByHeader(reader, 'headers', 'mapping') ? { keepAlive: false } : {}),
  }
}

/** What the limits of a config come to for one host of urllib3 or requests. */
export interface ManagerLimits {
  readonly hosts: number
  /** 0 is unlimited, without blocking only. */
  readonly size: number
  readonly block: boolean
}

// There is no word for unlimited.
const manyHosts = 1000

export function managerLimits(config: ResolvedPoolConfig): ManagerLimits {
  // The limit over all hosts cannot be said; as a limit of each host at least a part of it holds.
  const open = Math.min(config.maxConnections, config.maxConnectionsPerHost)
  const kept = Math.min(open, config.maxIdleConnections, config.maxIdleConnectionsPerHost)
  const block = Number.isFinite(open) && Number.isFinite(config.maxOverflow)
  // More hosts than connections never keep one.
  const enough = Math.min(config.maxConnections, config.maxIdleConnections)
  const hosts = Number.isFinite(config.maxHosts) ? config.maxHosts : enough
  return { hosts: Number.isFinite(hosts) ? hosts : manyHosts, size: block ? open : orZero(kept), block }
}
