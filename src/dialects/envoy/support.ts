import { approximated, native, unsupported } from '../expression.ts'
import { type ReverseProxySupport, refusalHeader } from '../reverse-proxy.ts'
import { oneUpstream } from '../upstream.ts'

/** What Envoy does, and so what is made of it. */
export const envoyFields: ReverseProxySupport['fields'] = {
  ...oneUpstream,
  maxConnections: approximated(
    'circuit_breakers.thresholds.max_connections',
    'there is no limit over several clusters: the lower of this and maxConnectionsPerHost is that of the one',
  ),
  maxConnectionsPerHost: approximated(
    'circuit_breakers.thresholds.max_connections',
    'each Envoy counts by itself, and a worker thread that has none may open one beyond it',
  ),
  maxIdleConnections: unsupported('any number of idle connections is kept'),
  maxIdleConnectionsPerHost: unsupported('any number of idle connections is kept'),
  keepAlive: native('max_requests_per_connection'),
  keepAliveExpiry: native('idle_timeout'),
  maxLifetime: native('max_connection_duration'),
  maxRequestsPerConnection: native('max_requests_per_connection'),
  block: approximated(
    'circuit_breakers.thresholds.max_pending_requests',
    '0 would refuse what only needs a new connection: one request may wait',
  ),
  maxOverflow: approximated('circuit_breakers.thresholds.max_connections', 'limit and overflow are one number'),
  acquireTimeout: unsupported('a request waits as long as its sender does'),
  maxPending: native('circuit_breakers.thresholds.max_pending_requests', '503'),
  connectTimeout: native('connect_timeout'),
  tcpKeepAlive: native('upstream_connection_options.tcp_keepalive'),
  dnsCacheTtl: approximated('dns_refresh_rate', 'names are looked up in the background, whether anybody asks or not'),
  scheduling: unsupported('it chooses which idle connection is used again'),
  retryStale: approximated(
    'retry_policy.retry_on',
    'reset-before-request: only what was not sent yet; what was sent is lost, of any method',
  ),
  http2: native(['explicit_http_config', 'auto_config']),
  maxStreamsPerConnection: native('http2_protocol_options.max_concurrent_streams'),
  pingInterval: native('http2_protocol_options.connection_keepalive'),
}

export const support: ReverseProxySupport = {
  proxy: 'envoy',
  title: 'Envoy',
  versions: { oldest: '1.31', usual: '1.31' },
  listens: true,
  waits: true,
  tried: 'not run: compared with its published API',
  counts: 'Envoys',
  fields: envoyFields,
  refusals: [{ code: 'ERR_POOL_QUEUE_FULL', status: 503, header: refusalHeader }],
  changes: [
    `a refusal is an answer with status 503 and the header ${refusalHeader}: ERR_POOL_QUEUE_FULL (Envoy's own is x-envoy-overloaded)`,
    'a request that waits is refused by nobody: give each one a timeout',
    'a connect that fails is an answer with status 503 as well, without that header',
  ],
}
