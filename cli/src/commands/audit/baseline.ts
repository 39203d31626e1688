import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Io, Misuse } from '../../io.ts'
import { writeUserFile } from '../../reading/shared/write-file.ts'
import type { Finding } from './finding.ts'

/** Where findings are accepted unless `--baseline` says otherwise. */
const defaultBaseline = 'polypool-audit.json'

/** Findings that are known, and not to fail: as many as were there. */
export interface AcceptedFinding {
  readonly file: string
  readonly rule: string
  /** Of the rule and the text of the line: it stays when lines above come and go. */
  readonly fingerprint: string
  readonly count: number
}

export interface Judged {
  readonly fresh: readonly Finding[]
  readonly accepted: number
  /** AcceptedFinding, but found no more. */
  readonly gone: readonly AcceptedFinding[]
}

/** The baseline of a run, and the file that it is kept in. */
export class Baseline {
  readonly name: string
  readonly #file: string
  readonly #accepted: readonly AcceptedFinding[]

  private constructor(name: string, file: string, accepted: readonly AcceptedFinding[]) {
    this.name = name
    this.#file = file
    this.#accepted = accepted
  }

  /**
   * Throws Misuse for a file that can't be read as one, and for one that is named and not there.
   * @param named undefined for the usual file, if it is there
   * @param update it is to be written, so that it need not be there
   */
  static async read(named: string | undefined, update: boolean, { cwd }: Pick<Io, 'cwd'>): Promise<Baseline> {
    const name = named ?? defaultBaseline
    const file = path.resolve(cwd, name)
    const accepted = await readAccepted(file, name)
    if (accepted === undefined && named !== undefined && !update)
      throw new Misuse(`${name}: there is no such baseline: --update-baseline writes it`)
    return new Baseline(name, file, accepted ?? [])
  }

  /** A file as the baseline names it. */
  nameOf(file: string): string {
    return path.relative(path.dirname(this.#file), file).split(path.sep).join('/')
  }

  /**
   * What of the findings is new, and which are gone.
   * @param wasRead whether a file, by its absolute path, was looked at, or is there no more
   */
  judge(findings: readonly Finding[], wasRead: (file: string) => boolean): Judged {
    const left = new Map(this.#accepted.map((one) => [one.fingerprint, one.count]))
    const fresh = findings.filter(({ fingerprint }) => {
      const count = left.get(fingerprint) ?? 0
      if (count > 0) left.set(fingerprint, count - 1)
      return count === 0
    })
    const gone = this.#accepted.flatMap((one) => {
      const count = left.get(one.fingerprint) ?? 0
      return count > 0 && wasRead(this.#pathOf(one)) ? { ...one, count } : []
    })
    return { fresh, accepted: findings.length - fresh.length, gone }
  }

  /** Accepts these findings from now on, beside what was accepted in files that were not looked at. */
  async write(findings: readonly Finding[], wasRead: (file: string) => boolean): Promise<void> {
    const counted = new Map<string, AcceptedFinding>()
    for (const { path: of, rule, fingerprint } of findings) {
      const count = (counted.get(fingerprint)?.count ?? 0) + 1
      counted.set(fingerprint, { file: this.nameOf(of), rule, fingerprint, count })
    }
    const kept = this.#accepted.filter((one) => !wasRead(this.#pathOf(one)))
    const all = [...kept, ...counted.values()].sort(
      (a, b) => compare(a.file, b.file) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint),
    )
    const text = `${JSON.stringify({ findings: all }, null, 2)}\n`
    await writeUserFile(this.#file, text, { cwd: path.dirname(this.#file), force: true, name: this.name })
  }

  #pathOf({ file }: AcceptedFinding): string {
    return path.resolve(path.dirname(this.#file), file)
  }
}

/** The accepted findings; undefined where there is no such file. */
async function readAccepted(file: string, name: string): Promise<readonly AcceptedFinding[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Misuse(`${name}: the baseline can't be read (${error.code})`)
  })
  if (text === undefined) return undefined
  const fix = 'mend it, or write it anew with --update-baseline'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Misuse(`${name}: the baseline is no JSON (${(error as Error).message}): ${fix}`)
  }
  const findings = typeof value === 'object' && value !== null && 'findings' in value ? value.findings : undefined
  if (!Array.isArray(findings)) throw new Misuse(`${name}: the baseline has no list of findings: ${fix}`)
  return findings.map((one: unknown, index) => {
    if (isAccepted(one)) return one
    throw new Misuse(`${name}: findings[${index}] of the baseline has not file, rule, fingerprint and count: ${fix}`)
  })
}

function isAccepted(value: unknown): value is AcceptedFinding {
  if (typeof value !== 'object' || value === null) return false
  const { file, rule, fingerprint, count } = value as { readonly [key: string]: unknown }
  const texts = [file, rule, fingerprint].every((one) => typeof one === 'string')
  return texts && typeof count === 'number' && Number.isSafeInteger(count) && count > 0
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
