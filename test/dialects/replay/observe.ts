import type { ConnectionRecord, RequestRecord } from '../../../cli/src/conformance/probe/types.ts'
import { disconnected, type Fact, type Facts, sayErrors } from './facts.ts'
import type { WireCounter } from './wire.ts'
import type { Outcome, Workload } from './workload.ts'

/** A connection as both ends saw it. */
interface Seen extends ConnectionRecord {
  /** When the client left it; null while it is open. */
  readonly leftAt: number | null
}

/**
 * What the recording has, of a workload that has run.
 *
 * @param connections as the server saw them, by index of the host, in order
 */
export function observe(workload: Workload, sockets: WireCounter, connections: readonly (readonly ConnectionRecord[])[]): Facts {
  const seen = connections
    .flatMap((ofHost, host) => {
      const left = sockets.leftAt(host)
      return ofHost.map((one, at): Seen => ({ ...one, leftAt: left[at] ?? null }))
    })
    .sort((a, b) => a.id - b.id)
  return { ...ofCaller(workload), ...ofSockets(sockets), ...ofServer(seen, workload) }
}

/** Milliseconds by which the server answered later than it was told to: what a busy machine does to it. */
export function latenessOf(connections: readonly ConnectionRecord[]): number {
  const late = connections.flatMap(({ requests }) =>
    requests.flatMap((request) => {
      const query = queryOf(request)
      if (request.answeredAt === null || query.has('chunks')) return []
      return [request.answeredAt - request.at - Number(query.get('delay'))]
    }),
  )
  return Math.max(0, ...late)
}

function ofCaller({ outcomes, marks }: Workload): Facts {
  const failed = outcomes.filter(({ error }) => error !== undefined)
  const facts: { [field: string]: Fact } = {
    okRequests: outcomes.length - failed.length,
    errors: sayErrors(failed.map(({ error = '' }) => error)),
    errorAfterMs: sorted(failed.filter(({ error }) => error !== disconnected).map(({ ms }) => ms)),
  }
  for (const [name, open] of marks) facts[`marks.${name}`] = open
  return facts
}

function ofSockets(sockets: WireCounter): Facts {
  return {
    peakConnectionsTotal: sockets.peakConnections,
    peakPerHost: sockets.peakByHost,
    connectionsOpened: sockets.opened,
    idleAfterBurst: sockets.openByHost().reduce((sum, open) => sum + open, 0),
  }
}

function ofServer(connections: readonly Seen[], { started, outcomes }: Workload): Facts {
  const requests = connections.flatMap((one) => one.requests).sort((a, b) => a.at - b.at)
  const served = requests.map(idOf)
  const closedByServer = connections.filter(({ closedBy }) => closedBy === 'server')
  return {
    requestsServed: requests.length,
    requestsPerConnection: connections.map((one) => one.requests.length),
    peakActiveRequests: peakInService(connections),
    closedByServer: closedByServer.length,
    closeWaitLeft: closedByServer.filter(({ leftAt }) => leftAt === null).length,
    fifo: served.join() === started.filter((id) => served.includes(id)).join(),
    idleCloseAfterMs: sorted(connections.flatMap((one) => idleTime(one, outcomes))),
  }
}

/** From the end of its last request to the client's close, both by the client's clock. */
function idleTime({ closedBy, leftAt, requests }: Seen, outcomes: readonly Outcome[]): number[] {
  const last = requests.at(-1)
  const endedAt = last && outcomes.findLast(({ id }) => id === idOf(last))?.endedAt
  return closedBy === 'client' && leftAt !== null && endedAt !== undefined ? [leftAt - endedAt] : []
}

/** Requests in service at one time; one whose body is still coming counts as answered, as it does in the recording. */
function peakInService(connections: readonly Seen[]): number {
  const spans = connections.flatMap(({ requests, leftAt }) =>
    requests
      .filter((request) => !queryOf(request).has('chunks'))
      .map(({ at, answeredAt }) => ({ at, end: answeredAt ?? leftAt ?? Number.POSITIVE_INFINITY })),
  )
  return Math.max(0, ...spans.map(({ at }) => spans.filter((other) => other.at <= at && at < other.end).length))
}

function idOf(request: RequestRecord): string {
  return queryOf(request).get('id') ?? ''
}

function queryOf({ url }: RequestRecord): URLSearchParams {
  return new URL(url, 'http://probe').searchParams
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}
