import type { AdapterModule } from '../src/adapter.ts'
import { support } from '../src/clients/node-http/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { readAgents } from '../src/engines/node-agent/unwrap.ts'
import { openPool } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

type Adapter = AdapterModule<Agents, NativeAgentOptions, Agents<AgentSettings, AgentSettings>>

export { support }

/** A pool for `http.request` and `https.request`: give `options.http` or `options.https` as their `agent`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => openAgents(core, native))

/** The options for `new http.Agent` and `new https.Agent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ http: agentSettings(resolved), https: agentSettings(resolved) }))

/** The config that an agent, its options, or `{ http, https }` of either amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readAgents(native))
