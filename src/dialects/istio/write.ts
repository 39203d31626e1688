import type { Site } from '../placement.ts'
import type { ProxyFacts, WantedLimits } from '../reverse-proxy.ts'
import { yamlOf } from '../yaml.ts'

export function facts({ pending }: WantedLimits): Omit<ProxyFacts, 'open'> {
  return { wait: pending === 0 ? 0 : null, clientKeepAlive: 3_600_000 }
}

export function write(wanted: WantedLimits, { name, host, tls }: Site): string {
  return yamlOf({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    // Kubernetes takes letters, digits and dashes.
    metadata: { name: name.replaceAll('_', '-').toLowerCase() },
    spec: {
      host,
      trafficPolicy: {
        connectionPool: { tcp: tcp(wanted), http: http(wanted) },
        tls: tls ? { mode: 'SIMPLE', sni: host } : undefined,
      },
    },
  })
}

function tcp({ config, open }: WantedLimits): object {
  const { connectTimeout, maxLifetime, tcpKeepAlive } = config
  return {
    maxConnections: finite(open),
    connectTimeout: duration(connectTimeout),
    maxConnectionDuration: duration(maxLifetime),
    tcpKeepalive: tcpKeepAlive === false ? undefined : { time: duration(Math.max(1000, tcpKeepAlive)) },
  }
}

function http({ config, open, pending }: WantedLimits): object {
  const { keepAlive, keepAliveExpiry, maxRequestsPerConnection, http2, maxStreamsPerConnection } = config
  return {
    http1MaxPendingRequests: Number.isFinite(open) && Number.isFinite(pending) ? Math.max(1, pending) : undefined,
    idleTimeout: keepAlive ? duration(keepAliveExpiry) : undefined,
    maxRequestsPerConnection: keepAlive ? finite(maxRequestsPerConnection) : 1,
    h2UpgradePolicy: http2 === false ? 'DO_NOT_UPGRADE' : 'UPGRADE',
    maxConcurrentStreams: http2 === false ? undefined : finite(maxStreamsPerConnection),
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

/** As Istio takes it: at least a millisecond. */
function duration(ms: number): string | undefined {
  return Number.isFinite(ms) ? `${Number((ms / 1000).toFixed(3))}s` : undefined
}
