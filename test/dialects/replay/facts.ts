import { type Row, scenarioOf } from './reference.ts'

/** One thing that was observed; lists are by host, by connection, or sorted times. */
export type Fact = number | boolean | string | null | readonly number[]

/** What was observed of one run, by field. `marks.x` is how many connections each host had open at the moment `x`. */
export type Facts = { readonly [field: string]: Fact }

/** What each field is, in a reader's words. */
const labels: { readonly [field: string]: string } = {
  peakConnectionsTotal: 'open at most',
  peakPerHost: 'open at most, by host',
  peakActiveRequests: 'in service at most',
  connectionsOpened: 'opened',
  requestsServed: 'requests seen',
  okRequests: 'answered',
  idleAfterBurst: 'open at the end',
  errors: 'errors',
  errorAfterMs: 'ms to the error',
  idleCloseAfterMs: 'ms idle until closed',
  requestsPerConnection: 'requests on each connection',
  closedByServer: 'closed by the server first',
  closeWaitLeft: 'left half closed',
  fifo: 'first in, first out',
  tcpKeepAliveSeconds: 'seconds to the TCP probe',
}

/** `open at most`; `open at “afterB”, by host`. */
export function labelOf(field: string): string {
  const label = field.startsWith('marks.') ? `open at “${field.slice(6)}”, by host` : labels[field]
  if (label === undefined) throw new Error(`there is no field ${field}`)
  return label
}

/** Fields in milliseconds, which no two machines share exactly. */
export function isTime(field: string): boolean {
  return field === 'errorAfterMs' || field === 'idleCloseAfterMs'
}

/** How many requests meet at the server depends on the machine as well: fewer are no other behaviour. */
const upperBounds: readonly string[] = ['peakActiveRequests']

const noErrors = 'none'

/** The server ended the connection of a request. */
export const disconnected = 'disconnected'

/** How the libraries name what went wrong; the names differ, the event is one. */
const errorKinds: { readonly [type: string]: string } = {
  PoolTimeout: 'acquire timeout',
  EmptyPoolError: 'acquire timeout',
  ConnectionTimeoutError: 'acquire timeout',
  // aiohttp 3.8, whose ClientTimeout.connect was the only one that was set.
  ServerTimeoutError: 'acquire timeout',
  // Of asyncio.wait_for, by which the workload cancels.
  TimeoutError: 'cancelled',
  RemoteProtocolError: disconnected,
  ProtocolError: disconnected,
  'ConnectionError(ProtocolError)': disconnected,
  ServerDisconnectedError: disconnected,
  ReadError: disconnected,
}

/** What libcurl calls it when its caller gives a response up, which is what the workload asks for. */
const givenUp = 'curl(23)'

/** What the library did in this row. */
export function recordedFacts(row: Row): Facts {
  const { observed, library } = row
  const { hosts } = scenarioOf(row).workload
  const gaveUp = observed.errors[givenUp] ?? 0
  const errors = Object.entries(observed.errors)
    .filter(([type]) => type !== givenUp)
    .flatMap(([type, count]) => Array<string>(count).fill(kindOf(type, library)))
  // How soon a server ends a connection is its own business.
  const timed = gaveUp === 0 && !errors.includes(disconnected)
  const facts: { [field: string]: Fact } = {
    peakConnectionsTotal: observed.peakConnectionsTotal,
    peakPerHost: listByHost(observed.peakPerHost, hosts),
    peakActiveRequests: observed.peakActiveRequests,
    connectionsOpened: observed.connectionsOpened,
    requestsServed: observed.requestsServed,
    okRequests: observed.okRequests + gaveUp,
    idleAfterBurst: observed.idleAfterBurst,
    errors: sayErrors(errors),
    errorAfterMs: timed ? observed.errorAfterMs : [],
    idleCloseAfterMs: observed.idleCloseAfterMs,
    requestsPerConnection: observed.requestsPerConnection,
    closedByServer: observed.closedBy.server,
    closeWaitLeft: observed.closeWaitLeft,
  }
  for (const [name, { byHost }] of Object.entries(observed.marks)) facts[`marks.${name}`] = listByHost(byHost, hosts)
  if (observed.fifo !== null) facts.fifo = observed.fifo
  const timer = observed.socketTimers?.[0]
  if (timer !== undefined) facts.tcpKeepAliveSeconds = secondsOf(timer)
  return facts
}

/** `2 acquire timeout, 1 cancelled`. */
export function sayErrors(kinds: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || noErrors
}

/** One value, or any number between two. */
export type Stated = Fact | { readonly between: readonly [number, number] }

export interface Leeway {
  /** Milliseconds by which a measured time may be off. */
  readonly ms: number
}

/** What the row records; a range where the library's own runs differed. */
export function recorded(row: Row, field: string): Stated {
  const between = row.observed.variedBetweenRuns[field]
  return between ? { between } : (recordedFacts(row)[field] ?? null)
}

/** Whether what was seen is what was stated. */
export function holds(field: string, stated: Stated, actual: Stated | undefined, { ms }: Leeway): boolean {
  if (isRange(stated) || isRange(actual)) {
    const [[least, most], [from, to]] = [rangeOf(stated), rangeOf(actual)]
    return from <= most && to >= least
  }
  if (upperBounds.includes(field)) return rangeOf(actual)[1] <= rangeOf(stated)[1]
  if (!Array.isArray(stated) || !Array.isArray(actual)) return Object.is(stated, actual)
  const tolerance = isTime(field) ? ms : 0
  return stated.length === actual.length && stated.every((one, at) => Math.abs(one - actual[at]) <= tolerance)
}

/** Whether polypool's behaviour, as stated, is another than the recorded one, and not by a hair. */
export function isOther(row: Row, field: string, stated: Stated): boolean {
  const library = recorded(row, field)
  const noise = { ms: 100 }
  return !holds(field, stated, library, noise) || !holds(field, library, stated, noise)
}

export function isRange(fact: Stated | undefined): fact is { readonly between: readonly [number, number] } {
  return typeof fact === 'object' && fact !== null && 'between' in fact
}

function rangeOf(fact: Stated | undefined): readonly [number, number] {
  if (isRange(fact)) return fact.between
  return typeof fact === 'number' ? [fact, fact] : [Number.NaN, Number.NaN]
}

function kindOf(type: string, library: string): string {
  // SQLAlchemy's pool has an error of that name too.
  if (library === 'sqlalchemy' && type === 'TimeoutError') return 'acquire timeout'
  const kind = errorKinds[type]
  if (kind === undefined) throw new Error(`what kind of error is ${type} of ${library}?`)
  return kind
}

function listByHost(counts: { readonly [host: string]: number }, hosts: number): number[] {
  return Array.from({ length: hosts }, (_, host) => counts[host] ?? 0)
}

/** Of `timer:(keepalive,1min59sec,0)`, seen some milliseconds after it was set; null without a timer. */
function secondsOf(timer: string): number | null {
  const found = /keepalive,(?:(\d+)min)?(\d+)sec/.exec(timer)
  return found ? Number(found[1] ?? 0) * 60 + Number(found[2]) + 1 : null
}
