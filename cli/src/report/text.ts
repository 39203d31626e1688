import type { Io } from '../io.ts'
import { colorsFor, printable, table } from '../output.ts'
import { type Cell, cellText } from './matrix.ts'
import { expiryText, type Report } from './page.ts'

/** The report for a terminal or a log. */
export async function reportText(report: Report, missing: readonly string[], io: Io): Promise<string> {
  const { matrix, clients, failures, counts, timelines, configSource } = report
  const { bold, dim, green, red } = colorsFor(io)
  const heads = [
    { head: 'what must hold', wrap: true },
    ...clients.map(({ client, version }) => ({ head: `${client}\n${version}` })),
  ]
  const rows = matrix.flatMap(({ title, rows: lines }) => [
    [bold(title), ...clients.map(() => '')],
    ...lines.map(({ label, cells }) => [`  ${label}`, ...clients.map(({ client }) => paint(cells[client], io))]),
  ])
  const parts = [await table(io, heads, rows)]
  if (missing.length > 0) parts.push(`${dim(`not installed here: ${missing.join(', ')}`)}\n`)
  if (timelines.length > 0) {
    parts.push(`${bold(`Under load, with the limits ${configSource}`)}\n${await measuredTable(report, io)}`)
  }
  const broken = timelines.flatMap(({ client, breaches }) => breaches.map((breach) => `${red('✗')} ${client}: ${breach}\n`))
  const failed = failures.map(
    ({ client, scenario, title, message }) => `${red('✗')} ${client} ${scenario}: ${title}\n  ${printable(message)}\n`,
  )
  if (failed.length + broken.length > 0) parts.push([...failed, ...broken].join(''))
  const sum = `${counts.passed} passed, ${counts.absent} absent, ${counts.failed} failed`
  parts.push(
    `${counts.failed > 0 ? red(sum) : green(sum)}${dim(' (absent: the client can’t, says so, and it was shown to be so)')}\n`,
  )
  return parts.join('\n')
}

async function measuredTable({ timelines }: Report, io: Io): Promise<string> {
  const number = (head: string) => ({ head, align: 'right' as const })
  return table(
    io,
    [{ head: 'client' }, ...['opened', 'peak', 'peak/host', 'idle left', 'expiry', 'acquire timeouts', 'refused'].map(number)],
    timelines.map(({ client, measured: m }) =>
      [client, m.opened, m.peak, m.peakPerHost, m.idleLeft, expiryText(m.expiry), m.acquireTimeouts, m.refused].map(String),
    ),
  )
}

function paint(cell: Cell = { passed: 0, failed: 0, absent: 0 }, io: Io): string {
  const { green, red, yellow, dim } = colorsFor(io)
  const style = cell.failed > 0 ? red : cell.passed > 0 ? green : cell.absent > 0 ? yellow : dim
  return style(cellText(cell))
}
