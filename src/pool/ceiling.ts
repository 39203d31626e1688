import type { FleetStats } from '../adapter.ts'
import { PoolLeaseLostError } from '../errors.ts'
import { allConnections, type Connection, type Member } from './entities.ts'

/** A cap from outside on all that a pool has open, connections beyond its own limits included: what a fleet of processes leaves to this one. */
export interface Ceiling {
  /** What the fleet is called. */
  readonly name: string
  /** Connections that may be open now, which may be none. It falls by itself when a lease ends: asked for each time a connection is to be opened. */
  readonly limit: number
  /**
   * A request has found nothing free.
   * @param refused whether it does not wait
   */
  missed(refused: boolean): void
  stats(): FleetStats
}

/** What it looks at, and closes. */
interface Closed {
  readonly open: number
  readonly overflow: number
  readonly closing: number
  readonly idle: { readonly size: number; readonly ahead: { readonly size: number } }
  close(connection: Connection, reason: 'surplus', error: Error): void
}

/** What is in use, and what those who wait will take: what the pool would have open if nobody else wanted anything. */
export function loadOf({ open, overflow, closing, idle }: Closed, { demand }: { readonly demand: number }): number {
  return Math.max(0, open + overflow - closing - idle.size - idle.ahead.size) + demand
}

/** Closes connections until only so many are left that do not close: those first that cost nobody anything, then those that were opened last. */
export function cutTo(limit: number, name: string, connections: Closed, members: ReadonlySet<Member>): void {
  const open = allConnections(members).filter(({ state }) => state !== 'closing' && state !== 'closed')
  open.sort((one, other) => worth(one) - worth(other) || other.since - one.since)
  for (const connection of open.slice(0, Math.max(0, open.length - limit)))
    connections.close(connection, 'surplus', cut(connection, name))
}

function worth({ state, running, isAhead }: Connection): number {
  return state === 'idle' || isAhead ? 0 : running
}

function cut({ lane: { origin, member } }: Connection, name: string): PoolLeaseLostError {
  return new PoolLeaseLostError(
    `the connection to ${origin.key} was closed under its request: the fleet ${name} has not been heard of for as long as this process's lease ` +
      "lasts, and others may have it by now. Send it again if it may be sent twice; with onLost: 'drain' such requests are left to end",
    { pool: member.name, origin: origin.key },
  )
}
