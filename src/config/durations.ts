import { PoolConfigError } from '../errors.ts'
import { show } from '../text/show.ts'

export const units: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

// Thousandths, so that every text but zero is a millisecond or more in each unit above it: a JSON schema can say that.
export const durationForm = /^(\d+(?:\.\d{1,3})?)(ms|s|m|h)$/
export const longestText = 24

/** Timers take no more; above it they would fire at once. */
export const maxDuration = 2 ** 31 - 1

/** What one duration may be besides 1 ms to 24.8 days. */
export interface DurationRule {
  /** True where 0 is meaningful; otherwise what to write instead of it. */
  readonly zero: true | string
  /** Whether for ever makes sense. */
  readonly unlimited: boolean
  /** Whether `false` switches it off. */
  readonly off?: boolean
}

/** Whole milliseconds, `Infinity` for unlimited; undefined if it is no duration that the rule allows. */
export function readDuration(value: unknown, rule: DurationRule): number | undefined {
  if (value === 'unlimited' || value === Number.POSITIVE_INFINITY) return rule.unlimited ? Number.POSITIVE_INFINITY : undefined
  const exact = typeof value === 'string' ? textToMs(value) : value
  if (typeof exact !== 'number' || !(exact >= 1 || (exact === 0 && rule.zero === true)) || exact > maxDuration) return undefined
  // `+ 0` makes -0 a plain zero.
  return Math.round(exact) + 0
}

/**
 * Milliseconds of a duration: a number of them, or a string such as `500ms`, `5s`, `1.5s`, `10m`, `1h`.
 * Throws a PoolConfigError that says what to write instead.
 *
 * @param options.name what the message calls it
 * @param options.unlimited whether `"unlimited"` and `Infinity` are allowed; they give `Infinity`
 */
export function parseDuration(
  value: unknown,
  { name = 'duration', unlimited = false }: { name?: string; unlimited?: boolean } = {},
): number {
  const rule: DurationRule = { zero: true, unlimited }
  const ms = readDuration(value, rule)
  if (ms === undefined) throw new PoolConfigError([{ path: name, value, message: `${name}: ${explainDuration(value, rule)}` }])
  return ms
}

/** As one would write it: 4000 is `4s`, 1500 is `1.5s`, `Infinity` is `unlimited`. The opposite of `parseDuration` for whole milliseconds. */
export function formatDuration(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'unlimited'
  const whole = Math.round(ms)
  if (whole < 1000) return `${whole}ms`
  if (whole % 3_600_000 === 0) return `${whole / 3_600_000}h`
  if (whole % 60_000 === 0) return `${whole / 60_000}m`
  return `${whole / 1000}s`
}

/** Why `readDuration` refuses a value, and what to write instead. */
export function explainDuration(value: unknown, rule: DurationRule): string {
  const given = show(value)
  const use = `use ${forms(rule)}`
  if (typeof value === 'string') return explainText(value, given, use, rule)
  if (value === true && rule.off) return `true does not say how long: ${use}`
  if (typeof value !== 'number') return `${given} is not a duration: ${use}`
  if (Number.isNaN(value)) return `NaN is not a number: ${use}`
  return explainMs(value, given, use, rule)
}

function explainMs(ms: number, given: string, use: string, { zero, unlimited, off }: DurationRule): string {
  if (ms === Number.POSITIVE_INFINITY) return `${given} is not possible here: ${use}`
  if (ms > maxDuration) {
    const instead = unlimited ? 'use "unlimited"' : off ? 'use false' : 'use at most "596h"'
    return `${given} is longer than timers can run, 24.8 days: ${instead}`
  }
  if (ms < 0) return `${given} is negative: ${use}`
  if (ms === 0 && zero !== true) return `${given} is not a duration: ${use} (${zero})`
  return `${given} is shorter than a millisecond: ${use}`
}

function explainText(text: string, given: string, use: string, rule: DurationRule): string {
  if (text.length > longestText) return `${given} is not a duration: ${use}`
  const ms = textToMs(text)
  if (ms !== undefined) return explainMs(ms, given, use, rule)
  const plain = text.trim().toLowerCase()
  if (plain.startsWith('-')) return `${given} is negative: ${use}`
  if (plain !== '' && Number.isFinite(Number(plain))) return explainBareNumber(Number(plain), given, use, rule)
  if (['unlimited', 'infinity', 'infinite', 'inf', 'forever', 'never', 'none'].includes(plain)) {
    return rule.unlimited ? `${given} is not known: write "unlimited"` : `${given} is not possible here: ${use}`
  }
  const guess = guessMs(plain)
  if (guess === undefined) return `${given} is not a duration: ${use}`
  return readDuration(guess, rule) === undefined
    ? explainMs(guess, given, use, rule)
    : `${given} is not a duration: write "${formatDuration(guess)}"`
}

function explainBareNumber(number: number, given: string, use: string, rule: DurationRule): string {
  const ms = readDuration(number, rule)
  const seconds = looksLikeSeconds(number) ? readDuration(number * 1000, rule) : undefined
  if (seconds !== undefined) {
    return `${given} has no unit: write "${formatDuration(seconds)}"${ms === undefined ? '' : ` or "${formatDuration(ms)}"`}`
  }
  return ms === undefined ? explainMs(number, given, use, rule) : `${given} has no unit: write the number ${ms} or "${ms}ms"`
}

/** A number without a unit that is so few milliseconds that it was probably meant in seconds. */
export function looksLikeSeconds(number: number): boolean {
  return number > 0 && number < 50
}

function forms({ unlimited, off }: DurationRule): string {
  return `milliseconds or a string such as "500ms", "5s", "10m", "1h"${unlimited ? ', or "unlimited"' : ''}${off ? ', or false' : ''}`
}

function textToMs(text: string): number | undefined {
  const match = text.length <= longestText ? durationForm.exec(text) : null
  return match ? toMs(match[1], match[2]) : undefined
}

/** Counted in thousandths, which are whole: 2147483.647 s must not become a bit more than it is. */
function toMs(amount: string | undefined, unit: string | undefined): number {
  return (Math.round(Number(amount) * 1000) * (units[unit ?? ''] ?? Number.NaN)) / 1000
}

const spellings: readonly (readonly [RegExp, number])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 1],
  [/^(s|secs?|seconds?)$/, 1000],
  [/^(m|mins?|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
]

/** What `5 seconds`, `1h30m` or `1d` probably mean; for the advice only. */
function guessMs(text: string): number | undefined {
  const parts = text.split(/(?<=[a-z])\s*(?=[\d.])/)
  let sum = 0
  for (const part of parts) {
    const [, amount, unit = ''] = /^(\d*\.?\d+)\s*([a-z]+)$/.exec(part) ?? []
    const ms = spellings.find(([spelling]) => spelling.test(unit))?.[1]
    if (amount === undefined || ms === undefined) return undefined
    sum += Number(amount) * ms
  }
  return Math.round(sum)
}
