import type { Reading } from '../../adapter.ts'
import type { Note, PoolConfig } from '../../config/types.ts'
import { PoolConfigError } from '../../errors.ts'
import { configOfPooled } from '../config-key.ts'
import type { Options } from '../options.ts'
import { isDispatcher, readLive } from './live.ts'
import { ofHttp2, readHttp2, type Say } from './read-http2.ts'
import { ofProxies, readProxyOptions } from './read-proxies.ts'

/** Options of undici that the reader below maps. */
const mapped: ReadonlySet<string> = new Set([
  'connections',
  'pipelining',
  'keepAliveTimeout',
  'keepAliveMaxTimeout',
  'keepAliveTimeoutThreshold',
  'clientTtl',
  'maxRequestsPerClient',
  'connectTimeout',
  'connect',
  ...ofProxies,
  ...ofHttp2,
])

const refusedByUndici = 'undici refuses this option'

/** Options that a pool has no field for, and what becomes of them. */
const unmapped: { readonly [option: string]: string } = {
  maxOrigins:
    'undici throws at one origin more; maxHosts closes idle connections of the least recently used instead, so it was not taken over',
  factory: 'what it makes is not seen here; a pool makes its connections itself, and hosts has what differs by host',
  interceptors: "use the compose method of the pool's dispatcher",
  keepAlive: refusedByUndici,
  socketTimeout: refusedByUndici,
  requestTimeout: refusedByUndici,
  idleTimeout: refusedByUndici,
  maxKeepAliveTimeout: refusedByUndici,
}

/** The config that options of an Agent, Pool or Client, a live one, or `{ dispatcher }` amount to. */
export function readDispatcher(native: unknown): Reading {
  if (typeof native !== 'object' || native === null || Array.isArray(native) || ArrayBuffer.isView(native)) {
    const got = native === null ? 'null' : Array.isArray(native) ? 'an array' : typeof native
    const message = `readSettings: expected a dispatcher of undici, its options, or { dispatcher }, got ${got}`
    // Not what was given: it may be a proxy's URL with its password.
    throw new PoolConfigError([{ path: '', value: undefined, message }])
  }
  const { dispatcher } = native as { dispatcher?: unknown }
  if (!isDispatcher(native))
    return typeof dispatcher === 'object' && dispatcher !== null ? readDispatcher(dispatcher) : readOptions(native as Options)
  const config = configOfPooled(native)
  if (config !== undefined) return { config, notes: [] }
  const live = readLive(native)
  if (live !== undefined) return readOptions(live.options, live.hidden)
  return readOptions({}, `${native.constructor.name} does not tell its options: what a bare Agent does was taken`)
}

function readOptions(options: Options, hidden?: string): Reading {
  const notes: Note[] = []
  const say: Say = (field, support, message) => notes.push({ field, support, message })
  if (hidden !== undefined) say('dispatcher', 'approximated', hidden)
  // What every dispatcher of undici does: no limit over all hosts, no limit to waiting, and nothing is sent twice.
  const config: PoolConfig = { maxConnections: 'unlimited', acquireTimeout: 'unlimited', retryStale: false }
  Object.assign(config, readLimits(options, say), readKeepAlive(options, say), readConnect(options, say), readHttp2(options, say))
  const proxies = readProxyOptions(options)
  Object.assign(config, proxies.config)
  notes.push(...proxies.notes)
  for (const option of Object.keys(options)) {
    const value = options[option]
    if (value === undefined || value === null || mapped.has(option)) continue
    const message = unmapped[option]
    if (message === undefined) say(option, 'native', passOn(option))
    else say(option, 'unsupported', `${option}: ${message}`)
  }
  return { config, notes }
}

function passOn(option: string): string {
  return `${option} is not a pool setting: pass it as a native option, the second argument of createPool`
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function readLimits({ connections, clientTtl, maxRequestsPerClient }: Options, say: Say): PoolConfig {
  const config: PoolConfig = { maxConnectionsPerHost: isCount(connections) ? Math.ceil(connections) : 'unlimited' }
  if (connections === 0) say('maxConnectionsPerHost', 'native', 'connections: 0 sets no limit in undici')
  else if (isCount(connections)) {
    if (!Number.isInteger(connections))
      say('maxConnectionsPerHost', 'native', `undici opens ${Math.ceil(connections)} connections for ${connections}`)
    say(
      'maxConnectionsPerHost',
      'approximated',
      'undici 7 opens up to four times as many while connections close; a pool never does',
    )
  } else if (connections !== undefined && connections !== null)
    say('connections', 'unsupported', 'undici refuses this value of connections')

  if (isCount(clientTtl) && connections === 1) {
    say(
      'maxLifetime',
      'unsupported',
      'with connections: 1 undici makes a Client, which does not know clientTtl: it has no effect',
    )
  } else if (isCount(clientTtl)) {
    config.maxLifetime = clientTtl
    say(
      'maxLifetime',
      'approximated',
      'undici looks at clientTtl only when a request comes; a pool also closes idle connections by a timer',
    )
  }
  if (isCount(maxRequestsPerClient)) {
    config.maxRequestsPerConnection = maxRequestsPerClient
    say(
      'maxRequestsPerConnection',
      'approximated',
      'undici 7 sends one request more on each connection than maxRequestsPerClient says',
    )
  }
  return config
}

function readKeepAlive(options: Options, say: Say): PoolConfig {
  const { pipelining, keepAliveTimeout = 4e3, keepAliveMaxTimeout = 600e3, keepAliveTimeoutThreshold = 2e3 } = options
  if (pipelining === 0) {
    say('keepAlive', 'native', 'pipelining: 0 sends Connection: close with every request')
    return { keepAlive: false }
  }
  if (isCount(pipelining) && pipelining > 1) {
    say(
      'pipelining',
      'unsupported',
      'pipelining: a connection of a pool carries one request at a time on HTTP/1.1, and maxStreamsPerConnection on HTTP/2',
    )
  }
  const config: PoolConfig = {
    keepAlive: true,
    keepAliveHintMargin: isCount(keepAliveTimeoutThreshold) ? keepAliveTimeoutThreshold : 0,
  }
  if (typeof keepAliveTimeoutThreshold === 'number' && keepAliveTimeoutThreshold < 0) {
    say(
      'keepAliveHintMargin',
      'approximated',
      'a negative keepAliveTimeoutThreshold prolongs what the server hints at; a pool never does',
    )
  }
  if (isCount(keepAliveTimeout)) config.keepAliveExpiry = keepAliveTimeout
  else say('keepAliveTimeout', 'unsupported', 'undici refuses this value of keepAliveTimeout')
  if (keepAliveMaxTimeout !== keepAliveTimeout) {
    say(
      'keepAliveExpiry',
      'approximated',
      `undici lets a server's Keep-Alive: timeout=N replace keepAliveTimeout, up to keepAliveMaxTimeout (${String(keepAliveMaxTimeout)} ms); in a pool it only shortens it`,
    )
  }
  return config
}

function readConnect({ connect, connectTimeout = 10e3 }: Options, say: Say): PoolConfig {
  if (typeof connect === 'function') {
    say('connect', 'native', `${passOn('connect')}; its own timeout and TCP keep-alive are not seen here`)
    return {}
  }
  const { timeout = connectTimeout, keepAlive, keepAliveInitialDelay, ...others } = (connect ?? {}) as Options
  if (isCount(timeout) && timeout % 1000 !== 0) {
    say('connectTimeout', 'approximated', 'the connect timeout of undici fires up to a second late, a pool’s on time')
  }
  for (const option of Object.keys(others)) {
    if (others[option] === undefined || ofHttp2.has(option)) continue
    say(`connect.${option}`, 'native', passOn(`connect.${option}`))
  }
  return {
    connectTimeout: isCount(timeout) ? timeout : 'unlimited',
    tcpKeepAlive: keepAlive === false ? false : probes(keepAliveInitialDelay),
  }
}

function probes(delay: unknown): number {
  return isCount(delay) ? delay : 60e3
}
