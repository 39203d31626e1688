import path from 'node:path'
import { type ConfigIssue, PoolConfigError } from '../errors.ts'
import type { Position } from '../text/positions.ts'
import { visible } from '../text/show.ts'

/** What is wrong with a config from a file or the environment: where it was written, what was given, and what to write instead. */
export interface FileConfigIssue extends ConfigIssue {
  /** Absolute path of the config file, if it was written in one. */
  readonly file?: string
  /** From 1; absent where the format gives no places (JavaScript and TypeScript). */
  readonly line?: number
  readonly column?: number
  /** The environment variable, if it was set by one. */
  readonly variable?: string
  /** What is wrong, without where and without the fix. */
  readonly problem: string
  /** What to write instead. */
  readonly fix: string
}

export interface Trouble {
  readonly problem: string
  readonly fix: string
  /** Dotted path from the root of the document. */
  readonly path?: string
  readonly value?: unknown
}

/** Who wrote it. */
export type Author =
  | { readonly file: string; readonly place?: Position | undefined }
  | { readonly variable: string }
  | { readonly code: string }

// A hostile file can hold a hundred thousand mistakes; nobody reads more than these.
const mostIssues = 100

/** Collects everything that is wrong, so that all of it is told at once. */
export class Problems {
  readonly #issues: FileConfigIssue[] = []
  readonly #base: string
  #omitted = 0

  /** @param base the directory against which messages name files */
  constructor(base: string) {
    this.#base = base
  }

  /** @param trouble a function is called only if there is room for it: suggestions take time */
  add(author: Author, trouble: Trouble | (() => Trouble)): void {
    if (this.#issues.length === mostIssues) this.#omitted++
    else this.#issues.push(this.#issue(author, typeof trouble === 'function' ? trouble() : trouble))
  }

  /** There are that many more, of which no more is known. */
  omit(count: number): void {
    this.#omitted += count
  }

  throwIfAny(): void {
    if (this.#issues.length > 0) this.fail()
  }

  fail(): never {
    // In the order of the file; what has no line keeps its turn behind.
    const issues = this.#issues.sort((a, b) => lineOf(a) - lineOf(b) || (a.column ?? 0) - (b.column ?? 0))
    if (this.#omitted > 0) {
      const problem = `and ${this.#omitted} more, not listed`
      issues.push({ path: '', value: undefined, problem, fix: '', message: problem })
    }
    throw new PoolConfigError(issues)
  }

  #issue(author: Author, { problem, fix, path: at = '', value }: Trouble): FileConfigIssue {
    // Names out of a file may hold what would steer a terminal.
    const what = visible(`${at && `${at}: `}${problem}${fix && `: ${fix}`}`)
    const common = { path: at, value, problem, fix }
    if ('variable' in author) return { ...common, variable: author.variable, message: `${author.variable}: ${what}` }
    if ('code' in author) return { ...common, message: `${author.code}: ${what}` }
    const { file, place } = author
    return { ...common, file, ...place, message: `${formatFile(file, place, this.#base)}: ${what}` }
  }
}

function lineOf({ line = Number.MAX_SAFE_INTEGER }: FileConfigIssue): number {
  return line
}

/** One problem that leaves nothing to go on with. */
export function refuseFile(file: string, base: string, trouble: Trouble, place?: Position): never {
  const problems = new Problems(base)
  problems.add({ file, place }, trouble)
  return problems.fail()
}

/** `polypool.config.yaml:4:21`, relative where the file is below the base. */
export function formatFile(file: string, place: Position | undefined, base: string): string {
  const relative = path.relative(base, file)
  const name = relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative
  return place === undefined ? name : `${name}:${place.line}:${place.column}`
}
