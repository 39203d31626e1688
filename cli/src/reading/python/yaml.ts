import { explainedYaml } from '../shared/config-file.ts'
import type { Imported, UnknownSetting } from './import.ts'

/** A pool of the file, and the place that it comes from. */
export interface NamedPool {
  readonly name: string
  readonly from: Imported
}

/**
 * A config file with a pool for each place: each value with where it comes from, above the pool what can't be said.
 * @param schema where the JSON schema lies, seen from the file; without it the file does not name one
 */
export function configYaml(pools: readonly NamedPool[], schema?: string): string {
  const said = pools.map(({ name, from }) => ({ name, comments: headOf(from), config: from.config, origins: from.origins }))
  return explainedYaml(said, schema)
}

function headOf({ file, line, place, notes, unknown }: Imported): string[] {
  return [
    `${file}:${line} ${place}`,
    ...notes.map(({ message }) => message),
    ...unknown.map((one) => `${settingName(one)}: ${unknownText(one, file)}`),
  ]
}

/** A setting that is unknown, for a reader. */
export function settingName({ setting, source }: UnknownSetting): string {
  return setting === '**' ? `whatever ${source} holds` : setting
}

/** `unknown (settings.MAX, app/client.py:12)` */
function unknownText(unknown: UnknownSetting, file: string): string {
  const { setting, source, line, because, default: byDefault, fields, places } = unknown
  if (places) {
    const all = places.slice(0, 5).map((one) => `${one.source} at ${file}:${one.line}`)
    return `unknown (${all.join(', ')}${places.length > 5 ? ', …' : ''}), so without ${fields.join(', ')}`
  }
  if (setting === '**') return `unknown (${file}:${line}), so without ${fields.join(', ')}`
  const reason = because === undefined ? '' : `, which is ${because}`
  const otherwise = byDefault === undefined ? '' : `, ${byDefault} by default`
  return `unknown (${source}, ${file}:${line}${reason}${otherwise}), so without ${fields.join(', ')}`
}
