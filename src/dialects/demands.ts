import type { ResolvedPoolConfig } from '../config/types.ts'

const unlimited = Number.POSITIVE_INFINITY

/** What the limits of a config come to for a library that has no connections beyond a limit. */
export interface Demands {
  /** Connections open over all hosts, overflow included; unlimited if no request ever waits for one. */
  readonly open: number
  /** The same for one host, without overflow. */
  readonly openPerHost: number
  /** Idle connections kept over all hosts: what overflows is not kept. */
  readonly kept: number
  /** Milliseconds that a request may wait; 0 where it is refused at once. */
  readonly wait: number
}

export function demandsOf(config: ResolvedPoolConfig): Demands {
  const { maxConnections, maxConnectionsPerHost, maxIdleConnections, maxOverflow, block, acquireTimeout } = config
  const neverWaits = maxOverflow === unlimited
  return {
    open: maxConnections + maxOverflow,
    openPerHost: neverWaits ? unlimited : maxConnectionsPerHost,
    kept: maxOverflow > 0 ? Math.min(maxConnections, maxIdleConnections) : maxIdleConnections,
    wait: block || neverWaits ? acquireTimeout : 0,
  }
}

/** A number, or null (None) for unlimited. */
export function orNone(value: number): number | null {
  return value === unlimited ? null : value
}

/** A number, or 0 where that is how a library says unlimited. */
export function orZero(value: number): number {
  return value === unlimited ? 0 : value
}

/** Seconds, or null (None) for unlimited. */
export function secondsOrNone(ms: number): number | null {
  return ms === unlimited ? null : ms / 1000
}

/** Whole seconds, rounded up so that a short time does not become 0. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000)
}

/** Seconds for a library that has no word for unlimited: ten years. */
export const tenYears = 315_360_000
