import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import type { GotAgents } from '../src/clients/got/agents.ts'
import { readSettings, translate } from '../src/clients/got/native.ts'
import { request } from '../src/clients/got/request.ts'
import { support } from '../src/clients/got/support.ts'
import { type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import type { AgentSettings } from '../src/engines/node-agent/settings.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'

type OnResponse = (response: IncomingMessage) => void

interface GotOptions extends GotAgents {
  /** got's transport. */
  readonly request: (url: URL, options: RequestOptions, callback?: OnResponse) => ClientRequest
}

type Adapter = AdapterModule<GotOptions, NativeAgentOptions, GotAgents<AgentSettings, AgentSettings>>

export { readSettings, support, translate }

/** A pool for got: `got.extend(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => remap(openAgents(core, native), (agent) => ({ agent, request })))
