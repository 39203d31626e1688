import type { Health, PoolStats, StatsOptions } from '../adapter.ts'
import type { ReadRoutes } from '../config/proxies/ways.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Ceiling } from './ceiling.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Connection, Lane, Member, Waiter } from './entities.ts'
import { ConnectionPool } from './pool.ts'
import type { Closable } from './upgraded.ts'

// All that engines know of the core. What they give are classes that extend Lane, Connection and Waiter: their abstract members are
// what the core asks of an engine.

export type { Ceiling } from './ceiling.ts'
export type { Alarm, Clock } from './clock.ts'
export { Deadlines, type Timed } from './deadlines.ts'
export {
  allConnections,
  allLanes,
  type CarriedRequest,
  Connection,
  type ConnectionState,
  Lane,
  type Member,
  older,
  Waiter,
} from './entities.ts'
export { Link } from './list.ts'
export { limitReached } from './messages.ts'
export { queueMicrotask, setImmediate, setTimeout } from './real-timers.ts'
export { throwLater } from './throw-later.ts'

/**
 * What engines may call of a pool's core.
 *
 * A request asks with `take`; if that has nothing, its waiter goes to `wait`. The engine reports back with `connected`, `release` and `closed`.
 */
export interface Core {
  readonly config: ResolvedPoolConfig
  readonly clock: Clock
  /** By which proxies origins are reached: the same for all clients, whatever the environment says when they join. */
  readonly routes: ReadRoutes
  readonly members: ReadonlySet<Member>
  /** Called when a connection is begun. */
  onBegin: (() => void) | null

  /**
   * Lets one more client have a part in the pool.
   * @param laneOf the lane of plain requests to a host; not called before this has returned
   */
  join<L extends Lane>(laneOf: (url: URL) => L): Member<L>

  /** A connection for a request of the lane, an idle one or one yet to be opened (`opening`), or null: the request must wait. */
  take(lane: Lane): Connection | null

  /** Gives a request that may have to wait later its place in the order of arrival and the start of its deadline, as of now. */
  arrive(waiter: Waiter): void

  /** Has a request wait that `take` had nothing for. It may be granted or rejected before this returns. */
  wait(waiter: Waiter): void

  /** Has a request that failed on a reused connection wait for a new one, in its old place and on its old deadline. */
  retry(waiter: Waiter): void

  /**
   * Has a request wait again that its server has not seen and that its connection will not carry: in its old place and on its old deadline. Any
   * connection will do for it. It had a connection, so it is not refused for want of room, be it that `block` is false.
   */
  requeue(waiter: Waiter): void

  /** Leaves the queue. False if the request did not wait (any more). */
  abandon(waiter: Waiter): boolean

  /**
   * Its connect is done, TLS included: it can carry its request, and one that was opened for none is given to a waiting one or parked.
   * @param multiplexes whether it speaks HTTP/2, so that `slotsChanged` will tell how many requests it carries at a time
   */
  connected(connection: Connection, multiplexes?: boolean): void

  /** Its server's SETTINGS allow so many requests at a time: 0 or Infinity, too, and as often as the server changes its mind. */
  slotsChanged(connection: Connection, slots: number): void

  /** It takes no new request (GOAWAY), counts until its socket has closed, and is closed when the last request that it carries is over. */
  drain(connection: Connection): void

  /**
   * One of its requests is over.
   * @param reusable whether the protocol allows another request on it; if not, one that carries others drains
   * @param keepAlive the response's `Keep-Alive` header
   */
  release(connection: Connection, reusable: boolean, keepAlive?: string): void

  /** Its connect has failed, and not because somebody gave it up: told where `release` follows, not `closed`. */
  connectFailed(connection: Connection): void

  /** Its socket has closed, or has left the pool. */
  closed(connection: Connection): void

  /** An upgrade has made its socket the caller's. */
  upgraded(connection: Connection, socket: Closable): void

  /** A socket has come for a connection whose place was given back. It is counted until the engine, which destroys it, reports it `closed`. */
  arrivedLate(connection: Connection): void

  /** It is given up before a socket of its was begun: it is not among those that were created. */
  neverDialled(connection: Connection): void

  /** The request that it was given is not sent on it: it counts neither as a reuse nor as one of those that it may serve. `release` follows. */
  neverSent(connection: Connection): void

  /**
   * Opens idle connections of the member, ahead of requests to the host, until `count` are there or limits allow no more.
   * Resolves with how many there are then; what fails to connect is not told.
   */
  preconnect(member: Member, url: URL, count: number): Promise<number>

  /** Has origins reached by other ways from now on. What waits stays where it is until `reconfigure`, before which engines change their own. */
  reroute(routes: ReadRoutes): void

  /** Applies another config to the running pool. */
  reconfigure(config: ResolvedPoolConfig): void

  /** A cap from outside on all that is open, besides the config's; null for none. */
  ceiling: Ceiling | null

  /** The ceiling has changed: what may be opened now is opened, and what idles in surplus closes. */
  reviewCeiling(): void

  /** Connections that may be open by the config and the ceiling, those beyond limits left aside. */
  readonly limit: number

  /** Connections from the start of their connect to the close of their socket, those beyond limits included. */
  readonly open: number

  /** Connections that are in use or that those who wait will take, as far as the limits of hosts and proxies allow. */
  readonly load: number

  /** Closes connections, requests and all, until so many are left; requests fail with ERR_POOL_LEASE_LOST, which names the fleet. */
  cut(limit: number, fleet: string): void

  /** How the pool does. */
  readonly health: Health

  /** A snapshot of the pool's counters, and of what it has recorded if that is asked for. */
  stats(options?: StatsOptions): PoolStats
}

/**
 * A core without members; it starts no timer and opens nothing by itself.
 * @param routes by which proxies origins are reached
 */
export function createCore(config: ResolvedPoolConfig, routes: ReadRoutes): Core {
  return new ConnectionPool(config, systemClock, routes)
}
