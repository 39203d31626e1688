import path from 'node:path'
import type { Command } from 'commander'
import { commandLine, counted } from 'polypool/internal'
import { Findings, type Io, Misuse } from '../io.ts'
import { moduleUrl } from '../module-url.ts'
import { colorsFor, examples, printable, toJson } from '../output.ts'
import { readSources } from '../reading/javascript/read-sources.ts'
import { collectSources } from '../reading/shared/collect.ts'
import { type Problem, showProblem } from '../reading/shared/problems.ts'
import { readTexts } from '../reading/shared/read-texts.ts'
import type { Finding } from './audit/rule.ts'
import { VersionFinder, type Versions } from './audit/versions.ts'

interface Options {
  readonly json?: boolean
}

export function registerAudit(program: Command, io: Io): void {
  const command = program
    .command('audit')
    .description(
      'Finds known mistakes in code that uses HTTP clients, with file, line and why. A comment "polypool-ignore <rule>" on the line or above it allows one.',
    )
    .argument('[globs...]', 'files, directories or globs, without node_modules (default: the working directory)')
    .action((globs: string[], options: Options) => audit(globs, options, io))
  examples(command, [
    [`${commandLine} audit`, 'everything below the working directory'],
    [`${commandLine} audit 'src/**/*.ts' server.js`, 'globs and files'],
    [`${commandLine} audit --json | jq .findings`, 'for programs'],
  ])
}

async function audit(globs: readonly string[], options: Options, io: Io): Promise<void> {
  if (globs.includes('-')) throw new Misuse('audit reads files, not standard input: name files, directories or globs')
  const files = await collectSources(globs.length === 0 ? ['.'] : globs, io)
  const problems: Problem[] = []
  const versions = new VersionFinder()
  const {
    found: findings,
    problems: unread,
    files: read,
  } = await readSources<Versions, Finding>(
    readTexts(files, problems),
    files.length,
    moduleUrl('./audit/worker', import.meta.url),
    (name) => versions.for(path.resolve(io.cwd, name)),
    io,
  )
  const all = [...problems, ...unread]
  if (options.json) io.stdout(toJson({ files: read, findings, problems: all }))
  else {
    io.stdout(report(findings, io))
    const { yellow } = colorsFor(io)
    for (const problem of all) io.stderr(`${yellow('warning:')} ${printable(showProblem(problem))}\n`)
    io.stdout(`${count(findings.length, 'finding')} in ${count(read, 'file')}\n`)
  }
  // A file that could not be read can't be said to be fine.
  if (findings.length > 0 || all.length > 0) throw new Findings()
}

function count(number: number, what: string): string {
  return number === 0 ? `no ${what}s` : counted(number, what)
}

/** One block for each rule: why and fix once, then its places. */
function report(findings: readonly Finding[], io: Io): string {
  const { bold, dim, red } = colorsFor(io)
  return [...new Set(findings.map(({ rule }) => rule))]
    .map((rule) => {
      const group = findings.filter((finding) => finding.rule === rule)
      const [first] = group
      if (first === undefined) return ''
      const places = group.map(
        ({ file, line, column, message }) => `  ${printable(file)}:${line}:${column}  ${printable(message)}\n`,
      )
      return `${red(bold(first.rule))}  ${bold(first.title)}\n${places.join('')}  ${dim('why:')} ${first.why}\n  ${dim('fix:')} ${first.fix}\n\n`
    })
    .join('')
}
