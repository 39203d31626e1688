import type { AdapterModule } from '../../adapter.ts'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../../engines/node-agent/settings.ts'
import { readClient } from '../../engines/node-agent/unwrap.ts'
import { readSafely } from '../../engines/translation.ts'
import { agentsIn } from './agents.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, Agents<AgentSettings, AgentSettings>>

/** The options for the agents, one for each scheme, that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ http: agentSettings(resolved), https: agentSettings(resolved) }))

/** The config that node-fetch options, their `agent`, or `{ http, https }` amount to. A function that chooses an agent is called once for each scheme. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('node-fetch', agentsIn(native)))
