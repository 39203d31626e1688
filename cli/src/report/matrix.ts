import type { PoolErrorCode } from 'polypool'
import { fieldNames } from 'polypool/internal'
import type { Case } from '../conformance/plan.ts'
import type { Result } from '../conformance/run-case.ts'
import type { Coverage, Rule } from '../conformance/scenario.ts'

const rules: { readonly [R in Rule]: string } = {
  'rule-1': '1 a cap is a cap',
  'rule-2': '2 no starvation',
  'rule-3': '3 a waiting request can be left',
  'rule-4': '4 nothing leaks',
  'rule-5': '5 no stale reuse',
  'rule-6': '6 context and process are kept',
  'rule-7': '7 nothing the caller does ends the pool',
}

const errors: { readonly [C in PoolErrorCode]: true } = {
  ERR_POOL_ACQUIRE_TIMEOUT: true,
  ERR_POOL_FULL: true,
  ERR_POOL_QUEUE_FULL: true,
  ERR_POOL_CLOSED: true,
  ERR_POOL_CONNECT_TIMEOUT: true,
  ERR_POOL_PROXY: true,
  ERR_POOL_LEASE_LOST: true,
  ERR_POOL_CONFIG: true,
  ERR_POOL_UNSUPPORTED: true,
}

/** What scenarios showed about one thing and one client. */
export interface Cell {
  readonly passed: number
  readonly failed: number
  /** The client can't do it, says so, and it was shown to be so. */
  readonly absent: number
}

interface Row {
  readonly label: string
  /** By the client's name. */
  readonly cells: { readonly [client: string]: Cell }
}

export interface Group {
  readonly title: string
  readonly rows: readonly Row[]
}

export interface Failure {
  readonly client: string
  readonly scenario: string
  readonly title: string
  readonly message: string
}

/** Sorts results by what their scenarios are there for. A scenario counts wherever it covers something. */
export function matrixOf(cases: readonly Case[], results: readonly Result[], clients: readonly string[]): Group[] {
  const covered = new Map(cases.map((one) => [keyOf(one.client.name, one.name), one.scenario.covers]))
  const row = (label: string, covers: (coverage: Coverage) => boolean): Row => {
    const own = results.filter(({ client, scenario }) => covered.get(keyOf(client, scenario))?.some(covers))
    const cellOf = (client: string) => cell(own.filter((result) => result.client === client))
    return { label, cells: Object.fromEntries(clients.map((client) => [client, cellOf(client)])) }
  }
  const only = (wanted: Coverage) => (coverage: Coverage) => coverage === wanted
  const groups: Group[] = [
    { title: 'Rules', rows: Object.entries(rules).map(([rule, label]) => row(label, only(rule as Rule))) },
    { title: 'Fields', rows: fieldNames.map((field) => row(field, only(field))) },
    { title: 'Errors', rows: Object.keys(errors).map((code) => row(code, only(code as PoolErrorCode))) },
    {
      title: 'Besides',
      rows: [
        row('statistics, closing, reconfiguring', (coverage) => coverage.startsWith('api:')),
        row('known traps of clients', (coverage) => coverage.startsWith('trap:')),
      ],
    },
  ]
  // With a filter most things are not covered at all.
  return groups
    .map(({ title, rows }) => ({ title, rows: rows.filter(({ cells }) => Object.values(cells).some(isCovered)) }))
    .filter(({ rows }) => rows.length > 0)
}

export function isCovered({ passed, failed, absent }: Cell): boolean {
  return passed + failed + absent > 0
}

/** `✓ 12`, `✗ 1 of 12`, `absent`, `–`. */
export function cellText(one: Cell): string {
  const { passed, failed, absent } = one
  if (!isCovered(one)) return '–'
  if (failed > 0) return `✗ ${failed} of ${passed + failed + absent}`
  return passed === 0 ? 'absent' : `✓ ${passed}`
}

export function keyOf(client: string, scenario: string): string {
  return `${client} ${scenario}`
}

function cell(results: readonly Result[]): Cell {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length
  return { passed: count('passed'), failed: count('failed'), absent: count('absent') }
}
