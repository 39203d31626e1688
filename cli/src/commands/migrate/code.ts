import { type ClientName, clip, literal } from 'polypool/internal'
import { inCode, pooledCode } from '../../code.ts'
import { creations } from '../../reading/javascript/clients.ts'
import type { Place } from '../../reading/javascript/places.ts'
import { asked, type PlaceReading, type UnknownField } from '../../reading/javascript/reading.ts'
import { instancesIn, type Value } from '../../reading/javascript/values.ts'
import { written } from '../../reading/shared/written.ts'
import { fieldOf } from './option-fields.ts'
import { isName, nativeOptions, ownOptions, property } from './options.ts'

/** The code for the target client. What is unknown stays a comment with its source. */
export function codeFor(place: Place, reading: PlaceReading, target: ClientName): string {
  const config = configCode(place, reading)
  const { text: native } = nativeOptions(place, target)
  const args = native === '' ? (config === '{}' ? '' : config) : `${config}, ${native}`
  const recipe = pooledCode(target, {})
  // Of an agent the name is the agent's; of a client it goes on.
  const name = place.settings.kind === 'fields' ? place.name : undefined
  // The recipes' own name for what holds the client, but not the host of their URL.
  const named = isName(name) && name !== 'pool' ? recipe.replace(/\bapi\b(?!\.example)/g, () => name) : recipe
  const own =
    place.client === target
      ? ownOptions(place).map(([option, source]) => (option === undefined ? source : property(option, source)))
      : []
  const code = named.replace('createPool()', () => `createPool(${args})`)
  return own.length === 0 ? code : code.replace('(pool.options)', () => `({ ${own.join(', ')}, ...pool.options })`)
}

function configCode(place: Place, { config, unknown }: PlaceReading): string {
  const known = inCode(literal(written(asked(config))))
  if (unknown.length === 0) return known
  const lines = unknown.map((one) => {
    const expression = expressionOf(place, one)
    return expression === undefined ? `  // ${one.field}: ${unknownText(one.sources)}` : `  ${one.field}: ${expression},`
  })
  const comments = lines.join('\n')
  return known === '{}' ? `{\n${comments}\n}` : known.replace(/\n\}$/, () => `\n${comments}\n}`)
}

/** What gives a field, where an option is nothing else but that. */
function expressionOf({ settings }: Place, { field, sources }: UnknownField): string | undefined {
  const [only] = sources
  if (only === undefined || sources.length > 1) return undefined
  const isIt = (client: ClientName, { fields, group = '' }: { fields: ReadonlyMap<string, Value>; group?: string }): boolean =>
    [...fields].some(([name, value]) =>
      value.kind === 'fields'
        ? isIt(client, { fields: value.fields, group: `${name}.` })
        : value.kind === 'unknown' &&
          value.source === only &&
          value.fallback === undefined &&
          fieldOf(client, group + name) === field,
    )
  const found = instancesIn(settings).some(({ creation, options }) => {
    const client = creations[creation]?.client
    return client !== undefined && options.kind === 'fields' && isIt(client, options)
  })
  return found ? only : undefined
}

export function unknownText(sources: readonly string[]): string {
  return `unknown, it depends on ${sources.map(inLine).join(' and ')}`
}

function inLine(source: string): string {
  return clip(source.replace(/\s+/g, ' '), 80)
}
