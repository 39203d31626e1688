import type { FleetSettings } from '../../../src/config/fleet.ts'

/** Milliseconds of one step. */
export const tick = 25

/** What one run is about. */
export interface World extends Omit<FleetSettings, 'name'> {
  /** The longest request, and the longest time that a process or the store's link stands still, in milliseconds. */
  readonly longest: number
  readonly frozen: number
  /** As an update does that takes connections away: every other member goes by so many more. */
  readonly extra: number
  /** Members beyond `maxMembers`, of which the budget only bears with while the store answers: then nothing happens to it. */
  readonly crowd: number
  /** Kinds of faults that do not happen, a bit each: some hide what others show. */
  readonly without: number
}

/** What happens, to whom, and how much of it: all of it random. */
export interface Fault {
  readonly kind: (typeof kinds)[number]
  readonly who: number
  readonly amount: number
  /** Milliseconds until the next. */
  readonly wait: number
}

export const kinds = [
  'demand',
  'demand',
  'demand',
  'all busy',
  'all idle',
  'kill',
  'join',
  'leave',
  'freeze',
  'partition',
  'heal',
  'store freezes',
  'store thaws',
  'store loses all',
  'store fails over',
  'clock jumps',
  'network',
  'edge',
  'edge',
  'late answer',
  'late answer',
] as const
