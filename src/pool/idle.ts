import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Connection, OriginState } from './entities.ts'
import { List } from './list.ts'

/** The idle connections of a pool, in the orders in which limits look for them. */
export class IdleConnections {
  /** The longest idle first. */
  readonly all: List<Connection> = new List<Connection>()
  /** Origins that have idle connections, the least recently used first. */
  readonly origins: List<OriginState> = new List<OriginState>()

  get size(): number {
    return this.all.size
  }

  add(connection: Connection): void {
    const { lane } = connection
    lane.idle.push(connection.idleInLane)
    lane.origin.idle.push(connection.idleInOrigin)
    this.all.push(connection.idleInPool)
    this.#touch(lane.origin)
  }

  remove(connection: Connection): void {
    const { origin } = connection.lane
    connection.idleInLane.leave()
    connection.idleInOrigin.leave()
    connection.idleInPool.leave()
    if (origin.idle.size === 0) origin.inUse.leave()
  }

  /** The next idle connection that the limits do not allow, after one of the origin's was added. */
  surplus(origin: OriginState, { maxIdleConnections, maxHosts }: ResolvedPoolConfig): Connection | undefined {
    if (origin.idle.size > origin.limits.maxIdleConnectionsPerHost) return origin.idle.first
    if (this.size > maxIdleConnections) return this.all.first
    if (this.origins.size > maxHosts) return this.origins.first?.idle.first
    return undefined
  }

  #touch(origin: OriginState): void {
    if (this.origins.tail === origin.inUse) return
    origin.inUse.leave()
    this.origins.push(origin.inUse)
  }
}
