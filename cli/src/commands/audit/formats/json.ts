import { toJson } from '../../../output.ts'
import { docsOf, ruleOf } from '../rules.ts'
import type { ReportFormat } from './report.ts'

/** For programs: all there is to know. */
export const json: ReportFormat = ({ files, apart, findings, problems, baseline }, io) => {
  const all = findings.map(({ path: _, ...finding }) => {
    const { title, why, fix } = ruleOf(finding.rule)
    return { ...finding, title, why, fix, docs: docsOf(finding.rule) }
  })
  io.stdout(toJson({ files, apart, findings: all, problems, baseline }))
}
