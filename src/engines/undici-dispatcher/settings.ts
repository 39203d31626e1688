import type { ClientSupport, Translation } from '../../adapter.ts'
import { parsePoolConfig } from '../../config/parse.ts'
import type { PoolConfig, ResolvedPoolConfig } from '../../config/types.ts'
import { nativeProxy } from '../native-proxy.ts'
import { compact, finite, lossesOf } from '../translation.ts'

/** Options of undici's Agent that bear on pooling, and of EnvHttpProxyAgent where there is a proxy. */
export interface DispatcherSettings {
  connections?: number
  pipelining: 0 | 1
  keepAliveTimeout?: number
  keepAliveMaxTimeout?: number
  keepAliveTimeoutThreshold?: number
  clientTtl?: number
  maxRequestsPerClient?: number
  allowH2: boolean
  useH2c?: true
  maxConcurrentStreams?: number
  pingInterval?: number
  httpProxy?: string
  httpsProxy?: string
  noProxy?: string
  connect: { timeout: number; keepAlive: boolean; keepAliveInitialDelay?: number; preferH2?: true }
}

/** As long as a timer can be set to. */
const longest = 0x7fffffff

/** As many as a connection of HTTP/2 can ever have. */
const mostStreams = 0x7fffffff

/** The options for `new Agent` that come nearest to the config. */
export function translateToAgent(support: ClientSupport, config?: PoolConfig): Translation<DispatcherSettings> {
  const parsed = parsePoolConfig(config)
  return { settings: settingsOf(parsed.config), notes: [...parsed.notes, ...lossesOf(support, parsed.config)] }
}

function http2Of({ http2, maxStreamsPerConnection, pingInterval }: ResolvedPoolConfig) {
  if (http2 === false) return { allowH2: false }
  return {
    allowH2: true,
    useH2c: http2 === 'only' ? (true as const) : undefined,
    maxConcurrentStreams: Math.min(maxStreamsPerConnection, mostStreams),
    pingInterval: pingInterval === false ? 0 : pingInterval,
  }
}

function proxiesOf(config: ResolvedPoolConfig) {
  const native = nativeProxy(config)
  // Left out, undici would read NO_PROXY.
  const noProxy = native && (native.noProxy ?? (config.noProxy === 'env' ? undefined : ''))
  return native && { httpProxy: native.url, httpsProxy: native.url, noProxy }
}

function settingsOf(config: ResolvedPoolConfig): DispatcherSettings {
  const { keepAlive, tcpKeepAlive } = config
  // undici takes no 0 here, and a timer no more than its longest.
  const expiry = Math.min(Math.max(config.keepAliveExpiry, 1), longest)
  return compact({
    connections: finite(config.maxConnectionsPerHost),
    pipelining: keepAlive ? 1 : 0,
    keepAliveTimeout: keepAlive ? expiry : undefined,
    keepAliveMaxTimeout: keepAlive ? expiry : undefined,
    keepAliveTimeoutThreshold: keepAlive ? config.keepAliveHintMargin : undefined,
    clientTtl: config.maxConnectionsPerHost === 1 ? undefined : finite(config.maxLifetime),
    maxRequestsPerClient: finite(config.maxRequestsPerConnection),
    ...http2Of(config),
    ...proxiesOf(config),
    connect: compact({
      timeout: finite(config.connectTimeout) ?? 0,
      keepAlive: tcpKeepAlive !== false,
      keepAliveInitialDelay: tcpKeepAlive === false ? undefined : tcpKeepAlive,
      // Or servers that take the first of what is offered would choose HTTP/1.1.
      preferH2: config.http2 === false ? undefined : (true as const),
    }),
  }) as DispatcherSettings
}
