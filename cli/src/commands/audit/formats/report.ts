import type { Io } from '../../../io.ts'
import type { Problem } from '../../../reading/shared/problems.ts'
import type { AcceptedFinding } from '../baseline.ts'
import type { Finding } from '../finding.ts'

/** What an audit came to. */
export interface AuditReport {
  /** Files that were looked at. */
  readonly files: number
  /** Files left out: tests and the like, and what .gitignore or the config file names. */
  readonly apart: { readonly tests: number; readonly ignored: number }
  /** Without what the baseline accepts. */
  readonly findings: readonly Finding[]
  readonly problems: readonly Problem[]
  readonly baseline: { readonly name: string; readonly accepted: number; readonly gone: readonly AcceptedFinding[] }
  /** Information is wanted, too. */
  readonly info: boolean
}

/** Writes a report to stdout. */
export type ReportFormat = (report: AuditReport, io: Io) => void

/** What is no mere information, unless that is wanted. */
export function shown({ findings, info }: AuditReport): readonly Finding[] {
  return info ? findings : findings.filter(({ severity }) => severity !== 'info')
}
