import type { FleetStats, Pool } from '../adapter.ts'
import { type FleetConfig, type FleetSettings, fleetNotes, readFleet } from '../config/fleet.ts'
import type { Note } from '../config/types.ts'
import { PoolClosedError, PoolConfigError, PoolUnsupportedError } from '../errors.ts'
import { sharedBy } from '../observe/sharing.ts'
import type { Core } from '../pool/port.ts'
import { show } from '../text/show.ts'
import { Lease } from './lease.ts'
import { LeaseTeller } from './teller.ts'
import type { FleetStore } from './types.ts'

/** What `joinFleet` takes. */
export interface JoinFleetOptions extends FleetConfig {
  /** Where the members meet: `redisStore(client)` or `clusterStore()`. */
  store: FleetStore
  /**
   * Whether it warns by `process.emitWarning`: POLYPOOL_FLEET_LOST, POLYPOOL_FLEET_OVERRUN, POLYPOOL_FLEET_CROWDED. Default true. A single one is
   * silenced by Node's `--disable-warning=<code>`.
   */
  warnings?: boolean | undefined
}

/** A pool's part in a fleet. */
export interface FleetShare extends AsyncDisposable {
  /** The same as `pool.stats().fleet`. */
  stats(): FleetStats
  /** What does not hold as the config may be read, and under which conditions the budget does. */
  readonly notes: readonly Note[]
  /**
   * Gives the lease back, once the requests beyond the floor have ended; resolves when the store knows, or is silent. The pool goes on with its floor,
   * which is 0 for one that came when there were `maxMembers` already, and counts among those until it is closed. Closing the pool does the same by itself, so before a process ends call this too: it waits.
   */
  leave(): Promise<void>
}

/** Those who have left may join again. */
const left = new WeakSet<object>()

/**
 * Has a pool share one budget of connections with pools of other processes: it leases what it needs and others do not, and never has more open. Its
 * own `maxConnections` goes on to hold. What the budget depends on stands in docs/fleet.md.
 *
 * Throws ERR_POOL_CONFIG with everything that is wrong with the config, ERR_POOL_UNSUPPORTED for what is no pool or no store and for a pool that is
 * in a fleet, ERR_POOL_CLOSED for a closed one.
 */
export function joinFleet(pool: Pool<unknown>, options: JoinFleetOptions): FleetShare {
  const core = coreOf(pool)
  const { store, warnings = true, settings } = read(options, pool.name)
  if (pool.closed) throw new PoolClosedError('joinFleet: the pool is closed: join with a new one')
  if (core.ceiling !== null && !left.has(core.ceiling)) {
    throw new PoolUnsupportedError(
      `joinFleet: the pool is in the fleet ${core.ceiling.name} already: call leave() of what joinFleet has returned, or create a pool for each fleet`,
    )
  }
  const teller = new LeaseTeller(pool, settings, warnings)
  const lease = new Lease(core, settings, store, newId(), teller)
  teller.joined(lease.stats())
  const leave = async () => {
    await lease.leave()
    left.add(lease)
  }
  void leaveAtEnd(core, leave)
  return {
    stats: () => lease.stats(),
    notes: fleetNotes(settings, pool.config.maxConnections),
    leave,
    [Symbol.asyncDispose]: leave,
  }
}

/** Not unique by chance alone where processes are copies of one that was frozen: those have another number. */
function newId(): string {
  return `${process.getBuiltinModule('node:crypto').randomBytes(6).toString('base64url')}.${process.pid.toString(36)}`
}

/** With the last of the pools that share the limits. */
async function leaveAtEnd(core: Core, leave: () => Promise<void>): Promise<void> {
  while (core.members.size > 0) await Promise.all([...core.members].map((member) => member.ended))
  await leave()
}

function coreOf(pool: Pool<unknown>): Core {
  const shared = typeof pool === 'object' && pool !== null ? (sharedBy(pool) as { readonly core?: Core } | undefined) : undefined
  const core = shared?.core
  if (core === undefined) {
    throw new PoolUnsupportedError(`joinFleet: ${show(pool)} is no pool: pass what createPool returns`)
  }
  if (core.ceiling === undefined) {
    throw new PoolUnsupportedError(
      'joinFleet: the pool is of a version of polypool that knows no fleets: install one version of it',
    )
  }
  return core
}

interface Given {
  readonly settings: FleetSettings
  readonly store: FleetStore
  readonly warnings: boolean | undefined
}

function read(options: JoinFleetOptions, pool: string | undefined): Given {
  const { store, warnings, ...config } = (options ?? {}) as JoinFleetOptions
  if (typeof store?.exchange !== 'function') {
    throw new PoolUnsupportedError(`joinFleet: store is ${show(store)}: pass redisStore(client) or clusterStore()`)
  }
  if (warnings !== undefined && typeof warnings !== 'boolean') {
    throw new PoolUnsupportedError(`joinFleet: warnings is ${show(warnings)}: use true or false, without quotes`)
  }
  const { settings, troubles } = readFleet(config, pool)
  if (settings !== undefined) return { settings, store, warnings }
  throw new PoolConfigError(
    troubles.map(({ at, problem, fix, value }) => {
      const path = ['fleet', ...at].join('.')
      return { path, value, message: `${path}: ${problem}: ${fix}` }
    }),
  )
}
