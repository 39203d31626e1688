import type { FleetStats, Pool } from '../adapter.ts'
import { formatDuration } from '../config/durations.ts'
import type { FleetSettings } from '../config/fleet.ts'
import { channels } from '../observe/channels.ts'
import { nameOfPool, type WarningCode, warn } from '../observe/warnings/warn.ts'
import type { LeaseEvents } from './lease.ts'

const joins = channels['polypool:fleet:join']
const leases = channels['polypool:fleet:lease']
const losses = channels['polypool:fleet:lost']
const leaves = channels['polypool:fleet:leave']

/** Milliseconds between two warnings of the same thing. */
const warnAgain = 60_000

/** Tells subscribers what becomes of a lease, and warns of what its owner should know. */
export class LeaseTeller implements LeaseEvents {
  readonly #pool: Pool<unknown>
  readonly #settings: FleetSettings
  readonly #warns: boolean
  readonly #warned = new Map<WarningCode, number>()

  constructor(pool: Pool<unknown>, settings: FleetSettings, warns: boolean) {
    this.#pool = pool
    this.#settings = settings
    this.#warns = warns
  }

  joined(fleet: FleetStats): void {
    if (joins.hasSubscribers) joins.publish({ ...this.#whose, fleet })
  }

  left(fleet: FleetStats): void {
    if (leaves.hasSubscribers) leaves.publish({ ...this.#whose, fleet })
  }

  heard(before: FleetStats, fleet: FleetStats, now: number): void {
    const { maxMembers } = this.#settings
    if (
      leases.hasSubscribers &&
      (before.lease !== fleet.lease || before.floor !== fleet.floor || before.learning !== fleet.learning)
    )
      leases.publish({ ...this.#whose, fleet, before })
    if (fleet.members <= maxMembers) return
    this.#warn(
      'POLYPOOL_FLEET_CROWDED',
      `has ${fleet.members} members, more than maxMembers: ${maxMembers}: those who came last have no connection while the store is silent, and one ` +
        'that starts then exceeds the budget by its floor. Raise maxMembers to the processes that there are during an update',
      now,
    )
  }

  lost(fleet: FleetStats, silent: number, reason: unknown, now: number): void {
    if (losses.hasSubscribers) losses.publish({ ...this.#whose, fleet, silent, reason })
    const why = reason instanceof Error ? ` (${reason.message})` : ''
    this.#warn(
      'POLYPOOL_FLEET_LOST',
      `has not heard of its store for ${formatDuration(Math.round(silent))}${why}: it goes on with its floor of ${fleet.floor} until it does. See that ` +
        'the store can be reached, and that this process is not busy for so long at a time',
      now,
    )
  }

  overrun(connections: number, now: number): void {
    this.#warn(
      'POLYPOOL_FLEET_OVERRUN',
      `had ${connections} connections open beyond its floor when its lease had been over for margin: ${formatDuration(this.#settings.margin)}: others may ` +
        "have them too by now. Requests took longer than that: have the client time out earlier, raise margin and ttl, or use onLost: 'cut'",
      now,
    )
  }

  get #whose(): { readonly pool: Pool<unknown>; readonly name: string | undefined } {
    return { pool: this.#pool, name: this.#pool.name }
  }

  #warn(code: WarningCode, message: string, now: number): void {
    if (!this.#warns || now - (this.#warned.get(code) ?? Number.NEGATIVE_INFINITY) < warnAgain) return
    this.#warned.set(code, now)
    warn(
      code,
      `${nameOfPool(this.#pool.name)}, in the fleet ${this.#settings.name}, ${message}`,
      undefined,
      'the options of joinFleet',
    )
  }
}
