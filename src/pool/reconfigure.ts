import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Connections } from './connections.ts'
import { allConnections, allLanes, type Connection, type Member, type OriginState } from './entities.ts'
import type { HandOver } from './hand-over.ts'
import type { KeepReady } from './keep-ready.ts'
import type { WaitQueue } from './queue.ts'
import type { Registry } from './registry.ts'

/** What it asks of the pool. */
export interface ReconfiguredPool {
  readonly members: ReadonlySet<Member>
  readonly registry: Registry
  readonly queue: WaitQueue
  readonly connections: Connections
  readonly ready: KeepReady
  pump(): void
  unblock(level: OriginState): void
}

/** Has the pool obey another config, with all that is open and waits. */
export function applyConfig(pool: ReconfiguredPool, handOver: HandOver, config: ResolvedPoolConfig): void {
  const { registry, queue, connections, ready } = pool
  connections.config = config
  registry.relimit(config)
  // Before what is known of an origin goes with its connections.
  ready.review()
  for (const connection of sessionsOf(pool)) connections.streams.allow(connection, connection.allowed)
  reviewSessions(pool, handOver, false)
  for (const lane of allLanes(pool.members)) if (lane.mayMultiplex && lane.waiting > 0) queue.review(lane)
  for (const origin of registry.origins.values()) queue.update(origin)
  // Some have no origin any more.
  for (const proxy of registry.proxies.values()) queue.updateProxy(proxy)
  queue.rescheduleAll()
  connections.reviewIdle()
  for (const origin of [...registry.origins.values()]) {
    connections.evictSurplus(origin)
    pool.unblock(origin)
  }
  pool.pump()
  reviewSessions(pool, handOver, true)
}

/**
 * Busy HTTP/2 connections may never come free: what changed limits do not allow drains now, of a surplus those that carry least.
 * @param isFinal whether what idles in surplus has gone
 */
function reviewSessions(pool: ReconfiguredPool, handOver: HandOver, isFinal: boolean): void {
  const busy = sessionsOf(pool).filter(({ state }) => state === 'active')
  for (const connection of busy.sort((a, b) => a.running - b.running)) handOver.reshare(connection, isFinal)
}

function sessionsOf(pool: ReconfiguredPool): Connection[] {
  return allConnections(pool.members).filter(({ multiplexes }) => multiplexes)
}
