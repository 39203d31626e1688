import type { StatsOptions } from '../adapter.ts'
import { choice, type OptionRule, type OptionRules, readOptions } from '../config/options.ts'
import { show } from '../text/show.ts'

const bounds: OptionRule = {
  is: (value) =>
    Array.isArray(value) && value.every((bound, index) => isNumber(bound) && (index === 0 || value[index - 1] < bound)),
  explain: (value) => `${show(value)} is no list of rising numbers: use milliseconds such as [1, 10, 100]`,
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

const wanted: OptionRules<StatsOptions> = {
  place: 'the argument of stats',
  example: '{ histograms: true }',
  rules: { histograms: choice, perOrigin: choice, bounds },
}

/** The options of `stats`, checked. */
export function readStatsOptions(options: unknown): StatsOptions {
  return options === undefined ? {} : readOptions(options, wanted)
}
