import type http from 'node:http'
import type https from 'node:https'
import type { AdapterModule } from '../src/adapter.ts'
import { heardByCaller, nodeSupport } from '../src/clients/node-http/support.ts'
import { type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentSettings, agentSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { agentOf, optionsOf, readClient, without } from '../src/engines/node-agent/unwrap.ts'
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

export const support: Adapter['support'] = nodeSupport(
  'axios',
  'axios.create(pool.options)',
  { name: 'axios', range: '^1.1.0' },
  {
    acquireTimeout: heardByCaller('timeout only with maxRedirects: 0'),
    tcpKeepAlive: {
      native: 'approximated',
      pool: 'approximated',
      message: 'axios sets TCP probes to 60 s on the socket of every request, whatever the agent says',
    },
    advice: [
      {
        field: 'proxy',
        support: 'unsupported',
        message:
          'the pool options hold axios to direct connections (proxy: false), also with HTTPS_PROXY in the environment; https requests with a proxy of their own do not use the agent: dial the proxy in createConnection',
      },
      {
        field: 'adapter',
        support: 'unsupported',
        message: "axios' fetch adapter and httpVersion: 2 do not use agents: leave adapter and httpVersion alone",
      },
      {
        field: 'timeout',
        support: 'approximated',
        message:
          "axios' own timeout starts when the request has a connection: acquireTimeout bounds the wait (with maxRedirects: 0 timeout covers it too)",
      },
    ],
  },
)

/** A pool for axios: `axios.create(pool.options)`. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) =>
    remap(openAgents(core, native), ({ http, https }) => ({ httpAgent: http, httpsAgent: https, proxy: false })),
  )

/** The options for the agents of `axios.create({ httpAgent, httpsAgent })` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({ httpAgent: agentSettings(resolved), httpsAgent: agentSettings(resolved) }))

/** The config that axios options or an axios instance amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => {
  const given = optionsOf(native, 'axios options or an axios instance')
  const options =
    typeof given === 'function' ? optionsOf((given as { defaults?: unknown }).defaults, 'an axios instance with defaults') : given
  const { httpAgent, httpsAgent } = options
  return readClient('axios', {
    http: agentOf(httpAgent, 'httpAgent'),
    https: agentOf(httpsAgent, 'httpsAgent'),
    // `proxy: false` is among a pool's own options.
    others: without(options, 'httpAgent', 'httpsAgent', ...(options.proxy === false ? ['proxy'] : [])),
  })
})
