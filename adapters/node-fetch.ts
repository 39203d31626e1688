import type { AdapterModule } from '../src/adapter.ts'
import { agentsIn, type ChooseAgent, choiceOf } from '../src/clients/node-fetch/agents.ts'
import { assertNodeFetch } from '../src/clients/node-fetch/runtime.ts'
import { support } from '../src/clients/node-fetch/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { readClient } from '../src/engines/node-agent/unwrap.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

interface NodeFetchOptions {
  /** Called for every hop, so that redirects between schemes work. */
  readonly agent: ChooseAgent
}

type Adapter = AdapterModule<NodeFetchOptions, NativeAgentOptions, Agents<AgentSettings, AgentSettings>>

export { support }

/** A pool for node-fetch 2 and 3: `fetch(url, { ...pool.options })`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => {
    assertNodeFetch()
    // node-fetch 2 takes a listener for 'data' on the socket, as the next request adds, for the sign of an answer cut short.
    return remap(openAgents(core, native, undefined, {}, true), (agents) => ({ agent: choiceOf(agents) }))
  })

/** The options for the agents, one for each scheme, that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ http: agentSettings(resolved), https: agentSettings(resolved) }))

/** The config that node-fetch options, their `agent`, or `{ http, https }` amount to. A function that chooses an agent is called once for each scheme. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('node-fetch', agentsIn(native)))
