import { type ClientName, counted, formatDuration } from 'polypool/internal'
import { element, escapeHtml, htmlDocument } from './html.ts'
import { type Cell, cellText, type Failure, type Group, isCovered } from './matrix.ts'
import { hostName, timelineSvg } from './svg.ts'
import type { Timeline } from './timeline.ts'

/** A client that was checked, in the version that is installed. */
interface Checked {
  readonly client: ClientName
  readonly version: string
}

export interface Report {
  readonly polypool: string
  readonly node: string
  readonly date: Date
  readonly clients: readonly Checked[]
  readonly matrix: readonly Group[]
  readonly failures: readonly Failure[]
  readonly counts: { readonly passed: number; readonly failed: number; readonly absent: number }
  readonly timelines: readonly Timeline[]
  /** The limits of the timelines, as one would write them. */
  readonly config: { readonly [field: string]: unknown }
  /** Where those come from, in a few words. */
  readonly configSource: string
  readonly maxConnections: number
}

/** What holds for each client, and a timeline of its connections. */
export function reportPage(report: Report): string {
  const { polypool, node, date, clients } = report
  const versions = `polypool ${polypool} on Node ${node}, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const title = `polypool verify: ${clients.map(({ client, version }) => `${client} ${version}`).join(', ')}`
  return htmlDocument(title, [
    '<h1>Do the installed clients keep the rules?</h1>',
    `<p class="quiet">${escapeHtml(versions)}</p>`,
    verdict(report),
    failures(report),
    matrix(report),
    timelines(report),
  ])
}

function verdict({ counts, timelines }: Report): string {
  const { passed, failed, absent } = counts
  const breaches = timelines.reduce((sum, { breaches: found }) => sum + found.length, 0)
  const sum = `${passed} checks on the wire passed, ${failed} failed${absent > 0 ? `, ${absent} can’t be done by the client` : ''}`
  const limits =
    timelines.length === 0
      ? ''
      : breaches === 0
        ? '; every limit of the workload held'
        : `; ${counted(breaches, 'limit')} of the workload broke`
  return `<p class="verdict ${failed + breaches > 0 ? 'bad' : 'good'}">${sum}${limits}.</p>`
}

function failures({ failures: found }: Report): string {
  if (found.length === 0) return ''
  const items = found.map(
    ({ client, scenario, title, message }) =>
      `<li><strong>${escapeHtml(client)}</strong> <code>${escapeHtml(scenario)}</code>: ${escapeHtml(title)}<pre>${escapeHtml(message)}</pre></li>`,
  )
  return `<h2 id="failures">What failed</h2>\n<ul>\n${items.join('\n')}\n</ul>`
}

function matrix({ matrix: groups, clients }: Report): string {
  const heads = clients.map(({ client, version }) =>
    element('th', { scope: 'col' }, escapeHtml(client), `<span class="quiet">${escapeHtml(version)}</span>`),
  )
  const rows = groups.flatMap(({ title, rows: lines }) => [
    `<tr class="group"><th scope="colgroup" colspan="${clients.length + 1}">${escapeHtml(title)}</th></tr>`,
    ...lines.map(({ label, cells }) => {
      const own = clients.map(({ client }) => cellOf(cells[client]))
      return `<tr>${element('th', { scope: 'row' }, escapeHtml(label))}${own.join('')}</tr>`
    }),
  ])
  return [
    '<h2 id="matrix">Client × rule</h2>',
    '<p class="quiet">How many scenarios on real sockets passed. One scenario counts for everything it shows.</p>',
    '<div class="scroll"><table class="matrix">',
    `<thead><tr><th scope="col">what must hold</th>${heads.join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
    '</table></div>',
  ].join('\n')
}

function cellOf(cell: Cell = { passed: 0, failed: 0, absent: 0 }): string {
  const state = !isCovered(cell) ? 'none' : cell.failed > 0 ? 'failed' : cell.passed > 0 ? 'passed' : 'absent'
  return element('td', { class: state }, cellText(cell))
}

function timelines({ timelines: all, config, configSource, maxConnections }: Report): string {
  if (all.length === 0) return ''
  const limits = Object.entries(config)
    .map(([field, value]) => `${field}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n')
  return [
    '<h2 id="timelines">The same load through each client</h2>',
    `<p>More requests at one time than the pool allows, to four hosts; then too many to one host; then silence. With the limits ${escapeHtml(configSource)}:</p>`,
    `<pre>${escapeHtml(limits === '' ? 'the defaults' : limits)}</pre>`,
    measuredTable(all),
    legend(),
    ...all.map((timeline) => section(timeline, maxConnections)),
  ].join('\n')
}

const columns = ['opened', 'peak', 'peak per host', 'idle left', 'expiry', 'acquire timeouts', 'refused'] as const

function measuredTable(all: readonly Timeline[]): string {
  const heads = columns.map((head) => element('th', { scope: 'col', class: 'number' }, head))
  const rows = all.map(({ client, measured: m }) => {
    const cells = [m.opened, m.peak, m.peakPerHost, m.idleLeft, expiryText(m.expiry), m.acquireTimeouts, m.refused]
    return `<tr>${element('th', { scope: 'row' }, escapeHtml(client))}${cells.map((cell) => element('td', { class: 'number' }, String(cell))).join('')}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th scope="col">client</th>${heads.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`
}

export function expiryText(expiry: number | null): string {
  if (expiry === null) return '–'
  return Number.isFinite(expiry) ? `${Math.round(expiry)} ms` : 'never'
}

function section(timeline: Timeline, maxConnections: number): string {
  const { client, duration, breaches } = timeline
  const said =
    breaches.length === 0
      ? '<span class="good">every limit held</span>'
      : `<span class="bad">${escapeHtml(breaches.join('; '))}</span>`
  return [
    `<h3>${escapeHtml(client)} <span class="quiet">${formatDuration(Math.round(duration / 10) * 10)}</span>: ${said}</h3>`,
    `<figure>${timelineSvg(timeline, maxConnections)}</figure>`,
  ].join('\n')
}

function legend(): string {
  const sample = (content: string, host = 0) => `<svg viewBox="0 0 34 14" class="host${host}" aria-hidden="true">${content}</svg>`
  const box = (name: string) => element('rect', { class: name, x: 2, y: 2, width: 30, height: 10 })
  const items = [
    ...[0, 1, 2, 3].map((host) => `<span>${sample(box('busy'), host)}${hostName(host)}${host === 3 ? ' (https)' : ''}</span>`),
    `<span>${sample(box('busy'))}busy</span>`,
    `<span>${sample(box('idle'))}idle</span>`,
    `<span>${sample(element('rect', { class: 'opened', x: 16, y: 1, width: 2, height: 12 }))}opened</span>`,
    `<span>${sample(element('path', { class: 'closed', d: 'M14 4L20 10M14 10L20 4' }))}closed</span>`,
    `<span>${sample(element('path', { class: 'gave-up', d: 'M13 3L21 11M13 11L21 3' }))}got no connection</span>`,
    `<span>${sample(element('line', { class: 'limit', x1: 1, x2: 33, y1: 7, y2: 7 }))}limit</span>`,
  ]
  return `<p class="legend">${items.join('\n')}</p>`
}
