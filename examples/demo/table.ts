import Table from 'cli-table3'
import colors from 'picocolors'
import type { Breaches } from './verdict.ts'
import type { Seen } from './workload.ts'

export interface Row {
  readonly client: string
  readonly seen: Seen
  readonly evicted: number | null
  readonly breaches: Breaches
}

const heads = ['client', 'opened', 'peak', 'peak/host', 'reused', 'evicted', 'idle left', 'expiry', 'acquire timeouts']

/** One table; a figure that breaks the config is marked. */
export function tableOf(title: string, rows: readonly Row[]): string {
  const table = new Table({
    head: heads.map((head) => colors.bold(head)),
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...heads.slice(1).map(() => 'right' as const)],
  })
  for (const { client, seen, evicted, breaches } of rows) {
    const cell = (column: keyof Seen, text: string | number) =>
      breaches[column] === undefined ? String(text) : colors.red(`✗ ${text}`)
    table.push([
      client,
      seen.opened,
      cell('peak', seen.peak),
      cell('peakPerHost', seen.peakPerHost),
      Math.max(0, seen.requests - seen.acquireTimeouts - seen.failures - seen.opened),
      evicted ?? '–',
      cell('idleLeft', seen.idleLeft),
      cell('expiry', Number.isFinite(seen.expiry) ? `${Math.round(seen.expiry)} ms` : 'never'),
      cell('acquireTimeouts', seen.acquireTimeouts),
    ])
  }
  return `${colors.bold(title)}\n${table.toString()}`
}
