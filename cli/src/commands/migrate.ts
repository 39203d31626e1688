import type { Command } from 'commander'
import { type ClientName, clientNames, clients, commandLine, counted } from 'polypool/internal'
import { clientNamed } from '../clients.ts'
import { Findings, type Io, Misuse } from '../io.ts'
import { moduleUrl } from '../module-url.ts'
import { colorsFor, examples, printable, toJson } from '../output.ts'
import type { Place } from '../reading/javascript/places.ts'
import { readSources } from '../reading/javascript/read-sources.ts'
import { collectSources } from '../reading/shared/collect.ts'
import { assertFormat } from '../reading/shared/config-file.ts'
import { type Problem, showProblem } from '../reading/shared/problems.ts'
import { readTexts, type SourceText } from '../reading/shared/read-texts.ts'
import { schemaFrom, writeUserFile } from '../reading/shared/write-file.ts'
import { written } from '../reading/shared/written.ts'
import { configText, type NamedMove, nameMoves } from './migrate/config-file.ts'
import { parseSettings, placesInSettings } from './migrate/json.ts'
import { type Move, moveOf, targetOf } from './migrate/migrate.ts'
import { reportMoves } from './migrate/report.ts'
import { rewrite } from './migrate/rewrite/run.ts'
import type { FoundPlace } from './migrate/worker.ts'

interface Options {
  readonly from?: string
  readonly to?: string
  readonly write?: boolean
  readonly diff?: boolean
  readonly configFile?: string
  readonly writeConfig?: string
  readonly force?: boolean
  readonly json?: boolean
}

export function registerMigrate(program: Command, io: Io): void {
  const command = program
    .command('migrate')
    .description(
      'Moves sources to pools. --write and --diff edit them where the client stays: agents and dispatchers that they make become those of a pool. --to shows what a move to another client means.',
    )
    .argument('[files...]', 'JavaScript, TypeScript or JSON files, directories or globs; - or none reads standard input')
    .option('--write', 'edit the sources; what can’t be done safely is left alone, with the reason')
    .option('--diff', 'show the edits as a diff; with --write do both')
    .option('--config-file <file>', 'with those: move limits to this config file (.yaml or .yml), where a source can wait for it')
    .option('--to <client>', `client to move to: ${clientNames.join(', ')}`)
    .option('--from <client>', 'only places of this client (default: every client, with --to every other one)')
    .option('--write-config <file>', 'with --to: write a config file with a pool for each place')
    .option('--force', 'overwrite a config file that is there')
    .action((files: string[], options: Options) => migrate(files, options, io))
  examples(command, [
    [`${commandLine} migrate --diff src`, 'what it would edit'],
    [`${commandLine} migrate --write --config-file polypool.config.yaml src`, 'agents to pools, limits to a file'],
    [`${commandLine} migrate --from axios --to undici src/api.ts`, 'what another client means for one file'],
    [`${commandLine} migrate --to got 'src/**/*.ts' --write-config polypool.config.yaml`, 'all clients of a code base'],
    [`echo '{ "maxSockets": 50 }' | ${commandLine} migrate --from node-http --to undici`, 'settings as JSON'],
  ])
}

async function migrate(args: string[], options: Options, io: Io): Promise<void> {
  const from = options.from === undefined ? undefined : clientNamed(options.from)
  if (options.to === undefined) return edit(args, from, options, io)
  for (const [flag, given] of [
    ['--write', options.write],
    ['--diff', options.diff],
    ['--config-file', options.configFile],
  ] as const)
    if (given !== undefined)
      throw new Misuse(`${flag} edits where the client stays; --to shows a move to another one: give one or the other`)
  const to = clientNamed(options.to)
  if (options.writeConfig !== undefined) assertFormat(options.writeConfig)
  else if (options.force) throw new Misuse('--force belongs to --write-config <file>')
  const problems: Problem[] = []
  const { texts, total } = await inputs(args, problems, io)
  const { places, problems: unread, browser } = await placesOf(texts, total, from, io)
  // Places that are at the target already are shown only when they are asked for.
  const moving = places.filter(({ client }) => from !== undefined || client !== to)
  const moves = moving.map((place) => moveOf(place, clients[place.client], to, clients[to]))
  const all = [...problems, ...unread]
  const target = targetOf(to, clients[to])
  const pools = options.writeConfig === undefined ? undefined : nameMoves(moves)
  if (pools && options.writeConfig !== undefined) await writeConfig(pools, options.writeConfig, options.force === true, io)
  if (options.json) {
    io.stdout(
      toJson({
        to: target,
        moves: moves.map((move, at) => ({ ...move, config: written(move.config), ...poolOf(pools?.[at]) })),
        problems: all,
      }),
    )
  } else {
    io.stdout(moves.length === 0 ? '' : reportMoves(moves, target, io))
    tell(moves, all, pools, options, io)
    if (browser > 0) io.stderr(`left out: ${counted(browser, 'file')} for browsers, which pool by themselves\n`)
  }
  if (all.length > 0) throw new Findings()
}

/** Without another client to go to. */
async function edit(args: string[], from: ClientName | undefined, options: Options, io: Io): Promise<void> {
  const { write = false, diff = false, configFile } = options
  if (!write && !diff)
    throw new Misuse('say what to do: --diff shows edits, --write makes them, --to <client> shows a move to another client')
  if (options.writeConfig !== undefined)
    throw new Misuse('--write-config belongs to --to; with --write or --diff it is --config-file')
  if (options.force) throw new Misuse('--force belongs to --write-config <file>')
  if (args.length === 0 || args.includes('-')) throw new Misuse('--write and --diff edit files: name files, directories or globs')
  const problems: Problem[] = []
  const { texts, total } = await inputs(args, problems, io)
  await rewrite(texts, total, problems, { from, write, diff, configFile, json: options.json === true }, io)
}

function poolOf(named: NamedMove | undefined): { pool?: string } {
  return named ? { pool: named.pool } : {}
}

async function inputs(
  args: readonly string[],
  problems: Problem[],
  io: Io,
): Promise<{ texts: Iterable<SourceText>; total: number }> {
  const files = args.filter((argument) => argument !== '-')
  if (files.length > 0) {
    if (files.length < args.length) throw new Misuse('- is standard input: give either that or files')
    const found = await collectSources(files, io)
    return { texts: readTexts(found, problems), total: found.length }
  }
  // Whoever forgot the files would wonder why nothing happens.
  if (args.length === 0 && io.isErrTTY) io.stderr('reading standard input (Ctrl-D ends it)\n')
  const text = await io.stdin()
  if (text.trim() === '') throw new Misuse('standard input is empty: give files, or pipe a source or JSON into it')
  return { texts: [{ name: '<stdin>', text }], total: 1 }
}

async function placesOf(
  texts: Iterable<SourceText>,
  total: number,
  from: ClientName | undefined,
  io: Io,
): Promise<{ places: Place[]; problems: Problem[] /** Files for browsers, which were left out. */; browser: number }> {
  const inJson: Place[] = []
  const sources = withoutSettings(texts, (name, data) => inJson.push(...placesInSettings(name, data, from)))
  const worker = moduleUrl('./migrate/worker', import.meta.url)
  const { found, problems } = await readSources<ClientName | undefined, FoundPlace>(sources, total, worker, () => from, io)
  const browser = new Set(found.flatMap(({ file, inBrowser }) => (inBrowser ? file : [])))
  const kept = found.flatMap(({ inBrowser, ...place }) => (inBrowser ? [] : place))
  return { places: [...inJson, ...kept], problems, browser: browser.size }
}

/** The texts that are no settings as JSON. */
function* withoutSettings(texts: Iterable<SourceText>, take: (name: string, data: unknown) => void): Generator<SourceText> {
  for (const source of texts) {
    const { name, text } = source
    const data = name.endsWith('.json') || name === '<stdin>' ? parseSettings(text) : undefined
    if (data !== undefined) take(name, data)
    else if (name.endsWith('.json')) throw new Misuse(`${name}: not a JSON object or list`, { file: name })
    else yield source
  }
}

async function writeConfig(pools: readonly NamedMove[], file: string, force: boolean, io: Io): Promise<void> {
  if (pools.length === 0) throw new Misuse(`${file} is not written: no place was found that sets up connections`)
  await writeUserFile(file, configText(pools, file, schemaFrom(file, io.cwd)), { cwd: io.cwd, force })
}

function tell(
  moves: readonly Move[],
  problems: readonly Problem[],
  pools: readonly NamedMove[] | undefined,
  options: Options,
  io: Io,
): void {
  const { green, yellow } = colorsFor(io)
  for (const problem of problems) io.stderr(`${yellow('warning:')} ${printable(showProblem(problem))}\n`)
  if (moves.length === 0) io.stderr(`no place was found that ${options.from ?? 'a client'} is set up or used in\n`)
  if (pools) {
    io.stderr(
      `${green('written:')} ${printable(options.writeConfig ?? '')} with the pools ${pools.map(({ pool }) => pool).join(', ')}\n`,
    )
    io.stderr(`Use them by loadPools() of polypool; ${commandLine} check shows what they mean.\n`)
    for (const { pool, move } of pools) {
      if (move.unknown.length > 0)
        io.stderr(
          `${yellow('left out:')} ${pool}: ${move.unknown.map(({ field }) => field).join(', ')}, which the source does not tell\n`,
        )
    }
  }
}
