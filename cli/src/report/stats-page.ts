import type { PoolSample, ReportedPool, StatsReport } from 'polypool'
import { type Area, chart } from './chart.ts'
import { element, escapeHtml, htmlDocument } from './html.ts'

/** The last minutes of a process's pools. */
export function statsPage(report: StatsReport): string {
  const { pid, title, at, pools } = report
  const told = `${title} ${pid}, ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return htmlDocument(`Connection pools of ${told}`, [
    '<h1>Connection pools</h1>',
    `<p class="quiet">${escapeHtml(told)}</p>`,
    ...pools.map((pool) => section(pool, at)),
  ])
}

function section(pool: ReportedPool, at: number): string {
  const { name, config, stats, closes, history = [] } = pool
  const samples = [...history, { at, stats, closes }]
  const limit = typeof config.maxConnections === 'number' ? config.maxConnections : undefined
  const of = (value: (sample: PoolSample) => number) => samples.map((sample) => ({ at: sample.at, value: value(sample) }))
  const charts = [
    chart(
      'connections',
      [
        area(
          'in use',
          'host0',
          of((one) => one.stats.active),
        ),
        area(
          'idle',
          'host1',
          of((one) => one.stats.idle),
        ),
      ],
      limit,
    ),
    chart('waiting requests', [
      area(
        'waiting',
        'host2',
        of((one) => one.stats.pending),
      ),
    ]),
    chart('requests per second', [
      area(
        'on a used connection',
        'host0',
        rates(samples, ({ stats: { reused } }) => reused),
      ),
      area(
        'on a new one',
        'host3',
        rates(samples, ({ stats: { created } }) => created),
      ),
    ]),
    chart('without a connection, per second', [
      area(
        'timed out',
        'host2',
        rates(samples, ({ stats: { acquireTimeouts } }) => acquireTimeouts),
      ),
      area(
        'refused',
        'host3',
        rates(samples, ({ stats: { rejected } }) => rejected),
      ),
    ]),
  ]
  return [
    `<h2>${escapeHtml(name)}</h2>`,
    `<p>${escapeHtml(`${stats.active} in use, ${stats.idle} idle, ${stats.pending} waiting; maxConnections ${limit ?? 'unlimited'}`)}</p>`,
    ...charts,
    table(['host', 'in use', 'idle', 'waiting'], hostRows(pool)),
    table(['kept ready', 'wanted', 'there', 'failed in a row', 'next connect, ms', 'no room'], readyRows(pool)),
    table(['connections closed', 'so far'], Object.entries(closes)),
  ].join('\n')
}

function area(name: string, color: string, points: Area['points']): Area {
  return { name, color, points }
}

/** Of a counter: what was counted each second since the sample before. */
function rates(samples: readonly PoolSample[], counter: (sample: PoolSample) => number): Area['points'] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index]
    const seconds = before === undefined ? 0 : (sample.at - before.at) / 1000
    return {
      at: sample.at,
      value: before === undefined || seconds <= 0 ? 0 : Math.max(0, (counter(sample) - counter(before)) / seconds),
    }
  })
}

const mostHosts = 50

function hostRows({ stats: { hosts } }: ReportedPool): [string, number, number, number][] {
  return Object.entries(hosts)
    .sort(([, one], [, other]) => other.open + other.pending - one.open - one.pending)
    .slice(0, mostHosts)
    .map(([host, { active, idle, pending }]) => [host, active, idle, pending])
}

function readyRows({ stats: { ready = {} } }: ReportedPool): (string | number)[][] {
  return Object.entries(ready)
    .sort(([, one], [, other]) => other.wanted - other.idle - one.wanted + one.idle)
    .slice(0, mostHosts)
    .map(([host, { wanted, idle, failures, retryIn, crowded }]) => [
      host,
      wanted,
      idle,
      failures,
      retryIn,
      crowded ? 'yes' : 'no',
    ])
}

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return ''
  const cells = (row: readonly (string | number)[]) =>
    row.map((cell, index) =>
      index === 0
        ? element('th', { scope: 'row' }, escapeHtml(String(cell)))
        : element('td', { class: 'number' }, escapeHtml(String(cell))),
    )
  const head = heads.map((one, index) =>
    element('th', { scope: 'col', class: index === 0 ? undefined : 'number' }, escapeHtml(one)),
  )
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>\n${rows.map((row) => `<tr>${cells(row).join('')}</tr>`).join('\n')}\n</tbody></table></div>`
}
