import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import { excess, type Seen } from './workload.ts'

/** What a run did against the config, by column; empty if every limit held. */
export type Breaches = { readonly [column in keyof Seen]?: string }

export function breachesOf(seen: Seen, config: ResolvedPoolConfig): Breaches {
  const { maxConnections, maxConnectionsPerHost, maxIdleConnections, keepAliveExpiry } = config
  // 10 % or 50 ms as promised; 100 ms for the other process, that sees it; and what this one was late.
  const latest = keepAliveExpiry + Math.max(50, keepAliveExpiry / 10) + 100 + seen.lag
  return {
    ...(seen.peak > maxConnections && { peak: `${seen.peak} connections at one time, maxConnections is ${maxConnections}` }),
    ...(seen.peakPerHost > maxConnectionsPerHost && {
      peakPerHost: `${seen.peakPerHost} connections to one host, maxConnectionsPerHost is ${maxConnectionsPerHost}`,
    }),
    ...(seen.idleLeft > maxIdleConnections && {
      idleLeft: `${seen.idleLeft} idle connections, maxIdleConnections is ${maxIdleConnections}`,
    }),
    ...(!(seen.expiry >= keepAliveExpiry - 5 && seen.expiry <= latest) && {
      expiry: `an idle connection closed after ${Math.round(seen.expiry)} ms, keepAliveExpiry is ${keepAliveExpiry} ms`,
    }),
    ...(seen.acquireTimeouts !== excess && { acquireTimeouts: `${seen.acquireTimeouts} acquire timeouts, ${excess} were due` }),
    ...(seen.failures > 0 && { failures: `${seen.failures} requests failed` }),
  }
}
