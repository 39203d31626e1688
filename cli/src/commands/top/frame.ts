import { stripVTControlCharacters } from 'node:util'
import type { OriginStats, ReadyStats, StatsReport } from 'polypool'
import { counted, formatDuration } from 'polypool/internal'
import { type Colors, printable } from '../../output.ts'
import { limitOf, rateText, type Watched } from './rates.ts'

interface Size {
  readonly columns: number
  readonly rows: number
}

/** The lines of one picture, none wider than the screen, and no more than it has. */
export function frameOf(report: StatsReport, watched: readonly Watched[], size: Size, colors: Colors): string[] {
  const { columns, rows } = size
  const time = new Date(report.at).toISOString().slice(11, 19)
  const head = `${colors.bold('pools of')}  ${printable(report.title)} ${report.pid}  ${time} UTC`
  const hostRows = rowsForHosts(watched, rows)
  const blocks = watched.map((one, index) => [
    ...poolLines(one, columns, colors),
    ...notReadyLines(one, colors),
    ...hostLines(one, hostRows[index] ?? 0, columns, colors),
    '',
  ])
  const body = watched.length === 0 ? ['', 'no pool is open'] : ['', ...blocks.flat()]
  return [spread(head, colors.dim('q quits'), columns), ...body]
    .slice(0, Math.max(1, rows - 1))
    .map((line) => clip(line, columns))
}

/** What is left of the screen is shared out: each pool gets as many hosts as it has, as far as there is room. */
function rowsForHosts(watched: readonly Watched[], rows: number): number[] {
  const wanted = watched.map(({ pool }) => Object.keys(pool.stats.hosts).length)
  let left = rows - 3 - watched.length * 5 - watched.filter((one) => notReady(one).length > 0).length
  const given = wanted.map(() => 0)
  while (left > 0 && given.some((count, index) => count < (wanted[index] ?? 0))) {
    for (const [index, count] of given.entries()) {
      if (left <= 0 || count >= (wanted[index] ?? 0)) continue
      given[index] = count + 1
      left--
    }
  }
  return given
}

function poolLines({ pool, rates }: Watched, columns: number, colors: Colors): string[] {
  const { name, stats, closes } = pool
  const limit = limitOf(pool)
  const { active, idle, pending } = stats
  const used = Number.isFinite(limit) ? `${active}/${limit}` : `${active} in use`
  const share = Number.isFinite(limit) ? active / limit : 0
  const waiting = pending > 0 ? colors.red(`${pending} waiting`) : `${pending} waiting`
  const streams = stats.streams.capacity > 0 ? `, ${stats.streams.active} of ${stats.streams.capacity} streams` : ''
  const refused = rates.timedOut + rates.refused > 0 ? colors.red : colors.dim
  const closed = Object.entries(closes).sort(([, one], [, other]) => other - one)
  return [
    `${colors.bold(printable(name))}  ${used}  ${bar(active, idle, limit, barWidth(columns), colors)}  ${percent(share, limit)}`,
    `  ${idle} idle, ${waiting}${streams}`,
    `  ${rateText(rates.served)} requests, ${rateText(rates.opened)} connects, ${rateText(rates.evicted)} evicted, ${refused(`${rateText(rates.timedOut)} timed out, ${rateText(rates.refused)} refused`)}`,
    colors.dim(`  closed: ${closed.map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none'}`),
  ]
}

/** Hosts whose connections are kept ready and are missing, not only until they have connected; those first that miss most. */
function notReady({ pool }: Watched): [host: string, ready: ReadyStats][] {
  const missing = ({ wanted, idle }: ReadyStats) => wanted - idle
  return Object.entries(pool.stats.ready ?? {})
    .filter(([, ready]) => missing(ready) > 0 && (ready.failures > 0 || ready.crowded))
    .sort(([, one], [, other]) => missing(other) - missing(one))
}

function notReadyLines(watched: Watched, colors: Colors): string[] {
  const [first, ...others] = notReady(watched)
  if (first === undefined) return []
  const [host, { wanted, idle, failures, retryIn, crowded }] = first
  const next = retryIn > 0 ? `next in ${formatDuration(retryIn)}` : 'connecting'
  const why = crowded ? 'no room' : `${counted(failures, 'connect')} failed, ${next}`
  const rest = others.length > 0 ? `, and ${counted(others.length, 'more host')}` : ''
  return [`  ${colors.red('not ready')}: ${printable(host)} ${idle} of ${wanted}, ${why}${rest}`]
}

function percent(share: number, limit: number): string {
  return Number.isFinite(limit) ? `${Math.round(100 * share)} %` : ''
}

/** What is in use, what idles, and what is left of the limit; of an unlimited pool what is in use of what is open. */
function bar(active: number, idle: number, limit: number, width: number, colors: Colors): string {
  const whole = Math.max(1, Number.isFinite(limit) ? limit : active + idle, active)
  const busy = active === 0 ? 0 : Math.max(1, Math.round((width * active) / whole))
  const open = Math.min(width, Math.max(busy, Math.round((width * (active + idle)) / whole)))
  const paint = active >= limit ? colors.red : active >= 0.8 * limit ? colors.yellow : colors.green
  return `${paint('█'.repeat(busy))}${colors.dim('▒'.repeat(open - busy))}${colors.dim('·'.repeat(width - open))}`
}

function barWidth(columns: number): number {
  return Math.max(10, Math.min(80, columns - 45))
}

function hostLines({ pool }: Watched, most: number, columns: number, colors: Colors): string[] {
  const weight = ({ open, pending }: OriginStats) => open + 1000 * pending
  const hosts = Object.entries(pool.stats.hosts).sort(([, one], [, other]) => weight(other) - weight(one))
  const shown = hosts.slice(0, most)
  const width = Math.max(16, Math.min(columns - 36, ...[Math.max(16, ...shown.map(([host]) => host.length))]))
  const lines = shown.map(([host, { active, idle, pending }]) => {
    const name = clip(printable(host), width).padEnd(width)
    const waiting = `${String(pending).padStart(5)} waiting`
    return `  ${name} ${String(active).padStart(5)} in use ${String(idle).padStart(4)} idle${pending > 0 ? colors.red(waiting) : waiting}`
  })
  const rest = hosts.length - shown.length
  return rest > 0 && most > 0 ? [...lines.slice(0, -1), colors.dim(`  … and ${rest + 1} more hosts`)] : lines
}

function spread(left: string, right: string, columns: number): string {
  const gap = columns - stripVTControlCharacters(left).length - stripVTControlCharacters(right).length
  return gap < 2 ? left : `${left}${' '.repeat(gap)}${right}`
}

/** Cut at the width, with colours left as they are up to there. */
function clip(line: string, columns: number): string {
  if (stripVTControlCharacters(line).length <= columns) return line
  return `${stripVTControlCharacters(line).slice(0, Math.max(0, columns - 1))}…`
}

/** One line for each pool, for logs and pipes. */
export function plainLines({ at }: StatsReport, watched: readonly Watched[]): string[] {
  const time = new Date(at).toISOString().slice(11, 19)
  return watched.map(({ pool, rates }) => {
    const { name, stats } = pool
    const limit = limitOf(pool)
    const facts = {
      active: stats.active,
      idle: stats.idle,
      waiting: stats.pending,
      limit: Number.isFinite(limit) ? limit : 'unlimited',
      requests: rateText(rates.served),
      connects: rateText(rates.opened),
      timeouts: stats.acquireTimeouts,
      refused: stats.rejected,
      ...(stats.ready && { missing: missingOf(stats.ready) }),
    }
    return `${time} ${printable(name)} ${Object.entries(facts)
      .map(([fact, value]) => `${fact}=${value}`)
      .join(' ')}`
  })
}

function missingOf(ready: { readonly [host: string]: ReadyStats }): number {
  return Object.values(ready).reduce((sum, { wanted, idle }) => sum + Math.max(0, wanted - idle), 0)
}
