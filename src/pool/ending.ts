import type { CloseReason } from '../observe/channels.ts'
import type { Connection } from './entities.ts'

/** Why the pool itself wants a connection closed; null: it has come to an end by itself, or with its pool. */
export type Retirement = 'evicted' | 'surplus' | 'expired' | null

/** The counter of the pool that each of them counts in. */
export const countedAs = { evicted: 'evicted', surplus: 'evicted', expired: 'expired' } as const

/** Why a connection closes, as things stand when that begins. */
export function reasonOf(connection: Connection, retirement: Retirement, now: number): CloseReason {
  if (retirement === null) return byItself(connection)
  return retirement === 'expired' ? expired(connection, now) : retirement
}

function expired(connection: Connection, now: number): CloseReason {
  if (connection.usedUp || !connection.lane.origin.limits.keepAlive) return 'requests'
  const { retiresAt, refusesAt } = connection
  return now >= retiresAt && refusesAt === retiresAt ? 'lifetime' : 'expired'
}

function byItself({ lane, overflow, endedBy, wasConnected }: Connection): CloseReason {
  const { state } = lane.member
  if (state === 'destroyed') return 'closed'
  if (!wasConnected) return state === 'open' ? 'error' : 'closed'
  if (endedBy === 'error') return 'error'
  if (overflow) return 'overflow'
  if (state === 'closing') return 'closed'
  return lane.origin.limits.keepAlive ? endedBy : 'requests'
}
