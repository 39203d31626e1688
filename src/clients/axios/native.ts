import type { AdapterModule } from '../../adapter.ts'
import { type AgentSettings, agentSettings, translateWith } from '../../engines/node-agent/settings.ts'
import { readClient } from '../../engines/node-agent/unwrap.ts'
import { noProxyAtAll, type ProxyReading, proxyNote, readServer } from '../../engines/read-proxy.ts'
import { readSafely } from '../../engines/translation.ts'
import { type AxiosAgents, agentsIn } from './agents.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, AxiosAgents<AgentSettings, AgentSettings>>

/** The options for the agents of `axios.create({ httpAgent, httpsAgent })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ httpAgent: agentSettings(resolved), httpsAgent: agentSettings(resolved) }))

/** The config that axios options or an axios instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => {
  const found = agentsIn(native)
  const { config, notes } = readClient('axios', found)
  const proxies = proxiesIn(found.proxy)
  return { config: { ...config, ...proxies.config }, notes: [...notes, ...proxies.notes] }
})

/** axios' own `proxy`; where it is not set, axios goes by the environment. */
function proxiesIn(proxy: unknown): ProxyReading {
  if (proxy === false) return noProxyAtAll
  if (proxy !== undefined && proxy !== null) return readServer('proxy', proxy)
  const named = ['http_proxy', 'https_proxy', 'all_proxy'].some((name) => process.env[name] || process.env[name.toUpperCase()])
  if (!named) return noProxyAtAll
  const message = 'axios goes by HTTP_PROXY, HTTPS_PROXY and NO_PROXY unless its proxy is false: set proxy: env for the same'
  return { config: {}, notes: [proxyNote('proxy', message, 'unsupported')] }
}
