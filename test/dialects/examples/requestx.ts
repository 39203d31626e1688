import { byVariables, type Examples } from '../example.ts'

const fiveSeconds = { acquireTimeout: 5000, connectTimeout: 5000 }
const noConnectTimeout = { connectTimeout: 'unlimited' } as const
const standard = { tcpKeepAlive: 15_000, ...fiveSeconds } as const

const readings: Examples['readings'] = [
  { why: 'its own defaults', config: { maxConnections: 100, maxIdleConnections: 30, keepAliveExpiry: 10_000, ...standard } },
  {
    why: 'once limits are given, those of httpx',
    settings: { limits: { max_connections: 10 } },
    config: { maxConnections: 10, keepAliveExpiry: 5000, ...standard },
    notes: ['limits.max_connections'],
  },
  {
    why: 'what it takes None for is in the notes',
    settings: { limits: { keepalive_expiry: null }, timeout: { timeout: 9, connect: null, pool: null } },
    config: {
      maxConnections: 'unlimited',
      keepAliveExpiry: 'unlimited',
      tcpKeepAlive: 15_000,
      acquireTimeout: 'unlimited',
      ...noConnectTimeout,
    },
    notes: ['limits.keepalive_expiry', 'timeout.connect', 'timeout.pool', 'timeout.timeout'],
  },
]

const steps = { connect: 10, read: 5, write: 5 }

const writings: Examples['writings'] = [
  {
    why: 'None is not for ever',
    config: { keepAliveExpiry: 'unlimited' },
    settings: {
      limits: { max_connections: 100, max_keepalive_connections: null, keepalive_expiry: 315_360_000 },
      timeout: { ...steps, pool: 30 },
    },
    lost: ['keepAliveExpiry'],
  },
]

export const requestx = byVariables({ readings, writings }, 'trust_env', { trust_env: false })
