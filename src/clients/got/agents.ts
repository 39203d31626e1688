import type http from 'node:http'
import type https from 'node:https'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { agentOf, type Found, optionsOf, without } from '../../engines/node-agent/unwrap.ts'

export interface GotAgents<Http = http.Agent, Https = https.Agent> {
  readonly agent: Agents<Http, Https>
}

/** The agents of got's options or of an instance. */
export function agentsIn(native: unknown): Found {
  const given = optionsOf(native, 'got options or a got instance')
  const isInstance = typeof given === 'function'
  const options = isInstance ? optionsOf((given as GotInstance).defaults?.options, 'a got instance with defaults') : given
  const agents = agentsOf(options.agent)
  return {
    http: agentOf(agents.http, 'agent.http'),
    https: agentOf(agents.https, 'agent.https'),
    others: [
      ...(isInstance ? ['http2', 'dnsCache'].filter((option) => options[option]) : without(options, 'agent')),
      ...(agents.http2 ? ['agent.http2'] : []),
    ],
  }
}

function agentsOf(agent: unknown): { http?: unknown; https?: unknown; http2?: unknown } {
  return agent === false ? { http: false, https: false } : optionsOf(agent ?? {}, 'agent: { http, https }')
}

interface GotInstance {
  readonly defaults?: { readonly options?: unknown }
}
