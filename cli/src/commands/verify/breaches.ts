import type { ResolvedPoolConfig } from 'polypool'
import type { Measured } from '../../report/timeline.ts'

/** What a run did against its config, in words. */
export function breachesOf(seen: Measured, config: ResolvedPoolConfig): string[] {
  const { maxConnections, maxConnectionsPerHost, maxOverflow, maxIdleConnections, keepAliveExpiry } = config
  // 10 % or 50 ms as promised, and as much again for two busy processes on one machine.
  const latest = keepAliveExpiry + 2 * Math.max(50, keepAliveExpiry / 10)
  const found: string[] = []
  const above = (what: string, value: number, field: string, limit: number) => {
    if (value > limit) found.push(`${value} ${what}, ${field} is ${limit}`)
  }
  const overflow = maxOverflow > 0 ? ` and maxOverflow ${maxOverflow}` : ''
  above('connections at one time', seen.peak, `maxConnections${overflow}`, maxConnections + maxOverflow)
  above('connections to one host', seen.peakPerHost, `maxConnectionsPerHost${overflow}`, maxConnectionsPerHost + maxOverflow)
  above('idle connections', seen.idleLeft, 'maxIdleConnections', maxIdleConnections)
  if (seen.expiry !== null && !(seen.expiry <= latest)) {
    const how = Number.isFinite(seen.expiry) ? `closed after ${Math.round(seen.expiry)} ms` : 'did not close'
    found.push(`an idle connection ${how}, keepAliveExpiry is ${keepAliveExpiry} ms`)
  }
  if (seen.failed > 0) found.push(`${seen.failed} requests failed for no reason that the workload gave`)
  return found
}
