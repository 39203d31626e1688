import { PoolUnsupportedError } from '../errors.ts'
import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean } from '../text/similar.ts'
import { explainDuration, readDuration } from './durations.ts'
import { fieldNames } from './fields.ts'
import { insteadOf, kindOf, type PlainObject, plainObject } from './plain-object.ts'

/** What one option takes. */
export interface OptionRule {
  is(value: unknown): boolean
  /** What is wrong with another value, and what to write instead. */
  explain(value: unknown): string
}

/** The options of one function. */
export interface OptionRules<Options> {
  /** How the function is called with them, for errors. */
  readonly place: string
  readonly example: string
  readonly rules: { readonly [O in keyof Options]-?: OptionRule }
  /** Said of what is unknown and no misspelling, beside the names that there are. */
  readonly hint?: string
  /** What to do with a field of the pool config that was put here. */
  readonly field?: (name: string) => string
}

/**
 * The options that are given and not undefined, each looked at once. Throws one ERR_POOL_UNSUPPORTED that names every option which is
 * unknown, as what is misspelt would be passed over in silence, or holds something else than it takes.
 */
export function readOptions<Options>(given: unknown, wanted: OptionRules<Options>): Partial<Options> {
  const { place, example } = wanted
  if (given === undefined) return {}
  const source = plainObject(given)
  if (source === undefined) {
    throw refused(`${place} is ${kindOf(given)}: ${insteadOf(given, `pass an object such as ${example}, or leave it out`)}`)
  }
  const entries = entriesOf(source, place)
  const wrong = entries.flatMap(([name, value]) => explain(name, value, wanted) ?? [])
  if (wrong.length > 0) throw refused(wrong.slice(0, mostTold).join('; '))
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Options>
}

const mostTold = 10

function entriesOf(source: PlainObject, place: string): [string, unknown][] {
  try {
    return Object.entries(source)
  } catch {
    throw refused(`${place} cannot be read, its getter or proxy throws: pass plain values`)
  }
}

function explain<Options>(name: string, value: unknown, wanted: OptionRules<Options>): string | undefined {
  const { place, rules, field, hint = '' } = wanted
  if (Object.hasOwn(rules, name)) {
    const rule = rules[name as keyof Options]
    return value === undefined || rule.is(value) ? undefined : `${name} of ${place}: ${rule.explain(value)}`
  }
  const names = Object.keys(rules)
  const unknown = `${show(name)} is unknown to ${place}`
  const meant = didYouMean(name, names)
  if (meant !== undefined) return `${unknown}: ${meant}`
  if (field && fieldNames.some((known) => known === name)) return `${unknown}: ${field(name)}`
  return `${unknown}: it takes ${list(names)}${hint}`
}

function refused(message: string): PoolUnsupportedError {
  return new PoolUnsupportedError(message)
}

export const choice: OptionRule = {
  is: (value) => typeof value === 'boolean',
  explain: (value) => `${show(value)} is neither true nor false: use one of them, without quotes`,
}

const leaking = { zero: 'leave it out to have no stack kept', unlimited: false } as const

/** Of `createPool` and of what calls it. */
export const poolOptionRules = {
  name: {
    is: (value: unknown) => typeof value === 'string' && value.trim() !== '',
    explain: (value: unknown) => `${show(value)} is no name: use a text such as "payments", or leave it out`,
  },
  strict: choice,
  warnings: choice,
  leakDetection: {
    is: (value: unknown) => readDuration(value, leaking) !== undefined,
    explain: (value: unknown) => explainDuration(value, leaking),
  },
}

interface GivenPoolOptions {
  readonly name: string
  readonly strict: boolean
  readonly warnings: boolean
  readonly leakDetection: unknown
}

const third: OptionRules<GivenPoolOptions> = {
  place: 'the third argument of createPool',
  example: '{ name, strict }',
  rules: poolOptionRules,
  hint: ' (options of the client go second)',
  field: () => 'it is a limit and goes first, into the config',
}

/** The third argument of `createPool`, checked. */
export interface CheckedPoolOptions {
  readonly name: string | undefined
  readonly strict: boolean
  readonly warnings: boolean
  /** Milliseconds. */
  readonly leakDetection: number | undefined
}

/** Throws ERR_POOL_UNSUPPORTED that names the option, what was given and what to write. */
export function readPoolOptions(options: unknown): CheckedPoolOptions {
  const { name, strict = true, warnings = true, leakDetection } = readOptions(options, third)
  return { name, strict, warnings, leakDetection: readDuration(leakDetection, leaking) }
}

const closing = { zero: true, unlimited: true } as const

const close: OptionRules<{ readonly timeout: unknown }> = {
  place: 'the argument of close',
  example: '{ timeout }',
  rules: {
    timeout: {
      is: (value) => readDuration(value, closing) !== undefined,
      explain: (value) => explainDuration(value, closing),
    },
  },
}

/** Milliseconds that `close` lets what runs and waits take; `Infinity` for unlimited, the default. */
export function readCloseTimeout(options: unknown): number {
  const { timeout } = readOptions(options, close)
  return readDuration(timeout, closing) ?? Number.POSITIVE_INFINITY
}
