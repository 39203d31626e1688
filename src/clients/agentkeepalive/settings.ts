import type { ResolvedPoolConfig } from '../../config/types.ts'
import { type AgentSettings, agentSettings } from '../../engines/node-agent/settings.ts'
import { compact, finite } from '../../engines/translation.ts'

/** Options of agentkeepalive's classes. */
export interface AgentkeepaliveSettings extends AgentSettings {
  freeSocketTimeout?: number
  socketActiveTTL?: number
}

/** What agentkeepalive's own options can say of the config. */
export function agentkeepaliveSettings(config: ResolvedPoolConfig): AgentkeepaliveSettings {
  const { timeout: _, agentKeepAliveTimeoutBuffer: __, ...settings } = agentSettings(config)
  return compact({
    ...settings,
    freeSocketTimeout: config.keepAlive ? (finite(config.keepAliveExpiry) ?? 0) : undefined,
    // Its default would destroy active requests after twice the idle time.
    timeout: 0,
    socketActiveTTL: finite(config.maxLifetime),
  }) as AgentkeepaliveSettings
}
