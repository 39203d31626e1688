import { plainEntries } from '../../config/plain-object.ts'
import type { PoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import type { NumberRule } from '../numbers.ts'
import { limit, type SettingsReader } from '../settings-reader.ts'
import { readProbes } from '../socket-options.ts'
import { readProxies } from './proxies.ts'
import { perStep } from './support.ts'

const unlimited = Number.POSITIVE_INFINITY

const cap: NumberRule = { whole: true, none: true, zero: 'lets no request through, each ends in PoolTimeout' }
const kept: NumberRule = { whole: true, none: true, zero: true }
const connecting: NumberRule = { none: true, zero: 'leaves no time to connect' }
const waiting: NumberRule = { none: true, zero: true }

export function read(reader: SettingsReader): PoolConfig {
  const { pingInterval, ...others } = readShared(reader)
  const http2 = readProtocol(reader)
  const probes = readProbes(reader)
  if (probes !== undefined) others.tcpKeepAlive = probes
  return { ...others, http2, ...(http2 === false ? {} : { pingInterval }) }
}

/** By prior knowledge where HTTP/1.1 is switched off; both off is HTTP/1.1. */
function readProtocol(reader: SettingsReader): boolean | 'only' {
  const [http1, http2] = [reader.boolean('http1'), reader.boolean('http2')]
  if (!http1 && !http2) reader.noEffect('http1', 'without http2=True: HTTP/1.1 is spoken')
  return http2 && !http1 ? 'only' : http2
}

/** Reads the keywords that httpx and requestx share. */
export function readShared(reader: SettingsReader): PoolConfig {
  const { connect, pool } = readTimeout(reader)
  return {
    ...readLimits(reader),
    ...(pool === 0 ? { block: false, maxOverflow: 0 } : { acquireTimeout: pool }),
    connectTimeout: connect,
    ...readProxies(reader),
    ...reader.fixed(),
  }
}

function readLimits(reader: SettingsReader): PoolConfig {
  const given = reader.raw('limits')
  if (given === null) reader.fail('limits', 'None (null) is no set of limits: leave it out for the defaults')
  else if (given !== undefined && !plainEntries(given))
    reader.fail('limits', `${show(given)} is no set of limits: use an object such as { max_connections: 100 }`)
  // The defaults belong to the whole: whoever names one limit leaves the others without.
  const whole = given === undefined ? reader.default('limits') : undefined
  const fallback = (name: string) => plainEntries(whole)?.find(([key]) => key === name)?.[1] ?? reader.default(`limits.${name}`)
  const maxConnections = reader.number('limits.max_connections', cap, fallback('max_connections')) ?? unlimited
  const maxKept = reader.number('limits.max_keepalive_connections', kept, fallback('max_keepalive_connections')) ?? unlimited
  const expiry = reader.duration('limits.keepalive_expiry', waiting, fallback('keepalive_expiry'))
  const config: PoolConfig = { maxConnections: limit(maxConnections) }
  if (maxKept === 0 || expiry === 0) config.keepAlive = false
  if (!(maxKept === 0 || expiry === 0) && (maxKept !== unlimited || reader.has('limits.max_keepalive_connections'))) {
    config.maxIdleConnections = limit(maxKept === unlimited ? null : Math.min(maxKept, maxConnections))
  }
  if (maxKept > maxConnections && maxKept !== unlimited) {
    reader.note(
      'limits.max_keepalive_connections',
      'native',
      `limits.max_keepalive_connections: ${maxKept} is more than max_connections: ${maxConnections}, which wins`,
    )
  }
  if (expiry !== 0) config.keepAliveExpiry = expiry === unlimited ? 'unlimited' : expiry
  return config
}

const steps = ['connect', 'read', 'write', 'pool'] as const

/** Milliseconds to connect and to wait for a connection. */
function readTimeout(reader: SettingsReader): { connect: number; pool: number } {
  const given = reader.raw('timeout')
  if (plainEntries(given)) return readSteps(reader)
  if (given === undefined) {
    const whole = plainEntries(reader.default('timeout')) ?? []
    const of = (step: string) => Number(whole.find(([key]) => key === step)?.[1]) * 1000
    return { connect: of('connect'), pool: of('pool') }
  }
  const all = reader.duration('timeout', connecting)
  reader.note('timeout', 'approximated', `timeout: for reading and writing it ${perStep}`)
  return { connect: all, pool: all }
}

function readSteps(reader: SettingsReader): { connect: number; pool: number } {
  const missing = steps.filter((step) => !reader.has(`timeout.${step}`))
  const fallback = reader.number('timeout.timeout', waiting)
  if (missing.length > 0 && !reader.has('timeout.timeout')) {
    reader.fail(
      'timeout',
      `${missing.join(', ')} missing: httpx.Timeout takes all four of ${steps.join(', ')}, or a default besides, as in { timeout: 5, pool: 2 }`,
    )
  }
  const [connect = unlimited, , , pool = unlimited] = steps.map((step) =>
    reader.duration(`timeout.${step}`, step === 'connect' ? connecting : waiting, fallback),
  )
  if (connect === 0 && !reader.has('timeout.connect')) reader.fail('timeout.timeout', `0 ${connecting.zero}: set connect besides`)
  return { connect, pool }
}
