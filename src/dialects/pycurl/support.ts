import { approximated, becomes, dropped, fact, native, nearly, unknownToAll, unsupported } from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

const never = 'at a limit a transfer always waits'

export const support: DialectSupport = {
  dialect: 'pycurl',
  defaults,
  settings: {
    M_MAX_TOTAL_CONNECTIONS: becomes('maxConnections'),
    M_MAX_HOST_CONNECTIONS: becomes('maxConnectionsPerHost'),
    M_MAXCONNECTS: nearly(
      'maxIdleConnections',
      'counts connections in use too, so that libcurl closes more; a pool counts idle ones',
    ),
    M_MAX_CONCURRENT_STREAMS: becomes('maxStreamsPerConnection'),
    M_PIPELINING: becomes('maxStreamsPerConnection', 'without PIPE_MULTIPLEX every transfer has a connection of its own'),
    HTTP_VERSION: becomes('http2'),
    PIPEWAIT: dropped(
      'a pool waits for a connection that is being opened where the last one of its host carried several requests',
    ),
    MAXCONNECTS: nearly(
      'maxIdleConnections',
      'is the cache of one easy handle, which runs one transfer at a time; how many run at once is the number of handles',
    ),
    MAXAGE_CONN: nearly('keepAliveExpiry', 'looked at when a transfer starts; a pool closes by a timer, on time'),
    MAXLIFETIME_CONN: nearly('maxLifetime', 'the same for all connections; a pool takes up to 10 % off at random'),
    CONNECTTIMEOUT: nearly(
      ['connectTimeout', 'acquireTimeout'],
      'bounds waiting and connecting together; a pool bounds each by itself',
    ),
    CONNECTTIMEOUT_MS: nearly(
      ['connectTimeout', 'acquireTimeout'],
      'bounds waiting and connecting together; a pool bounds each by itself',
    ),
    TCP_KEEPALIVE: becomes('tcpKeepAlive'),
    TCP_KEEPIDLE: becomes('tcpKeepAlive'),
    TCP_KEEPINTVL: dropped('sockets of Node take only the delay before the first probe, tcpKeepAlive'),
    FORBID_REUSE: becomes('keepAlive'),
    FRESH_CONNECT: dropped('is for one transfer, which opens a connection and keeps it; a pool has no such request'),
    DNS_CACHE_TIMEOUT: becomes('dnsCacheTtl'),
    PROXY: becomes('proxy', 'without it libcurl asks http_proxy (in small letters alone), HTTPS_PROXY, ALL_PROXY and NO_PROXY'),
    NOPROXY: becomes('noProxy', 'without it libcurl asks NO_PROXY'),
    PROXYUSERPWD: becomes('proxy'),
    HTTPPROXYTUNNEL: dropped('https goes through a tunnel always, http in absolute form'),
    HTTPHEADER: becomes('keepAlive', 'of headers only Connection: close means something to a pool'),
  },
  fields: {
    ...unknownToAll,
    proxy: native('PROXY', 'left out, the environment is read; "" is none'),
    noProxy: approximated('NOPROXY', 'left out, NO_PROXY is read; it knows neither ports nor * before a name, nor * but alone'),
    maxConnections: native('M_MAX_TOTAL_CONNECTIONS', 'with maxOverflow, both together'),
    maxConnectionsPerHost: native('M_MAX_HOST_CONNECTIONS', 'at a limit of a host transfers always wait'),
    maxIdleConnections: approximated(
      'M_MAXCONNECTS',
      'counts connections in use too; without it four are kept for each running transfer',
    ),
    maxIdleConnectionsPerHost: unsupported('the connection cache is over all hosts'),
    maxHosts: unsupported('the number of hosts has no limit'),
    keepAlive: native('FORBID_REUSE'),
    keepAliveExpiry: approximated('MAXAGE_CONN', 'looked at when a transfer starts, not by a timer; whole seconds'),
    maxLifetime: approximated('MAXLIFETIME_CONN', 'looked at when a transfer starts, and the same for all; whole seconds'),
    block: unsupported(never),
    maxOverflow: unsupported('there are no connections beyond a limit'),
    acquireTimeout: approximated(
      'CONNECTTIMEOUT',
      'bounds waiting and connecting together, since libcurl 8.8; before, nothing bounds the wait',
    ),
    connectTimeout: native('CONNECTTIMEOUT', 'never unlimited, 0 is 300 s'),
    tcpKeepAlive: native(['TCP_KEEPALIVE', 'TCP_KEEPIDLE'], 'whole seconds'),
    dnsCacheTtl: native('DNS_CACHE_TIMEOUT', 'whole seconds'),
    scheduling: unsupported('the idle connection that was created first is reused, always'),
    retryStale: unsupported('a request that meets a dead connection is sent again, always, POST too'),
    http2: native('HTTP_VERSION', 'with PIPEWAIT, or every transfer opens a connection while none is there'),
    maxStreamsPerConnection: native('M_MAX_CONCURRENT_STREAMS', 'means something with HTTP/2 only'),
    pingInterval: unsupported('a silent connection is asked only by curl_easy_upkeep, when that is called'),
    hosts: unsupported('a multi handle has one set of limits for all hosts'),
  },
  poolClass: 'pycurl.CurlMulti',
  facts: {
    totalLimit: fact(defaults, 'M_MAX_TOTAL_CONNECTIONS', '0 is unlimited'),
    perHostLimit: fact(defaults, 'M_MAX_HOST_CONNECTIONS', '0 is unlimited'),
    idleLimit: fact(defaults, 'M_MAXCONNECTS', 'the size of the cache; 0 is four for each running transfer'),
    keepAliveExpiry: fact(defaults, 'MAXAGE_CONN', 'seconds; checked at the next transfer'),
    block: { keyword: null, default: true, text: 'always waits' },
    acquireTimeout: fact(defaults, 'CONNECTTIMEOUT', 'seconds, connecting included (libcurl 8.8); code 28'),
    http2: fact(defaults, 'HTTP_VERSION', 'over TLS, where the server offers it'),
  },
}
