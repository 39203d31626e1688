import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ignore, { type Ignore } from 'ignore'
import type { SourceFile } from '../../reading/shared/collect.ts'
import type { AuditSettings } from './settings.ts'

/** Directories and files of tests, benchmarks, examples and what they read. */
const testFolder =
  /^(?:tests?|__tests__|specs?|e2e|__mocks__|mocks?|__fixtures__|fixtures?|testdata|test-?utils?|bench(?:es|marks?)?|examples?|samples?|demos?)$/i
const testFile = /[._-](?:test|spec|e2e|bench|benchmark|stories|fixture|mock)s?\.[cm]?[jt]sx?$|^(?:test|bench)\.[cm]?[jt]sx?$/i

export interface Sorted {
  readonly wanted: readonly SourceFile[]
  /** Left out, as tests, benchmarks, examples or fixtures. */
  readonly tests: number
  /** Left out by .gitignore, or by the config file. */
  readonly ignored: number
}

/** Leaves out what is not to be audited; a file that is named itself always is. */
export function sortFiles(files: readonly SourceFile[], settings: AuditSettings, withTests: boolean): Sorted {
  const git = new GitIgnores()
  let [tests, ignored] = [0, 0]
  const wanted = files.filter((file) => {
    if (file.named) return true
    if (settings.isIgnored(file.path) || git.isIgnored(file)) ignored += 1
    else if (!withTests && (isTest(file) || settings.isTest(file.path))) tests += 1
    else return true
    return false
  })
  return { wanted, tests, ignored }
}

/** By the part of its path that nobody has named. */
function isTest({ path: file, base }: SourceFile): boolean {
  const parts = path.relative(base, file).split(path.sep)
  return testFile.test(parts.at(-1) ?? '') || parts.slice(0, -1).some((folder) => testFolder.test(folder))
}

/** The .gitignore files of a repository, as git reads them. */
class GitIgnores {
  readonly #known = new Map<string, { readonly ignored: boolean; readonly own: Ignore | undefined; readonly top: boolean }>()

  /** Who names an ignored directory means it. */
  isIgnored({ path: file, base }: SourceFile): boolean {
    return !this.#directory(base).ignored && this.#judge(file, false)
  }

  #directory(directory: string): { readonly ignored: boolean; readonly own: Ignore | undefined; readonly top: boolean } {
    const known = this.#known.get(directory)
    if (known) return known
    const top = existsSync(path.join(directory, '.git')) || directory === path.dirname(directory)
    const found = {
      // Nothing below an ignored directory can be had back.
      ignored: !top && (this.#directory(path.dirname(directory)).ignored || this.#judge(directory, true)),
      own: readIgnores(path.join(directory, '.gitignore'), ...(top ? [path.join(directory, '.git/info/exclude')] : [])),
      top,
    }
    this.#known.set(directory, found)
    return found
  }

  /** By the files of all directories around it, of which the nearest that says anything decides. */
  #judge(target: string, isDirectory: boolean): boolean {
    for (let directory = path.dirname(target); ; directory = path.dirname(directory)) {
      const { ignored, own, top } = this.#directory(directory)
      if (ignored) return true
      const name = path.relative(directory, target).split(path.sep).join('/')
      const verdict = own?.test(isDirectory ? `${name}/` : name)
      if (verdict?.ignored) return true
      if (verdict?.unignored || top) return false
    }
  }
}

function readIgnores(...files: readonly string[]): Ignore | undefined {
  const texts = files.flatMap((file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return []
    }
  })
  return texts.length === 0 ? undefined : ignore().add(texts.join('\n'))
}
