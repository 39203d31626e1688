import type { PoolConfigField } from 'polypool'
import type { ClientName } from 'polypool/internal'

type Fields = { readonly [option: string]: PoolConfigField }

const ofAgents: Fields = {
  keepAlive: 'keepAlive',
  maxSockets: 'maxConnectionsPerHost',
  maxTotalSockets: 'maxConnections',
  maxFreeSockets: 'maxIdleConnectionsPerHost',
  keepAliveMsecs: 'tcpKeepAlive',
  scheduling: 'scheduling',
}

/** The field that each option of a client's own classes becomes, where it is the same but for the name. */
const families: { readonly [client in ClientName]?: Fields } = {
  'node-http': {
    ...ofAgents,
    timeout: 'keepAliveExpiry',
    agentKeepAliveTimeoutBuffer: 'keepAliveHintMargin',
    proxy: 'proxy',
  },
  agentkeepalive: {
    ...ofAgents,
    freeSocketTimeout: 'keepAliveExpiry',
    freeSocketKeepAliveTimeout: 'keepAliveExpiry',
    socketActiveTTL: 'maxLifetime',
  },
  undici: {
    connections: 'maxConnectionsPerHost',
    keepAliveTimeout: 'keepAliveExpiry',
    keepAliveTimeoutThreshold: 'keepAliveHintMargin',
    clientTtl: 'maxLifetime',
    maxRequestsPerClient: 'maxRequestsPerConnection',
    connectTimeout: 'connectTimeout',
    'connect.timeout': 'connectTimeout',
    'connect.keepAliveInitialDelay': 'tcpKeepAlive',
    uri: 'proxy',
    noProxy: 'noProxy',
  },
}

/** The field that an option becomes with whatever value it has; `connect.timeout` is an option within one. */
export function fieldOf(client: ClientName, option: string): PoolConfigField | undefined {
  const fields = families[client] ?? {}
  return Object.hasOwn(fields, option) ? fields[option] : undefined
}
