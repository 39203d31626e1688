import { type FleetConfig, type FleetSettings, fleetNotes, readFleet } from '../config/fleet.ts'
import type { Note } from '../config/types.ts'
import { formatPath } from './paths.ts'
import type { Problems } from './problems.ts'
import type { Declaration, PoolsSource } from './source.ts'

/** Beside a pool's fields: the budget that it shares with pools of other processes. No pool inherits it. */
const fleetSection = 'fleet'

/** A pool's fleet as it was written, and checked. */
export interface PoolFleet {
  readonly config: FleetConfig & { readonly name: string }
  readonly settings: FleetSettings
}

/** The fleets of one source's pools. What is wrong is reported, and left out. */
export function readFleets(
  source: PoolsSource,
  pools: ReadonlyMap<string, Declaration>,
  problems: Problems,
): Map<string, PoolFleet> {
  const fleets = new Map<string, PoolFleet>()
  for (const [pool, { fleet }] of pools) {
    if (fleet === undefined) continue
    const { settings, troubles } = readFleet(fleet, pool)
    for (const { at, isKey, problem, fix, value } of troubles) {
      const path = ['pools', pool, fleetSection, ...at]
      // What is missing has no place of its own.
      const place = value === undefined ? path.slice(0, path.length - at.length) : path
      problems.add(source.author(place, isKey || value === undefined ? 'key' : 'value'), {
        path: formatPath([...source.root, ...path]),
        problem,
        fix,
        value,
      })
    }
    if (settings !== undefined) fleets.set(pool, { settings, config: { ...(fleet as FleetConfig), name: settings.name } })
  }
  return fleets
}

export function notesOf(fleet: PoolFleet | undefined, maxConnections: number): Note[] {
  return fleet === undefined ? [] : fleetNotes(fleet.settings, maxConnections)
}
