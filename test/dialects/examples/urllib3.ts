import type { Examples } from '../example.ts'

const noConnectTimeout = { connectTimeout: 'unlimited' } as const
const standard = { maxConnections: 'unlimited', keepAliveExpiry: 'unlimited', tcpKeepAlive: false } as const

const readings: Examples['readings'] = [
  {
    why: 'one connection of a host is kept, any number is opened',
    config: { ...standard, ...noConnectTimeout, maxIdleConnectionsPerHost: 1, maxHosts: 10, block: false },
  },
  {
    why: 'block: a limit for each host',
    settings: { num_pools: 4, maxsize: 6, block: true },
    config: {
      ...standard,
      ...noConnectTimeout,
      maxConnectionsPerHost: 6,
      maxHosts: 4,
      block: true,
      acquireTimeout: 'unlimited',
    },
  },
  {
    why: 'a time to wait',
    settings: { maxsize: 6, block: true, pool_timeout: 0.2 },
    config: { ...standard, ...noConnectTimeout, maxConnectionsPerHost: 6, maxHosts: 10, block: true, acquireTimeout: 200 },
  },
  {
    why: 'no time to wait: refused at once',
    settings: { maxsize: 6, block: true, pool_timeout: 0 },
    config: { ...standard, ...noConnectTimeout, maxConnectionsPerHost: 6, maxHosts: 10, block: false, maxOverflow: 0 },
  },
  {
    why: 'a time to wait where nothing waits',
    settings: { maxsize: 6, pool_timeout: 2 },
    config: { ...standard, ...noConnectTimeout, maxIdleConnectionsPerHost: 6, maxHosts: 10, block: false },
    notes: ['pool_timeout'],
  },
  {
    why: 'maxsize=0 keeps all',
    settings: { maxsize: 0 },
    config: {
      ...standard,
      ...noConnectTimeout,
      maxIdleConnectionsPerHost: 'unlimited',
      maxHosts: 10,
      block: false,
    },
  },
  {
    why: 'the lower of two timeouts, and headers',
    settings: {
      timeout: { connect: 3, read: 20, total: 2 },
      headers: { connection: 'close', 'X-Team': 'a', 'Keep-Alive': '300' },
    },
    config: { ...standard, maxIdleConnectionsPerHost: 1, maxHosts: 10, block: false, keepAlive: false, connectTimeout: 2000 },
    notes: ['headers', 'headers', 'timeout.read', 'timeout.total'],
  },
  {
    why: 'one number for connecting and reading',
    settings: { timeout: 30 },
    config: { ...standard, maxIdleConnectionsPerHost: 1, maxHosts: 10, block: false, connectTimeout: 30_000 },
    notes: ['timeout'],
  },
]

const writings: Examples['writings'] = [
  {
    why: 'a limit of a host',
    config: {
      maxConnections: 'unlimited',
      maxConnectionsPerHost: 6,
      maxHosts: 4,
      acquireTimeout: '200ms',
      connectTimeout: '3s',
    },
    settings: { num_pools: 4, maxsize: 6, block: true, pool_timeout: 0.2, timeout: { connect: 3 } },
    lost: ['keepAliveExpiry', 'tcpKeepAlive'],
    kept: ['maxConnectionsPerHost', 'maxHosts', 'acquireTimeout', 'connectTimeout'],
  },
  {
    why: 'the limit over all hosts becomes that of each',
    config: { maxConnections: 50 },
    settings: { num_pools: 50, maxsize: 50, block: true, pool_timeout: 30, timeout: { connect: 10 } },
    lost: ['maxConnections', 'maxConnectionsPerHost', 'maxHosts'],
  },
  {
    why: 'a number of hosts wins over the number of connections, which is enough only where there is none',
    config: { maxConnections: 50, maxConnectionsPerHost: 6, maxIdleConnections: 10, maxHosts: 20 },
    settings: { num_pools: 20, maxsize: 6, block: true, pool_timeout: 30, timeout: { connect: 10 } },
    kept: ['maxHosts', 'maxConnectionsPerHost'],
  },
  {
    why: 'one number cannot say how many are opened and how many are kept',
    config: { maxConnections: 'unlimited', maxConnectionsPerHost: 6, maxIdleConnectionsPerHost: 2 },
    settings: { num_pools: 1000, maxsize: 6, block: true, pool_timeout: 30, timeout: { connect: 10 } },
    lost: ['maxIdleConnectionsPerHost', 'maxHosts'],
  },
  {
    why: 'never waiting, some kept',
    config: { maxConnections: 'unlimited', maxIdleConnectionsPerHost: 2, block: false },
    settings: { num_pools: 1000, maxsize: 2, block: false, timeout: { connect: 10 } },
    kept: ['maxIdleConnectionsPerHost', 'block', 'maxConnectionsPerHost'],
  },
  {
    why: 'no limit at all never blocks, since nothing would pass',
    config: { maxConnections: 'unlimited', connectTimeout: 'unlimited', keepAlive: false },
    settings: { num_pools: 1000, maxsize: 0, block: false, timeout: { connect: null }, headers: { Connection: 'close' } },
    lost: ['block', 'maxOverflow'],
    kept: ['keepAlive', 'connectTimeout'],
  },
  {
    why: 'refusing at once',
    config: { maxConnections: 'unlimited', maxConnectionsPerHost: 6, block: false, maxOverflow: 0 },
    settings: { num_pools: 1000, maxsize: 6, block: true, pool_timeout: 0, timeout: { connect: 10 } },
    kept: ['block', 'acquireTimeout'],
  },
]

export const urllib3: Examples = { readings, writings }
