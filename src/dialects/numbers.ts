import { maxDuration } from '../config/durations.ts'
import { oneOf } from '../text/list.ts'
import { show } from '../text/show.ts'

/** What one number may be. Text says why a value can't be meant, and what to write instead. */
export interface NumberRule {
  /** True where None is meaningful. */
  readonly none: true | string
  /** True where 0 is meaningful. */
  readonly zero: true | string
  /** Whether -1 is meaningful. */
  readonly minusOne?: true
  /** Whether it must be whole. */
  readonly whole?: true
}

/** What is wrong with a value; undefined if nothing is. `Infinity`, float("inf"), is None where that is meaningful. */
export function problemOf(value: unknown, rule: NumberRule): string | undefined {
  const use = `use ${formsOf(rule)}`
  if (value === null) return rule.none === true ? undefined : `None (null) ${rule.none}: ${use}`
  if (typeof value === 'boolean') return `${value} is a boolean, where a number is meant: ${use}`
  if (typeof value === 'string') {
    const number = value.length < 20 && value.trim() !== '' ? Number(value) : Number.NaN
    return Number.isFinite(number)
      ? `${show(value)} is a string: write the number ${number}`
      : `${show(value)} is no number: ${use}`
  }
  if (typeof value !== 'number') return `${show(value)} is no number: ${use}`
  if (Number.isNaN(value)) return `NaN is no number: ${use}`
  if (value === 0) return rule.zero === true ? undefined : `0 ${rule.zero}: ${use}`
  if (value === -1 && rule.minusOne) return undefined
  if (value < 0) return `${value} is negative: ${use}`
  if (value === Number.POSITIVE_INFINITY) return rule.none === true ? undefined : `Infinity is no value here: ${use}`
  if (rule.whole && !Number.isInteger(value)) return `${value} is no whole number: ${use}`
  if (rule.whole && !Number.isSafeInteger(value)) return `${value} is too large to count: ${use}`
  return undefined
}

function formsOf({ none, zero, minusOne, whole }: NumberRule): string {
  const forms = [whole ? 'a positive integer' : 'a positive number']
  if (zero === true) forms.push('0')
  if (minusOne) forms.push('-1')
  if (none === true) forms.push('None (null)')
  return oneOf(forms)
}

// The last whole second that timers can run.
const longestSeconds = Math.floor(maxDuration / 1000) * 1000

/** Milliseconds that a PoolConfig takes, and what had to give way. */
export function toMilliseconds(amount: number, msPerUnit: number, bounded = false): { ms: number; changed?: string } {
  const exact = amount * msPerUnit
  if (exact > maxDuration && bounded)
    return { ms: longestSeconds, changed: `is longer than timers run: it became ${longestSeconds / 1000} s` }
  if (exact > maxDuration)
    return { ms: Number.POSITIVE_INFINITY, changed: 'is longer than timers run, 24.8 days: it became unlimited' }
  // A double such as 0.29 s is not quite 290 ms.
  const ms = Math.round(exact)
  if (Math.abs(exact - ms) < 1e-6) return { ms: ms + 0 }
  return { ms: Math.max(ms, 1), changed: `is no whole number of milliseconds: it became ${Math.max(ms, 1)} ms` }
}
