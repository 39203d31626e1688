import type { AdapterModule } from '../../adapter.ts'
import { type AgentSettings, agentSettings, translateWith } from '../../engines/node-agent/settings.ts'
import { readClient } from '../../engines/node-agent/unwrap.ts'
import { readSafely } from '../../engines/translation.ts'
import { type AxiosAgents, agentsIn } from './agents.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, AxiosAgents<AgentSettings, AgentSettings>>

/** The options for the agents of `axios.create({ httpAgent, httpsAgent })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ httpAgent: agentSettings(resolved), httpsAgent: agentSettings(resolved) }))

/** The config that axios options or an axios instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('axios', agentsIn(native)))
