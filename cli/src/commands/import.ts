import path from 'node:path'
import type { Command } from 'commander'
import { commandLine } from 'polypool/internal'
import { Findings, type Io, Misuse } from '../io.ts'
import { colorsFor, examples, printable, toJson } from '../output.ts'
import { progressOn } from '../progress.ts'
import { dialectNames } from '../reading/python/dialects.ts'
import { type Imported, importFile } from '../reading/python/import.ts'
import { namePools } from '../reading/python/pool-names.ts'
import { readPython } from '../reading/python/read-file.ts'
import { Trials } from '../reading/python/trial.ts'
import { configYaml, settingName } from '../reading/python/yaml.ts'
import { collectSources, pythonSources } from '../reading/shared/collect.ts'
import { type Problem, showProblem } from '../reading/shared/problems.ts'
import { readTexts, type SourceText } from '../reading/shared/read-texts.ts'
import { redactData } from '../reading/shared/secrets.ts'
import { schemaFrom, writeUserFile } from '../reading/shared/write-file.ts'
import { written } from '../reading/shared/written.ts'
import { dialectNamed } from './shared/dialects.ts'

interface Options {
  readonly libraryVersion?: string
  readonly write?: string
  readonly force?: boolean
  readonly json?: boolean
}

export function registerImport(program: Command, io: Io): void {
  const command = program
    .command('import')
    .description(
      'Reads connection pools out of Python sources, or the Python in Markdown documents, and prints a config file that behaves the same, with a comment for each value that says where it comes from.',
    )
    .argument('<dialect>', `${dialectNames.join(', ')}, or auto for all of them`)
    .argument(
      '[files...]',
      'Python files, directories or globs, and Markdown files that are named; - or none reads standard input',
    )
    .option(
      '--library-version <version>',
      'version of the Python library, where its defaults changed (default: the latest known)',
    )
    .option('--write <file>', 'write the config file (.yaml or .yml) instead of printing it')
    .option('--force', 'overwrite a config file that is there')
    .action((dialect: string, files: string[], options: Options) => importPools(dialect, files, options, io))
  examples(command, [
    [`${commandLine} import auto app/clients.py`, 'every library that the file uses'],
    [`${commandLine} import httpx 'src/**/*.py' --write polypool.config.yaml`, 'one library, of a code base'],
    [`${commandLine} import auto docs/pooling.md --json`, 'the Python in a document, for programs'],
    [`${commandLine} import aiohttp --library-version 3.8.4 - < app.py`, 'with the defaults of a version'],
  ])
}

async function importPools(name: string, args: string[], options: Options, io: Io): Promise<void> {
  const dialect = dialectNamed(name, ['auto'])
  const { libraryVersion: version } = options
  if (version !== undefined && !/^v?\d{1,5}(\.\d{1,5}){0,3}/.test(version)) {
    throw new Misuse(`--library-version: ${JSON.stringify(version)} is no version: write it as 3.8.4`, { version })
  }
  if (version !== undefined && dialect === 'auto') {
    throw new Misuse('--library-version is that of one library: name its dialect instead of auto', { version })
  }
  if (options.write !== undefined) assertYaml(options.write)
  else if (options.force) throw new Misuse('--force belongs to --write <file>')
  const problems: Problem[] = []
  const { texts, named } = await inputs(args, problems, io)
  const found: Imported[] = []
  let failed = false
  let unparsed = 0
  const trials = new Trials(version)
  const progress = progressOn(io)
  for (const { name: file, text } of texts) {
    progress.step(`reading ${printable(file)}`)
    const one = importFile(readPython(file, text), dialect === 'auto' ? undefined : dialect, trials)
    found.push(...one.found)
    problems.push(...one.problems)
    unparsed += one.problems.length
    // Where the parser alone is at a loss, the places of the file are right all the same.
    failed ||= one.problems.some(({ parserGap }) => !parserGap || one.found.length === 0)
  }
  progress.stop()
  failed ||= problems.length > unparsed
  const names = namePools(found)
  const pools = found.map((from, index) => ({ name: names[index] ?? from.dialect, from }))
  if (options.write !== undefined) await write(pools, options.write, options.force === true, io)
  if (options.json) io.stdout(toJson(pools.map((pool) => jsonOf(pool))))
  else if (options.write === undefined && pools.length > 0) io.stdout(configYaml(pools))
  tell(pools, problems, named, dialect, options, io)
  if (failed) throw new Findings()
}

type NamedPools = Parameters<typeof configYaml>[0]

function jsonOf({ name, from }: NamedPools[number]): object {
  const { dialect, file, line, column, place, config, notes, unknown, settings, origins } = from
  return {
    dialect,
    file,
    line,
    column,
    place,
    name,
    config: written(config),
    notes,
    unknown,
    settings: redactData(settings, 5),
    origins,
  }
}

function assertYaml(file: string): void {
  if (['.yaml', '.yml'].includes(path.extname(file).toLowerCase())) return
  throw new Misuse(`${file}: import writes YAML: name it *.yaml or *.yml`, { file })
}

/** The texts, and the files that were named, and not found. */
async function inputs(
  args: readonly string[],
  problems: Problem[],
  io: Io,
): Promise<{ texts: Iterable<SourceText>; named: ReadonlySet<string> }> {
  const files = args.filter((argument) => argument !== '-')
  if (files.length > 0) {
    if (files.length < args.length) throw new Misuse('- is standard input: give either that or files')
    const found = await collectSources(files, io, pythonSources)
    return { texts: readTexts(found, problems), named: new Set(found.flatMap((one) => (one.named ? one.name : []))) }
  }
  // Whoever forgot the files would wonder why nothing happens.
  if (args.length === 0 && io.isErrTTY) io.stderr('reading standard input (Ctrl-D ends it)\n')
  const text = await io.stdin()
  if (text.trim() === '') throw new Misuse('standard input is empty: give files, or pipe Python or Markdown into it')
  return { texts: [{ name: '<stdin>', text }], named: new Set(['<stdin>']) }
}

async function write(pools: NamedPools, file: string, force: boolean, io: Io): Promise<void> {
  if (pools.length === 0) throw new Misuse(`${file} is not written: no place was found that sets up connections`)
  await writeUserFile(file, configYaml(pools, schemaFrom(file, io.cwd)), { cwd: io.cwd, force })
}

/** Problems one by one of files that were named, and in one line of many that were found. */
function* linesOf(problems: readonly Problem[], named: ReadonlySet<string>): Generator<string> {
  const found = new Map<string, Problem>()
  for (const problem of problems) {
    if (named.has(problem.file)) yield showProblem(problem)
    else if (!found.has(problem.file)) found.set(problem.file, problem)
  }
  const [first, ...others] = found.values()
  if (first === undefined) return
  const more =
    others.length === 0
      ? ''
      : `; nor ${others.length === 1 ? 'is 1 other file' : `are ${others.length} other files`} read in whole, name them to see why`
  yield `${showProblem(first)}${more}`
}

function tell(
  pools: NamedPools,
  problems: readonly Problem[],
  named: ReadonlySet<string>,
  dialect: string,
  options: Options,
  io: Io,
): void {
  const { green, yellow } = colorsFor(io)
  for (const line of linesOf(problems, named)) io.stderr(`${yellow('warning:')} ${printable(line)}\n`)
  if (pools.length === 0 && problems.length === 0) {
    const library = dialect === 'auto' ? dialectNames.join(', ') : dialect
    io.stderr(`no place was found that sets up connections: looked for clients, pools and limits of ${library}\n`)
  }
  if (options.write !== undefined) {
    io.stderr(
      `${green('written:')} ${printable(options.write)} with the ${pools.length === 1 ? 'pool' : 'pools'} ${pools.map(({ name }) => name).join(', ')}\n`,
    )
  }
  for (const { name, from } of pools) {
    const settings = [...new Set(from.unknown.map(settingName))]
    if (settings.length > 0) io.stderr(`${yellow('left out:')} ${name}: ${settings.join(', ')}, which the source does not tell\n`)
  }
}
