import type { NativePooling } from '../types.ts'

const unlimited = Number.POSITIVE_INFINITY

export const pooling: NativePooling = {
  poolClasses: ['http.Agent', 'https.Agent'],
  givenAs: '`agent`',
  fallback: { pool: '`http.globalAgent`, `https.globalAgent`', settings: { keepAlive: true, keepAliveExpiry: 5000 } },
  settings: {
    maxConnections: { keyword: 'maxTotalSockets', default: unlimited },
    maxConnectionsPerHost: { keyword: 'maxSockets', default: unlimited },
    maxIdleConnectionsPerHost: { keyword: 'maxFreeSockets', default: 256 },
    keepAlive: { keyword: 'keepAlive', default: false },
    keepAliveExpiry: { keyword: 'timeout', default: unlimited },
    keepAliveHintMargin: { keyword: 'agentKeepAliveTimeoutBuffer', default: 1000 },
    tcpKeepAlive: { keyword: 'keepAliveMsecs', default: 1000 },
    scheduling: { keyword: 'scheduling', default: 'lifo' },
  },
  parameters: [],
  behindProxy: {
    way: '`proxyEnv` of its agents, from Node 24.5 on, `maxSockets: 5`',
    limits: '40: what it is dialling is not counted',
  },
}
