import { type Examples, without } from '../example.ts'

const standard = {
  maxConnections: 'unlimited',
  keepAliveExpiry: 118_000,
  maxLifetime: 86_400_000,
  acquireTimeout: 300_000,
  connectTimeout: 300_000,
  tcpKeepAlive: false,
  dnsCacheTtl: 60_000,
} as const

const readings: Examples['readings'] = [
  { why: 'nothing given', config: standard, notes: ['M_MAXCONNECTS'] },
  {
    why: 'before connections grew too old',
    version: 'PycURL/7.45.2 libcurl/7.88.1 OpenSSL/3.0.17',
    config: { ...without(standard, 'maxLifetime'), acquireTimeout: 'unlimited' },
    notes: ['M_MAXCONNECTS'],
  },
  {
    why: 'before CONNECTTIMEOUT bounded the wait',
    settings: { M_MAXCONNECTS: 5 },
    version: '8.7.1',
    config: { ...without(standard, 'maxLifetime'), maxIdleConnections: 5, acquireTimeout: 'unlimited' },
    notes: ['M_MAXCONNECTS'],
  },
  {
    why: 'the limits of a multi handle',
    settings: { M_MAX_TOTAL_CONNECTIONS: 4, M_MAX_HOST_CONNECTIONS: 2, M_MAXCONNECTS: 3, MAXCONNECTS: 9 },
    config: { ...standard, maxConnections: 4, maxConnectionsPerHost: 2, maxIdleConnections: 3 },
    notes: ['MAXCONNECTS', 'M_MAXCONNECTS'],
  },
  {
    why: '0 is none',
    settings: { M_MAX_TOTAL_CONNECTIONS: 0, M_MAXCONNECTS: 0, MAXAGE_CONN: 0, MAXLIFETIME_CONN: 0 },
    config: { ...standard, maxIdleConnections: 'unlimited', keepAliveExpiry: 'unlimited', maxLifetime: 'unlimited' },
    notes: ['M_MAXCONNECTS'],
  },
  {
    why: 'before 0 was none',
    settings: { M_MAXCONNECTS: 5, MAXAGE_CONN: 0 },
    version: '8.14.1',
    config: { ...without(standard, 'maxLifetime'), maxIdleConnections: 5, keepAliveExpiry: 1000 },
    notes: ['MAXAGE_CONN', 'M_MAXCONNECTS'],
  },
  { why: 'an easy handle', settings: { MAXCONNECTS: 2 }, config: { ...standard, maxIdleConnections: 2 }, notes: ['MAXCONNECTS'] },
  {
    why: 'of an easy handle 0 is 5',
    settings: { MAXCONNECTS: 0 },
    config: { ...standard, maxIdleConnections: 5 },
  },
  {
    why: 'the last of two counts',
    settings: { M_MAXCONNECTS: 1, CONNECTTIMEOUT: 30, CONNECTTIMEOUT_MS: 250 },
    config: { ...standard, maxIdleConnections: 1, acquireTimeout: 250, connectTimeout: 250 },
    notes: ['CONNECTTIMEOUT', 'CONNECTTIMEOUT_MS', 'M_MAXCONNECTS'],
  },
  {
    why: '0 sets the default again',
    settings: { M_MAXCONNECTS: 1, CONNECTTIMEOUT: 0 },
    config: { ...standard, maxIdleConnections: 1 },
    notes: ['CONNECTTIMEOUT', 'M_MAXCONNECTS'],
  },
  {
    why: 'probes',
    settings: { M_MAXCONNECTS: 1, TCP_KEEPALIVE: 1, TCP_KEEPIDLE: 120, TCP_KEEPINTVL: 30, DNS_CACHE_TIMEOUT: -1 },
    config: { ...standard, maxIdleConnections: 1, tcpKeepAlive: 120_000, dnsCacheTtl: 'unlimited' },
    notes: ['M_MAXCONNECTS', 'TCP_KEEPINTVL'],
  },
  {
    why: 'probes that are off',
    settings: { M_MAXCONNECTS: 1, TCP_KEEPIDLE: 120, FRESH_CONNECT: 1, FORBID_REUSE: true },
    config: { ...standard, maxIdleConnections: 1, keepAlive: false },
    notes: ['FRESH_CONNECT', 'M_MAXCONNECTS', 'TCP_KEEPIDLE'],
  },
  {
    why: 'headers',
    settings: { M_MAXCONNECTS: 1, HTTPHEADER: ['Connection: Keep-Alive', 'Keep-Alive: 300', 'Accept: */*'] },
    config: { ...standard, maxIdleConnections: 1 },
    notes: ['HTTPHEADER', 'HTTPHEADER', 'HTTPHEADER', 'M_MAXCONNECTS'],
  },
  {
    why: 'a header closes',
    settings: { M_MAXCONNECTS: 1, HTTPHEADER: ['connection: close'], DNS_CACHE_TIMEOUT: 0 },
    config: { ...standard, maxIdleConnections: 1, keepAlive: false, dnsCacheTtl: 0 },
    notes: ['M_MAXCONNECTS'],
  },
]

const writings: Examples['writings'] = [
  {
    why: 'limits and whole seconds',
    config: {
      maxConnections: 50,
      maxConnectionsPerHost: 10,
      maxIdleConnections: 20,
      keepAliveExpiry: '1.5s',
      maxLifetime: '10m',
      connectTimeout: '500ms',
      acquireTimeout: '500ms',
      tcpKeepAlive: '90s',
      dnsCacheTtl: '30s',
    },
    settings: {
      M_MAX_TOTAL_CONNECTIONS: 50,
      M_MAX_HOST_CONNECTIONS: 10,
      M_MAXCONNECTS: 20,
      MAXAGE_CONN: 2,
      MAXLIFETIME_CONN: 600,
      CONNECTTIMEOUT_MS: 500,
      TCP_KEEPALIVE: 1,
      TCP_KEEPIDLE: 90,
      DNS_CACHE_TIMEOUT: 30,
    },
    lost: ['keepAliveExpiry', 'maxIdleConnections', 'maxLifetime', 'acquireTimeout'],
    kept: ['maxConnections', 'maxConnectionsPerHost', 'connectTimeout', 'tcpKeepAlive', 'dnsCacheTtl'],
  },
  {
    why: 'what is shorter than a second is not 0, which is something else',
    config: { keepAliveExpiry: '1ms', maxLifetime: '1ms', tcpKeepAlive: '1ms', dnsCacheTtl: '1ms', keepAlive: false },
    settings: {
      M_MAX_TOTAL_CONNECTIONS: 100,
      M_MAX_HOST_CONNECTIONS: 0,
      MAXAGE_CONN: 1,
      MAXLIFETIME_CONN: 1,
      CONNECTTIMEOUT: 10,
      TCP_KEEPALIVE: 1,
      TCP_KEEPIDLE: 1,
      FORBID_REUSE: 1,
      DNS_CACHE_TIMEOUT: 1,
    },
    lost: ['keepAliveExpiry', 'maxLifetime', 'tcpKeepAlive', 'dnsCacheTtl'],
  },
  {
    why: 'no limits',
    config: {
      maxConnections: 'unlimited',
      keepAliveExpiry: 'unlimited',
      connectTimeout: 'unlimited',
      tcpKeepAlive: false,
      dnsCacheTtl: 'unlimited',
    },
    settings: {
      M_MAX_TOTAL_CONNECTIONS: 0,
      M_MAX_HOST_CONNECTIONS: 0,
      MAXAGE_CONN: 315_360_000,
      MAXLIFETIME_CONN: 0,
      CONNECTTIMEOUT: 2_147_483,
      TCP_KEEPALIVE: 0,
      DNS_CACHE_TIMEOUT: -1,
    },
    lost: ['connectTimeout', 'keepAliveExpiry'],
    kept: ['maxLifetime', 'tcpKeepAlive', 'dnsCacheTtl'],
  },
]

export const pycurl: Examples = { readings, writings }
