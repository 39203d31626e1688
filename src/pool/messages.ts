import { formatDuration } from '../config/durations.ts'
import {
  PoolAcquireTimeoutError,
  PoolClosedError,
  PoolConnectTimeoutError,
  type PoolErrorDetails,
  PoolFullError,
  PoolQueueFullError,
} from '../errors.ts'
import type { Connection } from './connection.ts'
import type { Lane } from './lane.ts'
import type { Origin } from './origin.ts'
import type { ConnectionPool } from './pool.ts'
import type { Waiter } from './waiter.ts'

/** The limit that keeps a request to `origin` waiting. */
function limitReached(pool: ConnectionPool, origin: Origin): { readonly name: string; readonly limit: number } {
  return origin.full
    ? { name: 'maxConnectionsPerHost', limit: origin.limits.maxConnectionsPerHost }
    : { name: 'maxConnections', limit: pool.config.maxConnections }
}

const requests = (count: number) => (count === 1 ? '1 request waits' : `${count} requests wait`)

/** What an error about a request that had to wait tells. */
function situationOf({ lane, since }: Waiter): { readonly where: string; readonly details: PoolErrorDetails } {
  const { origin, member } = lane
  const { pool } = member
  const { name, limit } = limitReached(pool, origin)
  return {
    where: `${name}: ${limit}, all of them in use`,
    details: {
      pool: member.name,
      origin: origin.key,
      waited: Math.round(pool.clock.now() - since),
      pending: pool.queue.pending,
      limit,
    },
  }
}

export function acquireTimeout(waiter: Waiter): PoolAcquireTimeoutError {
  const { origin, member } = waiter.lane
  const { where, details } = situationOf(waiter)
  const waited = formatDuration(origin.limits.acquireTimeout)
  return new PoolAcquireTimeoutError(
    `no connection to ${origin.key} became free within ${waited} (${where}; ${requests(member.pool.queue.pending)}): ` +
      'raise the limit or acquireTimeout, or look for responses whose body is never read',
    details,
  )
}

export function full(waiter: Waiter): PoolFullError {
  const { origin, member } = waiter.lane
  const { where, details } = situationOf(waiter)
  const { maxOverflow } = member.pool.config
  const overflow = maxOverflow === 0 ? '' : `, and maxOverflow: ${maxOverflow} too`
  return new PoolFullError(
    `no connection to ${origin.key} is free (${where}${overflow}) and block is false: ` +
      'raise the limit or maxOverflow, or set block: true to wait',
    details,
  )
}

export function queueFull(waiter: Waiter): PoolQueueFullError {
  const { origin, member } = waiter.lane
  const { where, details } = situationOf(waiter)
  const { config, queue } = member.pool
  return new PoolQueueFullError(
    `${requests(queue.pending)} already, as many as maxPending: ${config.maxPending} allows (to ${origin.key}, ${where}): ` +
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

export function closedWhileWaiting(waiter: Waiter): PoolClosedError {
  const { waited, pending } = situationOf(waiter).details
  return closed(waiter.lane, { waited, pending })
}

export function connectTimeout({ lane, since }: Connection): PoolConnectTimeoutError {
  const { origin, member } = lane
  const allowed = formatDuration(origin.limits.connectTimeout)
  return new PoolConnectTimeoutError(
    `no connection to ${origin.key} was established within ${allowed}, TCP and TLS together: ` +
      'check that the host answers, or raise connectTimeout',
    {
      pool: member.name,
      origin: origin.key,
      waited: Math.round(member.pool.clock.now() - since),
      limit: origin.limits.connectTimeout,
    },
  )
}
