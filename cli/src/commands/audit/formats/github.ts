import { docsOf, ruleOf } from '../rules.ts'
import { pathIn, repositoryOf } from './paths.ts'
import { type ReportFormat, shown } from './report.ts'
import { summary } from './text.ts'

const commands = { error: 'error', warn: 'warning', info: 'notice' } as const

/** Workflow commands of GitHub Actions, which become annotations at the lines of a pull request. */
export const github: ReportFormat = (report, io) => {
  const root = repositoryOf(io.cwd)
  const findings = shown(report)
  for (const { severity, path, line, column, rule, message } of findings) {
    const { fix } = ruleOf(rule)
    const properties = { file: pathIn(root, path), line, col: column, title: `polypool: ${rule}` }
    const written = Object.entries(properties).map(
      ([name, value]) => `${name}=${escaped(String(value)).replace(/[:,]/g, percent)}`,
    )
    io.stdout(`::${commands[severity]} ${written.join(',')}::${escaped(`${message}\n${fix} (${docsOf(rule)})`)}\n`)
  }
  io.stdout(`${summary(report, findings)}\n`)
}

/** What would end a command, or begin another one. */
function escaped(text: string): string {
  return text.replace(/[%\r\n]/g, percent)
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
