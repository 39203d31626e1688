import { setTimeout as sleep } from 'node:timers/promises'
import { send } from '../../cli/src/conformance/clients/send.ts'
import type { ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { LagMeter } from '../../cli/src/conformance/lag.ts'
import type { Probe, ProbeOrigin } from '../../cli/src/conformance/probe/types.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import type { ResolvedPoolConfig } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import type { PoolLike } from './native.ts'

/** What was seen on the wire: sockets counted from connect to close. */
export interface Seen {
  readonly requests: number
  readonly opened: number
  readonly peak: number
  readonly peakPerHost: number
  readonly idleLeft: number
  /** From the last answer on a connection to its close, in milliseconds; NaN if none closed in time. */
  readonly expiry: number
  readonly acquireTimeouts: number
  readonly failures: number
  /** By how much this process was late at worst, in milliseconds: no figure can be more exact. */
  readonly lag: number
}

const mixed = { requests: 96, inFlight: 24 }

/** Requests in excess of one host's limit, each longer than the wait that is allowed. */
export const excess = 3

/**
 * The same for every client: a mixed load over three http origins and one https origin, silence until the idle connections have expired,
 * then too many slow requests to one of them, and silence again.
 */
export async function runWorkload(client: ClientHandle, pool: PoolLike, probe: Probe, config: ResolvedPoolConfig): Promise<Seen> {
  const origins = await Promise.all((['http', 'http', 'http', 'https'] as const).map((scheme) => probe.listen({ scheme })))
  using lag = new LagMeter()
  using sockets = new SocketCounter(new Set(origins.map(({ port }) => port)))
  let acquireTimeouts = 0
  let failures = 0
  const request = async (origin: ProbeOrigin, delay: number) => {
    try {
      await send(client, pool, { url: `${origin.scheme}://127.0.0.1:${origin.port}/?delay=${delay}` })
    } catch (error) {
      if (isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')) acquireTimeouts++
      else failures++
    }
  }

  let sent = 0
  const worker = async () => {
    while (sent < mixed.requests) {
      const index = sent++
      await request(origins[index % origins.length] as ProbeOrigin, 4 + (index % 5))
    }
  }
  await Promise.all(Array.from({ length: mixed.inFlight }, worker))

  await sleep(50)
  const idleLeft = sockets.open
  // Until the idle ones have gone: were one in the way of those that the limit allows, its close might take a busy machine too long.
  await sleep(config.keepAliveExpiry * 1.5)
  // A stalled machine may have made requests of the mixed load wait too long; those due are the ones from here on.
  acquireTimeouts = 0
  const slow = config.maxConnectionsPerHost + excess
  await Promise.all(Array.from({ length: slow }, () => request(origins[0] as ProbeOrigin, 2 * config.acquireTimeout)))

  await sleep(config.keepAliveExpiry * 1.5)
  const { connections } = await probe.report()
  const expiries = connections
    .filter(({ origin }) => origins.some(({ id }) => id === origin))
    .map(({ closedAt, requests }) => (closedAt ?? Number.NaN) - (requests.at(-1)?.answeredAt ?? Number.NaN))
  return {
    requests: mixed.requests + slow,
    opened: sockets.opened,
    peak: sockets.peak,
    peakPerHost: Math.max(...origins.map(({ port }) => sockets.totals(port).peak)),
    idleLeft,
    expiry: Math.max(...expiries),
    acquireTimeouts,
    failures,
    lag: lag.longest,
  }
}
