import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import type { Member } from '../../src/pool/port.ts'
import { resolved } from './config.ts'
import { FakeEngine, type FakeEngineOptions } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'

export const a = 'http://a.test:80'
export const b = 'http://b.test:80'
export const c = 'http://c.test:80'

/** An engine with one member, and the steps that nearly every test takes. */
export class Started extends FakeEngine {
  readonly member: Member<FakeLane> = this.join()

  ask(origin: string, name?: string): FakeRequest {
    return this.request(this.member, origin, name)
  }

  /** A request whose connection is open. */
  open(origin: string, name?: string): FakeConnection {
    const { connection } = this.ask(origin, name)
    if (connection === null) throw new Error(`no connection to ${origin} was free`)
    if (connection.phase === 'connecting') this.connect(connection)
    return connection
  }

  /** That many idle connections. */
  park(count: number, origin: string, name?: string): FakeConnection[] {
    const connections = Array.from({ length: count }, () => this.open(origin, name))
    for (const connection of connections) this.release(connection)
    return connections
  }
}

export function start(fields: Partial<ResolvedPoolConfig> = {}, options?: FakeEngineOptions): Started {
  return new Started(resolved(fields), options)
}

/** A connection whose connect has taken so long, with its first request on it. */
export function opened(engine: Started, origin: string, connect: number): FakeConnection {
  const { connection } = engine.ask(origin)
  if (connection === null) throw new Error(`no connection to ${origin} was free`)
  engine.advance(connect)
  engine.connect(connection)
  return connection
}
