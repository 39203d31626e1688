import { byVariables, type Examples } from '../example.ts'

const noConnectTimeout = { connectTimeout: 'unlimited' } as const
const standard = {
  maxConnections: 'unlimited',
  keepAliveExpiry: 'unlimited',
  tcpKeepAlive: false,
  ...noConnectTimeout,
  retryStale: false,
} as const

const readings: Examples['readings'] = [
  { why: 'ten connections of ten hosts', config: { ...standard, maxIdleConnectionsPerHost: 10, maxHosts: 10, block: false } },
  {
    why: 'block: a limit for each host, and no end of waiting',
    settings: { pool_connections: 4, pool_maxsize: 6, pool_block: true },
    config: { ...standard, maxConnectionsPerHost: 6, maxHosts: 4, block: true, acquireTimeout: 'unlimited' },
    notes: ['pool_connections'],
  },
  {
    why: 'pool_maxsize=0 keeps all',
    settings: { pool_maxsize: 0, headers: { Connection: 'close' } },
    config: {
      ...standard,
      maxIdleConnectionsPerHost: 'unlimited',
      maxHosts: 10,
      block: false,
      keepAlive: false,
    },
  },
]

const writings: Examples['writings'] = [
  {
    why: 'a limit of a host, waiting without end',
    config: { maxConnections: 'unlimited', maxConnectionsPerHost: 6, maxHosts: 4, acquireTimeout: '1s' },
    settings: { pool_connections: 4, pool_maxsize: 6, pool_block: true },
    lost: ['acquireTimeout', 'connectTimeout', 'retryStale'],
    kept: ['maxConnectionsPerHost', 'maxHosts'],
  },
  {
    why: 'a number of hosts wins over the number of connections',
    config: { maxConnections: 10, maxHosts: 20 },
    settings: { pool_connections: 20, pool_maxsize: 10, pool_block: true },
    kept: ['maxHosts'],
  },
  {
    why: 'refusing at once has no word',
    config: { maxConnections: 'unlimited', maxConnectionsPerHost: 6, block: false, maxOverflow: 0 },
    settings: { pool_connections: 1000, pool_maxsize: 6, pool_block: true },
    lost: ['block'],
  },
]

export const requests = byVariables({ readings, writings }, 'trust_env', { trust_env: false })
