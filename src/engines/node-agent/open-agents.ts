import type http from 'node:http'
import type https from 'node:https'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import type { Core } from '../../pool/port.ts'
import { configKey } from '../config-key.ts'
import { cachedLookup, steadyLookup } from '../lookup.ts'
import type { Opened } from '../open-pool.ts'
import { Routes } from '../proxy/routes.ts'
import { compact } from '../translation.ts'
import type { Adopt, AgentContext, PooledDriver } from './driver.ts'
import { RequestTimers } from './hold.ts'
import type { NativeAgentClass, RequestOptions } from './native.ts'
import { assertFreeForAgent, type NativeAgentOptions } from './native-options.ts'
import { pooled } from './pooled-agent.ts'
import { assertRuntime } from './runtime.ts'

export type { NativeAgentOptions } from './native-options.ts'

/** The agents for both schemes; they share one pool's limits. */
export interface Agents<Http = http.Agent, Https = https.Agent> {
  readonly http: Http
  readonly https: Https
}

// Node's own modules are loaded with the first pool: that makes importing an adapter cheap.
const nodeAgents = () => {
  assertRuntime()
  return {
    http: process.getBuiltinModule('node:http').Agent,
    https: process.getBuiltinModule('node:https').Agent,
  }
}

/** Two pooled agents of the given classes on one pool. */
export function openAgents<Http = http.Agent, Https = https.Agent>(
  core: Core,
  native: NativeAgentOptions = {},
  bases: { readonly http: unknown; readonly https: unknown } = nodeAgents(),
  extra: RequestOptions = {},
  handOverLate = false,
  adopt?: Adopt,
): Opened<Agents<Http, Https>> {
  assertFreeForAgent(native)
  const { proxyTls, proxyHeaders, ...natively } = native
  const routes = new Routes({ proxyTls, proxyHeaders })
  // One that has no agent yet is not asked.
  const member = core.join((url) => (context.drivers.get(url.protocol) as PooledDriver).laneOf(url))
  const context: AgentContext = {
    core,
    drivers: new Map(),
    member,
    timers: new RequestTimers(core.clock),
    handOverLate,
    tcpKeepAlive: false,
    givenLookup: native.lookup,
    lookup: undefined,
    routes,
    adopt,
    dialling: null,
  }
  // What is left out, or undefined, is the request's to set: an agent's option goes before a request's, also as undefined.
  // By `proxyEnv` node would dial a proxy behind the pool's back.
  const options = { ...compact(natively), ...extra, keepAlive: true, proxyEnv: null } as RequestOptions
  const agents = {
    http: new (pooled(bases.http as NativeAgentClass))(context, { ...options }),
    https: new (pooled(bases.https as NativeAgentClass))(context, { ...options }),
  }
  for (const agent of [agents.http, agents.https]) Object.defineProperty(agent, configKey, { get: () => core.config })
  const lookup = typeof native.lookup === 'function' ? steadyLookup(native.lookup, core.clock) : native.lookup
  context.lookup = lookup
  let ttl = 0
  const configure = (config: ResolvedPoolConfig) => {
    context.tcpKeepAlive = config.tcpKeepAlive
    // What was made by another way ends with the request that it has.
    routes.apply(core.routes)
    for (const lane of [...member.lanes.values()]) lane.reroute(routes)
    if (config.dnsCacheTtl !== ttl) {
      ttl = config.dnsCacheTtl
      context.lookup = ttl > 0 ? cachedLookup(ttl, core.clock, lookup) : lookup
    }
  }
  configure(core.config)
  return {
    options: agents as unknown as Agents<Http, Https>,
    member,
    configure,
  }
}
