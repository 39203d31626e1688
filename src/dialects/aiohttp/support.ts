import { approximated, becomes, dropped, fact, native, nearly, nothing, unknownToHttp1, unsupported } from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

const active = 'counts connections in use, idle ones stay open besides'

export const support: DialectSupport = {
  dialect: 'aiohttp',
  defaults,
  settings: {
    limit: nearly('maxConnections', `${active}; a pool counts open ones, and closes an idle one of another host to make room`),
    limit_per_host: nearly('maxConnectionsPerHost', `${active}; a pool counts open ones`),
    keepalive_timeout: nearly(['keepAliveExpiry', 'keepAlive'], 'closes after once to twice that time; a pool closes on time'),
    force_close: becomes('keepAlive'),
    ttl_dns_cache: becomes('dnsCacheTtl'),
    use_dns_cache: becomes('dnsCacheTtl'),
    enable_cleanup_closed: dropped('connections are always closed in full'),
    proxy: becomes('proxy'),
    proxy_auth: becomes('proxy'),
    trust_env: nearly(
      'proxy',
      'True asks HTTP_PROXY, HTTPS_PROXY and NO_PROXY, anew for each request, but not ALL_PROXY; and .netrc',
    ),
    'timeout.total': nearly(
      ['acquireTimeout', 'connectTimeout'],
      'bounds the whole request, not only its wait; set a timeout on the request',
    ),
    'timeout.connect': nearly(
      ['acquireTimeout', 'connectTimeout'],
      'bounds waiting and connecting together; a pool bounds each by itself',
    ),
    'timeout.sock_connect': becomes('connectTimeout'),
    'timeout.sock_read': dropped('bounds each read of one request, not the pool; set a timeout on the request'),
  },
  fields: {
    ...unknownToHttp1,
    proxy: approximated(['proxy', 'trust_env'], 'of the ClientSession from 3.11 on, before of each request; none by SOCKS'),
    noProxy: unsupported('NO_PROXY counts with trust_env alone'),
    maxConnections: approximated('limit', active),
    maxConnectionsPerHost: approximated('limit_per_host', active),
    maxIdleConnections: unsupported('the number of idle connections has no limit'),
    maxIdleConnectionsPerHost: unsupported('the number of idle connections has no limit'),
    maxHosts: unsupported('the number of hosts has no limit'),
    keepAlive: native('force_close'),
    keepAliveExpiry: approximated('keepalive_timeout', 'closed by a timer after once to twice that time, and never unlimited'),
    maxLifetime: unsupported('the age of a connection has no limit'),
    block: unsupported('at a limit a request always waits'),
    maxOverflow: unsupported('there are no connections beyond a limit'),
    acquireTimeout: approximated('timeout.connect', 'bounds waiting and connecting together'),
    connectTimeout: native(
      'timeout.sock_connect',
      'cannot be longer than timeout.connect, which bounds waiting and connecting together',
    ),
    tcpKeepAlive: unsupported('TCP probes are off; socket_factory switches them on'),
    dnsCacheTtl: native(['ttl_dns_cache', 'use_dns_cache']),
    scheduling: unsupported('the connection that has been idle longest is reused, always (before 3.11 the one used last)'),
    retryStale: unsupported('idempotent requests are sent again, always (before 3.10 never)'),
    hosts: unsupported('one connector has one set of limits for all hosts'),
  },
  poolClass: 'aiohttp.TCPConnector, on a ClientSession',
  facts: {
    totalLimit: fact(defaults, 'limit', 'connections in use; 0 is unlimited'),
    perHostLimit: fact(defaults, 'limit_per_host', 'connections in use; 0 is unlimited'),
    idleLimit: nothing(),
    keepAliveExpiry: fact(defaults, 'keepalive_timeout', 'seconds; by a timer'),
    block: { keyword: null, default: true, text: 'always waits' },
    acquireTimeout: fact(defaults, 'timeout.connect', 'seconds, connecting included; total bounds it too'),
    http2: nothing(),
  },
}
