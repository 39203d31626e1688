import type { Member } from '../../pool/port.ts'
import type { OriginLane } from './lane.ts'

/** What undici tells of a Pool: one origin's connections and requests. */
export interface DispatcherStats {
  /** Connections that are connected. */
  readonly connected: number
  /** Those of them that carry no request. */
  readonly free: number
  /** Requests that are not sent yet, because they wait for a connection or for its connect. */
  readonly pending: number
  /** Those of them that have no connection. */
  readonly queued: number
  /** Requests that are sent and not answered in full. */
  readonly running: number
  /** Requests, running and pending. */
  readonly size: number
}

const none: DispatcherStats = { connected: 0, free: 0, pending: 0, queued: 0, running: 0, size: 0 }

/** As `stats` of an Agent of undici. */
export function dispatcherStats({ lanes }: Member<OriginLane>): { readonly [origin: string]: DispatcherStats } {
  const stats: { [origin: string]: DispatcherStats } = {}
  // An origin may have several lanes, of different TLS names.
  for (const lane of lanes.values()) stats[lane.url] = withLane(stats[lane.url] ?? none, lane)
  return stats
}

function withLane(sum: DispatcherStats, { connections, queue }: OriginLane): DispatcherStats {
  let active = 0
  let free = 0
  let running = 0
  let opening = 0
  for (const { state, isAhead, running: carried } of connections) {
    if (state === 'active') {
      active++
      running += carried
    } else if (state === 'idle') free++
    else if (state === 'opening' && !isAhead) opening++
  }
  return {
    connected: sum.connected + active + free,
    free: sum.free + free,
    pending: sum.pending + queue.size + opening,
    queued: sum.queued + queue.size,
    running: sum.running + running,
    size: sum.size + queue.size + opening + running,
  }
}
