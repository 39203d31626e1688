import path from 'node:path'
import { firstTelling, poolName, tellingBut, uniqueNames } from '../shared/pool-names.ts'
import type { Imported } from './import.ts'

const words =
  /(?<=.)[_-]?(?:https?)?[_-]?(?:client|session|pool|manager|adapter|connector|limits|timeout|engine|transport|multi|curl|handle)$/i

const isTelling = tellingBut([
  'session',
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
    const isName = (one: string) => one.length > 1 && isTelling(one.replace(/-?\d{1,9}$/, ''))
    const name = firstTelling([variable, ...around], isName, words)
    if (name !== undefined) return name
    const stem = poolName(path.parse(file).name, /$^/)
    // A document compares libraries; a module is about something.
    return /\.(?:md|markdown|mdx)$|^<stdin>$/i.test(file) || stem.length < 2 || !isTelling(stem) ? dialect : stem
  })
  return uniqueNames(bases)
}
