import { approximated, native, unsupported } from '../expression.ts'
import { type ReverseProxySupport, refusalHeader } from '../reverse-proxy.ts'
import { oneUpstream } from '../upstream.ts'

export const support: ReverseProxySupport = {
  proxy: 'haproxy',
  title: 'HAProxy',
  versions: { oldest: '2.4', usual: '2.6' },
  listens: true,
  waits: true,
  tried: 'run on HAProxy 2.6; strict-maxconn of 3.2 has not been',
  counts: 'HAProxy processes',
  fields: {
    ...oneUpstream,
    maxConnections: approximated(
      'maxconn',
      'there is no limit over several upstreams: the lower of this and maxConnectionsPerHost is that of the one',
    ),
    maxConnectionsPerHost: approximated(
      ['maxconn', 'http-reuse'],
      "maxconn counts requests: they are as many as connections with http-reuse always (with safe, the default, twice as many connections were open, with never as many as there were clients); threads pass over each other's idle connections now and then, so that one more is opened, unless global says nbthread 1; from 3.2 strict-maxconn counts connections",
    ),
    maxIdleConnections: approximated(
      'pool-max-conn',
      'a connection above it closes while its successor is opened already, so that one more than maxconn was open',
    ),
    maxIdleConnectionsPerHost: approximated(
      'pool-max-conn',
      'a connection above it closes while its successor is opened already, so that one more than maxconn was open',
    ),
    keepAlive: native(['http-reuse', 'option http-server-close']),
    keepAliveExpiry: approximated(
      'pool-purge-delay',
      'each time half of the idle connections close: a quarter of the expiry is written, and the last closes up to half as late again',
    ),
    maxLifetime: unsupported('the age of a connection has no limit'),
    maxRequestsPerConnection: unsupported('max-reuse is not obeyed over HTTP/1.1'),
    block: approximated(
      ['http-request return', 'be_conn'],
      'threads count at the same time, so that a few more are let through under load',
    ),
    maxOverflow: approximated('maxconn', 'limit and overflow are one number'),
    acquireTimeout: native('timeout queue', '503'),
    maxPending: approximated(
      ['http-request return', 'queue'],
      'a rule: maxqueue refuses nothing where there is one server; threads count at the same time, so that a few more wait under load',
    ),
    connectTimeout: native('timeout connect'),
    tcpKeepAlive: native(['option srvtcpka', 'srvtcpka-idle']),
    dnsCacheTtl: unsupported('a name is looked up once, when it starts: a resolvers section follows it'),
    scheduling: unsupported('it chooses which idle connection is used again'),
    retryStale: approximated(
      ['retry-on', 'disable-l7-retry'],
      'an empty answer on a new connection is asked for once more as well, of methods that may be repeated',
    ),
    http2: unsupported('what is written speaks HTTP/1.1 to the upstream: over HTTP/2 maxconn would count streams'),
  },
  refusals: [
    { code: 'ERR_POOL_ACQUIRE_TIMEOUT', status: 503, header: refusalHeader },
    { code: 'ERR_POOL_QUEUE_FULL', status: 503, header: refusalHeader },
    { code: 'ERR_POOL_FULL', status: 503, header: refusalHeader },
  ],
  changes: [
    `a refusal is an answer with status 503 and the header ${refusalHeader}, which names the error that a pool would have thrown`,
    'a connect that fails is an answer with status 503 as well, without that header',
    'a request whose sender leaves is taken out of the queue (option abortonclose)',
    "an answer may take an hour (timeout server): the sender's own timeout bounds it",
  ],
}
