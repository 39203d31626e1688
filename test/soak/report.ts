import Table from 'cli-table3'
import ora from 'ora'
import type { Findings } from './findings.ts'
import { growth, type Sample } from './samples.ts'
import type { Traffic } from './traffic.ts'

/**
 * How much the last third of the samples may be above the middle third while pools are open. What idles then and what they keep differs:
 * node's agents keep 100 TLS sessions each, undici's side up to 128 lanes per pool.
 */
const bounds: Sample = { heap: 8_000_000, external: 4_000_000, pools: 2, connections: 30, lanes: 200, requests: 60 }

/** The same with all pools closed: about twice what is seen without a leak. One of ten connections that stays is more. */
const restedBounds: Partial<Sample> = { heap: 1_000_000, external: 1_000_000 }

/** Fewer samples have no thirds worth the name. */
export const fewest = 6

/** A run of so many minutes goes on until it has samples enough, on a busy machine up to three times as long; that growth was not judged is a finding then. */
export const judged = 2

interface State {
  readonly requests: number
  readonly opened: number
  readonly samples: readonly Sample[]
  readonly findings: readonly string[]
}

/** A line every ten seconds; on a terminal one that is renewed. */
export class Progress {
  readonly #timer: NodeJS.Timeout
  readonly #spinner = ora({ isEnabled: process.stdout.isTTY })

  constructor(minutes: number, state: () => State) {
    const began = performance.now()
    const tell = () => {
      const { requests, opened, samples, findings } = state()
      const heap = samples.at(-1)?.heap
      const seconds = Math.round((performance.now() - began) / 1000)
      const text = [
        `${seconds} s of ${Math.round(minutes * 60)}`,
        `${count(requests)} requests`,
        `${count(opened)} connections`,
        ...(heap === undefined ? [] : [`heap ${megabytes(heap)}`]),
        `${findings.length} findings`,
      ].join(', ')
      if (process.stdout.isTTY) this.#spinner.text = text
      else console.log(text)
    }
    if (process.stdout.isTTY) this.#spinner.start()
    this.#timer = setInterval(tell, process.stdout.isTTY ? 1000 : 10_000)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#spinner.stop()
  }
}

interface Run {
  readonly minutes: number
  readonly traffic: Pick<Traffic, 'outcomes' | 'requests' | 'opened' | 'changes'>
  /** With pools open. */
  readonly samples: readonly Sample[]
  /** With all pools closed. */
  readonly rested: readonly Sample[]
  readonly findings: Pick<Findings, 'add' | 'all'>
}

/** Tables of what was done and what grew. Adds what grew too much to the findings. */
export function summary({ minutes, traffic, samples, rested, findings }: Run): string {
  const memory = new Table({ head: ['after a collection', 'first', 'last', 'growth', 'allowed'] })
  const unjudged = Object.entries({ 'pools open': samples, 'pools closed': rested })
    .filter(([, series]) => series.length < fewest)
    .map(([when, { length }]) => `growth with ${when} was not judged: ${length} samples, at least ${fewest} are needed`)
  // A run that a finding has cut short has few samples for that reason.
  if (minutes >= judged && findings.all.length === 0) for (const problem of unjudged) findings.add(problem)
  const measure = (key: keyof Sample, when: string, series: readonly number[], bound: number) => {
    const grown = growth(series)
    const show = key === 'heap' || key === 'external' ? megabytes : count
    if (series.length >= fewest && grown > bound) {
      findings.add(`${key}, ${when}, grow by ${show(grown)} from the middle third to the last, ${show(bound)} is allowed`)
    }
    const shown = series.length < fewest ? 'not judged' : show(grown)
    memory.push([`${key}, ${when}`, show(series[0] ?? 0), show(series.at(-1) ?? 0), shown, show(bound)])
  }
  const keys = Object.keys(bounds) as (keyof Sample)[]
  for (const key of keys)
    measure(
      key,
      'pools open',
      samples.map((sample) => sample[key]),
      bounds[key],
    )
  for (const key of keys) {
    const bound = restedBounds[key]
    if (bound !== undefined)
      measure(
        key,
        'pools closed',
        rested.map((sample) => sample[key]),
        bound,
      )
  }
  const endings = new Table({ head: ['client', 'requests', 'how they ended'], colWidths: [null, null, 90], wordWrap: true })
  for (const [client, counts] of traffic.outcomes) {
    const sorted = [...counts].sort(([, a], [, b]) => b - a)
    const total = sorted.reduce((sum, [, ended]) => sum + ended, 0)
    endings.push([client, count(total), sorted.map(([name, ended]) => `${name} ${count(ended)}`).join(', ')])
  }
  const { reconfigured, replaced, reopened } = traffic.changes
  return [
    endings.toString(),
    memory.toString(),
    `${count(traffic.requests)} requests, ${count(traffic.opened)} connections; reconfigured ${reconfigured} times, ${replaced} pools replaced, ${reopened} budgets ended and opened anew`,
    ...unjudged.filter((one) => !findings.all.includes(one)),
    ...findings.all.map((problem) => `✗ ${problem}`),
  ].join('\n')
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
