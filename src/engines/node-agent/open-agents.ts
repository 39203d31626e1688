import http from 'node:http'
import https from 'node:https'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { Deadlines } from '../../pool/deadlines.ts'
import type { ConnectionPool } from '../../pool/pool.ts'
import { cachedLookup } from '../lookup.ts'
import type { Opened } from '../open-pool.ts'
import type { NodeLane } from './connection.ts'
import type { NativeAgent, NativeAgentClass, RequestOptions } from './native.ts'
import { assertFree } from './native-options.ts'
import { type AgentContext, pooled } from './pooled-agent.ts'

/** The agents for both schemes; they share one pool's limits. */
export interface Agents<Http = http.Agent, Https = https.Agent> {
  readonly http: Http
  readonly https: Https
}

/** Options of the native agent classes besides those that the pool's config replaces: TLS, `lookup`, `localAddress`, … */
export type NativeAgentOptions = https.AgentOptions

/** Two pooled agents of the given classes on one pool. */
export function openAgents<Http = http.Agent, Https = https.Agent>(
  core: ConnectionPool,
  native: NativeAgentOptions = {},
  bases: { readonly http: unknown; readonly https: unknown } = { http: http.Agent, https: https.Agent },
  extra: RequestOptions = {},
): Opened<Agents<Http, Https>> {
  assertFree(native)
  const member = core.join<NodeLane>()
  const context: AgentContext = { member, timeouts: new Deadlines(core.clock), tcpKeepAlive: false, lookup: undefined }
  const options = { ...native, ...extra, keepAlive: true } as RequestOptions
  const agents = {
    http: new (pooled(bases.http as NativeAgentClass))(context, { ...options }),
    https: new (pooled(bases.https as NativeAgentClass))(context, { ...options }),
  }
  let ttl = 0
  const configure = (config: ResolvedPoolConfig) => {
    context.tcpKeepAlive = config.tcpKeepAlive
    if (config.dnsCacheTtl !== ttl) {
      ttl = config.dnsCacheTtl
      context.lookup = ttl > 0 ? cachedLookup(ttl, native.lookup) : undefined
    }
    for (const agent of [agents.http, agents.https] satisfies NativeAgent[]) {
      agent.keepAlive = config.keepAlive
      agent.scheduling = config.scheduling
    }
  }
  configure(core.config)
  return { options: agents as unknown as Agents<Http, Https>, member, configure }
}
