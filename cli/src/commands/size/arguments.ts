import { PoolConfigError } from 'polypool'
import { parseDuration, show } from 'polypool/internal'
import { Misuse } from '../../io.ts'

/** A parser for the option's value: milliseconds of `50ms`, `1.5s`. */
export function durationOption(option: string): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text))
      throw new Misuse(`${option}: ${text} has no unit: write ${text}ms or ${text}s`, { option, value: text })
    try {
      const ms = parseDuration(text, { name: option })
      if (ms > 0) return ms
    } catch (error) {
      if (!(error instanceof PoolConfigError)) throw error
      throw new Misuse(error.message, { option, value: text })
    }
    throw new Misuse(`${option}: 0 is no time: use a duration such as "50ms"`, { option, value: text })
  }
}

/** A parser for the option's value: a number above zero. */
export function positiveOption(option: string, { whole = false } = {}): (text: string) => number {
  return (text) => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (number > 0 && number <= Number.MAX_SAFE_INTEGER && (!whole || Number.isInteger(number))) return number
    throw new Misuse(`${option}: ${show(text)} is not ${whole ? 'a whole number' : 'a number'} above 0`, { option, value: text })
  }
}
