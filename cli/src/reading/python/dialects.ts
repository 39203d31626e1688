import type { Dialect } from 'polypool/dialects'
import { type DialectName, dialects } from 'polypool/dialects'

export const dialectNames = Object.keys(dialects) as readonly DialectName[]

/** The vocabulary of that name, whatever its settings are. */
export function dialectOf(name: DialectName): Dialect {
  return dialects[name] as Dialect
}
