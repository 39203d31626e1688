import type { PoolConfig } from '../../config/types.ts'
import type { NumberRule } from '../numbers.ts'
import { limit, type SettingsReader } from '../settings-reader.ts'

const unlimited = Number.POSITIVE_INFINITY

const count: NumberRule = { whole: true, none: 'is no number of connections', zero: true }

export function read(reader: SettingsReader): PoolConfig {
  return {
    ...readLimits(reader),
    ...readAge(reader),
    scheduling: reader.boolean('pool_use_lifo') ? 'lifo' : 'fifo',
    retryStale: reader.boolean('pool_pre_ping'),
    ...reader.fixed(),
  }
}

function readLimits(reader: SettingsReader): PoolConfig {
  const size = reader.number('pool_size', count)
  const overflow = reader.number('max_overflow', { ...count, minusOne: true })
  const wait = reader.duration('pool_timeout', { none: true, zero: true })
  if (size === 0) {
    for (const name of ['max_overflow', 'pool_timeout']) {
      if (reader.has(name)) reader.noEffect(name, 'with pool_size=0: there is no limit')
    }
    return { maxConnections: 'unlimited' }
  }
  const maxConnections = limit(size)
  if (overflow === -1) {
    if (reader.has('pool_timeout')) reader.noEffect('pool_timeout', 'with max_overflow=-1: no request waits')
    return { maxConnections, block: false }
  }
  const maxOverflow = limit(overflow)
  return wait === 0 ? { maxConnections, maxOverflow, block: false } : { maxConnections, maxOverflow, acquireTimeout: wait }
}

function readAge(reader: SettingsReader): PoolConfig {
  const age = reader.duration('pool_recycle', { none: 'is refused when a connection is taken', zero: true, minusOne: true })
  if (age === 0) {
    reader.note(
      'pool_recycle',
      'approximated',
      'pool_recycle: 0 replaces a connection when it is taken again; a pool closes it after use',
    )
    return { keepAlive: false }
  }
  return { maxLifetime: age < 0 ? unlimited : age }
}
