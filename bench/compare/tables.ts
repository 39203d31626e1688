import { type Cell, cells } from './cells.ts'
import {
  type BySubject,
  isFailed,
  type Memory,
  type Outcome,
  promiseNames,
  promises,
  type Results,
  type Series,
  type Spread,
  spreadOf,
} from './results.ts'

/** Every table of docs/benchmarks.md, by the name of its section. */
export function sectionsOf(results: Results): { readonly [name: string]: string } {
  return {
    machine: machine(results),
    cells: cells
      .filter(({ id }) => id in results.cells)
      .map((cell) => ofCell(cell, results.cells[cell.id] ?? {}))
      .join('\n\n'),
    losses: losses(results),
    promises: promiseTable(results),
    memory: memoryTable(results),
    python: Object.keys(results.python).length === 0 ? 'Not measured: no library was installed.' : seriesTable(results.python),
  }
}

function machine({ machine: { cpu, cores, node, load }, server, rounds, roundMs, versions }: Results): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${cpu}, ${count(cores, 'core')}, shared by client and server; Node ${node}; the server is ${server}. ${count(rounds, 'round')} of ${roundMs} ms each, in two processes one after the other: medians, and from – to. Load average before it began: ${load}.`,
    ...(load > cores / 2
      ? ['', '**The machine had other work meanwhile: these figures show the shape, and are not to be relied on.**']
      : []),
    '',
    `${packages.join(', ')}.`,
  ].join('\n')
}

function ofCell(cell: Cell, found: BySubject<Outcome<Series>>): string {
  const { connections, inFlight, title } = cell
  return [`### ${title}`, '', `${inFlight} in flight, at most ${count(connections, 'connection')}.`, '', seriesTable(found)].join(
    '\n',
  )
}

const heads = ['', 'answers/s', 'from – to', 'p50 ms', 'p99 ms', 'CPU µs', 'opened per 1,000', 'open, at most', 'server’s CPU']

/** A row for each subject, in the order of the data; who failed says why. */
function seriesTable(found: BySubject<Outcome<Series>>): string {
  const rows = Object.entries(found).map(([name, outcome]) =>
    isFailed(outcome) ? [bold(name), `failed: ${outcome.failed}`, ...heads.slice(2).map(() => '')] : seriesRow(name, outcome),
  )
  return table(heads, rows)
}

function seriesRow(name: string, series: Series): string[] {
  const rate = spreadOf(series.rate)
  const opened = spreadOf(series.opened.map((connections, round) => connections / (series.answers[round] ?? Number.NaN)))
  return [
    bold(name),
    whole(rate.median),
    range(rate),
    digits(spreadOf(series.p50).median),
    digits(spreadOf(series.p99).median),
    whole(spreadOf(series.cpu).median),
    digits(opened.median * 1000),
    whole(Math.max(...series.open)),
    percent(spreadOf(series.server).median),
  ]
}

function promiseTable({ promises: found }: Results): string {
  const rows = Object.entries(found).map(([name, outcome]) => {
    if (isFailed(outcome)) return [bold(name), `failed: ${outcome.failed}`, ...promiseNames.slice(1).map(() => '')]
    const cells = promiseNames.map((promise) => {
      const verdict = outcome[promise]
      return verdict === undefined ? '–' : `${verdict.kept ? '✓' : '✗'} ${verdict.seen}`
    })
    return [bold(name), ...cells]
  })
  const tried = Object.entries(found).map(([name, outcome]) => {
    const settings = isFailed(outcome) ? [] : promiseNames.filter((one) => outcome[one]).map((one) => outcome[one]?.by)
    return `- ${name}: ${[...new Set(settings)].join('; ')}`
  })
  return [table(['', ...promiseNames.map((name) => promises[name])], rows), '', 'Settings that were tried:', '', ...tried].join(
    '\n',
  )
}

function memoryTable({ memory }: Results): string {
  const rows = Object.entries(memory).map(([name, outcome]) =>
    isFailed(outcome) ? [bold(name), `failed: ${outcome.failed}`, ''] : [bold(name), whole(outcome.connection), waiting(outcome)],
  )
  return table(['', 'bytes for an open connection', 'bytes for a waiting request'], rows)
}

const waiting = ({ waiting: bytes }: Memory) => (bytes === null ? 'none waits' : whole(bytes))

/** What does more than polypool in the same cell with the same client, by more than one in twenty, and what it does not keep. */
export function losses(results: Results): string {
  const rows = cells.flatMap(({ id, title }) => {
    const found = results.cells[id] ?? {}
    return Object.entries(found).flatMap(([name, outcome]) => {
      const own = found[`polypool (${clientOf(name)})`]
      if (own === undefined || isFailed(own) || isFailed(outcome)) return []
      const ratio = spreadOf(outcome.rate.map((rate, round) => rate / (own.rate[round] ?? Number.NaN)))
      return ratio.median > 1.05 ? [[title, name, `**${ratio.median.toFixed(2)}**`, broken(results, name)]] : []
    })
  })
  if (rows.length === 0) return 'Nothing answered more than 1.05 times as much as polypool with the same client.'
  return table(['load', 'faster than polypool', 'times', 'what it does not keep'], rows)
}

function broken({ promises: found }: Results, name: string): string {
  const verdicts = found[name]
  if (verdicts === undefined || isFailed(verdicts)) return 'not measured'
  const names = promiseNames.filter((promise) => !verdicts[promise]?.kept)
  return names.map((promise) => promises[promise]).join(', ') || 'nothing'
}

/** `undici` of `p-limit (undici)`. */
function clientOf(name: string): string {
  return /\((.*)\)$/.exec(name)?.[1] ?? ''
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), `|${heads.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n')
}

function bold(name: string): string {
  return name.startsWith('polypool') ? `**${name}**` : name
}

function range({ lowest, highest }: Spread): string {
  return `${whole(lowest)} – ${whole(highest)}`
}

function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '?'
}

function digits(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 }) : '?'
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : '?'
}

function count(amount: number, what: string): string {
  return `${amount.toLocaleString('en')} ${what}${amount === 1 ? '' : 's'}`
}
