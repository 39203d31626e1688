import type { PoolConfig } from '../../src/config/types.ts'
import type { Random } from '../random.ts'

/** A random config with small numbers, so that every limit is met. Few connections idle long: checkpoints come every few seconds. */
export function randomConfig(random: Random): PoolConfig {
  return {
    maxConnections: random.whole(1, 40),
    maxConnectionsPerHost: random.chance(0.5) ? random.whole(1, 12) : 'unlimited',
    maxIdleConnections: random.chance(0.5) ? random.whole(1, 20) : 'unlimited',
    maxIdleConnectionsPerHost: random.chance(0.3) ? random.whole(1, 5) : 'unlimited',
    maxHosts: random.chance(0.3) ? random.whole(1, 6) : 'unlimited',
    keepAlive: random.chance(0.95),
    keepAliveExpiry: random.whole(20, 3000),
    maxLifetime: random.chance(0.5) ? random.whole(200, 3000) : 'unlimited',
    maxRequestsPerConnection: random.chance(0.3) ? random.whole(1, 50) : 'unlimited',
    block: random.chance(0.8),
    maxOverflow: random.chance(0.7) ? 0 : random.whole(1, 6),
    acquireTimeout: random.whole(50, 1500),
    maxPending: random.chance(0.8) ? 'unlimited' : random.whole(0, 30),
    connectTimeout: random.whole(100, 600),
    scheduling: random.pick(['lifo', 'fifo']),
    retryStale: random.chance(0.8),
    http2: random.chance(0.6),
    maxStreamsPerConnection: random.whole(1, 20),
    pingInterval: random.chance(0.3) ? random.whole(200, 2000) : false,
    tcpKeepAlive: random.pick([false, '10s', '60s'] as const),
    hosts: random.chance(0.3)
      ? { '*.probe.test': { maxConnectionsPerHost: random.whole(1, 8), keepAliveExpiry: random.whole(20, 500) } }
      : {},
  }
}
