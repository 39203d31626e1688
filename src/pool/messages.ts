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
import type { Connection, Lane, OriginState, Waiter } from './entities.ts'

/** The pool as things stand when an error is made. */
export interface Situation {
  readonly config: ResolvedPoolConfig
  readonly now: number
  /** Requests that wait. */
  readonly pending: number
}

/** The limit that keeps a request to `origin` waiting. */
function limitReached({ config }: Situation, origin: OriginState): { readonly name: string; readonly limit: number } {
  return origin.full
    ? { name: 'maxConnectionsPerHost', limit: origin.limits.maxConnectionsPerHost }
    : { name: 'maxConnections', limit: config.maxConnections }
}

const requests = (count: number) => (count === 1 ? '1 request waits' : `${count} requests wait`)

/** What an error about a request that had to wait tells. */
function describe({ lane, since }: Waiter, situation: Situation): { readonly where: string; readonly details: PoolErrorDetails } {
  const { origin, member } = lane
  const { name, limit } = limitReached(situation, origin)
  return {
    where: `${name}: ${limit}, all of them in use`,
    details: {
      pool: member.name,
      origin: origin.key,
      waited: Math.round(situation.now - since),
      pending: situation.pending,
      limit,
    },
  }
}

export function acquireTimeout(waiter: Waiter, situation: Situation): PoolAcquireTimeoutError {
  const { origin } = waiter.lane
  const { where, details } = describe(waiter, situation)
  const waited = formatDuration(origin.limits.acquireTimeout)
  return new PoolAcquireTimeoutError(
    `no connection to ${origin.key} became free within ${waited} (${where}; ${requests(situation.pending)}): ` +
      'raise the limit or acquireTimeout, or look for responses whose body is never read',
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
