import { formatDuration } from '../config/durations.ts'
import {
  PoolAcquireTimeoutError,
  PoolClosedError,
  PoolConnectTimeoutError,
  PoolFullError,
  PoolQueueFullError,
} from '../errors.ts'
import type { Origin } from './origin.ts'
import type { ConnectionPool } from './pool.ts'

/** Which limit keeps a request to `origin` waiting, with its figure. */
function limitReached(pool: ConnectionPool, origin: Origin): string {
  return origin.full
    ? `maxConnectionsPerHost: ${origin.limits.maxConnectionsPerHost}, all of them in use`
    : `maxConnections: ${pool.config.maxConnections}, all of them in use`
}

const requests = (count: number) => (count === 1 ? '1 request waits' : `${count} requests wait`)

export function acquireTimeout(pool: ConnectionPool, origin: Origin): PoolAcquireTimeoutError {
  const waited = formatDuration(origin.limits.acquireTimeout)
  return new PoolAcquireTimeoutError(
    `no connection to ${origin.key} became free within ${waited} (${limitReached(pool, origin)}; ${requests(pool.queue.pending)}): ` +
      'raise the limit or acquireTimeout, or look for responses whose body is never read',
  )
}

export function full(pool: ConnectionPool, origin: Origin): PoolFullError {
  const { maxOverflow } = pool.config
  const overflow = maxOverflow === 0 ? '' : `, and maxOverflow: ${maxOverflow} too`
  return new PoolFullError(
    `no connection to ${origin.key} is free (${limitReached(pool, origin)}${overflow}) and block is false: ` +
      'raise the limit or maxOverflow, or set block: true to wait',
  )
}

export function queueFull(pool: ConnectionPool, origin: Origin): PoolQueueFullError {
  return new PoolQueueFullError(
    `${requests(pool.queue.pending)} already, as many as maxPending: ${pool.config.maxPending} allows (to ${origin.key}, ${limitReached(pool, origin)}): ` +
      'raise maxPending or the limit, or send fewer requests at a time',
  )
}

export function closed(origin: string): PoolClosedError {
  return new PoolClosedError(`the pool is closed, so no request to ${origin} can be sent: create a new pool, or close it later`)
}

export function connectTimeout(origin: Origin): PoolConnectTimeoutError {
  const waited = formatDuration(origin.limits.connectTimeout)
  return new PoolConnectTimeoutError(
    `no connection to ${origin.key} was established within ${waited}, TCP and TLS together: ` +
      'check that the host answers, or raise connectTimeout',
  )
}
