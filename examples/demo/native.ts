import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import type { ConformanceClient } from '../../cli/src/conformance/client.ts'
import type { ClientName } from '../../src/clients/types.ts'
import type { PoolConfig } from '../../src/config/types.ts'

type AgentOptions = http.AgentOptions
type AgentSettings = { readonly connect?: object }

export interface PoolLike {
  readonly options: unknown
}

interface Pair {
  readonly http: AgentOptions
  readonly https: AgentOptions
}

const require = createRequire(import.meta.url)

const agents = ({ http: plain, https: secure }: Pair, ca: string) => ({
  http: new http.Agent(plain),
  https: new https.Agent({ ...secure, ca }),
})

/** The client's own agents or dispatcher, made from the settings that `translate` gives. */
const builders: { readonly [C in ClientName]: (settings: never, ca: string) => PoolLike } = {
  undici: (settings: AgentSettings, ca) => ({ options: { dispatcher: dispatcher(settings, ca) } }),
  fetch: (settings: AgentSettings, ca) => {
    const { Dispatcher1Wrapper } = require('undici') as { Dispatcher1Wrapper?: new (dispatcher: Dispatcher) => Dispatcher }
    const agent = dispatcher(settings, ca)
    // The fetch of this Node may be older than the package undici, and then does not take its dispatchers as they are.
    const wrapped = Dispatcher1Wrapper === undefined ? agent : new Dispatcher1Wrapper(agent)
    const options = { dispatcher: wrapped as never }
    return { options, fetch: (url: string, init: RequestInit) => globalThis.fetch(url, { ...init, ...options }) }
  },
  axios: ({ httpAgent, httpsAgent }: { httpAgent: AgentOptions; httpsAgent: AgentOptions }, ca) => {
    const pair = agents({ http: httpAgent, https: httpsAgent }, ca)
    return { options: { httpAgent: pair.http, httpsAgent: pair.https } }
  },
  got: ({ agent }: { agent: Pair }, ca) => ({ options: { agent: agents(agent, ca) } }),
  'node-fetch': (pair: Pair, ca) => {
    const { http: plain, https: secure } = agents(pair, ca)
    return { options: { agent: ({ protocol }: URL) => (protocol === 'https:' ? secure : plain) } }
  },
  agentkeepalive: ({ http: plain, https: secure }: Pair, ca) => {
    const { HttpAgent, HttpsAgent } = require('agentkeepalive') as typeof import('agentkeepalive')
    return { options: { http: new HttpAgent(plain), https: new HttpsAgent({ ...secure, ca }) } }
  },
  'node-http': (pair: Pair, ca) => ({ options: agents(pair, ca) }),
}

function dispatcher({ connect, ...settings }: AgentSettings, ca: string): Dispatcher {
  const { Agent } = require('undici') as typeof import('undici')
  return new Agent({ ...settings, connect: { ...connect, ca } })
}

/** What stands in for the pool: what the client takes, made of its own classes with native settings alone. */
export function nativePool({ adapter, driver }: ConformanceClient, config: PoolConfig, ca: string): PoolLike {
  return builders[driver.adapter](adapter.translate(config).settings as never, ca)
}
