import { type DurationRule, maxDuration, units } from '../../src/config/durations.ts'
import { fractionUpTo, upTo } from './digits.ts'

/** Exactly the texts that `readDuration` takes, of at most `longestText`. */
export function durationPattern({ zero }: Pick<DurationRule, 'zero'>): string {
  const amounts = Object.entries(units).map(([unit, ms]) => {
    const thousandths = String(Math.floor((maxDuration * 1000) / ms))
    const whole = thousandths.slice(0, -3)
    return `(?:${upTo(String(Number(whole) - 1))}(?:\\.\\d{1,3})?|${whole}(?:\\.${fractionUpTo(thousandths.slice(-3))})?)${unit}`
  })
  const tooShort = '(?!0+(?:\\.\\d+)?ms)(?!0+(?:\\.0+)?[smh])'
  const nothing = zero === true ? '|0+(?:\\.0{1,3})?(?:ms|[smh])' : ''
  return `^(?:${tooShort}0*(?:${amounts.join('|')})${nothing})$`
}
