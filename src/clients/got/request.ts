import type { ClientRequest } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { endUnread } from './unread.ts'

/**
 * Node's own transport. With `http2: true` got 14 and 15 would open a connection per host to ask for the protocol, and HTTP/2 sessions
 * besides; the agent is then a map by scheme. For its cache got gives the options without a URL.
 */
export const request = (...args: unknown[]): ClientRequest => {
  const secure = (args[0] as URL | RequestOptions).protocol === 'https:'
  const at = args[0] instanceof URL ? 1 : 0
  const options = args[at] as { agent?: Partial<Agents> & object }
  const { agent } = options
  const isMap = agent !== undefined && ('http' in agent || 'https' in agent)
  if (isMap) args[at] = { ...options, agent: secure ? agent.https : agent.http }
  const { request: send } = secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  return endUnread(Reflect.apply(send, undefined, args))
}
