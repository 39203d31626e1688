import type http from 'node:http'
import type https from 'node:https'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { agentOf, badInput, type Found, optionsOf, without } from '../../engines/node-agent/unwrap.ts'

export type ChooseAgent = (url: { readonly protocol?: string | null }) => http.Agent | https.Agent

/** The agent of a pair that fits the URL. */
export function choiceOf({ http, https }: Agents): ChooseAgent {
  return ({ protocol }) => (protocol === 'https:' ? https : http)
}

/** The agents of node-fetch's options. */
export function agentsIn(native: unknown): Found {
  const given = optionsOf(native, 'node-fetch options, an agent, or a function that chooses one')
  const options = typeof given === 'function' || 'freeSockets' in given ? { agent: given } : given
  const { agent, http, https } = options as { agent?: unknown; http?: unknown; https?: unknown }
  const [plain, secure] =
    typeof agent === 'function' ? [choose(agent, 'http:'), choose(agent, 'https:')] : [agent ?? http, agent ?? https]
  return {
    http: agentOf(plain, 'agent'),
    https: agentOf(secure, 'agent'),
    others: without(options, 'agent', 'http', 'https'),
  }
}

function choose(agent: unknown, protocol: string): unknown {
  try {
    return (agent as (url: URL) => unknown)(new URL(`${protocol}//host.invalid`))
  } catch (error) {
    throw badInput(`the agent function failed for an ${protocol} URL (${(error as Error | undefined)?.name ?? 'unknown error'})`)
  }
}
