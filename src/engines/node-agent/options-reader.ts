import type { Note, Support } from '../../config/types.ts'
import type { Options } from '../options.ts'

/** Reads native options, and remembers which, so that none is dropped in silence. */
export class OptionsReader {
  readonly notes: Note[] = []
  readonly #options: Options
  readonly #read = new Set<string>()

  constructor(options: Options) {
    this.#options = options
  }

  read(option: string): unknown {
    this.#read.add(option)
    return this.#options[option]
  }

  /** A positive finite number, or undefined. */
  positive(option: string): number | undefined {
    const value = this.read(option)
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined
  }

  /** A cap as node reads it: absence, 0 and NaN are no cap, and it compares with what is not whole. */
  cap(option: string): number | 'unlimited' {
    const value = this.read(option)
    const count = Number(value || Number.POSITIVE_INFINITY)
    if (count > 0) return Number.isFinite(count) ? Math.ceil(count) : 'unlimited'
    this.note(option, 'unsupported', `${option} is no number of connections, and lets no request through: it was left out`)
    return 'unlimited'
  }

  note(field: string, support: Support, message: string): void {
    this.notes.push({ field, support, message })
  }

  /** Options that have a value and were not asked for. */
  unread(): string[] {
    return Object.keys(this.#options).filter((option) => !this.#read.has(option) && this.#options[option] !== undefined)
  }
}
