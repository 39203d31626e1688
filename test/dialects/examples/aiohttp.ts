import { type Examples, without } from '../example.ts'

const noConnectTimeout = { connectTimeout: 'unlimited' } as const
const standard = {
  maxConnections: 100,
  keepAliveExpiry: 15_000,
  acquireTimeout: 300_000,
  connectTimeout: 30_000,
  tcpKeepAlive: false,
  dnsCacheTtl: 10_000,
  scheduling: 'fifo',
} as const

const readings: Examples['readings'] = [
  { why: 'nothing given', config: standard },
  {
    why: 'before it had a time to connect',
    version: '3.8.4',
    config: { ...without(standard, 'scheduling'), connectTimeout: 300_000, retryStale: false },
  },
  {
    why: 'still before, but with requests sent again',
    version: '3.10.8',
    config: { ...without(standard, 'scheduling'), connectTimeout: 300_000 },
  },
  { why: 'before connections were reused in turn', version: '3.10.11', config: without(standard, 'scheduling') },
  {
    why: 'limits; 0 and None are none',
    settings: { limit: 0, limit_per_host: null },
    config: { ...standard, maxConnections: 'unlimited', maxConnectionsPerHost: 'unlimited' },
  },
  {
    why: 'limits',
    settings: { limit: 4, limit_per_host: 2, keepalive_timeout: 1, ttl_dns_cache: 300 },
    config: { ...standard, maxConnections: 4, maxConnectionsPerHost: 2, keepAliveExpiry: 1000, dnsCacheTtl: 300_000 },
    notes: ['keepalive_timeout', 'limit', 'limit_per_host'],
  },
  {
    why: 'no connection is used again',
    settings: { keepalive_timeout: 0 },
    config: { ...without(standard, 'keepAliveExpiry'), keepAlive: false },
    notes: ['keepalive_timeout'],
  },
  {
    why: 'force_close goes with None',
    settings: { force_close: true, keepalive_timeout: null },
    config: { ...without(standard, 'keepAliveExpiry'), keepAlive: false },
  },
  { why: 'addresses are kept for ever', settings: { ttl_dns_cache: null }, config: { ...standard, dnsCacheTtl: 'unlimited' } },
  {
    why: 'addresses are not kept',
    settings: { use_dns_cache: false, ttl_dns_cache: 5, enable_cleanup_closed: true },
    config: { ...standard, dnsCacheTtl: 0 },
    notes: ['enable_cleanup_closed', 'ttl_dns_cache'],
  },
  {
    why: 'a ClientTimeout of its own has no total, and 0 is none',
    settings: { timeout: { connect: 0.4, sock_connect: 0 } },
    config: { ...standard, acquireTimeout: 400, connectTimeout: 400 },
    notes: ['timeout.connect'],
  },
  {
    why: 'total bounds all',
    settings: { timeout: { total: 2, sock_connect: 10, sock_read: 5 } },
    config: { ...standard, acquireTimeout: 2000, connectTimeout: 2000 },
    notes: ['timeout.sock_read', 'timeout.total'],
  },
  {
    why: 'None drops the default',
    settings: { timeout: {} },
    config: { ...standard, acquireTimeout: 'unlimited', ...noConnectTimeout },
  },
]

const writings: Examples['writings'] = [
  {
    why: 'limits and timeouts',
    config: { maxConnections: 50, maxConnectionsPerHost: 10, keepAliveExpiry: '30s', dnsCacheTtl: '5m', acquireTimeout: '20s' },
    settings: {
      limit: 50,
      limit_per_host: 10,
      keepalive_timeout: 30,
      ttl_dns_cache: 300,
      timeout: { connect: 20, sock_connect: 10 },
    },
    lost: ['maxConnections', 'maxConnectionsPerHost', 'keepAliveExpiry', 'acquireTimeout', 'scheduling'],
    kept: ['connectTimeout', 'dnsCacheTtl'],
  },
  {
    why: 'no limits',
    config: {
      maxConnections: 'unlimited',
      keepAliveExpiry: 'unlimited',
      dnsCacheTtl: 'unlimited',
      acquireTimeout: 'unlimited',
      connectTimeout: 'unlimited',
    },
    settings: {
      limit: 0,
      limit_per_host: 0,
      keepalive_timeout: 315_360_000,
      ttl_dns_cache: null,
      timeout: { connect: null, sock_connect: null },
    },
    kept: ['connectTimeout', 'dnsCacheTtl'],
  },
  {
    why: 'connecting cannot outlast both together',
    config: { keepAlive: false, acquireTimeout: '2s', connectTimeout: '10s', maxIdleConnections: 3 },
    settings: {
      limit: 100,
      limit_per_host: 0,
      force_close: true,
      use_dns_cache: false,
      timeout: { connect: 2, sock_connect: 10 },
    },
    lost: ['connectTimeout', 'maxIdleConnections'],
    kept: ['keepAlive'],
  },
  {
    why: 'never waiting',
    config: { maxConnections: 10, maxConnectionsPerHost: 2, block: false, scheduling: 'fifo' },
    settings: {
      limit: 0,
      limit_per_host: 0,
      keepalive_timeout: 4,
      use_dns_cache: false,
      timeout: { connect: 30, sock_connect: 10 },
    },
    lost: ['maxConnections', 'maxConnectionsPerHost', 'block'],
    kept: ['scheduling'],
  },
]

export const aiohttp: Examples = { readings, writings }
