import path from 'node:path'
import { asked } from '../../reading/javascript/reading.ts'
import { poolsText } from '../../reading/shared/config-file.ts'
import { firstTelling, tellingBut, uniqueNames } from '../../reading/shared/pool-names.ts'
import { unknownText } from './code.ts'
import type { Move } from './migrate.ts'

/** A pool of the file, and the place that it comes from. */
export interface NamedMove {
  readonly pool: string
  readonly move: Move
}

/**
 * A name for the pool of each place: that of its variable, or else of its file, or of the nearest directory whose name says something.
 * @param taken names that there are already
 */
export function poolNamesFor(
  places: readonly { readonly name?: string; readonly file: string }[],
  taken: readonly string[] = [],
): string[] {
  const bases = places.map(({ name = '', file }) => {
    const { dir, name: stem } = path.parse(file)
    // What an absolute path begins with is the machine's.
    const around = path.isAbsolute(dir) ? [path.basename(dir)] : dir.split(/[\\/]/).reverse()
    return firstTelling([name, stem, ...around], isTelling) ?? 'pool'
  })
  return uniqueNames([...taken, ...bases]).slice(taken.length)
}

export function nameMoves(moves: readonly Move[]): NamedMove[] {
  const names = poolNamesFor(moves)
  return moves.map((move, index) => ({ pool: names[index] ?? 'pool', move }))
}

/** Also how projects call what every one of them has: its sources, and the parts that they fall into. */
const isTelling = tellingBut([
  ...['api', 'agent', 'dispatcher', 'instance', 'index', 'axios', 'got', 'fetch', 'stdin'],
  ...['agents', 'apis', 'clients', 'connections', 'network', 'request', 'requests', 'undici'],
  ...['app', 'apps', 'dist', 'lib', 'libs', 'modules', 'packages', 'server', 'services', 'source', 'src', 'workspaces'],
  ...['common', 'config', 'core', 'helper', 'helpers', 'internal', 'shared', 'util', 'utils'],
])

/** The config file with a pool for each place. */
export function configText(pools: readonly NamedMove[], file: string, schema: string): string {
  const said = pools.map(({ pool, move: { file: source, line, place, config, unknown } }) => ({
    name: pool,
    comments: [`${source}:${line} ${place}`, ...unknown.map(({ field, sources }) => `${field}: ${unknownText(sources)}`)],
    config: asked(config),
  }))
  return poolsText(said, file, schema)
}
