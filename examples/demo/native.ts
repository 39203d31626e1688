import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { PoolConfig } from '../../src/config/types.ts'
import type { ConformanceClient } from '../../src/conformance/client.ts'

type AgentOptions = http.AgentOptions
interface Pair {
  readonly http: AgentOptions
  readonly https: AgentOptions
}

const require = createRequire(import.meta.url)

const agents = ({ http: plain, https: secure }: Pair, ca: string) => ({
  http: new http.Agent(plain),
  https: new https.Agent({ ...secure, ca }),
})

/** The client's own agents or dispatcher, made from the settings that `translate` gives; by the adapter's name. */
const builders: { readonly [adapter: string]: (settings: never, ca: string) => unknown } = {
  undici: dispatcher,
  fetch: dispatcher,
  axios: ({ httpAgent, httpsAgent }: { httpAgent: AgentOptions; httpsAgent: AgentOptions }, ca) => {
    const pair = agents({ http: httpAgent, https: httpsAgent }, ca)
    return { httpAgent: pair.http, httpsAgent: pair.https }
  },
  got: ({ agent }: { agent: Pair }, ca) => ({ agent: agents(agent, ca) }),
  'node-fetch': (pair: Pair, ca) => {
    const { http: plain, https: secure } = agents(pair, ca)
    return { agent: ({ protocol }: URL) => (protocol === 'https:' ? secure : plain) }
  },
  agentkeepalive: ({ http: plain, https: secure }: Pair, ca) => {
    const { HttpAgent, HttpsAgent } = require('agentkeepalive') as typeof import('agentkeepalive')
    return { http: new HttpAgent(plain), https: new HttpsAgent({ ...secure, ca }) }
  },
  'node-http': agents,
}

function dispatcher(settings: { connect?: object }, ca: string): unknown {
  const { Agent } = require('undici') as typeof import('undici')
  return { dispatcher: new Agent({ ...settings, connect: { ...settings.connect, ca } }) }
}

/** What the client takes in place of `pool.options`, with native settings alone. */
export function nativeOptions({ adapter, driver }: ConformanceClient, config: PoolConfig, ca: string): unknown {
  const build = builders[driver.adapter]
  if (build === undefined) throw new Error(`no native class is known for ${driver.adapter}`)
  return build(adapter.translate(config).settings as never, ca)
}
