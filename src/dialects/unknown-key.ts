import { fieldNames } from '../config/fields.ts'
import { allOf } from '../text/list.ts'
import { foldName, nearest } from '../text/similar.ts'
import type { DialectSupport } from './types.ts'

/** What to write instead of a key that a dialect does not know in this place; `parent` is the group it stands in, or empty. */
export function adviceForKey(own: DialectSupport, others: readonly DialectSupport[], parent: string, key: string): string {
  const here = [...new Set(Object.keys(own.settings).flatMap((known) => childOf(known, parent)))]
  const elsewhere = Object.keys(own.settings).find((known) => lastOf(known) === key)
  if (elsewhere !== undefined) return `unknown setting here: ${own.dialect} calls it ${elsewhere}`
  for (const { dialect, settings } of others) {
    const [, meaning] = Object.entries(settings).find(([known]) => lastOf(known) === key) ?? []
    if (meaning) return `that is ${possessive(dialect)} name: ${equivalent(own, meaning.fields)}`
  }
  if (fieldNames.some((field) => field === key)) return `that is polypool's own name: ${equivalent(own, [key])}`
  const spelled = here.find((name) => foldName(name) === foldName(key)) ?? nearest(key, here)
  return spelled === undefined
    ? `unknown setting: the settings are ${here.join(', ')}`
    : `unknown setting: did you mean ${spelled}?`
}

function equivalent({ dialect, fields }: DialectSupport, [field]: readonly string[]): string {
  const keywords = fieldNames.flatMap((name) => (name === field ? fields[name].keywords : []))
  return keywords.length === 0 ? `${dialect} has no setting for it` : `${dialect} calls it ${allOf(keywords)}`
}

function possessive(name: string): string {
  return name.endsWith('s') ? `${name}'` : `${name}'s`
}

/** The name of a setting directly under `parent`. */
function childOf(known: string, parent: string): string[] {
  if (parent === '') return [known.split('.')[0] ?? known]
  return known.startsWith(`${parent}.`) ? [known.slice(parent.length + 1)] : []
}

function lastOf(known: string): string {
  return known.slice(known.lastIndexOf('.') + 1)
}
