import { PoolUnsupportedError } from '../../errors.ts'
import { assertOptions } from '../translation.ts'

/** Native options that the pool's config replaces, and what to write instead. */
export const owned: { readonly [option: string]: string } = {
  keepAlive: 'set keepAlive in the pool config',
  keepAliveMsecs: 'set tcpKeepAlive in the pool config (it is the delay of TCP probes)',
  maxSockets: 'set maxConnectionsPerHost in the pool config',
  maxTotalSockets: 'set maxConnections in the pool config',
  maxFreeSockets: 'set maxIdleConnectionsPerHost in the pool config',
  scheduling: 'set scheduling in the pool config',
  timeout: 'set keepAliveExpiry for idle connections; a timeout for requests belongs to the request',
  freeSocketTimeout: 'set keepAliveExpiry in the pool config',
  freeSocketKeepAliveTimeout: 'set keepAliveExpiry in the pool config',
  keepAliveTimeout: 'set keepAliveExpiry in the pool config',
  socketActiveTTL: 'set maxLifetime in the pool config',
  agentKeepAliveTimeoutBuffer: 'set keepAliveHintMargin in the pool config',
  proxyEnv: 'polypool opens its connections itself: assign a createConnection that dials the proxy to the agents in pool.options',
  createConnection: "node's agents ignore it as an option: assign it to the agents in pool.options",
  protocol: 'a pool has an agent for each scheme',
  defaultPort: 'set the port on the request',
}

/** Throws if the native options contain one that would compete with the pool's config. */
export function assertFree(native: object): void {
  assertOptions(native)
  const options = native as { readonly [option: string]: unknown }
  const taken = Object.keys(options).filter((option) => Object.hasOwn(owned, option) && options[option] !== undefined)
  if (taken.length === 0) return
  throw new PoolUnsupportedError(
    taken.map((option) => `${option} can't be passed as a native option: ${owned[option]}`).join('; '),
  )
}
