import { PoolUnsupportedError } from '../../errors.ts'
import type { AgentContext } from './driver.ts'
import type { NativeAgent } from './native.ts'

interface Limit {
  /** What stands in its place. */
  readonly field: string
  /** What it is, for those who read it: the native limits are off. */
  readonly read: (context: AgentContext) => unknown
}

const unlimited = () => Number.POSITIVE_INFINITY

/** What node's agents and their callers read, and callers write to change it while the agent works. */
const limits: { readonly [property: string]: Limit } = {
  maxSockets: { field: 'maxConnectionsPerHost', read: unlimited },
  maxTotalSockets: { field: 'maxConnections', read: unlimited },
  maxFreeSockets: { field: 'maxIdleConnectionsPerHost', read: unlimited },
  keepAlive: { field: 'keepAlive', read: () => true },
  keepAliveMsecs: { field: 'tcpKeepAlive', read: (context) => context.tcpKeepAlive || 0 },
  agentKeepAliveTimeoutBuffer: {
    field: 'keepAliveHintMargin',
    read: (context) => context.core.config.keepAliveHintMargin,
  },
  scheduling: { field: 'scheduling', read: (context) => context.core.config.scheduling },
}

/** Has the agent refuse to be given native limits, which would hold nowhere. They can be read, and written as they are. */
export function refuseLimits(agent: NativeAgent, context: AgentContext): void {
  for (const [property, { field, read }] of Object.entries(limits)) {
    const get = () => read(context)
    const set = (value: unknown) => {
      if (value !== get()) throw refusal(property, field, value)
    }
    Object.defineProperty(agent, property, { get, set, enumerable: true, configurable: true })
  }
}

function refusal(property: string, field: string, value: unknown): PoolUnsupportedError {
  return new PoolUnsupportedError(
    `${property} = ${String(value)} can't be set on a pool's agent, whose limits are the pool's: call pool.reconfigure({ …, ${field} }) instead`,
  )
}
