import type { AdapterModule } from '../src/adapter.ts'
import type { AxiosAgents } from '../src/clients/axios/agents.ts'
import { readSettings, translate } from '../src/clients/axios/native.ts'
import { support } from '../src/clients/axios/support.ts'
import { type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import type { AgentSettings } from '../src/engines/node-agent/settings.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'

interface AxiosOptions extends AxiosAgents {
  /** Or axios would leave the agents wherever the environment names a proxy. */
  readonly proxy: false
}

type Adapter = AdapterModule<AxiosOptions, NativeAgentOptions, AxiosAgents<AgentSettings, AgentSettings>>

export { readSettings, support, translate }

/** A pool for axios: `axios.create(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) =>
    remap(openAgents(core, native), ({ http, https }) => ({ httpAgent: http, httpsAgent: https, proxy: false })),
  )
