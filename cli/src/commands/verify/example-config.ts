import type { PoolConfig } from 'polypool'

/** Small limits, so that a picture shows each connection. */
export const exampleConfig: PoolConfig = {
  maxConnections: 6,
  maxConnectionsPerHost: 3,
  maxIdleConnections: 4,
  keepAliveExpiry: '600ms',
  acquireTimeout: '250ms',
  connectTimeout: '2s',
}
