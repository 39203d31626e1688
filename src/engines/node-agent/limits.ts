import { PoolUnsupportedError } from '../../errors.ts'
import type { AgentContext } from './driver.ts'
import type { NativeAgent } from './native.ts'

interface Limit {
  /** What stands in its place. */
  readonly field: string
  /** What it is, for those who read it: the native limits are off. Without a context while the agent is being made, when node checks some. */
  readonly read: (context: AgentContext | undefined) => unknown
}

const unlimited = () => Number.POSITIVE_INFINITY

/** What node's agents and their callers read, and callers write to change it while the agent works. */
const limits: { readonly [property: string]: Limit } = {
  maxSockets: { field: 'maxConnectionsPerHost', read: unlimited },
  maxTotalSockets: { field: 'maxConnections', read: unlimited },
  maxFreeSockets: { field: 'maxIdleConnectionsPerHost', read: unlimited },
  keepAlive: { field: 'keepAlive', read: () => true },
  keepAliveMsecs: { field: 'tcpKeepAlive', read: (context) => context?.tcpKeepAlive || 0 },
  agentKeepAliveTimeoutBuffer: {
    field: 'keepAliveHintMargin',
    read: (context) => context?.core.config.keepAliveHintMargin,
  },
  scheduling: { field: 'scheduling', read: (context) => context?.core.config.scheduling ?? 'lifo' },
}

/**
 * Has the agents of a class refuse to be given native limits, which would hold nowhere. They can be read, and written as they are. On its prototype:
 * an agent whose own limits were replaced would be a dictionary, in which node looks up everything for each request.
 * @param contextOf an agent's; none while it is being made, and node sets what it was given
 */
export function refuseLimits(prototype: object, contextOf: (agent: NativeAgent) => AgentContext | undefined): void {
  for (const [property, { field, read }] of Object.entries(limits)) {
    Object.defineProperty(prototype, property, {
      get(this: NativeAgent) {
        return read(contextOf(this))
      },
      set(this: NativeAgent, value: unknown) {
        const context = contextOf(this)
        if (context !== undefined && value !== read(context)) throw refusal(property, field, value)
      },
      enumerable: true,
      configurable: true,
    })
  }
}

function refusal(property: string, field: string, value: unknown): PoolUnsupportedError {
  return new PoolUnsupportedError(
    `${property} = ${String(value)} can't be set on a pool's agent, whose limits are the pool's: call pool.reconfigure({ …, ${field} }) instead`,
  )
}
