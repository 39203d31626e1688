import path from 'node:path'
import { poolName, uniqueNames } from '../shared/pool-names.ts'
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
  'make',
  'create',
  'build',
  'get',
  'new',
  'null',
  'none',
  'true',
  'false',
  'call',
  'enter',
  'aenter',
])

type Nameable = Pick<Imported, 'variable' | 'dialect' | 'file'> & Partial<Pick<Imported, 'around'>>

/**
 * A name for the pool of each place: `default` for the only one, or else that of its variable, or of the class or the function that it
 * stands in, or of its file or library.
 */
export function namePools(places: readonly Nameable[]): string[] {
  if (places.length === 1) return ['default']
  const bases = places.map(({ variable = '', around = [], dialect, file }) => {
    const names = [variable, ...around].map((one) => poolName(one, words))
    const name = names.find((one) => one.length > 1 && !generic.has(one.replace(/-?\d{1,9}$/, '')))
    if (name !== undefined) return name
    const stem = poolName(path.parse(file).name, /$^/)
    // A document compares libraries; a module is about something.
    return /\.(?:md|markdown|mdx)$|^<stdin>$/i.test(file) || stem.length < 2 || generic.has(stem) ? dialect : stem
  })
  return uniqueNames(bases)
}
