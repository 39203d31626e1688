import {
  approximated,
  asksVariables,
  becomes,
  dropped,
  fact,
  native,
  nearly,
  nothing,
  unknownToAll,
  unsupported,
} from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

const overflow = 'max_connections is then limit and overflow together, and max_keepalive_connections the limit'

export const httpxFields: DialectSupport['fields'] = {
  ...unknownToAll,
  proxy: approximated(
    ['proxy', 'trust_env'],
    'each proxy is a pool of its own, so that limits multiply; trust_env=False, without which the environment is asked, leaves SSL_CERT_FILE unread too',
  ),
  noProxy: unsupported('mounts={"all://*host": None} reaches a host directly; NO_PROXY counts with trust_env'),
  maxConnections: native('limits.max_connections', 'with maxOverflow, both together'),
  maxConnectionsPerHost: unsupported('all limits are over all hosts'),
  maxIdleConnections: native('limits.max_keepalive_connections', 'no more than max_connections'),
  maxIdleConnectionsPerHost: unsupported('max_keepalive_connections is over all hosts'),
  maxHosts: unsupported('the number of hosts has no limit'),
  keepAlive: native('limits.max_keepalive_connections', 'max_keepalive_connections=0 closes each connection after its request'),
  keepAliveExpiry: approximated('limits.keepalive_expiry', 'checked when a request starts or ends, not by a timer'),
  maxLifetime: unsupported('the age of a connection has no limit'),
  block: approximated('timeout.pool', 'at a limit a request waits, unless pool=0 refuses it at once'),
  maxOverflow: approximated(['limits.max_connections', 'limits.max_keepalive_connections'], overflow),
  acquireTimeout: native('timeout.pool', 'counts where requests wait at all'),
  connectTimeout: native('timeout.connect'),
  tcpKeepAlive: unsupported('TCP probes are off; HTTPTransport(socket_options=…) switches them on'),
  dnsCacheTtl: unsupported('look-ups are not cached'),
  scheduling: unsupported('the idle connection that was created first is reused, always'),
  retryStale: unsupported('a request that meets a dead connection fails; retries of HTTPTransport are for connecting only'),
  http2: approximated(
    ['http2', 'http1'],
    'a host gets one connection of HTTP/2, in which what is more than its streams waits, however long',
  ),
  maxStreamsPerConnection: unsupported('100 at most, or what the server allows'),
  pingInterval: unsupported('a silent connection is not asked whether it lives'),
  hosts: unsupported('one client has one set of limits; another transport can be mounted for a host'),
}

export const perStep = 'bounds a step of one request, not the pool; set a timeout on the request'

export const settings: DialectSupport['settings'] = {
  'limits.max_connections': becomes('maxConnections'),
  'limits.max_keepalive_connections': becomes(['maxIdleConnections', 'keepAlive']),
  'limits.keepalive_expiry': nearly(
    'keepAliveExpiry',
    'looked at when a request starts or ends; a pool closes by a timer, on time',
  ),
  'timeout.timeout': nearly(['acquireTimeout', 'connectTimeout'], 'also bounds reading and writing, which is set on the request'),
  'timeout.connect': becomes('connectTimeout'),
  'timeout.read': dropped(perStep),
  'timeout.write': dropped(perStep),
  'timeout.pool': becomes(['acquireTimeout', 'block']),
  proxy: nearly('proxy', 'of httpx each proxy is a pool of its own, with these limits again'),
  mounts: nearly(['proxy', 'hosts'], 'of httpx each proxy is a pool of its own, with these limits again'),
  proxies: nearly(
    ['proxy', 'hosts'],
    'is of httpx before 0.28, in which each proxy is a pool of its own; since then it is proxy, or mounts',
  ),
  trust_env: nearly(
    'proxy',
    `${asksVariables} where there is no proxy; there .example.com in NO_PROXY is what lies below it alone, and ranges of addresses are unknown`,
  ),
  socket_options: nearly(
    'tcpKeepAlive',
    'of its options a pool has TCP probes only: SO_KEEPALIVE, and TCP_KEEPIDLE for when they begin',
  ),
  http1: becomes('http2', 'without http2=True it has no effect'),
  http2: nearly(
    'http2',
    'a host gets one connection, in which what is more than its streams waits, however long; a pool opens others within its limits, and every wait ends by acquireTimeout',
  ),
}

export const support: DialectSupport = {
  dialect: 'httpx',
  defaults,
  settings,
  fields: httpxFields,
  poolClass: 'httpx.Limits, on httpx.Client or httpx.AsyncClient',
  facts: {
    totalLimit: fact(defaults, 'limits.max_connections', 'None as soon as Limits(…) is given without it'),
    perHostLimit: nothing(),
    idleLimit: fact(defaults, 'limits.max_keepalive_connections', 'over all hosts'),
    keepAliveExpiry: fact(defaults, 'limits.keepalive_expiry', 'seconds; checked at the next request'),
    block: { keyword: null, default: true, text: 'always waits' },
    acquireTimeout: fact(defaults, 'timeout.pool', 'seconds; PoolTimeout'),
    http2: fact(defaults, 'http2', 'one connection a host'),
  },
}
