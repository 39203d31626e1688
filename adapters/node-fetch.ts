import type { AdapterModule } from '../src/adapter.ts'
import { type ChooseAgent, choiceOf } from '../src/clients/node-fetch/agents.ts'
import { readSettings, translate } from '../src/clients/node-fetch/native.ts'
import { assertNodeFetch } from '../src/clients/node-fetch/runtime.ts'
import { support } from '../src/clients/node-fetch/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import type { AgentSettings } from '../src/engines/node-agent/settings.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'

interface NodeFetchOptions {
  /** Called for every hop, so that redirects between schemes work. */
  readonly agent: ChooseAgent
}

type Adapter = AdapterModule<NodeFetchOptions, NativeAgentOptions, Agents<AgentSettings, AgentSettings>>

export { readSettings, support, translate }

/** A pool for node-fetch 2 and 3: `fetch(url, { ...pool.options })`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => {
    assertNodeFetch()
    // node-fetch 2 takes a listener for 'data' on the socket, as the next request adds, for the sign of an answer cut short.
    return remap(openAgents(core, native, undefined, {}, true), (agents) => ({ agent: choiceOf(agents) }))
  })
