import type { LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { PoolUnsupportedError } from '../../errors.ts'
import { assertOptions } from '../translation.ts'
import type { Connector } from './peer.ts'

/** How undici's own connector is to connect: TLS, `lookup` and what `net.connect` takes. */
export interface ConnectorOptions extends Omit<ConnectionOptions, 'timeout'> {
  lookup?: LookupFunction | undefined
  family?: 0 | 4 | 6 | undefined
  noDelay?: boolean | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
  maxCachedSessions?: number | null | undefined
  socketPath?: string | null | undefined
}

/** Options of undici's Client besides those that the pool's config replaces. */
export interface NativeClientOptions {
  /** Options of undici's connector, or a connector of your own. */
  connect?: ConnectorOptions | ((...args: never[]) => unknown) | undefined
  headersTimeout?: number | undefined
  bodyTimeout?: number | undefined
  maxHeaderSize?: number | undefined
  maxResponseSize?: number | undefined
  maxCachedSessions?: number | undefined
  strictContentLength?: boolean | undefined
  socketPath?: string | undefined
  localAddress?: string | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
  allowH2?: false | undefined
  webSocket?: object | undefined
  eventSource?: object | undefined
}

const onlyHttp1 = 'the pool speaks HTTP/1.1 only'

/** Options of Agent, Pool and Client that the pool's config replaces, and what to write instead. */
const owned: { readonly [option: string]: string } = {
  connections: 'set maxConnectionsPerHost in the pool config',
  pipelining: 'a connection carries one request at a time; set keepAlive: false in the pool config for what pipelining: 0 does',
  keepAlive: 'set keepAlive in the pool config',
  keepAliveTimeout: 'set keepAliveExpiry in the pool config',
  keepAliveMaxTimeout: 'set keepAliveExpiry in the pool config (a server can only shorten it)',
  keepAliveTimeoutThreshold: 'set keepAliveHintMargin in the pool config',
  connectTimeout: 'set connectTimeout in the pool config',
  maxRequestsPerClient: 'set maxRequestsPerConnection in the pool config',
  clientTtl: 'set maxLifetime in the pool config',
  maxOrigins: 'set maxHosts in the pool config',
  factory: 'the pool makes its Clients itself; set hosts in the pool config for what differs by host',
  interceptors: "use the compose method of the pool's dispatcher",
  uri: 'give connect a function that connects through the proxy',
  useH2c: onlyHttp1,
  preferH2: onlyHttp1,
  h2Options: onlyHttp1,
  maxConcurrentStreams: onlyHttp1,
  initialWindowSize: onlyHttp1,
  connectionWindowSize: onlyHttp1,
  pingInterval: onlyHttp1,
}

/** The same of `connect`, if it is not a function. */
const ownedByConnect: { readonly [option: string]: string } = {
  timeout: 'set connectTimeout in the pool config',
  keepAlive: 'set tcpKeepAlive in the pool config',
  keepAliveInitialDelay: 'set tcpKeepAlive in the pool config',
  useH2c: onlyHttp1,
  preferH2: onlyHttp1,
}

/** Throws if the native options contain one that would compete with the pool's config. */
export function assertFree(native: NativeClientOptions, dnsCacheTtl: number): void {
  assertOptions(native)
  const connect = typeof native.connect === 'object' ? (native.connect ?? {}) : {}
  const refused = [...taken(native, owned, ''), ...taken(connect, ownedByConnect, 'connect.')]
  if (dnsCacheTtl > 0 && typeof native.connect === 'function') {
    refused.push('connect: a connector of your own looks names up itself, so dnsCacheTtl can only be 0')
  }
  if (refused.length > 0) throw new PoolUnsupportedError(`native options of undici: ${refused.join('; ')}`)
}

function taken(options: object, names: { readonly [option: string]: string }, prefix: string): string[] {
  return Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || value === null) return []
    if (option === 'allowH2') return value === true ? [`${prefix}allowH2: ${onlyHttp1}`] : []
    return Object.hasOwn(names, option) ? [`${prefix}${option}: ${names[option]}`] : []
  })
}

/** What goes to the connector, which all Clients share, and what to each Client. */
export function splitOptions(native: NativeClientOptions): { readonly connector: object | Connector; readonly client: object } {
  const { connect, autoSelectFamily, autoSelectFamilyAttemptTimeout, maxCachedSessions, socketPath, ...client } = native
  const tls = (client as { tls?: object }).tls
  if (typeof connect === 'function') return { connector: connect as unknown as Connector, client: { ...client, socketPath } }
  const family = typeof autoSelectFamily === 'boolean' ? { autoSelectFamily, autoSelectFamilyAttemptTimeout } : {}
  return { connector: { ...tls, maxCachedSessions, socketPath, ...family, ...connect }, client }
}
