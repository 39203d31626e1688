import path from 'node:path'
import { poolName, uniqueNames } from '../pool-names.ts'
import type { Imported } from './import.ts'

const words =
  /(?<=.)[_-]?(?:https?)?[_-]?(?:client|session|pool|manager|adapter|connector|limits|timeout|engine|transport|multi|curl|handle)$/i

/** Names that say nothing; `default` is the pool that every other one inherits from. */
const generic: ReadonlySet<string> = new Set([
  '',
  'default',
  'http',
  'https',
  'client',
  'session',
  'pool',
  'poolmanager',
  'manager',
  'adapter',
  'connector',
  'conn',
  'limits',
  'timeout',
  'engine',
  'transport',
  'multi',
  'curl',
  'handle',
  'async',
  'sync',
  'self',
  'init',
  'super',
  'main',
])

/** A name for the pool of each place: `default` for the only one, or else that of its variable, or of its library. */
export function namePools(places: readonly Pick<Imported, 'variable' | 'dialect' | 'file'>[]): string[] {
  if (places.length === 1) return ['default']
  const bases = places.map(({ variable = '', dialect, file }) => {
    const name = poolName(variable, words)
    if (name.length > 1 && !generic.has(name)) return name
    const stem = poolName(path.parse(file).name, /$^/)
    // A document compares libraries; a module is about something.
    return /\.(?:md|markdown|mdx)$|^<stdin>$/i.test(file) || stem.length < 2 || generic.has(stem) ? dialect : stem
  })
  return uniqueNames(bases)
}
