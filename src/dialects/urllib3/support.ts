import { approximated, becomes, dropped, fact, native, nearly, nothing, unknownToHttp1, unsupported } from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

export const support: DialectSupport = {
  dialect: 'urllib3',
  defaults,
  settings: {
    num_pools: becomes('maxHosts'),
    maxsize: becomes(['maxConnectionsPerHost', 'maxIdleConnectionsPerHost']),
    block: becomes(['block', 'maxConnectionsPerHost']),
    pool_timeout: becomes(['acquireTimeout', 'block']),
    'timeout.connect': becomes('connectTimeout'),
    'timeout.read': dropped('bounds each read of one request, not the pool; set a timeout on the request'),
    'timeout.total': nearly('connectTimeout', 'bounds connecting and reading together; a pool bounds connecting only'),
    proxy_url: nearly('proxy', 'of urllib3 all http hosts behind it share one pool; a pool has its limits for each host'),
    proxy_headers: becomes('proxy', 'of them only Proxy-Authorization: Basic …; others are the native option proxyHeaders'),
    socket_options: nearly(
      'tcpKeepAlive',
      'of its options a pool has TCP probes only: SO_KEEPALIVE, and TCP_KEEPIDLE for when they begin',
    ),
    headers: becomes('keepAlive', 'of headers only Connection: close means something to a pool'),
  },
  fields: {
    ...unknownToHttp1,
    proxy: approximated(
      'proxy_url',
      'ProxyManager, or SOCKSProxyManager, in place of PoolManager, in which all http hosts share one pool; the environment is never read',
    ),
    noProxy: unsupported('a ProxyManager reaches every host through its proxy'),
    http2: unsupported('it speaks HTTP/1.1; its module for HTTP/2 is an experiment, switched on for the whole process'),
    maxConnections: unsupported('there is no limit over all hosts; it becomes the limit of each host'),
    maxConnectionsPerHost: native(['maxsize', 'block'], 'maxsize is a limit only with block=True; without, it is what is kept'),
    maxIdleConnections: unsupported('there is no limit on idle connections over all hosts'),
    maxIdleConnectionsPerHost: native(
      'maxsize',
      'one number says how many connections of a host are opened and how many are kept',
    ),
    maxHosts: native('num_pools', 'num_pools is always finite'),
    keepAlive: native('headers', 'the header Connection: close'),
    keepAliveExpiry: unsupported('idle connections are kept for ever'),
    maxLifetime: unsupported('the age of a connection has no limit'),
    block: native('block', 'block=True needs a maxsize, a limit for each host'),
    maxOverflow: approximated('block', 'none with block=True, any number with block=False'),
    acquireTimeout: native('pool_timeout', 'counts with block=True only'),
    connectTimeout: native('timeout.connect'),
    tcpKeepAlive: unsupported('TCP probes are off; socket_options switches them on'),
    dnsCacheTtl: unsupported('look-ups are not cached'),
    scheduling: unsupported('the connection that was used last is reused, always'),
    retryStale: unsupported('retries, another setting, says it; idempotent requests are sent again unless it is False'),
    hosts: unsupported('one PoolManager has one set of limits for all hosts; an HTTPConnectionPool is for one host'),
  },
  poolClass: 'urllib3.PoolManager',
  facts: {
    totalLimit: nothing(),
    perHostLimit: fact(defaults, 'maxsize', 'a limit with block=True only'),
    idleLimit: fact(defaults, 'maxsize', 'per host, for num_pools hosts'),
    keepAliveExpiry: nothing('kept until the server closes'),
    block: fact(defaults, 'block', 'False opens connections beyond maxsize and drops them after use'),
    acquireTimeout: fact(defaults, 'pool_timeout', 'seconds, with each request; EmptyPoolError'),
    http2: nothing(),
  },
}
