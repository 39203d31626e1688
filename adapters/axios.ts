import type http from 'node:http'
import type https from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { agentsIn } from '../src/clients/axios/agents.ts'
import { support } from '../src/clients/axios/support.ts'
import { type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { readClient } from '../src/engines/node-agent/unwrap.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

interface AxiosAgents<Http = http.Agent, Https = https.Agent> {
  readonly httpAgent: Http
  readonly httpsAgent: Https
}

interface AxiosOptions extends AxiosAgents {
  /** Or axios would leave the agents wherever the environment names a proxy. */
  readonly proxy: false
}

type Adapter = AdapterModule<AxiosOptions, NativeAgentOptions, AxiosAgents<AgentSettings, AgentSettings>>

export { support }

/** A pool for axios: `axios.create(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) =>
    remap(openAgents(core, native), ({ http, https }) => ({ httpAgent: http, httpsAgent: https, proxy: false })),
  )

/** The options for the agents of `axios.create({ httpAgent, httpsAgent })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ httpAgent: agentSettings(resolved), httpsAgent: agentSettings(resolved) }))

/** The config that axios options or an axios instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('axios', agentsIn(native)))
