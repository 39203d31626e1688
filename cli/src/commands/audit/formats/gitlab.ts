import { toJson } from '../../../output.ts'
import { docsOf, ruleOf } from '../rules.ts'
import { pathIn, repositoryOf } from './paths.ts'
import { type ReportFormat, shown } from './report.ts'

const severities = { error: 'major', warn: 'minor', info: 'info' } as const

/** The report of GitLab's Code Quality. Fingerprints are unique there, so that equal ones are numbered. */
export const gitlab: ReportFormat = (report, io) => {
  const root = repositoryOf(io.cwd)
  const times = new Map<string, number>()
  const entries = shown(report).map(({ rule, severity, message, path, line, fingerprint }) => {
    const time = (times.get(fingerprint) ?? 0) + 1
    times.set(fingerprint, time)
    return {
      description: `${message} (${ruleOf(rule).fix}; ${docsOf(rule)})`,
      check_name: rule,
      fingerprint: time === 1 ? fingerprint : `${fingerprint}-${time}`,
      severity: severities[severity],
      location: { path: pathIn(root, path), lines: { begin: line } },
    }
  })
  io.stdout(toJson(entries))
}
