import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { advise, type PoolConfig, PoolConfigError, type PoolSample, type Suggestion } from 'polypool'
import { commandLine, counted, formatDuration, isDivided, literal } from 'polypool/internal'
import { Findings, type Io, Misuse } from '../io.ts'
import { colorsFor, examples, printable, table, toJson } from '../output.ts'
import { scrape } from './advise/scrape.ts'
import { readConfig } from './shared/load-config.ts'
import { ReportSource, reportedPool } from './shared/reports.ts'
import { durationOption, positiveOption } from './size/arguments.ts'

interface Options {
  readonly socket?: string
  readonly pool?: string
  readonly prefix: string
  readonly samples: number
  readonly every: number
  readonly json?: boolean
}

/** Samples, and the config that they were taken under. */
interface Taken {
  readonly config: PoolConfig
  readonly samples: readonly PoolSample[]
}

export function registerAdvise(program: Command, io: Io): void {
  const command = program
    .command('advise')
    .description(
      'Compares the limits of a pool with what was measured under them, and suggests others, each with the numbers that it rests on.',
    )
    .argument('[samples]', 'a file with samples, as JSON, or the URL of /metrics')
    .option('--socket <path>', 'the socket of a process that serves its statistics (serveStats)')
    .option('--pool <name>', 'which pool, where there are several')
    .option('--prefix <prefix>', 'what the names at /metrics begin with', 'polypool_')
    .option('--samples <n>', 'how often to read /metrics', positiveOption('--samples', { whole: true }), 30)
    .option('--every <time>', 'how long to wait between two', durationOption('--every'), 2000)
    .action((source: string | undefined, options: Options) => run(source, options, io))
  examples(command, [
    [`${commandLine} advise --socket /run/shop/polypool.sock`, 'the last five minutes of a running process'],
    [`${commandLine} advise http://127.0.0.1:9464/metrics --pool orders`, 'one minute from now, by its metrics'],
    [`${commandLine} advise samples.json`, '{ config, samples: [{ at, stats }] }, with stats of pool.stats()'],
  ])
}

async function run(source: string | undefined, options: Options, io: Io): Promise<void> {
  const taken = await take(source, options, io)
  const suggestions = suggest(taken)
  const processes = await processesOf(io)
  io.stdout(
    options.json
      ? toJson({ samples: taken.samples.length, ...(processes === 1 ? {} : { processes }), suggestions })
      : await textOf(taken, suggestions, processes, io),
  )
  if (suggestions.length > 0) throw new Findings()
}

async function take(source: string | undefined, options: Options, io: Io): Promise<Taken> {
  if ((source === undefined) === (options.socket === undefined))
    throw new Misuse('say where the samples are: a file, the URL of /metrics, or --socket <path>; one of them')
  if (options.socket !== undefined) return fromSocket(path.resolve(io.cwd, options.socket), options.pool)
  return /^https?:/.test(source ?? '') ? fromMetrics(source ?? '', options, io) : fromFile(path.resolve(io.cwd, source ?? ''))
}

async function fromSocket(socket: string, name: string | undefined): Promise<Taken> {
  const reports = await ReportSource.connect(socket)
  try {
    const report = await reports.next()
    if (report === undefined) throw new Misuse(`${socket} closed before it told anything`)
    const { config, history = [], stats, closes } = reportedPool(report, name)
    return { config, samples: [...history, { at: report.at, stats, closes }] }
  } finally {
    reports.close()
  }
}

/** The limits are those of the project's config file, where it has the pool; /metrics tells maxConnections alone. */
async function fromMetrics(url: string, { pool, prefix, samples, every }: Options, io: Io): Promise<Taken> {
  const onSample = (number: number) => {
    if (io.isErrTTY) io.stderr(`\rsample ${number} of ${samples}${number === samples ? '\n' : ''}`)
  }
  const { samples: taken, limit } = await scrape({ url, pool, prefix, samples, every, onSample })
  const { pools } = await readConfig(io)
  const config = (pool === undefined ? undefined : pools.get(pool)?.config) ?? {}
  return { config: { ...config, maxConnections: limit }, samples: taken }
}

function fromFile(file: string): Taken {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Misuse(`${file} can't be read as JSON: ${(error as Error).message}`)
  }
  if (Array.isArray(content)) return { config: {}, samples: content as PoolSample[] }
  const { config = {}, samples } = (content ?? {}) as Partial<Taken>
  return { config, samples: samples as readonly PoolSample[] }
}

/** Among how many the project's config divides its limits: what is measured is of one process. */
async function processesOf(io: Io): Promise<number> {
  try {
    return (await readConfig(io)).processes.count
  } catch (error) {
    // The samples may be of another project; whatever is wrong with this one's config is for `check` to say.
    if (error instanceof Misuse) return 1
    throw error
  }
}

function suggest({ config, samples }: Taken): Suggestion[] {
  try {
    return advise(config, samples)
  } catch (error) {
    if (error instanceof PoolConfigError) throw new Misuse(error.message)
    throw error
  }
}

async function textOf({ samples }: Taken, suggestions: readonly Suggestion[], processes: number, io: Io): Promise<string> {
  const times = samples.map(({ at }) => at)
  const span = samples.length < 2 ? 0 : Math.max(...times) - Math.min(...times)
  const basis = `${counted(samples.length, 'sample')} over ${formatDuration(Math.round(span / 100) * 100)}`
  if (suggestions.length === 0)
    return `${basis}: nothing to change, as far as so many show. The busiest time of a day tells most.\n`
  const rows = suggestions.map(({ field, host, current, suggested, reason }) => [
    host === undefined ? field : `${field} of ${printable(host)}`,
    valueText(field, current),
    valueText(field, suggested),
    printable(reason),
  ])
  const { bold } = colorsFor(io)
  const changes = suggestions.map(({ field, host, suggested }) => {
    const value = valueText(field, isDivided(field) ? suggested * processes : suggested)
    return host === undefined ? `${field}: ${value}` : `hosts: { ${literal(host)}: { ${field}: ${value} } }`
  })
  const all = processes === 1 ? '' : `, where limits are those of all ${processes} processes`
  const columns = [
    { head: 'field' },
    { head: 'now', align: 'right' },
    { head: 'suggested', align: 'right' },
    { head: 'why', wrap: true },
  ] as const
  return `${basis}\n\n${await table(io, columns, rows)}\n${bold(`In polypool.config.yaml${all}`)}\n${changes.map((line) => `  ${printable(line)}\n`).join('')}`
}

function valueText(field: Suggestion['field'], value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited'
  return field === 'keepAliveExpiry' ? formatDuration(value) : String(value)
}
