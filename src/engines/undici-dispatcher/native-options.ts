import type { ResolvedPoolConfig } from '../../config/types.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import type { ProxyOptions } from '../proxy/gateway.ts'
import { assertOptions } from '../translation.ts'
import type { NativeClientOptions } from './client-options.ts'
import { isDispatcher } from './live.ts'
import type { Connector } from './peer.ts'
import { faultsIn, faultsInConnect } from './unknown-options.ts'

export type { ConnectorOptions, NativeClientOptions } from './client-options.ts'

/** What of a pool's config some options would compete with. */
type ConfigBeside = Pick<ResolvedPoolConfig, 'dnsCacheTtl' | 'http2' | 'proxy' | 'hosts'>

/** Throws if the native options contain one that is unknown, misplaced, or would compete with the pool's config. */
export function assertFreeForUndici(native: NativeClientOptions, config: ConfigBeside): void {
  assertOptions(native)
  if (isDispatcher(native)) throw givenDispatcher(native)
  const { connect, tls } = native as { readonly connect?: unknown; readonly tls?: unknown }
  const http2 = speaksHttp2(config)
  const refused = [
    ...faultsIn(native, http2),
    ...faultsInConnect(connect, 'connect', http2),
    ...faultsInConnect(tls, 'tls', http2),
  ]
  if (config.dnsCacheTtl > 0 && typeof connect === 'function') {
    refused.push('connect: a connector of your own looks names up itself, so dnsCacheTtl can only be 0')
  }
  if (namesProxy(config) && typeof connect === 'function') {
    refused.push('connect: a connector of your own goes through no proxy but its own, so proxy can only be false')
  }
  if (refused.length > 0) throw new PoolUnsupportedError(`native options of undici: ${refused.slice(0, 10).join('; ')}`)
}

function speaksHttp2({ http2, hosts }: ConfigBeside): boolean {
  return http2 !== false || Object.values(hosts).some((override) => (override.http2 ?? false) !== false)
}

function namesProxy({ proxy, hosts }: ConfigBeside): boolean {
  return proxy !== false || Object.values(hosts).some((override) => (override.proxy ?? false) !== false)
}

function givenDispatcher(dispatcher: object): PoolUnsupportedError {
  const { name = '' } = dispatcher.constructor ?? {}
  return new PoolUnsupportedError(
    `native options of undici: a dispatcher${name && ` (${name})`} is no options, as a pool opens its connections itself: ` +
      'readSettings(dispatcher) gives the config for the first argument; TLS belongs under connect; ' +
      'a proxy belongs into the field proxy',
  )
}

interface SplitOptions {
  /** What goes to the connector, which all Clients share. */
  readonly connector: object | Connector
  /** What goes to each Client. */
  readonly client: object
  readonly proxy: ProxyOptions
  /** The unix socket that all connections go to; null: they go to hosts. */
  readonly socketPath: string | null
}

/** What is for whom. */
export function splitOptions(native: NativeClientOptions): SplitOptions {
  const { proxyTls, proxyHeaders, ...ofClient } = native
  const proxy: ProxyOptions = { proxyTls, proxyHeaders }
  const { connect, autoSelectFamily, autoSelectFamilyAttemptTimeout, maxCachedSessions, socketPath, ...client } = ofClient
  const tls = (client as { tls?: object }).tls
  if (typeof connect === 'function')
    return { connector: connect as unknown as Connector, client: { ...client, socketPath }, proxy, socketPath: null }
  const family = typeof autoSelectFamily === 'boolean' ? { autoSelectFamily, autoSelectFamilyAttemptTimeout } : {}
  // undici tells its connector where to connect from, and would overwrite what stands there.
  const localAddress = client.localAddress ?? connect?.localAddress
  const options = { ...tls, maxCachedSessions, socketPath, ...family, ...connect }
  return { connector: options, client: { ...client, localAddress }, proxy, socketPath: options.socketPath || null }
}
