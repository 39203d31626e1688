import { createHash } from 'node:crypto'
import type { Position, Severity } from 'polypool/internal'
import type { RuleFinding } from './rule.ts'

/** A finding as it is reported. */
export interface Finding extends Position {
  /** As it was named, or found from the working directory. */
  readonly file: string
  /** Its absolute path. */
  readonly path: string
  readonly rule: string
  readonly message: string
  readonly severity: Exclude<Severity, 'off'>
  /** Of the file, the rule and the text of the line: the same where the line has moved. */
  readonly fingerprint: string
  /** The package that the file is part of, where a package.json says so. */
  readonly package: string | undefined
}

/** @param file as the baseline names it */
export function fingerprintOf({ rule, code }: RuleFinding, file: string): string {
  return createHash('sha256').update(`${rule}\0${file}\0${code}`).digest('hex').slice(0, 20)
}
