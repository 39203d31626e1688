import path from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { PoolConfigError } from 'polypool'
import { type AuditConfig, readAuditSection, type Severity } from 'polypool/internal'
import { type Io, Misuse } from '../../io.ts'
import { ruleNames, ruleOf } from './rules.ts'

export type Threshold = NonNullable<AuditConfig['failOn']>

const ranks: { readonly [S in Severity | 'never']: number } = { off: 0, info: 1, warn: 2, error: 3, never: 4 }

/** Whether a severity is one that a threshold asks for. */
export function reaches(severity: Severity, threshold: Threshold): boolean {
  return severity !== 'off' && ranks[severity] >= ranks[threshold]
}

/** What the config file says, for files by their absolute paths. */
export class AuditSettings {
  readonly failOn: Threshold | undefined
  readonly #directory: string
  readonly #rules: { readonly [rule: string]: Severity | undefined }
  readonly #overrides: readonly { readonly files: Ignore; readonly rules: { readonly [rule: string]: Severity | undefined } }[]
  readonly #ignored: Ignore
  readonly #tests: Ignore

  constructor(directory: string, { rules = {}, overrides = [], ignore: ignored = [], tests = [], failOn }: AuditConfig) {
    this.failOn = failOn
    this.#directory = directory
    this.#rules = rules
    this.#overrides = overrides.map((one) => ({ files: matcher(one.files), rules: one.rules }))
    this.#ignored = matcher(ignored)
    this.#tests = matcher(tests)
  }

  severityOf(rule: string, file: string): Severity {
    const name = this.#nameOf(file)
    // The last one that names the rule holds.
    const override =
      name === undefined ? undefined : this.#overrides.findLast((one) => one.rules[rule] && one.files.ignores(name))
    return override?.rules[rule] ?? this.#rules[rule] ?? ruleOf(rule).severity
  }

  isIgnored(file: string): boolean {
    const name = this.#nameOf(file)
    return name !== undefined && this.#ignored.ignores(name)
  }

  isTest(file: string): boolean {
    const name = this.#nameOf(file)
    return name !== undefined && this.#tests.ignores(name)
  }

  /** As globs see it; undefined for what is not below the config file. */
  #nameOf(file: string): string | undefined {
    const name = path.relative(this.#directory, file).split(path.sep).join('/')
    return ignore.isPathValid(name) ? name : undefined
  }
}

function matcher(globs: readonly string[]): Ignore {
  return ignore().add(globs)
}

/** The settings of the working directory's config file; without one the rules' own. Throws Misuse for what is wrong with it. */
export async function readSettings({ cwd }: Pick<Io, 'cwd'>, file: string | undefined): Promise<AuditSettings> {
  try {
    const section = await readAuditSection(cwd, ruleNames, file)
    return section === null ? new AuditSettings(cwd, {}) : new AuditSettings(directoryOf(section.file), section.config)
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    throw new Misuse(error.issues.map(({ message }) => message).join('\n'))
  }
}

/** What globs are seen from: of `.config/polypool.yaml` the directory that `.config` is in. */
function directoryOf(file: string): string {
  const directory = path.dirname(file)
  return path.basename(directory) === '.config' ? path.dirname(directory) : directory
}
