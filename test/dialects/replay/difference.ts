import type { Stated } from './facts.ts'
import { type LibraryName, type Row, type SetName, workloadOf } from './reference.ts'

export const engines = ['node-http', 'undici'] as const

export type Engine = (typeof engines)[number]

/** Where polypool does something else than a library, on purpose. */
export interface Difference {
  readonly libraries: readonly LibraryName[]
  /** Default: both. */
  readonly sets?: readonly SetName[]
  /** Default: both. */
  readonly engines?: readonly Engine[]
  /** What a real server sees of polypool, by scenario (`S01`, `S12c/2`) and field. */
  readonly wire: { readonly [workload: string]: { readonly [field: string]: Stated } }
  /** What the library did. */
  readonly library: string
  readonly polypool: string
  readonly reason: string
}

/** What a port need not reproduce, because chance, the machine or a policy outside the pool decides it. */
export interface Freedom {
  /** Default: all. */
  readonly workloads?: readonly string[]
  /** Default: all. */
  readonly libraries?: readonly LibraryName[]
  /** Default: both. */
  readonly engines?: readonly Engine[]
  readonly fields: readonly string[]
  /** Not free here after all. */
  readonly except?: readonly string[]
  /** Only in a replay during which the machine was late: on a quiet one it is compared. */
  readonly whenLate?: true
  /** Numbers must lie between these all the same. */
  readonly between?: readonly [number, number]
  readonly reason: string
}

/** Milliseconds of leeway from which on the machine was late: usually it is some 60 to 90. */
const lateFrom = 100

export function covers({ libraries, sets, engines: only, wire }: Difference, row: Row, field: string, engine?: Engine): boolean {
  return (
    libraries.includes(row.library) &&
    (sets?.includes(row.set) ?? true) &&
    (engine === undefined || (only?.includes(engine) ?? true)) &&
    Object.hasOwn(wire[workloadOf(row)] ?? {}, field)
  )
}

/** @param leeway of the replay; without it, whether the field may ever be free */
export function frees(one: Freedom, row: Row, field: string, engine?: Engine, leeway = Number.POSITIVE_INFINITY): boolean {
  const { workloads, libraries, engines: only, fields, except, whenLate } = one
  const workload = workloadOf(row)
  return (
    fields.includes(field) &&
    (workloads?.includes(workload) ?? true) &&
    !except?.includes(workload) &&
    (libraries?.includes(row.library) ?? true) &&
    (engine === undefined || (only?.includes(engine) ?? true)) &&
    (!whenLate || leeway > lateFrom)
  )
}
