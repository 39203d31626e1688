import type { NativePooling } from '../types.ts'

const unlimited = Number.POSITIVE_INFINITY

export const pooling: NativePooling = {
  poolClasses: ['Agent'],
  givenAs: '`dispatcher`, or `setGlobalDispatcher`',
  fallback: { pool: 'an `Agent` without options', settings: {} },
  settings: {
    maxConnectionsPerHost: { keyword: 'connections', default: unlimited },
    keepAlive: { keyword: 'pipelining', default: true, written: '1; 0 is off' },
    keepAliveExpiry: { keyword: 'keepAliveTimeout', default: 4000 },
    keepAliveHintMargin: { keyword: 'keepAliveTimeoutThreshold', default: 2000 },
    maxLifetime: { keyword: 'clientTtl', default: unlimited },
    maxRequestsPerConnection: { keyword: 'maxRequestsPerClient', default: unlimited },
    connectTimeout: { keyword: 'connect.timeout', default: 10_000 },
    http2: { keyword: 'allowH2', default: true, written: 'true in undici 8, false in 7' },
    maxStreamsPerConnection: { keyword: 'maxConcurrentStreams', default: 100 },
    pingInterval: { keyword: 'pingInterval', default: 60_000 },
    tcpKeepAlive: { keyword: 'connect.keepAliveInitialDelay', default: 60_000 },
  },
  parameters: [
    {
      keyword: 'keepAliveMaxTimeout',
      default: '10m',
      meaning: 'how far a hint of the server (`Keep-Alive: timeout=N`) may prolong `keepAliveTimeout`',
    },
    { keyword: 'headersTimeout', default: '5m', meaning: 'counts from when the request is sent, not from when it is made' },
  ],
  behindProxy: {
    way: '`ProxyAgent({ connections: 5 })`, `EnvHttpProxyAgent`',
    limits: '10, but for http as many as there are requests',
  },
}
