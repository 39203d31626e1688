import { expect, it } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { ResolvedPoolConfig } from '../../../src/config/types.ts'
import { configOf } from './config-of.ts'
import { type Row, reference, workloadOf } from './reference.ts'

/** As the recording says it, in a PoolConfig's words. */
function recordedConfig({ poolConfig }: Row): Partial<ResolvedPoolConfig> {
  const { maxIdlePerHost, maxConnectionsCounts: _, tcpKeepAlive, ...same } = poolConfig
  const resolved = Object.entries(same).map(([field, value]) => [field, value ?? Number.POSITIVE_INFINITY])
  return {
    ...Object.fromEntries(resolved),
    ...(maxIdlePerHost === undefined ? {} : { maxIdleConnectionsPerHost: maxIdlePerHost }),
    ...(tcpKeepAlive === undefined ? {} : { tcpKeepAlive: probeDelay(tcpKeepAlive) }),
  }
}

function probeDelay(value: Exclude<Row['poolConfig']['tcpKeepAlive'], undefined>): number | false {
  if (typeof value === 'object') return value.idle
  // libcurl's own delay.
  return value ? 60_000 : false
}

/** Where the recording says in two fields what one says, or in another way: on the wire it is the same, as the replays show. */
function isSaidOtherwise({ library, set, scenario, poolConfig }: Row, field: string): boolean {
  // The recording takes 0 for unlimited, but before libcurl 8.15 it was less than a second; 50 ms show neither.
  if (library === 'pycurl-multi' && set === 'debian12' && scenario === 'S04d') return field === 'keepAliveExpiry'
  if (library === 'sqlalchemy') return field === 'maxConnections' || field === 'maxIdleConnections'
  // As many idle as may be open at all; or, without waiting, as many open as are kept, and any number beyond.
  return poolConfig.block ? field === 'maxIdleConnectionsPerHost' : field === 'maxConnectionsPerHost'
}

it('reads what the recording says that the settings mean', () => {
  const wrong = reference.results.flatMap((row) => {
    const config: { readonly [field: string]: unknown } = { ...parsePoolConfig(configOf(row)).config }
    return Object.entries(recordedConfig(row))
      .filter(([field, value]) => config[field] !== value && !isSaidOtherwise(row, field))
      .map(([field, value]) => `${workloadOf(row)} ${row.library} ${row.set}: ${field} is ${config[field]}, not ${value}`)
  })
  expect(wrong).toEqual([])
})
