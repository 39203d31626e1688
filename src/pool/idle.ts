import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Connection, OriginState } from './entities.ts'
import { Link, List } from './list.ts'

/** The idle connections of a pool, in the orders in which limits look for them. */
export class IdleConnections {
  /** The longest idle first. */
  readonly all: List<Connection> = new List<Connection>()
  /** Origins that have idle connections, the least recently used first. */
  readonly origins: List<OriginState> = new List<OriginState>()
  /** Those that are opened for no request, until they are connected. */
  readonly ahead: List<Connection> = new List<Connection>()

  get size(): number {
    return this.all.size
  }

  add(connection: Connection): void {
    const { lane } = connection
    if (connection.slots > 0) lane.idle.push(connection.idleInLane)
    lane.origin.idle.push(connection.idleInOrigin)
    connection.proxy?.idle.push(linkInProxy(connection))
    this.all.push(connection.idleInPool)
    this.#touch(lane.origin)
  }

  /** It will be idle if no request comes first. */
  expect(connection: Connection): void {
    connection.lane.ahead++
    this.ahead.push(connection.idleInPool)
    connection.lane.origin.ahead.push(connection.idleInOrigin)
    connection.proxy?.ahead.push(linkInProxy(connection))
  }

  remove(connection: Connection): void {
    const { origin } = connection.lane
    if (connection.idleInPool.list === this.ahead) connection.lane.ahead--
    connection.idleInLane.leave()
    connection.idleInOrigin.leave()
    connection.idleInProxy?.leave()
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

  /** Whether one more would be within the limits, those counted that are opened for no request. */
  hasRoom({ idle, ahead, limits }: OriginState, { maxIdleConnections, maxHosts }: ResolvedPoolConfig): boolean {
    if (idle.size + ahead.size >= limits.maxIdleConnectionsPerHost) return false
    if (this.size + this.ahead.size >= maxIdleConnections) return false
    return idle.size + ahead.size > 0 || this.origins.size + this.ahead.size < maxHosts
  }

  #touch(origin: OriginState): void {
    if (this.origins.tail === origin.inUse) return
    origin.inUse.leave()
    this.origins.push(origin.inUse)
  }
}

function linkInProxy(connection: Connection): Link<Connection> {
  connection.idleInProxy ??= new Link(connection)
  return connection.idleInProxy
}

/** One of those that are opened ahead which none of its own lane waits for; O(those that are). */
export function spareOf(ahead: List<Connection>): Connection | undefined {
  for (const connection of ahead) if (connection.lane.spareAhead > 0) return connection
  return undefined
}

/** How many such there are. */
export function spares(ahead: List<Connection>): number {
  if (ahead.size === 0) return 0
  let sum = 0
  for (const lane of new Set([...ahead].map((connection) => connection.lane))) sum += lane.spareAhead
  return sum
}
