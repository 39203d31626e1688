import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean } from '../text/similar.ts'
import { type DurationRule, explainDuration, formatDuration, readDuration } from './durations.ts'
import { insteadOf, kindOf, plainEntries } from './plain-object.ts'
import type { Duration, Note } from './types.ts'

/** One budget of connections for several processes: what `joinFleet` takes, and `fleet` beside a pool's fields in a config file. */
export interface FleetConfig {
  /** What all members call the fleet. Default: the pool's name. */
  name?: string | undefined
  /** Connections that all members may have open together, to all hosts. */
  maxConnections: number
  /** Connections that each member may have open without asking anybody, also while the store is silent. Default 1. */
  floor?: number | undefined
  /** Members that there are at the most at a time, those that start while others end included: each has its floor. */
  maxMembers: number
  /** How long the store remembers a member that it hears no more of: then others get what that had. From 2s on; default 10s. */
  ttl?: Duration | undefined
  /** How long before that a member lets go by itself: what runs then must have ended by then. Default: half of `ttl`. */
  margin?: Duration | undefined
  /**
   * What becomes of requests beyond the floor when the store has been silent for too long: `drain` lets them end, `cut` closes their
   * connections, so that the budget holds whatever they take. Default `drain`.
   */
  onLost?: 'drain' | 'cut' | undefined
}

/** The same, checked: durations in milliseconds. */
export interface FleetSettings {
  readonly name: string
  readonly maxConnections: number
  readonly floor: number
  readonly maxMembers: number
  readonly ttl: number
  readonly margin: number
  readonly onLost: 'drain' | 'cut'
}

/** What is wrong with one key, and what to write instead. */
export interface FleetTrouble {
  readonly at: readonly string[]
  readonly problem: string
  readonly fix: string
  readonly value: unknown
  /** Whether it is the key that is wrong. */
  readonly isKey?: boolean
}

const time: DurationRule = { zero: 'it must be longer', unlimited: false }
/** Shorter ones leave no room for a round that is lost. */
const shortestTtl = 2000
const shortestLease = 1000
/** Figures of a store's script. */
const most = 1_000_000

const namePattern = /^[A-Za-z0-9][\w.-]{0,63}$/

type Rules = { readonly [F in keyof FleetConfig]-?: (value: unknown) => Omit<FleetTrouble, 'at' | 'value'> | undefined }

const rules: Rules = {
  name: (value) =>
    typeof value === 'string' && namePattern.test(value)
      ? undefined
      : {
          problem: `${show(value)} is no name`,
          fix: 'use up to 64 letters, digits, "-", "_" and ".", with a letter or digit first',
        },
  maxConnections: count(1, 'the connections that the upstream may see from all processes together'),
  floor: count(0, 'the connections that each process has in any case'),
  maxMembers: count(1, 'the processes that there are at the most, during a rolling update too'),
  ttl: duration,
  margin: duration,
  onLost: (value) =>
    value === 'drain' || value === 'cut' ? undefined : { problem: `${show(value)} is unknown`, fix: 'write "drain" or "cut"' },
}

const names = Object.keys(rules) as (keyof FleetConfig)[]

function count(least: number, what: string): Rules['floor'] {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : { problem: `${show(value)} is no number of them`, fix: `use a whole number from ${least} to ${most}: ${what}` }
}

function duration(value: unknown): ReturnType<Rules['ttl']> {
  if (readDuration(value, time) !== undefined) return undefined
  const [problem = '', ...fix] = explainDuration(value, time).split(': ')
  return { problem, fix: fix.join(': ') }
}

/**
 * Checks a fleet's config; what is wrong with it is all told at once.
 * @param pool the name of the pool that it is for
 */
export function readFleet(
  given: unknown,
  pool?: string,
): { readonly settings: FleetSettings | undefined; readonly troubles: readonly FleetTrouble[] } {
  const entries = plainEntries(given)
  if (entries === undefined) {
    const fix = insteadOf(given, 'write { maxConnections: 200, maxMembers: 40 }')
    return { settings: undefined, troubles: [{ at: [], problem: `it is ${kindOf(given)}`, fix, value: given }] }
  }
  const set = new Map(entries.filter(([, value]) => value !== undefined))
  const troubles = [...set].flatMap(([key, value]) => troubleOf(key, value) ?? [])
  for (const key of ['maxConnections', 'maxMembers'] as const) {
    const { fix = '' } = rules[key](undefined) ?? {}
    if (!set.has(key)) troubles.push({ at: [key], problem: 'it is missing', fix, value: undefined })
  }
  if (!set.has('name') && pool === undefined) {
    troubles.push({
      at: ['name'],
      problem: 'it is missing, and the pool has none',
      fix: 'use one that all members have',
      value: undefined,
    })
  }
  if (troubles.length > 0) return { settings: undefined, troubles }
  const settings = settingsOf(Object.fromEntries(set) as unknown as FleetConfig, pool)
  const contradictions = contradictionsIn(settings)
  return { settings: contradictions.length === 0 ? settings : undefined, troubles: contradictions }
}

function troubleOf(key: string, value: unknown): FleetTrouble | undefined {
  if (Object.hasOwn(rules, key)) {
    const trouble = rules[key as keyof FleetConfig](value)
    return trouble && { at: [key], value, ...trouble }
  }
  const fix = didYouMean(key, names) ?? `it takes ${list(names)}`
  return { at: [key], problem: `${show(key)} is unknown`, fix, value, isKey: true }
}

function settingsOf(config: FleetConfig, pool = ''): FleetSettings {
  const { name = pool, maxConnections, maxMembers, floor = 1, onLost = 'drain' } = config
  const ttl = readDuration(config.ttl ?? 10_000, time) ?? 0
  const margin = config.margin === undefined ? Math.round(ttl / 2) : (readDuration(config.margin, time) ?? 0)
  return { name, maxConnections, floor, maxMembers, ttl, margin, onLost }
}

function contradictionsIn({ maxConnections, floor, maxMembers, ttl, margin }: FleetSettings): FleetTrouble[] {
  const troubles: FleetTrouble[] = []
  if (floor * maxMembers > maxConnections) {
    troubles.push({
      at: ['floor'],
      problem: `floor × maxMembers is ${floor * maxMembers}, more than maxConnections: ${maxConnections}`,
      fix: `use a floor of at most ${Math.floor(maxConnections / maxMembers)}, or fewer members`,
      value: floor,
    })
  }
  if (ttl < shortestTtl) {
    const fix = `use at least ${formatDuration(shortestTtl)}`
    troubles.push({ at: ['ttl'], problem: `${formatDuration(ttl)} is too short for rounds that are lost`, fix, value: ttl })
  } else if (ttl - margin < shortestLease) {
    troubles.push({
      at: ['margin'],
      problem: `${formatDuration(margin)} leaves less than ${formatDuration(shortestLease)} of ttl: ${formatDuration(ttl)} for a lease`,
      fix: `use at most ${formatDuration(ttl - shortestLease)}, or a longer ttl`,
      value: margin,
    })
  }
  return troubles
}

/**
 * What somebody who reads the config should know.
 * @param most `maxConnections` of the pool
 */
export function fleetNotes({ maxConnections, floor, maxMembers, margin, onLost }: FleetSettings, most: number): Note[] {
  const notes: Note[] = []
  const note = (field: string, message: string) => notes.push({ field: `fleet.${field}`, support: 'approximated', message })
  if (onLost === 'drain') {
    note(
      'margin',
      `requests that take longer than ${formatDuration(margin)} outlive the lease of a process that hears nothing of the store, and the budget is exceeded by ` +
        "their connections: have the client time out earlier, raise margin and ttl, or use onLost: 'cut'",
    )
  }
  if (floor === 0)
    note('floor', 'a process that hears nothing of the store sends nothing: its requests wait until acquireTimeout')
  const leased = maxConnections - floor * maxMembers
  if (leased === 0 && maxMembers > 1) note('floor', `floor × maxMembers is the whole budget: nothing is left to be leased`)
  if (most < floor + leased)
    note('maxConnections', `the pool's own maxConnections: ${most} is the most that this process ever leases`)
  return notes
}
