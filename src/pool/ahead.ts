import type { Capacity } from './capacity.ts'
import type { Clock } from './clock.ts'
import type { Connections } from './connections.ts'
import type { Connection, Lane, Member, OriginState } from './entities.ts'
import { KeepReady } from './keep-ready.ts'
import { Preconnects } from './preconnects.ts'
import type { Registry } from './registry.ts'
import { throwLater } from './throw-later.ts'

/** What it asks of the pool. */
export interface AheadPool {
  readonly clock: Clock
  readonly members: ReadonlySet<Member>
  readonly registry: Registry
  readonly connections: Connections
  /** Gives a free connection to a waiter, to the limit that wants it closed, or to the idle ones. */
  offer(connection: Connection, now: number): void
}

/** Connections that are opened for no request: because they were asked for, or to keep some ready. */
export class Ahead {
  /** Those that are kept ready. */
  readonly ready: KeepReady
  readonly #pool: AheadPool
  readonly #capacity: Capacity
  readonly #preconnects: Preconnects

  constructor(pool: AheadPool, capacity: Capacity) {
    this.#pool = pool
    this.#capacity = capacity
    this.ready = new KeepReady(this)
    this.#preconnects = new Preconnects(this)
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  get members(): ReadonlySet<Member> {
    return this.#pool.members
  }

  get registry(): Registry {
    return this.#pool.registry
  }

  get connections(): Connections {
    return this.#pool.connections
  }

  /** Whether one more that nobody uses yet keeps every limit, and passes nobody who waits. */
  mayOpen(origin: OriginState): boolean {
    return this.#capacity.hasRoom(origin) && this.#isKept(origin)
  }

  /** Begins to connect for no request. */
  open(lane: Lane): Connection {
    const { connections, clock } = this.#pool
    const connection = connections.createAhead(lane)
    try {
      connection.open()
    } catch (thrown) {
      throwLater(clock, thrown)
      connections.close(connection, null)
    }
    return connection
  }

  preconnect(lane: Lane, count: number): Promise<number> {
    return this.#preconnects.open(lane, count)
  }

  /** One is connected: it waits for a request, unless another idle connection would have to go for its sake. */
  arrived(connection: Connection): void {
    const { origin, queue } = connection.lane
    connection.idleSince = this.clock.now()
    if (!connection.mayServe(connection.idleSince)) this.connections.close(connection, 'expired')
    else if (queue.size > 0 || this.#isKept(origin)) this.#pool.offer(connection, connection.idleSince)
    else this.connections.close(connection, 'surplus')
    this.ready.arrived(connection)
    this.#preconnects.settle(connection)
  }

  /** A connection has gone, whatever it was opened for. */
  closed(connection: Connection): void {
    this.ready.closed(connection)
    this.#preconnects.settle(connection)
  }

  #isKept(origin: OriginState): boolean {
    const { idle, config } = this.connections
    return idle.hasRoom(origin, config)
  }
}
