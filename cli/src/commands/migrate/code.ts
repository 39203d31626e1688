import { type ClientName, clip, literal } from 'polypool/internal'
import { inCode, pooledCode } from '../../code.ts'
import type { Place } from '../../reading/javascript/places.ts'
import { asked, type PlaceReading } from '../../reading/javascript/reading.ts'
import { written } from '../../reading/shared/written.ts'
import { isName, nativeOptions, ownOptions, property } from './options.ts'

/** The code for the target client. What is unknown stays a comment with its source. */
export function codeFor(place: Place, reading: PlaceReading, target: ClientName): string {
  const config = configCode(reading)
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

function configCode({ config, unknown }: PlaceReading): string {
  const known = inCode(literal(written(asked(config))))
  if (unknown.length === 0) return known
  const comments = unknown.map(({ field, sources }) => `  // ${field}: ${unknownText(sources)}`).join('\n')
  return known === '{}' ? `{\n${comments}\n}` : known.replace(/\n\}$/, () => `\n${comments}\n}`)
}

export function unknownText(sources: readonly string[]): string {
  return `unknown, it depends on ${sources.map(inLine).join(' and ')}`
}

function inLine(source: string): string {
  return clip(source.replace(/\s+/g, ' '), 80)
}
