import type { LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { PoolUnsupportedError } from '../../errors.ts'
import { assertOptions } from '../translation.ts'
import { isDispatcher } from './live.ts'
import type { Connector } from './peer.ts'
import { faultsIn, faultsInConnect } from './unknown-options.ts'

/** How undici's own connector is to connect: TLS, `lookup` and what `net.connect` takes. */
export interface ConnectorOptions extends Omit<ConnectionOptions, Refused> {
  /** Beside `connect` too: undici itself takes it only there. */
  localAddress?: string | undefined
  lookup?: LookupFunction | undefined
  family?: 0 | 4 | 6 | undefined
  noDelay?: boolean | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
  maxCachedSessions?: number | null | undefined
  socketPath?: string | null | undefined
}

type Refused = 'timeout' | 'host' | 'port' | 'socket'

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
  /** A dispatcher is no options, though its method `connect` looks like one. */
  dispatch?: never
}

/** Throws if the native options contain one that is unknown, misplaced, or would compete with the pool's config. */
export function assertFree(native: NativeClientOptions, dnsCacheTtl: number): void {
  assertOptions(native)
  if (isDispatcher(native)) throw givenDispatcher(native)
  const { connect, tls } = native as { readonly connect?: unknown; readonly tls?: unknown }
  const refused = [...faultsIn(native), ...faultsInConnect(connect, 'connect'), ...faultsInConnect(tls, 'tls')]
  if (dnsCacheTtl > 0 && typeof connect === 'function') {
    refused.push('connect: a connector of your own looks names up itself, so dnsCacheTtl can only be 0')
  }
  if (refused.length > 0) throw new PoolUnsupportedError(`native options of undici: ${refused.slice(0, 10).join('; ')}`)
}

function givenDispatcher(dispatcher: object): PoolUnsupportedError {
  const { name = '' } = dispatcher.constructor ?? {}
  return new PoolUnsupportedError(
    `native options of undici: a dispatcher${name && ` (${name})`} is no options, as a pool opens its connections itself: ` +
      'readSettings(dispatcher) gives the config for the first argument; TLS belongs under connect; ' +
      'for a proxy, give connect a function that connects through it',
  )
}

/** What goes to the connector, which all Clients share, and what to each Client. */
export function splitOptions(native: NativeClientOptions): { readonly connector: object | Connector; readonly client: object } {
  const { connect, autoSelectFamily, autoSelectFamilyAttemptTimeout, maxCachedSessions, socketPath, ...client } = native
  const tls = (client as { tls?: object }).tls
  if (typeof connect === 'function') return { connector: connect as unknown as Connector, client: { ...client, socketPath } }
  const family = typeof autoSelectFamily === 'boolean' ? { autoSelectFamily, autoSelectFamilyAttemptTimeout } : {}
  // undici tells its connector where to connect from, and would overwrite what stands there.
  const localAddress = client.localAddress ?? connect?.localAddress
  return { connector: { ...tls, maxCachedSessions, socketPath, ...family, ...connect }, client: { ...client, localAddress } }
}
