import { isDeepStrictEqual } from '../config/deep-equal.ts'
import { fieldNames } from '../config/fields.ts'
import { formatValue } from '../config/format.ts'
import { reuseFieldNames } from '../config/needs.ts'
import { type ParsedPoolConfig, parsePoolConfig } from '../config/parse.ts'
import type { Note, PoolConfig, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { allOf } from '../text/list.ts'
import { fixedFields } from './defaults.ts'
import type { Dialect, FieldExpression, Writing } from './types.ts'

/** What a library does with fields that it has no setting of their own for, but which its settings together make hold or nearly so. */
export type Effects = { readonly [F in PoolConfigField]?: string }

/** A config in a library's words. */
export interface Written<Settings> {
  readonly settings: Settings
  /** Idiomatic code in the library's language that makes this pool. */
  readonly code: string
  /** What to say of fields in place of what they read back as, where that would mislead. */
  readonly effects?: Effects
}

/**
 * What was written, with a note for each field that reads back as something else, or that was given and means a little else.
 */
export function writing<Settings>(
  { support, read }: Pick<Dialect<Settings>, 'support' | 'read'>,
  { config, explicit }: ParsedPoolConfig,
  { settings, code, effects = {} }: Written<Settings>,
): Writing<Settings> {
  const stated = read(settings).config
  const back = parsePoolConfig(stated).config
  const notes = fieldNames.flatMap((field): Note[] => {
    const expression = support.fields[field]
    if (isDeepStrictEqual(back[field], config[field])) {
      const near = expression.support === 'approximated' && explicit.has(field)
      const message = `${allOf(expression.keywords)}: ${expression.message}`
      return near ? [{ field, support: expression.support, message }] : []
    }
    const wanted = `${field}: ${field === 'hosts' ? 'what is set for a host' : formatValue(field, config[field])}`
    const effect = effects[field]
    if (effect !== undefined) return [{ field, support: 'approximated', message: `${wanted} ${effect}` }]
    const lost = expression.support === 'unsupported' ? expression.support : 'approximated'
    const parts = isSaid(field, stated, back, fixedFields(support.defaults))
      ? [`${wanted} becomes ${formatValue(field, back[field])}`, expression.message]
      : [`${wanted} is left out`, reasonOf(field, config, expression)]
    return [{ field, support: lost, message: parts.filter(Boolean).join('; ') }]
  })
  return { settings, notes, code }
}

// A library that reads as neither waits at a limit and opens nothing beyond it.
const alwaysSaid: readonly PoolConfigField[] = ['block', 'maxOverflow']

/** Whether a field that reads back says something of the library; otherwise its value is only a pool's own default. */
function isSaid(field: PoolConfigField, stated: PoolConfig, back: ResolvedPoolConfig, fixed: PoolConfig): boolean {
  return Object.hasOwn(stated, field) || alwaysSaid.includes(field) || fixed[field] === back[field]
}

function reasonOf(field: PoolConfigField, { keepAlive }: ResolvedPoolConfig, { support, message }: FieldExpression): string {
  return !keepAlive && support !== 'unsupported' && reuseFieldNames.includes(field)
    ? 'with keepAlive: false no connection is used again'
    : message
}
