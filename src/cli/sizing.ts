import { formatDuration } from '../config/durations.ts'

/** The load of all instances together. */
export interface Load {
  /** Requests in flight at one time, where that is known. */
  readonly concurrency?: number
  readonly rps?: number
  /** Mean time of one request, in milliseconds. */
  readonly latency?: number
  /** Time within which 99 of 100 requests are done. */
  readonly p99?: number
  readonly instances: number
}

interface Step {
  readonly what: string
  readonly sum: string
}

/** One number, and where it comes from. */
interface Recommendation {
  readonly field: 'maxConnections' | 'acquireTimeout' | 'maxPending'
  readonly value: number | string
  readonly why: string
}

export interface Sizing {
  readonly steps: readonly Step[]
  readonly recommendations: readonly Recommendation[]
  readonly notes: readonly string[]
  readonly maxConnections: number
}

const headroom = 1.2

/** Little's law: requests in flight = arrivals per second × seconds each takes. Then 20 % headroom, for each instance by itself. */
export function sizeFor(load: Load): Sizing {
  const { concurrency, rps = 0, latency = 0, p99, instances } = load
  const inFlight = concurrency ?? (rps * latency) / 1000
  const own = inFlight / instances
  // Rounded first: 10 × 1.2 is 12.000000000000002 in floating point.
  const maxConnections = Math.max(1, Math.ceil(Number((own * headroom).toFixed(6))))
  const known =
    concurrency === undefined
      ? { what: "in flight on average (Little's law)", sum: `${round(rps)}/s × ${formatDuration(latency)} = ${round(inFlight)}` }
      : { what: 'in flight at one time', sum: `${round(concurrency)} as given` }
  const steps: Step[] = [
    known,
    ...(instances > 1 ? [{ what: 'for each instance', sum: `${round(inFlight)} ÷ ${instances} = ${round(own)}` }] : []),
    { what: 'with 20 % headroom', sum: `${round(own)} × ${headroom} = ${round(own * headroom)}, so ${maxConnections}` },
  ]
  const waiting = latency > 0 ? waitingFor(load, maxConnections) : []
  const total = maxConnections * instances
  return {
    steps,
    maxConnections,
    recommendations: [
      {
        field: 'maxConnections',
        value: maxConnections,
        why: 'the requests in flight and 20 % more; a short peak above it waits for its turn and is not refused',
      },
      ...waiting,
    ],
    notes: [
      `The servers see up to ${total} connections${instances > 1 ? ` (${maxConnections} × ${instances} instances)` : ''}: they must allow that many, and do that much work at once. A larger pool only moves the queue to them.`,
      ...(p99 === undefined ? [] : slowSpell(load, p99, maxConnections)),
      ...(rps > 0 ? idleness(rps / instances, maxConnections) : []),
      'If one host can take less than the whole, bound it by maxConnectionsPerHost as well.',
    ],
  }
}

/** How long to wait, and how many: what can't be served in time is better refused at once. */
function waitingFor({ latency = 0, p99 }: Load, maxConnections: number): Recommendation[] {
  // A few very slow requests can lift the mean above the p99.
  const slowest = Math.max(p99 ?? 0, latency)
  const factor = p99 === undefined ? 10 : 2
  const acquireTimeout = roundUp(Math.max(500, slowest * factor))
  const maxPending = Math.max(1, Math.floor((maxConnections / slowest) * acquireTimeout))
  const basis =
    p99 === undefined ? `10 × the mean latency of ${formatDuration(latency)}` : `2 × the p99 of ${formatDuration(p99)}`
  const wait = formatDuration(acquireTimeout)
  return [
    {
      field: 'acquireTimeout',
      value: wait,
      why: `${basis}${acquireTimeout > slowest * factor ? ', rounded up (500 ms at least)' : ''}: who waited longer than that meets an overload, not a peak`,
    },
    {
      field: 'maxPending',
      value: maxPending,
      why: `${maxConnections} connections at ${formatDuration(slowest)} a request serve no more than this within ${wait}; the rest would time out, so it is refused at once`,
    },
  ]
}

function slowSpell({ rps = 0, latency = 0, instances }: Load, p99: number, maxConnections: number): string[] {
  const needed = Math.ceil((rps * p99) / 1000 / instances)
  if (needed <= maxConnections) return []
  const kept = ((maxConnections * 1000) / p99) * instances
  return [
    `If every request became as slow as the p99 (${formatDuration(p99)} instead of ${formatDuration(latency)}), ${needed} connections would be in use in each instance; ${maxConnections} then serve ${round(kept)} of ${round(rps)} requests a second, and the rest waits. Raise maxConnections towards ${needed} only if the servers can take it.`,
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

function round(number: number): string {
  return String(Number(number.toPrecision(number < 1 ? 2 : 4)))
}

/** To a value that one would write: 1, 2 or 5 significant steps of ten, or halves between. */
function roundUp(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(ms))
  return Math.ceil((ms / unit) * 2) * (unit / 2)
}
