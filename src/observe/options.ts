import { type OptionRule, type OptionRules, readOptions } from '../config/options.ts'
import { show } from '../text/show.ts'

/** A rule for an option of the functions that look at pools. */
export function rule(is: OptionRule['is'], what: string): OptionRule {
  return { is, explain: (value) => `${show(value)} is not what it takes: use ${what}` }
}

/** Of those that bound how many origins are told apart. */
export const originRules = {
  maxOrigins: rule((value) => Number.isInteger(value) && (value as number) > 0, 'a positive integer'),
}

/** What has the methods named. */
export function having(...methods: readonly string[]): OptionRule['is'] {
  return (value) =>
    typeof value === 'object' && value !== null && methods.every((method) => typeof Reflect.get(value, method) === 'function')
}

export { type OptionRules, readOptions }
