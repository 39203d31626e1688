import type { ClientSupport } from '../adapter.ts'
import { fieldNames } from '../config/fields.ts'
import { demandsIn, isSet } from '../config/needs.ts'
import type { ParsedPoolConfig } from '../config/parse.ts'
import type { Note, PoolConfigField, Support } from '../config/types.ts'

type Asked = Pick<ParsedPoolConfig, 'config' | 'explicit'>

/** What a client does not honour in full under a pool with this config. */
export function shortfallsOf({ fields }: Pick<ClientSupport, 'fields'>, { config, explicit }: Asked): Note[] {
  const noteOf = (field: PoolConfigField, path: string, support: Support): Note[] => {
    const { pool, message = '', pooled = message } = fields[field]
    return pool === support ? [{ field: path, support, message: pooled }] : []
  }
  return [
    ...fieldNames.flatMap((field) => noteOf(field, field, 'approximated')),
    // Of what is not there at all nobody needs to hear who has not asked for it.
    ...demandsIn(config, explicit).flatMap(({ field, path }) => noteOf(field, path, 'unsupported')),
  ]
}

/** What its users should know besides. */
export function adviceOf({ advice }: Pick<ClientSupport, 'advice'>, { config, explicit }: Asked): Note[] {
  return advice.flatMap(({ unless, ...note }) => (unless !== undefined && isSet(unless, config, explicit) ? [] : [note]))
}
