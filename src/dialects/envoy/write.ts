import type { Site } from '../placement.ts'
import { type ProxyFacts, refusalHeader, type WantedLimits } from '../reverse-proxy.ts'
import { yamlOf } from '../yaml.ts'

/** As many as a field of 32 bits holds: unlimited. */
const unlimited = 4_294_967_295
const clientKeepAlive = 3_600_000

export function facts({ pending }: WantedLimits): Omit<ProxyFacts, 'open'> {
  return { wait: pending === 0 ? 0 : null, clientKeepAlive }
}

export function write(wanted: WantedLimits, place: Site): string {
  return yamlOf({ static_resources: { listeners: [listener(wanted, place)], clusters: [cluster(wanted, place)] } })
}

function listener({ config }: WantedLimits, { name, listen, authority }: Site): object {
  const { keepAlive, retryStale } = config
  const retry_policy = keepAlive && retryStale ? { retry_on: 'reset-before-request', num_retries: 1 } : undefined
  const route = { cluster: name, timeout: '0s', host_rewrite_literal: authority, retry_policy }
  const connections = {
    '@type': typed('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    stream_idle_timeout: '0s',
    common_http_protocol_options: { idle_timeout: seconds(clientKeepAlive) },
    local_reply_config: {
      mappers: [
        {
          // UO: refused by a circuit breaker.
          filter: { response_flag_filter: { flags: ['UO'] } },
          headers_to_add: [{ header: { key: refusalHeader, value: 'ERR_POOL_QUEUE_FULL' } }],
        },
      ],
    },
    route_config: { name, virtual_hosts: [{ name, domains: ['*'], routes: [{ match: { prefix: '/' }, route }] }] },
    http_filters: [
      { name: 'envoy.filters.http.router', typed_config: { '@type': typed('extensions.filters.http.router.v3.Router') } },
    ],
  }
  const address = listen.host === '*' ? '0.0.0.0' : listen.host
  return {
    name: `${name}_in`,
    address: { socket_address: { address, port_value: listen.port } },
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: connections }] }],
  }
}

function cluster(wanted: WantedLimits, place: Site): object {
  const { config, open, pending } = wanted
  const { connectTimeout, tcpKeepAlive, dnsCacheTtl } = config
  const { name, host, port } = place
  return {
    name,
    type: 'STRICT_DNS',
    connect_timeout: seconds(Number.isFinite(connectTimeout) ? connectTimeout : 3_600_000),
    dns_refresh_rate: dnsCacheTtl > 0 && Number.isFinite(dnsCacheTtl) ? seconds(dnsCacheTtl) : undefined,
    circuit_breakers: {
      thresholds: [
        {
          max_connections: count(open),
          // 0 would refuse what only needs a new connection.
          max_pending_requests: Number.isFinite(open) ? Math.max(1, count(pending)) : unlimited,
          max_requests: unlimited,
        },
      ],
    },
    typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': protocol(wanted, place) },
    upstream_connection_options:
      tcpKeepAlive === false ? undefined : { tcp_keepalive: { keepalive_time: Math.max(1, Math.floor(tcpKeepAlive / 1000)) } },
    transport_socket: place.tls ? tls(place) : undefined,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }] }],
    },
  }
}

function protocol({ config }: WantedLimits, { tls }: Site): object {
  const { keepAlive, keepAliveExpiry, maxLifetime, maxRequestsPerConnection, http2 } = config
  const most = keepAlive ? maxRequestsPerConnection : 1
  return {
    '@type': typed('extensions.upstreams.http.v3.HttpProtocolOptions'),
    common_http_protocol_options: {
      idle_timeout: seconds(keepAlive && Number.isFinite(keepAliveExpiry) ? keepAliveExpiry : 0),
      max_connection_duration: Number.isFinite(maxLifetime) ? seconds(maxLifetime) : undefined,
      max_requests_per_connection: Number.isFinite(most) ? most : undefined,
    },
    // Without TLS nothing is agreed on: HTTP/2 is for who asks for nothing else.
    ...(http2 === true && tls
      ? { auto_config: { http_protocol_options: {}, http2_protocol_options: streams(config) } }
      : { explicit_http_config: http2 === 'only' ? { http2_protocol_options: streams(config) } : { http_protocol_options: {} } }),
  }
}

function streams({ maxStreamsPerConnection, pingInterval }: WantedLimits['config']): object {
  const ping = pingInterval === false ? undefined : { interval: seconds(pingInterval), timeout: seconds(pingInterval) }
  return {
    max_concurrent_streams: Number.isFinite(maxStreamsPerConnection) ? maxStreamsPerConnection : undefined,
    connection_keepalive: ping,
  }
}

function tls({ host }: Site): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': typed('extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
      sni: host,
      common_tls_context: {
        validation_context: {
          // Where Linux distributions of Debian's kind keep them, and Envoy's own image does.
          trusted_ca: { filename: '/etc/ssl/certs/ca-certificates.crt' },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: host } }],
        },
      },
    },
  }
}

function typed(name: string): string {
  return `type.googleapis.com/envoy.${name}`
}

function count(value: number): number {
  return Math.min(value, unlimited)
}

/** As protobuf writes a Duration. */
function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))}s`
}
