import type { AdapterModule } from '../src/adapter.ts'
import { readSettings, translate } from '../src/clients/node-http/native.ts'
import { support } from '../src/clients/node-http/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import type { AgentSettings } from '../src/engines/node-agent/settings.ts'
import { openPool } from '../src/engines/open-pool.ts'

type Adapter = AdapterModule<Agents, NativeAgentOptions, Agents<AgentSettings, AgentSettings>>

export { readSettings, support, translate }

/** A pool for `http.request` and `https.request`: give `options.http` or `options.https` as their `agent`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => openAgents(core, native))
