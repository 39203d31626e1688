import { byVariables, type Examples } from '../example.ts'

const fiveSeconds = { acquireTimeout: 5000, connectTimeout: 5000 }
const noConnectTimeout = { connectTimeout: 'unlimited' } as const
const standard = { tcpKeepAlive: false, retryStale: false } as const

const readings: Examples['readings'] = [
  {
    why: 'no limits',
    config: { maxConnections: 100, maxIdleConnections: 20, keepAliveExpiry: 5000, ...fiveSeconds, ...standard },
  },
  {
    why: 'TCP probes of the system, and their delay',
    settings: {
      socket_options: [
        ['socket.SOL_SOCKET', 'socket.SO_KEEPALIVE', true],
        ['socket.IPPROTO_TCP', 'TCP_KEEPIDLE', 45],
      ],
    },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      ...fiveSeconds,
      ...standard,
      tcpKeepAlive: 45_000,
    },
    notes: ['socket_options'],
  },
  {
    why: 'TCP probes when the system begins with them',
    settings: { socket_options: [[1, 'socket.SO_KEEPALIVE', 1]] },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      ...fiveSeconds,
      ...standard,
      tcpKeepAlive: 7_200_000,
    },
    notes: ['socket_options'],
  },
  {
    why: 'TCP probes that are off, and options of another kind',
    settings: {
      socket_options: [
        [1, 'SO_KEEPALIVE', 0],
        [6, 'TCP_NODELAY', 1],
      ],
    },
    config: { maxConnections: 100, maxIdleConnections: 20, keepAliveExpiry: 5000, ...fiveSeconds, ...standard },
    notes: ['socket_options'],
  },
  {
    why: 'an empty Limits has no caps',
    settings: { limits: {} },
    config: { maxConnections: 'unlimited', keepAliveExpiry: 5000, ...fiveSeconds, ...standard },
  },
  {
    why: 'one limit given leaves the others without',
    settings: { limits: { keepalive_expiry: 30 } },
    config: { maxConnections: 'unlimited', keepAliveExpiry: 30_000, ...fiveSeconds, ...standard },
    notes: ['limits.keepalive_expiry'],
  },
  {
    why: 'all of them, and a timeout for all steps',
    settings: { limits: { max_connections: 10, max_keepalive_connections: 4, keepalive_expiry: 1.5 }, timeout: 10 },
    config: {
      maxConnections: 10,
      maxIdleConnections: 4,
      keepAliveExpiry: 1500,
      acquireTimeout: 10_000,
      connectTimeout: 10_000,
      ...standard,
    },
    notes: ['limits.keepalive_expiry', 'timeout'],
  },
  {
    why: 'HTTP/2, on which no pings are sent',
    settings: { http2: true, timeout: 5 },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      ...fiveSeconds,
      ...standard,
      http2: true,
      pingInterval: false,
    },
    notes: ['http2', 'timeout'],
  },
  {
    why: 'HTTP/2 without HTTP/1.1',
    settings: { http1: false, http2: true },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      ...fiveSeconds,
      ...standard,
      http2: 'only',
      pingInterval: false,
    },
    notes: ['http2'],
  },
  {
    why: 'neither is HTTP/1.1',
    settings: { http1: false, http2: false },
    config: { maxConnections: 100, maxIdleConnections: 20, keepAliveExpiry: 5000, ...fiveSeconds, ...standard, http2: false },
    notes: ['http1'],
  },
  {
    why: 'None is unlimited, and said because it was given',
    settings: { limits: { max_connections: null, max_keepalive_connections: null, keepalive_expiry: null }, timeout: null },
    config: {
      maxConnections: 'unlimited',
      maxIdleConnections: 'unlimited',
      keepAliveExpiry: 'unlimited',
      acquireTimeout: 'unlimited',
      ...noConnectTimeout,
      ...standard,
    },
    notes: ['timeout'],
  },
  {
    why: 'so is float("inf")',
    settings: { limits: { max_connections: Number.POSITIVE_INFINITY, keepalive_expiry: Number.POSITIVE_INFINITY } },
    config: { maxConnections: 'unlimited', keepAliveExpiry: 'unlimited', ...fiveSeconds, ...standard },
  },
  {
    why: 'no idle connection is kept',
    settings: { limits: { max_connections: 10, max_keepalive_connections: 0 } },
    config: { maxConnections: 10, keepAlive: false, keepAliveExpiry: 5000, ...fiveSeconds, ...standard },
  },
  {
    why: 'an idle connection closes at once',
    settings: { limits: { max_connections: 10, max_keepalive_connections: 10, keepalive_expiry: 0 } },
    config: { maxConnections: 10, keepAlive: false, ...fiveSeconds, ...standard },
  },
  {
    why: 'more idle ones than may be open',
    settings: { limits: { max_connections: 10, max_keepalive_connections: 20 } },
    config: { maxConnections: 10, maxIdleConnections: 10, keepAliveExpiry: 5000, ...fiveSeconds, ...standard },
    notes: ['limits.max_keepalive_connections'],
  },
  {
    why: 'a timeout by step',
    settings: { timeout: { connect: 3, read: 30, write: 30, pool: 0.2 } },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      acquireTimeout: 200,
      connectTimeout: 3000,
      ...standard,
    },
    notes: ['timeout.read', 'timeout.write'],
  },
  {
    why: 'a timeout with a default',
    settings: { timeout: { timeout: 10, pool: null } },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      acquireTimeout: 'unlimited',
      connectTimeout: 10_000,
      ...standard,
    },
    notes: ['timeout.timeout'],
  },
  {
    why: 'no time to wait: refused at once',
    settings: { timeout: { timeout: 10, pool: 0 } },
    config: {
      maxConnections: 100,
      maxIdleConnections: 20,
      keepAliveExpiry: 5000,
      block: false,
      maxOverflow: 0,
      connectTimeout: 10_000,
      ...standard,
    },
    notes: ['timeout.timeout'],
  },
  {
    why: 'less than a millisecond, and longer than timers run',
    settings: { limits: { max_connections: 1, keepalive_expiry: 0.0001 }, timeout: { timeout: 1, connect: 1e9 } },
    config: { maxConnections: 1, keepAliveExpiry: 1, acquireTimeout: 1000, ...noConnectTimeout, ...standard },
    notes: ['limits.keepalive_expiry', 'limits.keepalive_expiry', 'timeout.connect', 'timeout.timeout'],
  },
]

const steps = { connect: 10, read: 5, write: 5 }

const writings: Examples['writings'] = [
  {
    why: 'limits and timeouts',
    config: {
      maxConnections: 50,
      maxIdleConnections: 20,
      keepAliveExpiry: '1.5s',
      acquireTimeout: '2s',
      connectTimeout: '250ms',
    },
    settings: {
      limits: { max_connections: 50, max_keepalive_connections: 20, keepalive_expiry: 1.5 },
      timeout: { connect: 0.25, read: 5, write: 5, pool: 2 },
    },
    lost: ['keepAliveExpiry', 'tcpKeepAlive', 'retryStale'],
    kept: ['maxConnections', 'maxIdleConnections', 'acquireTimeout', 'connectTimeout'],
  },
  {
    why: 'an overflow is a higher limit of which less is kept',
    config: { maxConnections: 10, maxOverflow: 5 },
    settings: {
      limits: { max_connections: 15, max_keepalive_connections: 10, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 30 },
    },
    lost: ['maxConnections', 'maxIdleConnections', 'maxOverflow'],
  },
  {
    why: 'never waiting is no limit on what is open',
    config: { maxConnections: 10, block: false },
    settings: {
      limits: { max_connections: null, max_keepalive_connections: 10, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 30 },
    },
    lost: ['maxConnections', 'block', 'maxOverflow'],
  },
  {
    why: 'refusing at once is no time to wait',
    config: { maxConnections: 10, block: false, maxOverflow: 0, acquireTimeout: '2s' },
    settings: {
      limits: { max_connections: 10, max_keepalive_connections: null, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 0 },
    },
    lost: ['acquireTimeout'],
  },
  {
    why: 'nothing is kept',
    config: { keepAlive: false },
    settings: {
      limits: { max_connections: 100, max_keepalive_connections: 0, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 30 },
    },
    kept: ['keepAlive', 'maxIdleConnections'],
  },
  {
    why: 'no more is kept than may be open',
    config: { maxConnections: 10, maxIdleConnections: 20 },
    settings: {
      limits: { max_connections: 10, max_keepalive_connections: 10, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 30 },
    },
    lost: ['maxIdleConnections'],
  },
  {
    why: 'limits of a host have no place',
    config: { maxConnections: 'unlimited', maxConnectionsPerHost: 3, hosts: { 'a.test': { keepAlive: false } } },
    settings: {
      limits: { max_connections: null, max_keepalive_connections: null, keepalive_expiry: 4 },
      timeout: { ...steps, pool: 30 },
    },
    lost: ['maxConnectionsPerHost', 'hosts'],
  },
]

export const httpx = byVariables({ readings, writings }, 'trust_env', { trust_env: false })
