import type { Figures } from './figures.ts'
import { geometricMean } from './figures.ts'
import type { Load } from './load.ts'
import { ConnectionPool, OldPool, StrictPool } from './rules.ts'
import type { PoolClass } from './simulator.ts'
import { simulate } from './simulator.ts'

/** The rules that are compared, by the names they have in tables. */
export const rules = ['rule', 'old', 'strict', 'divided'] as const
type Rule = (typeof rules)[number]

/** One load under every rule, and under connects that cost nothing, which no rule can better by much. */
export interface Cell {
  readonly load: Load
  readonly figures: Readonly<Record<Rule, Figures>>
  readonly bound: Figures
}

const pools: Record<Rule, PoolClass> = { rule: ConnectionPool, old: OldPool, strict: StrictPool, divided: OldPool }

/** What a careful user would write: the total shared out evenly by `maxConnectionsPerHost`. */
function divided(load: Load): Load {
  return { ...load, config: { ...load.config, maxConnectionsPerHost: Math.max(1, Math.floor(load.total / load.hosts)) } }
}

/** The same load with connects that cost nothing; those that hang still do. */
function free(load: Load): Load {
  const connect: Load['connect'] = (host, random, now) =>
    Number.isFinite(load.connect(host, random, now)) ? 0 : Number.POSITIVE_INFINITY
  return { ...load, connect }
}

export function measure(load: Load, seed: number): Cell {
  const run = (rule: Rule) => simulate(rule === 'divided' ? divided(load) : load, pools[rule], seed)
  const figures = { rule: run('rule'), old: run('old'), strict: run('strict'), divided: run('divided') }
  return { load, figures, bound: simulate(free(load), StrictPool, seed) }
}

/** Requests per second of the best of the others. */
export const best = ({ figures: { old, strict, divided } }: Cell): number => Math.max(old.rate, strict.rate, divided.rate)

/** How the rule does beside the others; 1 is as well as, or for waits as long as. */
export interface Ratios {
  /** Requests per second, to the best of the others. */
  readonly rate: number
  /** The 99th percentile and the longest wait, to the larger of the old rule's and divided's. */
  readonly p99: number
  readonly longest: number
  /** Connects per request beyond the old rule's. */
  readonly connects: number
}

export function ratios(cell: Cell): Ratios {
  const { rule, old, divided } = cell.figures
  return {
    rate: rule.rate / best(cell),
    p99: rule.p99 / Math.max(old.p99, divided.p99, 0.1),
    longest: rule.longest / Math.max(old.longest, divided.longest, 1),
    connects: rule.connects - old.connects,
  }
}

export interface Summary {
  readonly loads: number
  readonly lowest: number
  readonly mean: number
  /** Loads whose 99th percentile is above 1.05 of the larger of the two others', and whose longest wait is above 1.5 of it. */
  readonly slow: number
  readonly long: number
  /** Loads that connect for one request in a hundred more than under the old rule. */
  readonly busy: number
}

export function summarize(cells: readonly Cell[]): Summary {
  const all = cells.map(ratios)
  return {
    loads: all.length,
    lowest: Math.min(...all.map(({ rate }) => rate)),
    mean: geometricMean(all.map(({ rate }) => rate)),
    slow: all.filter(({ p99 }) => p99 > 1.05).length,
    long: all.filter(({ longest }) => longest > 1.5).length,
    busy: all.filter(({ connects }) => connects > 0.01).length,
  }
}
