import { approximated, native, unsupported } from '../expression.ts'
import type { ReverseProxySupport } from '../reverse-proxy.ts'
import { oneUpstream } from '../upstream.ts'

export const support: ReverseProxySupport = {
  proxy: 'istio',
  title: 'Istio',
  versions: { oldest: '1.22', usual: '1.24' },
  listens: false,
  waits: true,
  tried: 'not run: compared with its published schema',
  counts: 'pods that call the upstream: each has a sidecar of its own',
  fields: {
    ...oneUpstream,
    maxConnections: approximated(
      'tcp.maxConnections',
      'there is no limit over several hosts: the lower of this and maxConnectionsPerHost is that of the one',
    ),
    maxConnectionsPerHost: approximated(
      'tcp.maxConnections',
      'the sidecar of each pod counts by itself: say with --replicas how many pods there are, those of a rolling update too; a thread of a sidecar that has none may open one beyond it',
    ),
    maxIdleConnections: unsupported('any number of idle connections is kept'),
    maxIdleConnectionsPerHost: unsupported('any number of idle connections is kept'),
    keepAlive: native('http.maxRequestsPerConnection'),
    keepAliveExpiry: native('http.idleTimeout'),
    maxLifetime: native('tcp.maxConnectionDuration'),
    maxRequestsPerConnection: native('http.maxRequestsPerConnection'),
    block: approximated('http.http1MaxPendingRequests', '0 would mean its default: one request may wait'),
    maxOverflow: approximated('tcp.maxConnections', 'limit and overflow are one number'),
    acquireTimeout: unsupported('a request waits as long as its sender does, or as a VirtualService says'),
    maxPending: native('http.http1MaxPendingRequests', '503'),
    connectTimeout: native('tcp.connectTimeout'),
    tcpKeepAlive: native('tcp.tcpKeepalive'),
    dnsCacheTtl: unsupported('names are looked up by the mesh'),
    scheduling: unsupported('it chooses which idle connection is used again'),
    retryStale: unsupported('retries are of a VirtualService, and Istio has two by default'),
    http2: approximated('http.h2UpgradePolicy', 'UPGRADE speaks HTTP/2 to every server of that host, whether it can or not'),
    maxStreamsPerConnection: native('http.maxConcurrentStreams'),
    pingInterval: unsupported('a silent connection is not asked whether it lives'),
  },
  refusals: [{ code: 'ERR_POOL_QUEUE_FULL', status: 503, header: 'x-envoy-overloaded' }],
  changes: [
    'a refusal is an answer with status 503 and the header x-envoy-overloaded: true',
    'a request that waits is refused by nobody: give each one a timeout',
    'of https that the process speaks itself, a sidecar sees bytes: only what is under tcp holds then',
    'a host outside the mesh needs a ServiceEntry',
  ],
}
