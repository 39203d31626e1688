import type { AdapterModule } from '../../adapter.ts'
import { type AgentSettings, agentSettings, translateWith } from '../../engines/node-agent/settings.ts'
import { readClient } from '../../engines/node-agent/unwrap.ts'
import { readSafely } from '../../engines/translation.ts'
import { agentsIn, type GotAgents } from './agents.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, GotAgents<AgentSettings, AgentSettings>>

/** The options for the agents of `got.extend({ agent: { http, https } })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ agent: { http: agentSettings(resolved), https: agentSettings(resolved) } }))

/** The config that got options or a got instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('got', agentsIn(native)))
