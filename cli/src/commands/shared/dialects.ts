import type { DialectName } from 'polypool/dialects'
import { didYouMean } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { dialectNames } from '../../reading/python/dialects.ts'

/** The dialect's name, or Misuse with a suggestion. */
export function dialectNamed<Also extends string = never>(name: string, also: readonly Also[] = []): DialectName | Also {
  const names: readonly (DialectName | Also)[] = [...dialectNames, ...also]
  const known = names.find((one) => one === name.toLowerCase())
  if (known !== undefined) return known
  const hint = didYouMean(name, names) ?? `use one of ${names.join(', ')}`
  throw new Misuse(`there is no dialect ${JSON.stringify(name)}: ${hint}`, { dialect: name, dialects: names })
}
