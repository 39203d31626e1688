import type { Position } from 'polypool/internal'
import type { Model } from '../../reading/javascript/model.ts'
import type { Versions } from './versions.ts'

/** One place at which a rule is broken. */
export interface Hit {
  readonly at: { readonly start: number }
  /** What is wrong here. */
  readonly message: string
}

/** A known mistake: told once, here, for the audit, its help and the docs. */
export interface AuditRule {
  readonly id: string
  readonly title: string
  /** What it leads to. */
  readonly why: string
  readonly fix: string
  find(model: Model, versions: Versions): Iterable<Hit>
}

export interface Finding extends Position {
  readonly file: string
  readonly rule: string
  readonly title: string
  readonly message: string
  readonly why: string
  readonly fix: string
}
