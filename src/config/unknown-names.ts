import { foldName, meantBy } from '../text/similar.ts'
import { guesses, optionsOfClients, vocabularies } from './vocabulary.ts'

/** Whose name it is, and what to use instead; undefined of a name that no other library has for a field. */
export function foreignName(key: string): string | undefined {
  for (const [owner, keys] of Object.entries(vocabularies())) {
    const advice = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (advice?.startsWith('use ')) return `that is ${owner} name: ${advice}`
  }
  return undefined
}

interface KnownNames {
  readonly exact: ReadonlyMap<string, string>
  readonly plain: ReadonlyMap<string, string>
  /** What stands in a config file beside the fields. */
  readonly besides: { readonly [key: string]: string }
}

let known: KnownNames | undefined

/** Advice by name. Built when the first unknown key is met: most configs have none. */
function knownNames(): KnownNames {
  if (known) return known
  const exact = new Map<string, string>()
  const owners = vocabularies()
  for (const [owner, keys] of Object.entries(owners)) {
    for (const [key, advice] of Object.entries(keys)) exact.set(key, `that is ${owner} name: ${advice}`)
  }
  for (const [key, advice] of Object.entries(guesses())) exact.set(key, `unknown field: ${advice}`)
  for (const key of optionsOfClients.split(' ')) {
    exact.set(key, `not a limit but an option of the client itself: pass it second, createPool(config, { ${key} })`)
  }
  // Reversed, so that where two names differ only in spelling, the first one's advice stays.
  const plain = new Map([...exact].reverse().map(([key, advice]) => [foldName(key), advice]))
  known = { exact, plain, besides: owners["a config file's"] ?? {} }
  return known
}

/** What to write instead of an unknown key. `fields` are the names that are valid in its place. */
export function adviceFor(key: string, fields: readonly string[]): string {
  const names = knownNames()
  const advice = names.exact.get(key)
  if (advice) return advice
  const name = foldName(key)
  const spelled = fields.find((field) => field.toLowerCase() === name)
  if (spelled) return `names are written in camel case: use ${spelled}`
  return names.plain.get(name) ?? suggestion(name, fields) ?? unknown(fields)
}

function unknown(fields: readonly string[]): string {
  return `unknown field: the fields are ${fields.join(', ')}`
}

function suggestion(name: string, fields: readonly string[]): string | undefined {
  const { besides } = knownNames()
  const meant = meantBy(name, [...fields, ...Object.keys(besides)])
  const advice = meant !== undefined && !fields.includes(meant) ? besides[meant] : undefined
  if (advice !== undefined) return `unknown field: ${meant} belongs to a config file: ${advice}`
  return meant && `unknown field: did you mean ${meant}?`
}
