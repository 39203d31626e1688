import type { OriginStats, PoolStats } from '../adapter.ts'
import type { Connections } from './connections.ts'
import type { OriginState } from './entities.ts'
import type { KeepReady } from './keep-ready.ts'
import type { WaitQueue } from './queue.ts'
import type { Registry } from './registry.ts'
import type { Settlement } from './settlement.ts'

/** What is counted. */
interface Counted {
  readonly registry: Registry
  readonly settlement: Settlement
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly ready: KeepReady
  readonly upgradedSockets: { readonly open: number }
}

/** A snapshot of the pool's counters. */
export function snapshot({ registry, queue, connections, settlement, upgradedSockets, ready }: Counted): PoolStats {
  const hosts: { [origin: string]: OriginStats } = {}
  let requests = 0
  for (const origin of registry.origins.values()) {
    const carried = requestsOf(origin)
    requests += carried
    hosts[origin.key] = gauges(origin.open + origin.overflow, origin.idle.size, origin.waiting, carried)
  }
  const proxies = Object.fromEntries([...registry.proxies].map(([key, { open, overflow }]) => [key, { open: open + overflow }]))
  const keptReady = ready.stats()
  const { acquireTimeouts, rejected, aborted } = settlement
  const { open, overflow, idle, draining, streams, created, reused, evicted, expired, overflowed } = connections
  return {
    ...gauges(open + overflow, idle.size, queue.pending, requests),
    draining,
    streams: { active: streams.active, capacity: streams.capacity },
    upgraded: upgradedSockets.open,
    ...{ created, reused, evicted, expired, overflowed, acquireTimeouts, rejected, aborted },
    hosts,
    ...(registry.proxies.size > 0 && { proxies }),
    ...(keptReady !== undefined && { ready: keptReady }),
    ...(connections.ceiling !== null && { fleet: connections.ceiling.stats() }),
  }
}

function gauges(open: number, idle: number, pending: number, requests: number): OriginStats {
  return { open, active: open - idle, idle, pending, requests }
}

/** One for each connection in use, but for those that close or are opened for nobody yet, and what HTTP/2 connections carry besides. */
function requestsOf({ open, overflow, idle, closing, overflowClosing, ahead, extraRunning }: OriginState): number {
  return open + overflow - idle.size - closing - overflowClosing - ahead.size + extraRunning
}
