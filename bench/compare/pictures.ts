import { dots, type Panel, type Row } from '../plots/dots.ts'
import { cells } from './cells.ts'
import { type BySubject, isFailed, type Memory, type Outcome, type Results, type Series, spreadOf } from './results.ts'

/** Every plot of docs/benchmarks.md, by the name of its file. */
export function picturesOf(results: Results): { readonly [file: string]: string } {
  return {
    'benchmarks-throughput.svg': dots('Answers a second: more is better', panels(results, 'rate')),
    'benchmarks-cpu.svg': dots('Processor time of the client for an answer, µs: less is better', panels(results, 'cpu')),
    'benchmarks-p99.svg': dots('99 of 100 answers came within so many ms: less is better', panels(results, 'p99')),
    'benchmarks-memory.svg': dots('Memory of the client, bytes: less is better', [
      memory('an open connection', results.memory, ({ connection }) => connection),
      memory('a waiting request', results.memory, ({ waiting }) => waiting),
    ]),
  }
}

function panels(results: Results, key: keyof Series): Panel[] {
  const ofCells = cells
    .filter(({ id }) => id in results.cells)
    .map(({ id, title }) => ({ title, rows: rows(results.cells[id] ?? {}, (series) => spreadOf(series[key])) }))
  const { python } = results
  if (Object.keys(python).length === 0) return ofCells
  return [...ofCells, { title: 'Python, one host', rows: rows(python, (series) => spreadOf(series[key])) }]
}

function memory(title: string, found: BySubject<Outcome<Memory>>, bytes: (memory: Memory) => number | null): Panel {
  return {
    title,
    rows: rows(found, (outcome) => {
      const value = bytes(outcome)
      return value === null ? 'none waits' : spreadOf([value])
    }),
  }
}

function rows<T extends object>(found: BySubject<Outcome<T>>, value: (outcome: T) => Row['value']): Row[] {
  return Object.entries(found).map(([label, outcome]) => ({
    label,
    own: label.startsWith('polypool'),
    value: isFailed(outcome) ? `failed: ${outcome.failed}` : value(outcome),
  }))
}
