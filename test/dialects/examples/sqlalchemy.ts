import { type Examples, without } from '../example.ts'

const standard = {
  maxConnections: 5,
  maxOverflow: 10,
  acquireTimeout: 30_000,
  keepAliveExpiry: 'unlimited',
  scheduling: 'fifo',
  retryStale: false,
} as const

const readings: Examples['readings'] = [
  { why: 'nothing given', config: standard },
  {
    why: 'all of them',
    settings: {
      pool_size: 2,
      max_overflow: 3,
      pool_timeout: 0.2,
      pool_recycle: 3600,
      pool_pre_ping: true,
      pool_use_lifo: true,
    },
    config: {
      ...standard,
      maxConnections: 2,
      maxOverflow: 3,
      acquireTimeout: 200,
      maxLifetime: 3_600_000,
      scheduling: 'lifo',
      retryStale: true,
    },
    notes: ['max_overflow', 'pool_pre_ping', 'pool_recycle'],
  },
  {
    why: 'pool_size=0 is no limit',
    settings: { pool_size: 0, max_overflow: 3, pool_timeout: 1 },
    config: { ...without(standard, 'maxOverflow', 'acquireTimeout'), maxConnections: 'unlimited' },
    notes: ['max_overflow', 'pool_timeout'],
  },
  {
    why: 'no end of overflow',
    settings: { max_overflow: -1, pool_timeout: 1 },
    config: { ...without(standard, 'maxOverflow', 'acquireTimeout'), block: false },
    notes: ['pool_timeout'],
  },
  {
    why: 'no time to wait: refused when the overflow is used up',
    settings: { pool_timeout: 0 },
    config: { ...without(standard, 'acquireTimeout'), block: false },
  },
  { why: 'waiting without end', settings: { pool_timeout: null }, config: { ...standard, acquireTimeout: 'unlimited' } },
  {
    why: 'no age, and each used once',
    settings: { pool_recycle: 0 },
    config: { ...standard, keepAlive: false },
    notes: ['pool_recycle'],
  },
  {
    why: 'any age',
    settings: { pool_recycle: -1 },
    config: { ...standard, maxLifetime: 'unlimited' },
  },
]

const writings: Examples['writings'] = [
  {
    why: 'all that it has',
    config: {
      maxConnections: 5,
      maxOverflow: 10,
      acquireTimeout: '3s',
      maxLifetime: '1h',
      scheduling: 'fifo',
      retryStale: false,
    },
    settings: {
      pool_size: 5,
      max_overflow: 10,
      pool_timeout: 3,
      pool_recycle: 3600,
      pool_pre_ping: false,
      pool_use_lifo: false,
    },
    lost: ['maxOverflow', 'maxLifetime', 'keepAliveExpiry'],
    kept: ['maxConnections', 'acquireTimeout', 'scheduling'],
  },
  {
    why: 'what is kept is the size, the rest is overflow',
    config: { maxConnections: 50, maxConnectionsPerHost: 20, maxIdleConnections: 8 },
    settings: {
      pool_size: 8,
      max_overflow: 12,
      pool_timeout: 30,
      pool_recycle: -1,
      pool_pre_ping: true,
      pool_use_lifo: true,
    },
    lost: ['maxConnections', 'maxConnectionsPerHost', 'maxIdleConnections', 'maxOverflow'],
  },
  {
    why: 'no limit',
    config: { maxConnections: 'unlimited', keepAlive: false },
    settings: { pool_size: 0, pool_recycle: 0, pool_pre_ping: true, pool_use_lifo: true },
    lost: ['keepAlive'],
    kept: ['maxConnections'],
  },
  {
    why: 'never waiting',
    config: { maxConnections: 5, block: false },
    settings: { pool_size: 5, max_overflow: -1, pool_recycle: -1, pool_pre_ping: true, pool_use_lifo: true },
    kept: ['maxConnections', 'maxOverflow'],
  },
]

export const sqlalchemy: Examples = { readings, writings }
