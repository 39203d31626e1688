import { isDeepStrictEqual } from 'node:util'
import { fieldNames, formatValue } from '../config/fields.ts'
import { type ParsedPoolConfig, parsePoolConfig } from '../config/parse.ts'
import type { Note, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import type { Dialect, Writing } from './types.ts'

/** What was written, with a note for each field that reads back as something else, or that was given and means a little else. */
export function writing<Settings>(
  { support, read }: Pick<Dialect<Settings>, 'support' | 'read'>,
  { config, explicit }: ParsedPoolConfig,
  settings: Settings,
  code: string,
): Writing<Settings> {
  const back = parsePoolConfig(read(settings).config).config
  const notes = fieldNames.flatMap((field): Note[] => {
    const { support: expression, keywords, message } = support.fields[field]
    if (!isDeepStrictEqual(back[field], config[field])) {
      const lost = expression === 'unsupported' ? expression : 'approximated'
      return [{ field, support: lost, message: [becomes(field, config, back), message].filter(Boolean).join('; ') }]
    }
    const near = expression === 'approximated' && explicit.has(field)
    return near ? [{ field, support: expression, message: `${keywords.join(' and ')}: ${message}` }] : []
  })
  return { settings, notes, code }
}

function becomes(field: PoolConfigField, config: ResolvedPoolConfig, back: ResolvedPoolConfig): string {
  return field === 'hosts' ? 'hosts' : `${field}: ${formatValue(field, config[field])} becomes ${formatValue(field, back[field])}`
}
