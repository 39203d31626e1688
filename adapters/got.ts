import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { endUnread } from '../src/clients/got/unread.ts'
import { enforced, heardByCaller, nodeSupport, retryStale } from '../src/clients/node-http/support.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { agentOf, optionsOf, readClient, without } from '../src/engines/node-agent/unwrap.ts'
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

export const support: Adapter['support'] = nodeSupport(
  'got',
  'got.extend(pool.options)',
  { name: 'got', range: '>=14 <17' },
  {
    acquireTimeout: heardByCaller('timeout.request only when there is a socket'),
    connectTimeout: enforced(
      'unsupported',
      "agents have no limit for TCP and TLS set-up; got's own timeout.connect and timeout.secureConnect bound one each",
    ),
    dnsCacheTtl: enforced('unsupported', "agents do not cache look-ups; got's own dnsCache does"),
    retryStale: {
      ...retryStale,
      message: "got's own retry repeats what is idempotent, after a second, and answers of some statuses as well",
    },
    advice: [
      {
        field: 'http2',
        support: 'unsupported',
        message:
          'HTTP/2 gets round every agent; the pool options hold got to HTTP/1.1, also with http2: true, unless a request option of your own replaces theirs',
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
  openPool(support, config, options, (core) => remap(openAgents(core, native), (agent) => ({ agent, request })))

/** The options for the agents of `got.extend({ agent: { http, https } })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ agent: { http: agentSettings(resolved), https: agentSettings(resolved) } }))

/**
 * Node's own transport. With `http2: true` got 14 and 15 would open a connection per host to ask for the protocol, and HTTP/2 sessions
 * besides; the agent is then a map by scheme. For its cache got gives the options without a URL.
 */
const request = (...args: unknown[]): ClientRequest => {
  const secure = (args[0] as URL | RequestOptions).protocol === 'https:'
  const at = args[0] instanceof URL ? 1 : 0
  const options = args[at] as { agent?: Partial<Agents> & object }
  const { agent } = options
  const isMap = agent !== undefined && ('http' in agent || 'https' in agent)
  if (isMap) args[at] = { ...options, agent: secure ? agent.https : agent.http }
  return endUnread(Reflect.apply(secure ? https.request : http.request, undefined, args))
}

/** The config that got options or a got instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => {
  const given = optionsOf(native, 'got options or a got instance')
  const isInstance = typeof given === 'function'
  const options = isInstance ? optionsOf((given as GotInstance).defaults?.options, 'a got instance with defaults') : given
  const agents = agentsOf(options.agent)
  return readClient('got', {
    http: agentOf(agents.http, 'agent.http'),
    https: agentOf(agents.https, 'agent.https'),
    others: [
      ...(isInstance ? ['http2', 'dnsCache'].filter((option) => options[option]) : without(options, 'agent')),
      ...(agents.http2 ? ['agent.http2'] : []),
    ],
  })
})

function agentsOf(agent: unknown): { http?: unknown; https?: unknown; http2?: unknown } {
  return agent === false ? { http: false, https: false } : optionsOf(agent ?? {}, 'agent: { http, https }')
}

interface GotInstance {
  readonly defaults?: { readonly options?: unknown }
}
