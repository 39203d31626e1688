import { divide, isDivided } from '../config/processes.ts'
import type { Note } from '../config/types.ts'
import type { Author, Problems } from './problems.ts'
import type { SetField, Settings } from './settings.ts'

/** What one process has of the limits of all. */
export interface SharedOut {
  readonly settings: Settings
  /** Remainders. */
  readonly notes: readonly Note[]
}

/** Divides what is set. A limit that leaves less than one for each is reported, once where several pools inherit it. */
export class Shares {
  readonly #count: number
  readonly #problems: Problems
  readonly #told = new Set<SetField>()

  constructor(count: number, problems: Problems) {
    this.#count = count
    this.#problems = problems
  }

  of(whole: Settings): SharedOut {
    const notes: Note[] = []
    if (this.#count === 1) return { settings: whole, notes }
    const settings: Settings = new Map()
    for (const [path, setting] of whole) settings.set(path, this.#share(path, setting, notes))
    return { settings, notes }
  }

  #share(path: string, setting: SetField, notes: Note[]): SetField {
    const { field, value } = setting
    if (!isDivided(field) || typeof value !== 'number') return setting
    const { each, left } = divide(value, this.#count)
    if (each === 0 && value > 0) this.#refuse(path, setting, value)
    if (left > 0) {
      const message = `${path}: ${value} over ${this.#count} processes is ${each} for each, and ${left} for none`
      notes.push({ field: path, support: 'approximated', message })
    }
    return { ...setting, value: each, total: value }
  }

  #refuse(path: string, setting: SetField, value: number): void {
    if (this.#told.has(setting)) return
    this.#told.add(setting)
    const count = this.#count
    this.#problems.add(authorOf(setting), {
      path,
      value,
      problem: `${value} over ${count} processes leaves less than one for each`,
      fix: `set it to ${count} or more, or processes to ${value} or less; what can't be divided is held by a proxy in front or by a lease (docs/past-one-process.md)`,
    })
  }
}

function authorOf({ origin }: SetField): Author {
  if (origin.from === 'env') return { variable: origin.variable }
  if (origin.from !== 'file') return { code: 'loadPools({ pools })' }
  const { file, line, column } = origin
  return { file, place: line === undefined || column === undefined ? undefined : { line, column } }
}
