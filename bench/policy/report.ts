import { best, type Cell, ratios, rules, summarize } from './compare.ts'
import type { Figures } from './figures.ts'

const heads = '| | requests per second | of the best | connects per request | p50 ms | p99 ms | longest ms | fairness | bound |'

/** One row per load: the rule, the rule it has replaced, strict order, divided by hand. */
export function table(cells: readonly Cell[]): string[] {
  return [heads, '|---|---|---:|---|---|---|---|---|---:|', ...cells.map(row)]
}

function row(cell: Cell): string {
  const each = (field: keyof Figures, digits: number) =>
    rules.map((rule) => number(cell.figures[rule][field], digits)).join(' / ')
  const columns = [
    cell.load.name,
    each('rate', 0),
    `**${ratios(cell).rate.toFixed(2)}**`,
    each('connects', 2),
    each('p50', 0),
    each('p99', 0),
    each('longest', 0),
    each('fairness', 2),
    number(cell.bound.rate, 0),
  ]
  return `| ${columns.join(' | ')} |`
}

const number = (value: number, digits: number) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** One row per group of loads. */
export function groups(cells: readonly Cell[]): string[] {
  const names = [...new Set(cells.map(({ load }) => load.group))]
  return [
    '| loads | how many | lowest | mean | p99 above 1.05 | longest above 1.5 | connects above the old rule |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...names.map((name) =>
      summary(
        name,
        cells.filter(({ load }) => load.group === name),
      ),
    ),
    summary('**all**', cells),
  ]
}

function summary(name: string, cells: readonly Cell[]): string {
  const { loads, lowest, mean, slow, long, busy } = summarize(cells)
  return `| ${name} | ${loads} | ${lowest.toFixed(2)} | ${mean.toFixed(3)} | ${slow} | ${long} | ${busy} |`
}

/** The loads that the rule does worst in, worst first. */
export function worst(cells: readonly Cell[], count: number): Cell[] {
  return cells.toSorted((a, b) => ratios(a).rate - ratios(b).rate).slice(0, count)
}

/** For the plot: requests per second as a share of the best of the three others. */
export function shares(cell: Cell): { name: string; rule: number; old: number; divided: number } {
  const { rule, old, divided } = cell.figures
  const most = best(cell)
  return { name: cell.load.name, rule: rule.rate / most, old: old.rate / most, divided: divided.rate / most }
}
