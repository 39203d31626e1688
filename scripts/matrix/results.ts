import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Cell, idOf } from './cells.ts'

export interface Failure {
  /** Client and scenario, or what else went wrong. */
  readonly scenario: string
  readonly error: string
}

/** What became of a cell. */
export interface Outcome {
  readonly status: 'passed' | 'failed' | 'refused'
  /** Scenarios. */
  readonly counts: { readonly passed: number; readonly absent: number; readonly failed: number }
  readonly failures: readonly Failure[]
  /** What a pair that is not supported gives. */
  readonly refusal?: string
}

export interface CellResult extends Outcome {
  readonly cell: Cell
  readonly seconds: number
}

interface Stored extends Outcome {
  /** Of the package that was tested. */
  readonly hash: string
  readonly packages: Cell['packages']
  readonly kind: Cell['kind']
  readonly seconds: number
}

/** Results of earlier runs, one file for each cell. */
export class ResultStore {
  readonly #folder: URL
  readonly #hash: string

  constructor(folder: URL, hash: string) {
    this.#folder = folder
    this.#hash = hash
    mkdirSync(folder, { recursive: true })
  }

  /** The result of this very package with these very versions, unless it is a failure. */
  read(cell: Cell): CellResult | undefined {
    const stored = this.#parse(cell)
    if (stored === undefined || stored.hash !== this.#hash || stored.status === 'failed' || stored.kind !== cell.kind)
      return undefined
    if (JSON.stringify(stored.packages) !== JSON.stringify(cell.packages)) return undefined
    const { hash: _hash, packages: _packages, kind: _kind, ...outcome } = stored
    return { cell, ...outcome }
  }

  write({ cell, ...outcome }: CellResult): void {
    const stored: Stored = { hash: this.#hash, packages: cell.packages, kind: cell.kind, ...outcome }
    writeFileSync(this.#file(cell), `${JSON.stringify(stored, null, 2)}\n`)
  }

  #parse(cell: Cell): Stored | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(cell), 'utf8')) as Stored
    } catch {
      // Not there, or half-written by a run that was ended: it is run again.
      return undefined
    }
  }

  #file(cell: Cell): URL {
    return new URL(`${idOf(cell)}.json`, this.#folder)
  }
}
