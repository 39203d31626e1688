import { formatDuration } from '../config/durations.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import {
  PoolAcquireTimeoutError,
  PoolClosedError,
  PoolConnectTimeoutError,
  type PoolErrorDetails,
  PoolFullError,
  PoolQueueFullError,
} from '../errors.ts'
import type { Ceiling } from './ceiling.ts'
import type { Connection, Lane, OriginState, Waiter } from './entities.ts'

/** What limits all that is open. */
export interface Total {
  readonly limit: number
  readonly ceiling: Ceiling | null
}

/** The pool as things stand when an error is made. */
export interface Situation extends Total {
  readonly config: ResolvedPoolConfig
  readonly now: number
  /** Requests that wait. */
  readonly pending: number
}

interface LimitReached {
  readonly field: 'maxConnections' | 'maxConnectionsPerHost' | 'maxConnectionsPerProxy'
  readonly limit: number
  /** The proxy whose limit it is. */
  readonly proxy?: string
  /** The fleet that leaves no more to the pool. */
  readonly fleet?: string
}

/** The limit that keeps a request to an origin waiting. */
export function limitReached({ full, limits, proxy }: OriginState, { limit, ceiling }: Total): LimitReached {
  if (full) return { field: 'maxConnectionsPerHost', limit: limits.maxConnectionsPerHost }
  if (proxy?.full) return { field: 'maxConnectionsPerProxy', limit: proxy.limit, proxy: proxy.key }
  const own = { field: 'maxConnections', limit } as const
  return ceiling === null || limit < ceiling.limit ? own : { ...own, fleet: ceiling.name }
}

const requests = (count: number) => (count === 1 ? '1 request waits' : `${count} requests wait`)

/** How many requests the HTTP/2 connections of a lane carry, and may carry. */
function streamsOn({ connections, origin }: Lane): string {
  const sessions = [...connections].filter(({ multiplexes, state }) => multiplexes && (state === 'active' || state === 'idle'))
  const sum = (of: (session: Connection) => number) => sessions.reduce((total, session) => total + of(session), 0)
  const own = origin.limits.maxStreamsPerConnection
  const allowed = sessions.map((session) => session.allowed).filter((told) => told < own)
  const [least, most] = [Math.min(...allowed), Math.max(...allowed)]
  const server = `the server allows ${least === most ? least : `${least} to ${most}`} on each`
  const on = sessions.length === 1 ? '1 HTTP/2 connection' : `${sessions.length} HTTP/2 connections`
  return `${sum(({ running }) => running)} of ${sum(({ slots }) => slots)} streams run on ${on}, ${allowed.length > 0 ? server : `maxStreamsPerConnection: ${own}`}`
}

/** What an error about a request that had to wait tells. */
function describe({ lane, since }: Waiter, situation: Situation): { readonly where: string; readonly details: PoolErrorDetails } {
  const { origin, member } = lane
  const { field, limit, proxy, fleet } = limitReached(origin, situation)
  const whose = fleet !== undefined ? ` as the share of the fleet ${fleet}` : proxy === undefined ? '' : ` for the proxy ${proxy}`
  return {
    where: lane.isShut
      ? streamsOn(lane)
      : `${field}: ${limit}${whose}, all of them in use${lane.sessions > 0 ? `; ${streamsOn(lane)}` : ''}`,
    details: {
      pool: member.name,
      origin: origin.key,
      waited: Math.round(situation.now - since),
      pending: situation.pending,
      limit,
      ...(proxy !== undefined && { proxy }),
    },
  }
}

/** What the pool itself could allow more of. */
function raisable({ lane }: Waiter): string {
  if (lane.isShut) return 'acquireTimeout until the server allows streams again'
  return lane.sessions > 0 ? 'the limit, maxStreamsPerConnection or acquireTimeout' : 'the limit or acquireTimeout'
}

export function acquireTimeout(waiter: Waiter, situation: Situation): PoolAcquireTimeoutError {
  const { origin } = waiter.lane
  const { where, details } = describe(waiter, situation)
  const waited = formatDuration(origin.limits.acquireTimeout)
  return new PoolAcquireTimeoutError(
    `no connection to ${origin.key} became free within ${waited} (${where}; ${requests(situation.pending)}): ` +
      `raise ${raisable(waiter)}, or look for responses whose body is never read`,
    details,
  )
}

export function full(waiter: Waiter, situation: Situation): PoolFullError {
  const { origin } = waiter.lane
  const { where, details } = describe(waiter, situation)
  const { maxOverflow } = situation.config
  const overflow = maxOverflow === 0 ? '' : `, and maxOverflow: ${maxOverflow} too`
  return new PoolFullError(
    `no connection to ${origin.key} is free (${where}${overflow}) and block is false: ` +
      'raise the limit or maxOverflow, or set block: true to wait',
    details,
  )
}

export function queueFull(waiter: Waiter, situation: Situation): PoolQueueFullError {
  const { origin } = waiter.lane
  const { where, details } = describe(waiter, situation)
  const { config, pending } = situation
  return new PoolQueueFullError(
    `${requests(pending)} already, as many as maxPending: ${config.maxPending} allows (to ${origin.key}, ${where}): ` +
      'raise maxPending or the limit, or send fewer requests at a time',
    { ...details, limit: config.maxPending },
  )
}

export function closed({ origin, member }: Lane, waiting: PoolErrorDetails = {}): PoolClosedError {
  return new PoolClosedError(
    `the pool is closed, so no request to ${origin.key} can be sent: create a new pool, or close it later`,
    { ...waiting, pool: member.name, origin: origin.key },
  )
}

export function closedWhileWaiting(waiter: Waiter, situation: Situation): PoolClosedError {
  const { waited, pending } = describe(waiter, situation).details
  return closed(waiter.lane, { waited, pending })
}

export function connectTimeout({ lane, since }: Connection, now: number): PoolConnectTimeoutError {
  const { origin, member } = lane
  const allowed = formatDuration(origin.limits.connectTimeout)
  return new PoolConnectTimeoutError(
    `no connection to ${origin.key} was established within ${allowed}, TCP and TLS together: ` +
      'check that the host answers, or raise connectTimeout',
    {
      pool: member.name,
      origin: origin.key,
      waited: Math.round(now - since),
      limit: origin.limits.connectTimeout,
    },
  )
}
