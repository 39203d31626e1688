import type { Connection } from './connection.ts'
import { List } from './list.ts'
import type { Origin } from './origin.ts'

/** The idle connections of a pool, in the orders in which limits look for them. */
export class IdleConnections {
  /** The longest idle first. */
  readonly all: List<Connection> = new List<Connection>()
  /** Origins that have idle connections, the least recently used first. */
  readonly origins: List<Origin> = new List<Origin>()

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

  #touch(origin: Origin): void {
    if (this.origins.tail === origin.inUse) return
    origin.inUse.leave()
    this.origins.push(origin.inUse)
  }
}
