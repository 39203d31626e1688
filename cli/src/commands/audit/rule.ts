import type { Position, Severity } from 'polypool/internal'
import type { Model } from '../../reading/javascript/model.ts'
import type { Versions } from './versions.ts'

/** One place at which a rule is broken. */
export interface Hit {
  readonly at: { readonly start: number }
  /** What is wrong here. */
  readonly message: string
}

/** A known mistake: told once, here, for the audit, its help, the docs and the schema of config files. */
export interface AuditRule {
  readonly id: string
  /** What it counts as unless the config file says otherwise; `info` is no mistake, but worth to be known. */
  readonly severity: Exclude<Severity, 'off'>
  readonly title: string
  /** What it leads to. */
  readonly why: string
  readonly fix: string
  /** Modules with the mistake, and with what is done instead. */
  readonly example: { readonly bad: string; readonly good: string; readonly versions?: Versions }
  find(model: Model, versions: Versions): Iterable<Hit>
}

/** What a rule finds in a file. */
export interface RuleFinding extends Position {
  readonly file: string
  readonly rule: string
  readonly message: string
  /** A hash of the line: it tells whether the line is still the same, and nothing of what stands there. */
  readonly code: string
}
