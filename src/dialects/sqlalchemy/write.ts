import type { ParsedPoolConfig } from '../../config/parse.ts'
import type { PoolConfigField, ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, secondsOrNone } from '../demands.ts'
import type { Effects, Written } from '../losses.ts'
import { call, keywords, lines } from '../python.ts'
import { defaults } from './defaults.ts'
import type { SqlalchemySettings } from './settings.ts'

export function write(parsed: ParsedPoolConfig): Written<SqlalchemySettings> {
  const { config } = parsed
  const settings: SqlalchemySettings = {
    ...limitsOf(config),
    pool_recycle: config.keepAlive ? (secondsOrNone(config.maxLifetime) ?? -1) : 0,
    pool_pre_ping: config.retryStale,
    pool_use_lifo: config.scheduling === 'lifo',
  }
  return { settings, code: codeOf(settings), effects: effectsOf(settings) }
}

/** An engine has one host: the limits of a host and of all hosts are the same, and the lower ones count. */
function limitsOf(config: ResolvedPoolConfig): SqlalchemySettings {
  const open = Math.min(config.maxConnections, config.maxConnectionsPerHost)
  const kept = Math.min(open, config.maxIdleConnections, config.maxIdleConnectionsPerHost)
  if (!Number.isFinite(kept)) return { pool_size: 0 }
  const overflow = open + config.maxOverflow - kept
  if (!Number.isFinite(overflow)) return { pool_size: kept, max_overflow: -1 }
  return { pool_size: kept, max_overflow: overflow, pool_timeout: secondsOrNone(demandsOf(config).wait) }
}

const limits: readonly PoolConfigField[] = [
  'maxConnections',
  'maxConnectionsPerHost',
  'maxIdleConnections',
  'maxIdleConnectionsPerHost',
  'maxOverflow',
]

/** What two numbers say of all limits: none of them holds alone, and none reads back as it was. */
function effectsOf({ pool_size: size = 0, max_overflow: overflow = 0 }: SqlalchemySettings): Effects {
  if (size === 0) {
    const noLimit = 'is written as pool_size=0, under which there is no limit and no request waits'
    return Object.fromEntries([...limits, 'block'].map((field) => [field, noLimit]))
  }
  const open = overflow === -1 ? 'any number of connections' : `${size + overflow} connections at most`
  const both = `is written as pool_size=${size} and max_overflow=${overflow}, which open ${open} and keep ${size}`
  return Object.fromEntries(limits.map((field) => [field, both]))
}

function codeOf(settings: SqlalchemySettings): string {
  const standard = Object.fromEntries(Object.keys(settings).map((key) => [key, defaultOf(defaults, key)]))
  const args = [{ code: '"postgresql://localhost/app"' }, ...keywords({ ...settings }, standard)]
  return lines('from sqlalchemy import create_engine', '', call('create_engine', args, { before: 'engine = ' }))
}
