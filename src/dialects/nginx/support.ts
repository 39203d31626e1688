import { approximated, native, unsupported } from '../expression.ts'
import { type ReverseProxySupport, refusalHeader } from '../reverse-proxy.ts'
import { oneUpstream } from '../upstream.ts'

const perWorker = 'each worker process keeps that many by itself'

export const support: ReverseProxySupport = {
  proxy: 'nginx',
  title: 'nginx',
  versions: { oldest: '1.19.10', usual: '1.22' },
  listens: true,
  waits: false,
  tried: 'run on nginx 1.22',
  counts: 'machines or pods that run it',
  fields: {
    ...oneUpstream,
    maxConnections: approximated(
      'max_conns',
      'there is no limit over several upstreams: the lower of this and maxConnectionsPerHost is that of the one',
    ),
    maxConnectionsPerHost: approximated(
      ['max_conns', 'zone'],
      'idle connections do not count, and each worker process keeps its own: with two workers twice as many were open; it holds with worker_processes 1',
    ),
    maxIdleConnections: approximated('keepalive', perWorker),
    maxIdleConnectionsPerHost: approximated('keepalive', perWorker),
    keepAlive: native(['keepalive', 'proxy_set_header Connection']),
    keepAliveExpiry: native('keepalive_timeout'),
    maxLifetime: native('keepalive_time', 'looked at when a request ends'),
    maxRequestsPerConnection: native('keepalive_requests'),
    block: unsupported('it has no queue (that is of the commercial one): what finds no connection is refused at once'),
    maxOverflow: approximated('max_conns', 'limit and overflow are one number'),
    acquireTimeout: unsupported('nothing waits'),
    maxPending: unsupported('nothing waits'),
    connectTimeout: native('proxy_connect_timeout', '504'),
    tcpKeepAlive: approximated('proxy_socket_keepalive', 'on or off: the delay is that of the system'),
    dnsCacheTtl: unsupported('a name is looked up once, when it starts or reloads'),
    scheduling: unsupported('it takes the idle connection that was used last'),
    retryStale: approximated(
      'proxy_next_upstream',
      'a request whose kept connection fails is sent again, unless its method is not idempotent and it was sent',
    ),
    http2: unsupported('what is written speaks HTTP/1.1 to the upstream'),
  },
  refusals: [{ code: 'ERR_POOL_FULL', status: 502, header: refusalHeader }],
  changes: [
    `what finds no connection is refused at once, with status 502 and the header ${refusalHeader}: ERR_POOL_FULL; callers have to wait and try again by themselves`,
    'a connect that fails is status 502 as well, one that takes too long 504, both without that header',
    "an answer may take an hour (proxy_read_timeout): the sender's own timeout bounds it",
    'bodies pass as they come (proxy_buffering and proxy_request_buffering off), of any size (client_max_body_size 0)',
  ],
}
