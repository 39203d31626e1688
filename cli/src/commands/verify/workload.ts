import { setTimeout as sleep } from 'node:timers/promises'
import { isPoolError, type PoolConfig, type ResolvedPoolConfig } from 'polypool'
import type { AnyPool, ConformanceClient } from '../../conformance/client.ts'
import { send } from '../../conformance/clients/send.ts'
import { optionsFor } from '../../conformance/clients/shared.ts'
import { describe } from '../../conformance/expect.ts'
import { probeCertificate } from '../../conformance/probe/certificates.ts'
import { probeNow } from '../../conformance/probe/clock.ts'
import { RemoteProbe } from '../../conformance/probe/remote.ts'
import type { ConnectionRecord, ProbeOrigin } from '../../conformance/probe/types.ts'
import { type CountedSocket, SocketCounter } from '../../conformance/sockets.ts'
import type { Span, Timeline, TimelineConnection, TimelineRequest } from '../../report/timeline.ts'
import { breachesOf } from './breaches.ts'

// What one picture and a minute of patience can hold, whatever the config says.
const mostInFlight = 100
const longestAcquire = 2000
const longestExpiry = 6000
const mixedMs = 800
const slowMs = 40

/** What happened under load; a client that can't even open a pool broke its limits, too. */
export async function timelineOf(client: ConformanceClient, given: PoolConfig): Promise<Timeline> {
  try {
    return await runWorkload(client, given)
  } catch (error) {
    const measured = { opened: 0, peak: 0, peakPerHost: 0, idleLeft: 0, expiry: null, acquireTimeouts: 0, refused: 0, failed: 0 }
    return { client: client.name, duration: 1, connections: [], requests: [], phases: [], measured, breaches: [describe(error)] }
  }
}

/** A load over four origins, an overload of one of them, and silence: every limit that shows on the wire comes into play. */
async function runWorkload(client: ConformanceClient, given: PoolConfig): Promise<Timeline> {
  const probe = new RemoteProbe()
  const pool = client.adapter.createPool(given, optionsFor(client.driver.family, { ca: probeCertificate }), { strict: false })
  try {
    const http2 = spokenBy(pool)
    const schemes = ['http', 'http', 'http', 'https'] as const
    // An http server that speaks HTTP/2 speaks nothing else.
    const speaks = (scheme: 'http' | 'https') => http2 === 'only' || (http2 && scheme === 'https')
    const origins = await Promise.all(schemes.map((scheme) => probe.listen({ scheme, http2: speaks(scheme) })))
    using sockets = new SocketCounter(new Set(origins.map(({ port }) => port)))
    const run = new Run(
      client,
      pool,
      origins.map(({ scheme, port }) => `${scheme}://127.0.0.1:${port}/`),
    )
    await run.mixed(pool.config)
    await run.overload(pool.config)
    const idleLeft = await run.silence(pool.config, sockets)
    const { connections } = await probe.report()
    const seen = connectionsOf(connections, origins, sockets.all, run.start)
    const measured = {
      opened: sockets.opened,
      peak: sockets.peak,
      peakPerHost: Math.max(...origins.map(({ port }) => sockets.totals(port).peak)),
      idleLeft,
      expiry: longestIdle(seen, run.quietFrom, pool.config),
      acquireTimeouts: run.count('acquire timeout'),
      refused: run.count('refused'),
      failed: run.count('failed'),
    }
    return {
      client: client.name,
      duration: probeNow() - run.start,
      connections: seen,
      requests: run.requests(connections),
      phases: run.phases,
      measured,
      breaches: breachesOf(measured, pool.config),
    }
  } finally {
    await pool.destroy()
    await probe.stop()
  }
}

/** What the client speaks to a server that can do all. */
function spokenBy({ config, notes }: Pick<AnyPool, 'config' | 'notes'>): ResolvedPoolConfig['http2'] {
  return notes.some(({ field, support }) => field === 'http2' && support === 'unsupported') ? false : config.http2
}

interface Sent {
  readonly id: string
  readonly sent: number
  settled: number
  outcome: TimelineRequest['outcome']
}

class Run {
  readonly start = probeNow()
  readonly phases: (Span & { name: string })[] = []
  readonly #sent: Sent[] = []
  readonly #urls: readonly string[]
  readonly #send: (url: string) => Promise<unknown>

  constructor(client: ConformanceClient, pool: { readonly options: unknown }, urls: readonly string[]) {
    const handle = client.driver.open(client.module)
    this.#urls = urls
    this.#send = (url) => send(handle, pool, { url })
  }

  /** When the last request was settled. */
  get quietFrom(): number {
    return Math.max(...this.#sent.map(({ settled }) => settled)) - this.start
  }

  count(outcome: Sent['outcome']): number {
    return this.#sent.filter((one) => one.outcome === outcome).length
  }

  /** More in flight than the pool allows, over all origins. */
  async mixed({ maxConnections }: ResolvedPoolConfig): Promise<void> {
    const inFlight = Math.ceil(Math.min(mostInFlight, Math.max(8, maxConnections * 1.5)))
    const end = probeNow() + mixedMs
    await this.#phase('load on four hosts', async () => {
      let next = 0
      const worker = async () => {
        while (probeNow() < end) {
          const index = next++
          await this.#request(index % this.#urls.length, slowMs / 2 + (index % 5) * (slowMs / 5))
        }
      }
      await Promise.all(Array.from({ length: inFlight }, worker))
    })
  }

  /** Slow requests to one origin, three more than it may have, each longer than the wait that is allowed. */
  async overload({ maxConnections, maxConnectionsPerHost, acquireTimeout }: ResolvedPoolConfig): Promise<void> {
    const limit = Math.min(maxConnections, maxConnectionsPerHost)
    if (limit > mostInFlight) return
    const wait = Math.min(acquireTimeout, longestAcquire)
    await this.#phase('overload of one', () =>
      Promise.all(
        Array.from({ length: limit + 3 }, () => this.#request(0, acquireTimeout > longestAcquire ? wait / 4 : wait * 1.5)),
      ),
    )
  }

  /** Until idle connections have expired, if that is soon. Gives how many were left at first. */
  async silence({ keepAliveExpiry }: ResolvedPoolConfig, sockets: SocketCounter): Promise<number> {
    let idle = 0
    await this.#phase('silence', async () => {
      await sleep(50)
      idle = sockets.open
      await sleep(Math.min(keepAliveExpiry, longestExpiry) * 1.25 + 50)
    })
    return idle
  }

  /** With the times at which they reached the server. */
  requests(connections: readonly ConnectionRecord[]): TimelineRequest[] {
    const arrivals = new Map(
      connections.flatMap(({ requests }) =>
        requests.map(({ url, at }) => [new URL(url, 'http://probe').searchParams.get('id'), at]),
      ),
    )
    return this.#sent.map(({ id, sent, settled, outcome }) => ({
      sent: sent - this.start,
      left: Math.max(sent, arrivals.get(id) ?? settled) - this.start,
      outcome,
    }))
  }

  async #request(host: number, delay: number): Promise<void> {
    const id = String(this.#sent.length)
    const one: Sent = { id, sent: probeNow(), settled: 0, outcome: 'answered' }
    this.#sent.push(one)
    try {
      await this.#send(`${this.#urls[host]}?delay=${Math.round(delay)}&id=${id}`)
      one.settled = probeNow()
    } catch (error) {
      one.settled = probeNow()
      one.outcome = outcomeOf(error)
      // Who is refused at once and comes back at once would only spin.
      if (one.outcome === 'refused') await sleep(slowMs / 2)
    }
  }

  async #phase(name: string, work: () => Promise<unknown>): Promise<void> {
    const from = probeNow() - this.start
    await work()
    this.phases.push({ name, from, to: probeNow() - this.start })
  }
}

function outcomeOf(error: unknown): Sent['outcome'] {
  if (isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')) return 'acquire timeout'
  return isPoolError(error, 'ERR_POOL_FULL') || isPoolError(error, 'ERR_POOL_QUEUE_FULL') ? 'refused' : 'failed'
}

/**
 * Requests as the server saw them, on connections as the client counts them: it closes before the server notices, and a replacement
 * may already be there. Both sides have the connections to one origin in the same order.
 */
function connectionsOf(
  records: readonly ConnectionRecord[],
  origins: readonly ProbeOrigin[],
  sockets: readonly CountedSocket[],
  start: number,
): TimelineConnection[] {
  return origins.flatMap(({ id, port }, host) => {
    const own = sockets.filter((socket) => socket.port === port && socket.connectedAt !== null)
    const accepted = records.filter(({ origin }) => origin === id)
    return accepted.map((record, index): TimelineConnection => {
      const { openedAt, closedAt } = (accepted.length === own.length && own[index]) || record
      return {
        host,
        opened: openedAt - start,
        closed: closedAt === null ? null : closedAt - start,
        busy: record.requests.map(({ at, answeredAt }) => ({ from: at - start, to: (answeredAt ?? closedAt ?? at) - start })),
      }
    })
  })
}

// Who closes sooner was not idle: it was used up, or one too many.
const soonest = 30

/** Of the connections that fell idle in the end: how long the last one stayed; null if that was not waited for. */
function longestIdle(connections: readonly TimelineConnection[], quietFrom: number, config: ResolvedPoolConfig): number | null {
  if (config.keepAliveExpiry > longestExpiry) return null
  const times = connections.flatMap(({ closed, busy }) => {
    const last = busy.at(-1)
    if (last === undefined || (closed !== null && closed < quietFrom + soonest)) return []
    return [(closed ?? Number.POSITIVE_INFINITY) - last.to]
  })
  return times.length === 0 ? null : Math.max(...times)
}
