import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Command, Option } from 'commander'
import { commandLine, counted, list, thresholds } from 'polypool/internal'
import { Findings, type Io, Misuse } from '../io.ts'
import { moduleUrl } from '../module-url.ts'
import { colorsFor, examples, printable } from '../output.ts'
import { readSources } from '../reading/javascript/read-sources.ts'
import { collectSources, javascriptSources, type SourceFile, type SourceKind } from '../reading/shared/collect.ts'
import { type Problem, showProblem } from '../reading/shared/problems.ts'
import { readTexts, type SourceText } from '../reading/shared/read-texts.ts'
import { Baseline } from './audit/baseline.ts'
import { changedSince } from './audit/changed.ts'
import { componentExtensions, isComponent, scriptText } from './audit/components.ts'
import { explainRule } from './audit/explain.ts'
import { sortFiles } from './audit/files.ts'
import { type Finding, fingerprintOf } from './audit/finding.ts'
import { type FormatName, reportFormats } from './audit/formats/index.ts'
import type { AuditReport } from './audit/formats/report.ts'
import { Packages } from './audit/packages.ts'
import type { RuleFinding } from './audit/rule.ts'
import { type AuditSettings, reaches, readSettings, type Threshold } from './audit/settings.ts'
import { VersionFinder, type Versions } from './audit/versions.ts'

interface Options {
  readonly json?: boolean
  readonly format?: FormatName
  readonly config?: string
  readonly failOn?: Threshold
  readonly tests?: boolean
  readonly info?: boolean
  readonly changed?: string | true
  readonly baseline?: string
  readonly updateBaseline?: boolean
  readonly explain?: string
}

export function registerAudit(program: Command, io: Io): void {
  const command = program
    .command('audit')
    .description(
      'Finds known mistakes in code that uses HTTP clients, with file, line and why. A comment "polypool-ignore <rule>: <reason>" on the line or above it allows one.',
    )
    .argument('[globs...]', 'files, directories or globs, without node_modules (default: the working directory)')
    .addOption(new Option('--format <format>', 'how it is told (default: text)').choices(Object.keys(reportFormats)))
    .addOption(new Option('--fail-on <severity>', 'the least severity that ends with 1 (default: warn)').choices(thresholds))
    .option('--tests', 'read tests, benchmarks, examples and fixtures, too')
    .option('--info', 'show information, too')
    .option('--changed [ref]', 'only files that differ from where the branch left this commit (default: HEAD)')
    .option('--baseline <file>', 'findings that are accepted (default: polypool-audit.json, if it is there)')
    .option('--update-baseline', 'accept what is found now')
    .option('--config <file>', 'the config file whose key "audit" counts (default: the nearest)')
    .option('--explain <rule>', 'tell a rule at length, and read nothing')
    .action((globs: string[], options: Options) => audit(globs, options, io))
  examples(command, [
    [`${commandLine} audit`, 'everything below the working directory'],
    [`${commandLine} audit 'src/**/*.ts' server.js`, 'globs and files'],
    [`${commandLine} audit --changed=origin/main --format github`, 'a gate for pull requests'],
    [`${commandLine} audit --update-baseline`, 'accept what is there, so that only new mistakes fail'],
    [`${commandLine} audit --json | jq .findings`, 'for programs'],
  ])
}

/** Vue, Svelte and Astro have scripts, too. */
const auditSources: SourceKind = {
  ...javascriptSources,
  extensions: javascriptSources.extensions.replace('}', `,${componentExtensions.join(',')}}`),
}

async function audit(globs: readonly string[], options: Options, io: Io): Promise<void> {
  if (options.explain !== undefined) return io.stdout(explainRule(options.explain))
  const format = formatOf(options)
  if (globs.includes('-')) throw new Misuse('audit reads files, not standard input: name files, directories or globs')
  const settings = await readSettings(io, options.config)
  const failOn = options.failOn ?? settings.failOn ?? 'warn'
  const baseline = await Baseline.read(options.baseline, options.updateBaseline === true, io)
  const { wanted, tests, ignored } = sortFiles(await filesOf(globs, options, io), settings, options.tests === true)
  const { files, found, problems } = await read(wanted, io)
  const all = findingsOf(found, settings, baseline, io)
  // Information fails nothing, and so needs no leave.
  const grave = all.filter(({ severity }) => severity !== 'info' || failOn === 'info')
  const paths = new Set(wanted.map((file) => file.path))
  const wasRead = (file: string) => paths.has(file) || !existsSync(file)
  if (options.updateBaseline) await baseline.write(grave, wasRead)
  const { fresh, accepted, gone } = options.updateBaseline
    ? { fresh: [], accepted: grave.length, gone: [] }
    : baseline.judge(grave, wasRead)
  const counts = new Set(grave)
  const left = new Set(fresh)
  const findings = all.filter((one) => !counts.has(one) || left.has(one))
  const report: AuditReport = {
    files,
    apart: { tests, ignored },
    findings,
    problems,
    baseline: { name: baseline.name, accepted, gone },
    info: options.info === true || failOn === 'info',
  }
  reportFormats[format](report, io)
  tell(report, io)
  // A file that could not be read can't be said to be fine.
  const fails = findings.some(({ severity }) => reaches(severity, failOn)) || problems.length > 0
  if (fails && failOn !== 'never') throw new Findings()
}

function formatOf({ json, format }: Options): FormatName {
  if (json && format !== undefined && format !== 'json') throw new Misuse(`--json and --format ${format}: name one of them`)
  return json ? 'json' : (format ?? 'text')
}

async function filesOf(globs: readonly string[], { changed }: Options, io: Io): Promise<readonly SourceFile[]> {
  const files = await collectSources(globs.length === 0 ? ['.'] : globs, io, auditSources)
  if (changed === undefined) return files
  const since = await changedSince(changed === true ? 'HEAD' : changed, io.cwd)
  return files.filter((file) => since.has(file.path))
}

async function read(
  wanted: readonly SourceFile[],
  io: Io,
): Promise<{ files: number; found: readonly RuleFinding[]; problems: readonly Problem[] }> {
  const versions = new VersionFinder()
  const unread: Problem[] = []
  function* texts(): Generator<SourceText> {
    for (const { name, text } of readTexts(wanted, unread)) yield { name, text: scriptText(name, text) }
  }
  const { found, problems, files } = await readSources<Versions, RuleFinding>(
    texts(),
    wanted.length,
    moduleUrl('./audit/worker', import.meta.url),
    (name) => versions.for(path.resolve(io.cwd, name)),
    io,
  )
  return { files, found, problems: [...unread, ...problems] }
}

function findingsOf(found: readonly RuleFinding[], settings: AuditSettings, baseline: Baseline, io: Io): readonly Finding[] {
  const packages = new Packages(io.cwd)
  return found.flatMap((one): Finding | readonly [] => {
    const { code: _, ...finding } = one
    const file = path.resolve(io.cwd, one.file)
    const severity = settings.severityOf(one.rule, file)
    if (severity === 'off') return []
    const fingerprint = fingerprintOf(one, baseline.nameOf(file))
    return { ...finding, path: file, severity, fingerprint, package: packages.of(file) }
  })
}

/** On stderr, whatever the format is: what could not be read, and what is accepted without need. */
function tell({ problems, baseline: { gone, name } }: AuditReport, io: Io): void {
  const warn = (message: string) => io.stderr(`${colorsFor(io).yellow('warning:')} ${printable(message)}\n`)
  const [components, others] = [
    problems.filter(({ file }) => isComponent(file)),
    problems.filter(({ file }) => !isComponent(file)),
  ]
  for (const problem of others) warn(showProblem(problem))
  // In components this may be a language of their own: one line is enough.
  if (components.length > 0)
    warn(`scripts of ${counted(components.length, 'component')} not read: ${list(components.map(showProblem), 3)}`)
  const count = gone.reduce((sum, one) => sum + one.count, 0)
  if (count > 0) {
    const where = list([...new Set(gone.map(({ file }) => file))], 3)
    warn(`${counted(count, 'finding')} of ${name} gone (${where}): --update-baseline takes them out`)
  }
}
