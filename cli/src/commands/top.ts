import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { StatsReport } from 'polypool'
import { commandLine } from 'polypool/internal'
import { type Io, Misuse, type Screen } from '../io.ts'
import { colorsFor, examples, toJson } from '../output.ts'
import { ReportSource } from './shared/reports.ts'
import { durationOption, positiveOption } from './size/arguments.ts'
import { frameOf, plainLines } from './top/frame.ts'
import { watchedPools } from './top/rates.ts'

interface Options {
  readonly every: number
  readonly count?: number
  readonly html?: string | true
  readonly json?: boolean
}

export function registerTop(program: Command, io: Io): void {
  const command = program
    .command('top')
    .description(
      'Shows the pools of a running process: what is in use of each limit, who waits, rates, and why connections closed.',
    )
    .argument('<socket>', 'as the process has it: serveStats(pools, { path })')
    .option('--every <time>', 'how long to wait between two looks', durationOption('--every'), 1000)
    .option('--count <n>', 'look so often, then end', positiveOption('--count', { whole: true }))
    .option('--html [file]', 'write a page with the last five minutes as charts')
    .option('--json', 'print one report as JSON')
    .action((socket: string, options: Options) => top(path.resolve(io.cwd, socket), options, io))
  examples(command, [
    [`${commandLine} top /run/shop/polypool.sock`, 'on a terminal; q quits'],
    [`${commandLine} top /run/shop/polypool.sock --every 10s >> pools.log`, 'a line for each pool'],
    [`${commandLine} top /run/shop/polypool.sock --html`, 'polypool-top.html'],
  ])
}

async function top(socket: string, options: Options, io: Io): Promise<void> {
  const source = await ReportSource.connect(socket)
  try {
    const first = await source.next()
    if (first === undefined) throw new Misuse(`${socket} closed before it told anything`)
    if (options.html !== undefined) await writePage(first, options.html === true ? 'polypool-top.html' : options.html, io)
    if (options.json) io.stdout(toJson(first))
    else if (options.html === undefined) await watch(source, first, options, io)
  } finally {
    source.close()
  }
}

async function writePage(report: StatsReport, file: string, io: Io): Promise<void> {
  const { statsPage } = await import('../report/stats-page.ts')
  writeFileSync(path.resolve(io.cwd, file), statsPage(report))
  io.stderr(`written: ${file}\n`)
}

async function watch(source: ReportSource, first: StatsReport, options: Options, io: Io): Promise<void> {
  if (io.screen === undefined) return showLines(source, first, options, io)
  return showScreen(source, first, options, io, io.screen)
}

async function* reports(
  source: ReportSource,
  first: StatsReport,
  { every, count = Number.POSITIVE_INFINITY }: Options,
  signal?: AbortSignal,
) {
  let before: StatsReport | undefined
  let report: StatsReport | undefined = first
  for (let number = 1; report !== undefined; number++) {
    yield { report, watched: watchedPools(report, before) }
    if (number >= count) return
    try {
      await sleep(every, undefined, { signal })
    } catch {
      return
    }
    before = report
    source.ask()
    report = await source.next()
  }
}

async function showLines(source: ReportSource, first: StatsReport, options: Options, io: Io): Promise<void> {
  for await (const { report, watched } of reports(source, first, options)) {
    for (const line of plainLines(report, watched)) io.stdout(`${line}\n`)
  }
}

const csi = '\u001b['
/** The other screen, without a cursor, so that what was there before comes back. */
const enter = `${csi}?1049h${csi}?25l`
const leave = `${csi}?25h${csi}?1049l`

async function showScreen(source: ReportSource, first: StatsReport, options: Options, io: Io, screen: Screen): Promise<void> {
  const quit = new AbortController()
  let draw = () => {}
  const stop = screen.watch(
    (key) => {
      if (key !== 'q') return
      quit.abort()
      // It may be waiting for a process that does not answer.
      source.close()
    },
    () => draw(),
  )
  io.stdout(enter)
  try {
    for await (const { report, watched } of reports(source, first, options, quit.signal)) {
      draw = () => {
        const lines = frameOf(report, watched, screen.size(), colorsFor(io))
        // Each line over the old one and cleared to its end: no flicker.
        io.stdout(`${csi}H${lines.map((line) => `${line}${csi}K\r\n`).join('')}${csi}J`)
      }
      draw()
    }
  } finally {
    stop()
    io.stdout(leave)
  }
  if (!quit.signal.aborted && options.count === undefined) io.stderr(`process ${first.pid} has closed its socket\n`)
}
