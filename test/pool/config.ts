import type { ResolvedPoolConfig } from '../../src/config/types.ts'

const unlimited = Number.POSITIVE_INFINITY

/** A resolved config without the parser, so that these tests stand or fall with the core alone. Nothing limits unless it is said. */
export function resolved(fields: Partial<ResolvedPoolConfig> = {}): ResolvedPoolConfig {
  return {
    maxConnections: unlimited,
    maxConnectionsPerHost: unlimited,
    maxIdleConnections: unlimited,
    maxIdleConnectionsPerHost: unlimited,
    maxHosts: unlimited,
    keepAlive: true,
    keepAliveExpiry: 4000,
    keepAliveHintMargin: 1000,
    maxLifetime: unlimited,
    maxRequestsPerConnection: unlimited,
    block: true,
    maxOverflow: fields.block === false ? unlimited : 0,
    acquireTimeout: 30_000,
    maxPending: unlimited,
    connectTimeout: 10_000,
    tcpKeepAlive: 60_000,
    dnsCacheTtl: 0,
    scheduling: 'lifo',
    retryStale: true,
    hosts: {},
    ...fields,
  }
}
