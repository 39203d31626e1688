import type { ClientName } from 'polypool/internal'
import { findingsIn } from '../../commands/audit/find.ts'
import type { Finding, Versions } from '../../commands/audit/rule.ts'
import { type Problem, tooDeep } from '../shared/problems.ts'
import { modelOf } from './model.ts'
import { type Place, placesIn } from './places.ts'

/** What one file is read for. */
export type Task =
  | { readonly kind: 'places'; readonly only?: ClientName | undefined }
  | { readonly kind: 'findings'; readonly versions: Versions }

export interface FileReading {
  readonly places: readonly Place[]
  readonly findings: readonly Finding[]
  readonly problem?: Problem
}

/** Reads one source text. Never throws for anything that is in it. */
export function readSource(file: string, text: string, task: Task): FileReading {
  try {
    const model = modelOf(file, text)
    if (model === undefined) return { places: [], findings: [] }
    if ('message' in model) return { places: [], findings: [], problem: model }
    return task.kind === 'places'
      ? { places: placesIn(model, task.only), findings: [] }
      : { places: [], findings: findingsIn(model, task.versions) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { places: [], findings: [], problem: { file, message: tooDeep } }
  }
}
