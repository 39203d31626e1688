import { type Problem, tooDeep } from '../shared/problems.ts'
import { type Model, modelOf } from './model.ts'

/** What one file is read for: finds something in its model, by what `task` says of the file. */
export type Finder<Task, Found> = (model: Model, task: Task) => readonly Found[]

export interface FileReading<Found> {
  readonly found: readonly Found[]
  readonly problem?: Problem
}

/** Reads one source text. Never throws for anything that is in it. */
export function readSource<Found>(file: string, text: string, find: (model: Model) => readonly Found[]): FileReading<Found> {
  try {
    const model = modelOf(file, text)
    if (model === undefined) return { found: [] }
    return 'message' in model ? { found: [], problem: model } : { found: find(model) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { found: [], problem: { file, message: tooDeep } }
  }
}
