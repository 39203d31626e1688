import type { PoolConfigField, ResolvedPoolConfig } from '../../config/types.ts'
import type { Evidence } from './measured.ts'

/** One change of a config that measurements speak for. */
export interface Suggestion {
  readonly field: PoolConfigField
  /** The host that it is for, as a key of `hosts`; without it, the pool. */
  readonly host?: string
  /** What holds now: a number, durations in milliseconds, or Infinity for unlimited. */
  readonly current: number
  readonly suggested: number
  /** The numbers that it rests on. */
  readonly reason: string
}

/** Looks for one kind of change. */
export type AdviceRule = (config: ResolvedPoolConfig, measured: Evidence) => readonly Suggestion[]

/** What one begins with beside what is needed on average. */
export const headroom = 1.2

/** The share of the time that must be shown before a limit counts as in the way. */
export const often = 0.1

/** Fewer requests or closes say nothing. */
export const fewest = 20

/** Never more than this at a time: what is different then is to be measured again. */
export const largestStep = 2

export function withHeadroom(wanted: number): number {
  return Math.ceil(Number((wanted * headroom).toFixed(6)))
}

/** As one writes it in a sentence. */
export function round(value: number): string {
  return String(Number(value.toPrecision(value < 10 ? 2 : 3)))
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
