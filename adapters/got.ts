import type http from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type https from 'node:https'
import type { RequestOptions } from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { agentsIn } from '../src/clients/got/agents.ts'
import { request } from '../src/clients/got/request.ts'
import { support } from '../src/clients/got/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { readClient } from '../src/engines/node-agent/unwrap.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

interface GotAgents<Http = http.Agent, Https = https.Agent> {
  readonly agent: Agents<Http, Https>
}

type OnResponse = (response: IncomingMessage) => void

interface GotOptions extends GotAgents {
  /** got's transport. */
  readonly request: (url: URL, options: RequestOptions, callback?: OnResponse) => ClientRequest
}

type Adapter = AdapterModule<GotOptions, NativeAgentOptions, GotAgents<AgentSettings, AgentSettings>>

export { support }

/** A pool for got: `got.extend(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => remap(openAgents(core, native), (agent) => ({ agent, request })))

/** The options for the agents of `got.extend({ agent: { http, https } })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ agent: { http: agentSettings(resolved), https: agentSettings(resolved) } }))

/** The config that got options or a got instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readClient('got', agentsIn(native)))
