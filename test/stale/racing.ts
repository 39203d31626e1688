import { loadClient } from '../../cli/src/conformance/catalog.ts'
import type { ClientSource } from '../../cli/src/conformance/client.ts'
import type { ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { LagMeter } from '../../cli/src/conformance/lag.ts'
import { ClosingServer } from './closing-server.ts'
import type { ClosingReport } from './server/options.ts'
import { codeOf, countCodes, type Failure, openPool, send } from './traffic.ts'
import { Writes } from './wire.ts'

/** Around the client's own expiry: some of the connections are closed by the one side, some by the other. */
const closesAfter = [80, 160] as const
const keepAliveExpiry = 120
const think = [60, 180] as const

export interface Race {
  /** Requests that the client's pool sent once more. */
  readonly again: number
  readonly failures: readonly Failure[]
  /** Milliseconds by which this process's event loop was late at one time, at most. */
  readonly lag: number
  readonly writes: Writes
  readonly server: ClosingReport
}

export interface RaceOptions {
  readonly requests: number
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** Instead of the driver's own. */
  readonly open?: (pool: { readonly options: unknown }) => ClientHandle
}

/** Sends requests to a server that closes idle connections about when the client would, and says what it found. */
export async function race(source: ClientSource, { requests, method = 'GET', open }: RaceOptions): Promise<Race> {
  const client = await loadClient(source)
  await using server = await ClosingServer.start({ seed: 1, closesAfter })
  await using pool = openPool(client, { keepAliveExpiry })
  using writes = new Writes()
  using lag = new LagMeter()
  const traffic = { port: server.port, requests, connections: 200, think, method, seed: 2 }
  const { failures } = await send(open?.(pool) ?? client.driver.open(client.module), pool, traffic)
  const { created, reused } = pool.stats()
  const again = created + reused - requests
  console.log(`${client.name} ${method}: ${requests} requests, sent again ${again}, left ${countCodes(failures)}`)
  return { again, failures, lag: lag.longest, writes, server: await server.report() }
}

/**
 * The most requests that may fail where none can be sent again. Each needs a connection that the server has closed; and where both event
 * loops turned in time, it needs an instant that is short against the time that callers think.
 */
export function mostFailures({ lag, server }: Race, requests: number): number {
  return Math.max(lag, server.lag) < 20 ? requests / 10 : server.closed
}

/**
 * Whether some requests must have met a closed connection. Where an event loop was late for as long as callers think, all of them may
 * have found their connection expired.
 */
export function mustHaveMet({ lag, server }: Race): boolean {
  return Math.max(lag, server.lag) < 40
}

/** Codes of failures that do not say that the server has closed the connection. */
export function unclear(failures: readonly Failure[]): string[] {
  return failures.map(codeOf).filter((code) => !['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(code))
}
