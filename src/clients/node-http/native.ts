import type { AdapterModule } from '../../adapter.ts'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../../engines/node-agent/settings.ts'
import { readAgents } from '../../engines/node-agent/unwrap.ts'
import { readSafely } from '../../engines/translation.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, Agents<AgentSettings, AgentSettings>>

/** The options for `new http.Agent` and `new https.Agent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ http: agentSettings(resolved), https: agentSettings(resolved) }))

/** The config that an agent, its options, or `{ http, https }` of either amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readAgents(native))
