import { counted, formatDuration } from 'polypool/internal'
import { whileEnding } from '../shared/deployment.ts'
import { heaviestTail, shareThatWaits, waitExceededBy } from './queueing.ts'

/** The load of all instances together. */
export interface Load {
  /** Requests in flight at one time, where that is known. */
  readonly concurrency?: number
  readonly rps?: number
  /** Mean time of one request, in milliseconds. */
  readonly latency?: number
  /** Time within which 99 of 100 requests are done. */
  readonly p99?: number
  /** Mean time of a connect, TLS included. */
  readonly connect?: number
  readonly instances: number
  /** As many as there are during a rolling update. Default: no more than otherwise. */
  readonly rolling?: number
}

interface Step {
  readonly what: string
  readonly sum: string
}

/** One number, and where it comes from. */
interface Recommendation {
  readonly field: 'maxConnections' | 'acquireTimeout' | 'maxPending' | 'minIdleConnectionsPerHost'
  readonly value: number | string
  readonly why: string
}

/** One way to choose the number of connections, and what it means for those who come at random. */
interface Headroom {
  readonly rule: string
  readonly maxConnections: number
  /** Share of requests that wait for a connection, by Erlang C. */
  readonly waiting: number
}

export interface Sizing {
  readonly steps: readonly Step[]
  /** The usual starting point, which is recommended, and the one that hardly ever makes a request wait. */
  readonly headroom: readonly [Headroom, Headroom]
  readonly recommendations: readonly Recommendation[]
  readonly notes: readonly string[]
  readonly maxConnections: number
}

const usual = 1.2

/** Of steady traffic one request in so many waits longer than the `acquireTimeout` that is recommended. */
const seldom = 10_000

/** Little's law: requests in flight = arrivals per second × seconds each takes. Then headroom, for each instance by itself. */
export function sizeFor(load: Load): Sizing {
  const { concurrency, rps = 0, latency = 0, p99, instances } = load
  const inFlight = concurrency ?? (rps * latency) / 1000
  const own = inFlight / instances
  const maxConnections = connectionsFor(own * usual)
  const calm = connectionsFor(own + 2 * Math.sqrt(own))
  const known =
    concurrency === undefined
      ? { what: "in flight on average (Little's law)", sum: `${round(rps)}/s × ${formatDuration(latency)} = ${round(inFlight)}` }
      : { what: 'in flight at one time', sum: `${round(concurrency)} as given, taken as the mean` }
  const headroom: Sizing['headroom'] = [
    { rule: 'in flight + 20 %', maxConnections, waiting: shareThatWaits(maxConnections, own) },
    { rule: 'in flight + 2 × its square root', maxConnections: calm, waiting: shareThatWaits(calm, own) },
  ]
  const steps: Step[] = [
    known,
    ...(instances > 1 ? [{ what: 'for each instance', sum: `${round(inFlight)} ÷ ${instances} = ${round(own)}` }] : []),
    {
      what: 'with 20 % headroom',
      sum: `${round(own)} × ${usual} = ${round(own * usual)}, so ${maxConnections}: ${percent(headroom[0].waiting)} of the requests wait`,
    },
    {
      what: 'with twice the square root',
      sum: `${round(own)} + 2 × √${round(own)} = ${round(own + 2 * Math.sqrt(own))}, so ${calm}: ${percent(headroom[1].waiting)} of the requests wait`,
    },
  ]
  const waiting = latency > 0 ? waitingFor(load, own, maxConnections) : []
  const total = maxConnections * instances
  return {
    steps,
    headroom,
    maxConnections,
    recommendations: [
      {
        field: 'maxConnections',
        value: maxConnections,
        why: 'the requests in flight and 20 % more, as one usually begins; a short peak above it waits for its turn and is not refused',
      },
      ...waiting,
      ...(load.connect === undefined ? [] : [ready(load.connect, rps / instances, maxConnections)]),
    ],
    notes: [
      ...(calm === maxConnections ? [] : [choice(headroom)]),
      `The servers see up to ${counted(total, 'connection')}${instances > 1 ? ` (${maxConnections} × ${instances} instances)` : ''}: they must allow that many, and do that much work at once. A larger pool only moves the queue to them.`,
      ...rollout(maxConnections, load),
      ...(p99 === undefined ? [] : slowSpell(load, p99, maxConnections)),
      ...(p99 === undefined ? [] : tail(latency, p99, headroom)),
      ...(rps > 0 ? idleness(rps / instances, maxConnections) : []),
      'If one host can take less than the whole, bound it by maxConnectionsPerHost as well.',
    ],
  }
}

/** What servers see while new processes take the place of old ones. */
function rollout(maxConnections: number, { instances, rolling = instances }: Load): string[] {
  if (rolling <= instances) return []
  return [
    `In a rolling update there are ${rolling} instances: up to ${counted(maxConnections * rolling, 'connection')}. ${whileEnding}`,
  ]
}

// Rounded first: 10 × 1.2 is 12.000000000000002 in floating point.
function connectionsFor(wanted: number): number {
  return Math.max(1, Math.ceil(Number(wanted.toFixed(6))))
}

function choice([first, second]: Sizing['headroom']): string {
  const shares = 'The shares that wait are of requests that come at random at a steady rate (Erlang C).'
  return second.maxConnections > first.maxConnections
    ? `${shares} Where waiting costs more than connections do, set maxConnections: ${second.maxConnections}.`
    : `${shares} Of so many requests some always end soon: ${counted(second.maxConnections, 'connection')} would do.`
}

/** How long to wait, and how many: what can't be served in time is better refused at once. */
function waitingFor({ latency = 0, p99 }: Load, own: number, maxConnections: number): Recommendation[] {
  // A few very slow requests can lift the mean above the p99.
  const slowest = Math.max(p99 ?? 0, latency)
  const usualWait = slowest * (p99 === undefined ? 10 : 2)
  const steadyWait = waitExceededBy(seldom, { connections: maxConnections, load: own, latency, ...(p99 && { p99 }) })
  const wanted = Math.max(usualWait, steadyWait)
  const acquireTimeout = roundUp(Math.max(500, wanted))
  // What steady traffic needs: by the slow percentile instead of the mean, a queue that is served in time would be refused.
  const maxPending = Math.max(1, Math.floor((maxConnections / latency) * acquireTimeout))
  const basis =
    steadyWait > usualWait
      ? `of steady traffic one request in ${seldom.toLocaleString('en')} waits longer than ${formatDuration(Math.round(steadyWait))}`
      : p99 === undefined
        ? `10 × the mean latency of ${formatDuration(latency)}`
        : `2 × the p99 of ${formatDuration(p99)}`
  const wait = formatDuration(acquireTimeout)
  return [
    {
      field: 'acquireTimeout',
      value: wait,
      why: `${basis}${acquireTimeout > wanted ? ', rounded up (500 ms at least)' : ''}: who waited longer than that meets an overload, not a peak`,
    },
    {
      field: 'maxPending',
      value: maxPending,
      why: `${counted(maxConnections, 'connection')} at ${formatDuration(latency)} a request ${maxConnections === 1 ? 'serves' : 'serve'} no more than this within ${wait}; the rest would time out, so it is refused at once`,
    },
  ]
}

/** How many connections to have at hand after a quiet time, when all that idled have expired. */
function ready(connect: number, rps: number, maxConnections: number): Recommendation {
  const during = (rps * connect) / 1000
  const wanted = connectionsFor(during)
  const bound = wanted > maxConnections ? `, of which maxConnections leaves room for ${maxConnections}` : ''
  return {
    field: 'minIdleConnectionsPerHost',
    value: Math.min(maxConnections, wanted),
    why: `${round(rps)}/s × ${formatDuration(connect)} = ${round(during)}${bound}: so many requests come while a connection is made, and would wait for one after a quiet time; share it out if they go to several hosts`,
  }
}

function slowSpell({ rps = 0, latency = 0, instances }: Load, p99: number, maxConnections: number): string[] {
  const needed = Math.ceil((rps * p99) / 1000 / instances)
  if (needed <= maxConnections) return []
  const kept = ((maxConnections * 1000) / p99) * instances
  return [
    `If every request became as slow as the p99 (${formatDuration(p99)} instead of ${formatDuration(latency)}), ${needed} connections would be in use in each instance; ${maxConnections} then serve ${round(kept)} of ${round(rps)} requests a second, and the rest waits. Raise maxConnections towards ${needed} only if the servers can take it.`,
  ]
}

/** What a p99 says about the mean that stands beside it. */
function tail(latency: number, p99: number, [{ maxConnections }, calm]: Sizing['headroom']): string[] {
  if (p99 < latency) {
    return [
      `The mean of ${formatDuration(latency)} lies above the p99 of ${formatDuration(p99)}: a few very slow requests can do that; else the two are mixed up.`,
    ]
  }
  if (p99 <= latency * heaviestTail || calm.maxConnections <= maxConnections) return []
  return [
    `The p99 is ${round(p99 / latency)} × the mean: a few slow requests at one time can keep ${counted(maxConnections, 'connection')} busy for long, and some of steady traffic times out then. ${calm.maxConnections} connections help more than a longer acquireTimeout.`,
  ]
}

/** Whether connections are used often enough to stay open with the default expiry. */
function idleness(rps: number, maxConnections: number): string[] {
  const gap = (maxConnections / rps) * 1000
  return gap < 4000
    ? []
    : [
        `Each connection is used every ${formatDuration(roundUp(gap))} on average, which is longer than keepAliveExpiry's default of 4s: most requests will open a new one. Raise it if the servers keep idle connections longer.`,
      ]
}

function percent(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`
}

function round(number: number): string {
  return String(Number(number.toPrecision(number < 1 ? 2 : 4)))
}

/** To a value that one would write: 1, 2 or 5 significant steps of ten, or halves between. */
function roundUp(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(ms))
  return Math.ceil((ms / unit) * 2) * (unit / 2)
}
