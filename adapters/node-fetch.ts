import type http from 'node:http'
import type https from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { heardByCaller, nodeSupport } from '../src/clients/node-http/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { assertNodeFetch } from '../src/engines/node-agent/runtime.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { agentOf, badInput, optionsOf, readClient, without } from '../src/engines/node-agent/unwrap.ts'
import { openPool, remap } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

type ChooseAgent = (url: { readonly protocol?: string | null }) => http.Agent | https.Agent

interface NodeFetchOptions {
  /** Called for every hop, so that redirects between schemes work. */
  readonly agent: ChooseAgent
}

type Adapter = AdapterModule<NodeFetchOptions, NativeAgentOptions, Agents<AgentSettings, AgentSettings>>

export const support: Adapter['support'] = nodeSupport(
  'node-fetch',
  'fetch(url, { ...pool.options })',
  { name: 'node-fetch', range: '^2.6.13 || ^3.3.2' },
  {
    acquireTimeout: heardByCaller("node-fetch 2's timeout counts from when there is a socket"),
    advice: [
      {
        field: 'body',
        support: 'approximated',
        message:
          'a response whose body is neither read nor aborted keeps its connection; in node-fetch 2 body.destroy() does not free it, an abort does',
      },
      {
        field: 'timeout',
        support: 'approximated',
        message: "node-fetch 2's timeout starts when the request has a connection: acquireTimeout bounds the wait",
      },
    ],
  },
)

/** A pool for node-fetch 2 and 3: `fetch(url, { ...pool.options })`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => {
    assertNodeFetch()
    // node-fetch 2 takes a listener for 'data' on the socket, as the next request adds, for the sign of an answer cut short.
    return remap(openAgents(core, native, undefined, {}, true), ({ http, https }) => ({
      agent: ({ protocol }) => (protocol === 'https:' ? https : http),
    }))
  })

/** The options for the agents, one for each scheme, that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ http: agentSettings(resolved), https: agentSettings(resolved) }))

/** The config that node-fetch options, their `agent`, or `{ http, https }` amount to. A function that chooses an agent is called once for each scheme. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => {
  const given = optionsOf(native, 'node-fetch options, an agent, or a function that chooses one')
  const options = typeof given === 'function' || 'freeSockets' in given ? { agent: given } : given
  const { agent, http, https } = options as { agent?: unknown; http?: unknown; https?: unknown }
  const [plain, secure] =
    typeof agent === 'function' ? [choose(agent, 'http:'), choose(agent, 'https:')] : [agent ?? http, agent ?? https]
  return readClient('node-fetch', {
    http: agentOf(plain, 'agent'),
    https: agentOf(secure, 'agent'),
    others: without(options, 'agent', 'http', 'https'),
  })
})

function choose(agent: unknown, protocol: string): unknown {
  try {
    return (agent as (url: URL) => unknown)(new URL(`${protocol}//host.invalid`))
  } catch (error) {
    throw badInput(`the agent function failed for an ${protocol} URL (${(error as Error | undefined)?.name ?? 'unknown error'})`)
  }
}
