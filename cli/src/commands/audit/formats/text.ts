import { counted } from 'polypool/internal'
import { colorsFor, printable } from '../../../output.ts'
import type { Finding } from '../finding.ts'
import { docsOf, ruleOf } from '../rules.ts'
import { type AuditReport, type ReportFormat, shown } from './report.ts'

/** For people: by package where there are several, then one block for each rule, with why and fix once. */
export const text: ReportFormat = (report, io) => {
  const { bold } = colorsFor(io)
  const findings = shown(report)
  const packages = [...new Set(findings.map((one) => one.package))]
  for (const name of packages) {
    if (packages.length > 1) io.stdout(`${bold(printable(name ?? 'outside packages'))}\n\n`)
    io.stdout(
      blocks(
        findings.filter((one) => one.package === name),
        io,
      ),
    )
  }
  io.stdout(`${summary(report, findings)}\n`)
}

function blocks(findings: readonly Finding[], io: Parameters<ReportFormat>[1]): string {
  const { bold, dim, red, yellow, cyan } = colorsFor(io)
  const colors = { error: red, warn: yellow, info: cyan }
  return [...new Set(findings.map(({ rule, severity }) => `${severity} ${rule}`))]
    .map((key) => {
      const group = findings.filter(({ rule, severity }) => `${severity} ${rule}` === key)
      const [first] = group
      if (first === undefined) return ''
      const { title, why, fix } = ruleOf(first.rule)
      const places = group.map(
        ({ file, line, column, message }) => `  ${printable(file)}:${line}:${column}  ${printable(message)}\n`,
      )
      const head = `${colors[first.severity](`${first.severity} ${bold(first.rule)}`)}  ${bold(title)}`
      return `${head}\n${places.join('')}  ${dim('why:')} ${why}\n  ${dim('fix:')} ${fix}\n  ${dim('see:')} ${docsOf(first.rule)}, or --explain ${first.rule}\n\n`
    })
    .join('')
}

/** `3 findings in 20 files, 2 more accepted by polypool-audit.json`, and what there is besides on a line of its own. */
export function summary({ files, apart, baseline, findings }: AuditReport, told: readonly Finding[]): string {
  const lines = [`${count(told.length, 'finding')} in ${count(files, 'file')}`]
  if (baseline.accepted > 0) lines[0] += `, ${baseline.accepted} more accepted by ${printable(baseline.name)}`
  const hidden = findings.length - told.length
  if (hidden > 0) lines.push(`${counted(hidden, 'place')} worth to be known: --info shows them`)
  if (apart.tests > 0)
    lines.push(`${counted(apart.tests, 'file')} of tests, benchmarks and examples left out: --tests reads them`)
  return lines.join('\n')
}

function count(number: number, what: string): string {
  return number === 0 ? `no ${what}s` : counted(number, what)
}
