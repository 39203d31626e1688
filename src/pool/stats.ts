import type { OriginStats, PoolStats } from '../adapter.ts'
import type { ConnectionPool } from './pool.ts'

const counters = ['created', 'reused', 'evicted', 'expired', 'overflowed', 'acquireTimeouts', 'rejected', 'aborted'] as const

/** A snapshot of the pool's counters. */
export function statsOf(pool: ConnectionPool): PoolStats {
  const hosts: { [origin: string]: OriginStats } = {}
  for (const origin of pool.registry.origins.values()) {
    hosts[origin.key] = gauges(origin.open + origin.overflow, origin.idle.size, origin.waiting)
  }
  const counts = Object.fromEntries(counters.map((name) => [name, pool[name]])) as Record<(typeof counters)[number], number>
  const { open: upgraded } = pool.upgradedSockets
  return { ...gauges(pool.open + pool.overflow, pool.idle.size, pool.queue.pending), upgraded, ...counts, hosts }
}

function gauges(open: number, idle: number, pending: number): OriginStats {
  return { open, active: open - idle, idle, pending }
}
