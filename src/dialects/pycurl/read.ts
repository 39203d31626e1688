import type { PoolConfig } from '../../config/types.ts'
import { closesByHeader } from '../headers.ts'
import type { NumberRule } from '../numbers.ts'
import { limit, type SettingsReader } from '../settings-reader.ts'
import { flag } from './flag.ts'
import { readProtocols } from './protocols.ts'
import { readProxies } from './proxies.ts'

const unlimited = Number.POSITIVE_INFINITY

/** setopt takes C longs: None unsets nothing here. */
const long: NumberRule = { whole: true, none: 'is no value of this option', zero: true }

export function read(reader: SettingsReader): PoolConfig {
  const closes = closesByHeader(reader, 'HTTPHEADER', 'lines')
  const forbidden = flag(reader, 'FORBID_REUSE')
  flag(reader, 'FRESH_CONNECT')
  reader.number('TCP_KEEPINTVL', long)
  return {
    maxConnections: limit(reader.number('M_MAX_TOTAL_CONNECTIONS', long) || null),
    maxConnectionsPerHost: limit(reader.number('M_MAX_HOST_CONNECTIONS', long) || null),
    maxIdleConnections: readCache(reader),
    ...(closes || forbidden ? { keepAlive: false } : {}),
    keepAliveExpiry: readAge(reader),
    maxLifetime: reader.duration('MAXLIFETIME_CONN', long) || unlimited,
    ...readConnectTimeout(reader),
    tcpKeepAlive: readProbes(reader),
    dnsCacheTtl: readDnsCache(reader),
    ...readProxies(reader),
    ...readProtocols(reader, long),
  }
}

function readAge(reader: SettingsReader): number {
  const age = reader.duration('MAXAGE_CONN', long)
  if (age !== 0 || !reader.before('8.15.0')) return age || unlimited
  reader.note('MAXAGE_CONN', 'native', 'MAXAGE_CONN: 0 closes after a second, before libcurl 8.15; since then it is unlimited')
  return 1000
}

/** Connections kept: in the cache of a multi handle, or of an easy one that is used alone. */
function readCache(reader: SettingsReader): number | 'unlimited' {
  const own = reader.number('MAXCONNECTS', long)
  const shared = reader.number('M_MAXCONNECTS', long)
  const multi = reader.given().some((key) => key.startsWith('M_'))
  if (reader.has('MAXCONNECTS')) {
    // 0 sets the default again.
    if (!multi) return own || Number(reader.default('MAXCONNECTS'))
    reader.noEffect('MAXCONNECTS', 'in a multi handle: the size of its cache is M_MAXCONNECTS')
  }
  if (shared) return shared
  const counted = reader.before('8.14.0') ? 'added handle' : 'running transfer'
  reader.note(
    'M_MAXCONNECTS',
    'approximated',
    `M_MAXCONNECTS: without it libcurl keeps four connections for each ${counted}; a pool keeps all`,
  )
  return 'unlimited'
}

/** Of CONNECTTIMEOUT and CONNECTTIMEOUT_MS the one that was set last counts, and 0 sets the default again. */
function readConnectTimeout(reader: SettingsReader): PoolConfig {
  const names = reader.given().filter((key) => key.startsWith('CONNECTTIMEOUT'))
  const last = names.at(-1) ?? 'CONNECTTIMEOUT'
  for (const name of names.filter((other) => other !== last)) {
    reader.number(name, long)
    reader.noEffect(name, `beside ${last}, which was set after it: the last one counts`)
  }
  const standard = Number(reader.default('CONNECTTIMEOUT')) * 1000
  const connectTimeout = reader.duration(last, { ...long, msPerUnit: last === 'CONNECTTIMEOUT' ? 1000 : 1 }) || standard
  if (reader.raw(last) === 0) reader.note(last, 'native', `${last}: 0 is not unlimited but the default, ${standard / 1000} s`)
  return { connectTimeout, acquireTimeout: reader.before('8.8.0') ? unlimited : connectTimeout }
}

function readProbes(reader: SettingsReader): number | false {
  const on = flag(reader, 'TCP_KEEPALIVE')
  const idle = reader.duration('TCP_KEEPIDLE', {
    ...long,
    bounded: true,
    zero: 'is refused by the system, which then uses its own delay',
  })
  if (on) return idle
  for (const name of ['TCP_KEEPIDLE', 'TCP_KEEPINTVL']) {
    if (reader.has(name)) reader.noEffect(name, 'without TCP_KEEPALIVE=1')
  }
  return false
}

function readDnsCache(reader: SettingsReader): number {
  const ttl = reader.duration('DNS_CACHE_TIMEOUT', { ...long, minusOne: true })
  return ttl < 0 ? unlimited : ttl
}
