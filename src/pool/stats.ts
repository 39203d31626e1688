import type { OriginStats, PoolStats } from '../adapter.ts'
import type { Connections } from './connections.ts'
import type { WaitQueue } from './queue.ts'
import type { Registry } from './registry.ts'
import type { Settlement } from './settlement.ts'

/** What is counted. */
interface Counted {
  readonly registry: Registry
  readonly settlement: Settlement
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly upgradedSockets: { readonly open: number }
}

/** A snapshot of the pool's counters. */
export function snapshot({ registry, queue, connections, settlement, upgradedSockets }: Counted): PoolStats {
  const hosts: { [origin: string]: OriginStats } = {}
  for (const origin of registry.origins.values()) {
    hosts[origin.key] = gauges(origin.open + origin.overflow, origin.idle.size, origin.waiting)
  }
  const { acquireTimeouts, rejected, aborted } = settlement
  const { open, overflow, idle, draining, streams, created, reused, evicted, expired, overflowed } = connections
  return {
    ...gauges(open + overflow, idle.size, queue.pending),
    draining,
    streams: { active: streams.active, capacity: streams.capacity },
    upgraded: upgradedSockets.open,
    ...{ created, reused, evicted, expired, overflowed, acquireTimeouts, rejected, aborted },
    hosts,
  }
}

function gauges(open: number, idle: number, pending: number): OriginStats {
  return { open, active: open - idle, idle, pending }
}
