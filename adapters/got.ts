import type http from 'node:http'
import type https from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { nodeSupport } from '../src/engines/node-agent/support.ts'
import { agentOf, optionsOf, readClient, without } from '../src/engines/node-agent/unwrap.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'

interface GotAgents<Http = http.Agent, Https = https.Agent> {
  readonly agent: Agents<Http, Https>
}

type Adapter = AdapterModule<GotAgents, NativeAgentOptions, GotAgents<AgentSettings, AgentSettings>>

export const support: Adapter['support'] = nodeSupport(
  'got',
  { name: 'got', range: '>=14 <17' },
  {
    advice: [
      {
        field: 'http2',
        support: 'unsupported',
        message:
          'with http2: true got 14 and 15 open a connection per host of their own to ask for the protocol, and HTTP/2 sessions besides: leave it off',
      },
      {
        field: 'retry',
        support: 'native',
        message:
          'got retries by itself and waits for a connection each time; pool errors are not retried unless retry.errorCodes names their code',
      },
    ],
  },
)

/** A pool for got: `got.extend(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => remap(openAgents(core, native), (agent) => ({ agent })))

/** The options for the agents of `got.extend({ agent: { http, https } })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ agent: { http: agentSettings(resolved), https: agentSettings(resolved) } }))

/** The config that got options or a got instance amount to. */
export const readSettings: Adapter['readSettings'] = (native) => {
  const given = optionsOf(native, 'got options or a got instance')
  const options =
    typeof given === 'function' ? optionsOf((given as GotInstance).defaults?.options, 'a got instance with defaults') : given
  const agent = (options.agent ?? {}) as Partial<Agents<unknown, unknown>>
  const others = typeof given === 'function' ? [] : without(options, 'agent')
  return readClient('got', { http: agentOf(agent.http), https: agentOf(agent.https), others })
}

interface GotInstance {
  readonly defaults?: { readonly options?: unknown }
}
