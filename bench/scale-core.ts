import { parsePoolConfig } from '../src/config/parse.ts'
import { type Clock, systemClock } from '../src/pool/clock.ts'
import { ConnectionPool } from '../src/pool/pool.ts'
import { Connection, type Core, Lane, type Member, Waiter } from '../src/pool/port.ts'

class BenchConnection extends Connection {
  declare lane: BenchLane

  override get hasSocket(): boolean {
    return true
  }
  override usable(): boolean {
    return true
  }
  override open(): void {}
  override park(): void {}
  override hold(): void {}
  override close(): void {
    this.lane.core.closed(this)
  }
}

class BenchLane extends Lane {
  readonly core: Core

  constructor(core: Core, member: Member<BenchLane>, key: string, origin: string) {
    super(member, key, origin)
    this.core = core
  }

  override createConnection(): BenchConnection {
    return new BenchConnection(this)
  }
}

class BenchWaiter extends Waiter {
  granted: Connection | null = null

  override grant(connection: Connection): void {
    this.granted = connection
  }
  override reject(error: Error): void {
    throw error
  }
}

const noLane = (): never => {
  throw new Error('no connection is opened ahead')
}

/** The lane's first connection: the core learns of a lane by its first waiter. */
function opened(pool: ConnectionPool, lane: BenchLane): Connection {
  const waiter = new BenchWaiter(lane)
  pool.wait(waiter)
  if (waiter.granted === null) throw new Error('no connection was free')
  pool.connected(waiter.granted)
  return waiter.granted
}

/** Time stands still: an idle connection that is no longer warm would be verified first, which takes a turn of the event loop. */
const stopped: Clock = { ...systemClock, now: () => 0, polledWithin: () => true }

/** One connection goes from request to request of a queue that stays as long as it is. */
export function handOver(waiting: number): () => void {
  const pool = new ConnectionPool(parsePoolConfig({ maxConnections: 1, acquireTimeout: 'unlimited' }).config, stopped)
  const lane = new BenchLane(pool, pool.join<BenchLane>(noLane), 'lane', 'http://one:80')
  const connection = opened(pool, lane)
  for (let index = 0; index < waiting; index++) pool.wait(new BenchWaiter(lane))
  return () => {
    pool.wait(new BenchWaiter(lane))
    pool.release(connection, true)
  }
}

/** A request to one of many origins, each of which keeps an idle connection. */
export function reuse(origins: number): () => void {
  const pool = new ConnectionPool(parsePoolConfig({ maxConnections: 'unlimited', keepAliveExpiry: '1h' }).config, stopped)
  const member = pool.join<BenchLane>(noLane)
  const lanes = Array.from(
    { length: origins },
    (_, index) => new BenchLane(pool, member, `lane ${index}`, `http://host-${index}:80`),
  )
  for (const lane of lanes) {
    pool.release(opened(pool, lane), true)
  }
  let turn = 0
  return () => {
    const lane = member.lanes.get(`lane ${turn++ % origins}`) as BenchLane
    pool.release(pool.take(lane) as Connection, true)
  }
}
