import type http from 'node:http'
import type https from 'node:https'
import { agentOf, type Found, optionsOf, without } from '../../engines/node-agent/unwrap.ts'

export interface AxiosAgents<Http = http.Agent, Https = https.Agent> {
  readonly httpAgent: Http
  readonly httpsAgent: Https
}

/** The agents of axios' options or of an instance. */
export function agentsIn(native: unknown): Found & { readonly proxy: unknown } {
  const given = optionsOf(native, 'axios options or an axios instance')
  const options =
    typeof given === 'function' ? optionsOf((given as { defaults?: unknown }).defaults, 'an axios instance with defaults') : given
  const { httpAgent, httpsAgent } = options
  return {
    http: agentOf(httpAgent, 'httpAgent'),
    https: agentOf(httpsAgent, 'httpsAgent'),
    others: without(options, 'httpAgent', 'httpsAgent', 'proxy'),
    proxy: options.proxy,
  }
}
