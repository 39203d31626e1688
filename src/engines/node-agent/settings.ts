import type { ClientSupport, Translation } from '../../adapter.ts'
import { parsePoolConfig } from '../../config/parse.ts'
import type { Note, PoolConfig, ResolvedPoolConfig } from '../../config/types.ts'
import { nativeProxy } from '../native-proxy.ts'
import { compact, finite, lossesOf } from '../translation.ts'

/** Options of http.Agent and https.Agent that bear on pooling. */
export interface AgentSettings {
  keepAlive: boolean
  keepAliveMsecs?: number
  maxSockets?: number
  maxTotalSockets?: number
  maxFreeSockets?: number
  scheduling?: 'lifo' | 'fifo'
  timeout?: number
  agentKeepAliveTimeoutBuffer?: number
  proxyEnv?: { readonly HTTP_PROXY: string; readonly HTTPS_PROXY: string; readonly NO_PROXY?: string }
}

/** What http.Agent's own options can say of the config. */
export function agentSettings(config: ResolvedPoolConfig): AgentSettings {
  const { keepAlive, tcpKeepAlive } = config
  return compact({
    keepAlive,
    keepAliveMsecs: keepAlive && tcpKeepAlive !== false ? tcpKeepAlive : undefined,
    maxSockets: finite(config.maxConnectionsPerHost),
    maxTotalSockets: finite(config.maxConnections),
    // Without it the agent would keep 256.
    maxFreeSockets: keepAlive ? config.maxIdleConnectionsPerHost : undefined,
    scheduling: config.scheduling,
    timeout: keepAlive ? finite(config.keepAliveExpiry) : undefined,
    agentKeepAliveTimeoutBuffer: keepAlive ? config.keepAliveHintMargin : undefined,
    proxyEnv: proxyEnvOf(config),
  }) as AgentSettings
}

function proxyEnvOf(config: ResolvedPoolConfig): AgentSettings['proxyEnv'] {
  const native = nativeProxy(config)
  if (native === undefined) return undefined
  const { url, noProxy } = native
  return { HTTP_PROXY: url, HTTPS_PROXY: url, ...(noProxy !== undefined && { NO_PROXY: noProxy }) }
}

export function translateWith<Settings>(
  support: ClientSupport,
  config: PoolConfig | undefined,
  settingsOf: (config: ResolvedPoolConfig) => Settings,
): Translation<Settings> {
  const parsed = parsePoolConfig(config)
  const notes = [...parsed.notes, ...lossesOf(support, parsed.config), ...tcpLosses(parsed.config)]
  return { settings: settingsOf(parsed.config), notes }
}

/** Agents tie TCP probes to keepAlive: with it they always probe, without it never. */
function tcpLosses({ keepAlive, tcpKeepAlive }: ResolvedPoolConfig): Note[] {
  if (keepAlive === (tcpKeepAlive !== false)) return []
  const message = keepAlive
    ? 'agents that keep connections alive always send TCP probes: keepAliveMsecs only sets their delay'
    : 'agents send no TCP probes while keepAlive is false'
  return [{ field: 'tcpKeepAlive', support: 'unsupported', message }]
}
