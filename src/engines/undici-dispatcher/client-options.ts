import type { LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { ProxyOptions } from '../proxy/gateway.ts'

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
export interface NativeClientOptions extends ProxyOptions {
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
  /** Only where the pool's config has no HTTP/2, which is its field `http2`. */
  allowH2?: false | undefined
  /** Of HTTP/2: bytes that a server may send on a stream, and on a connection, before they are read. */
  initialWindowSize?: number | undefined
  connectionWindowSize?: number | undefined
  webSocket?: object | undefined
  eventSource?: object | undefined
  /** A dispatcher is no options, though its method `connect` looks like one. */
  dispatch?: never
}
