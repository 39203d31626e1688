import path from 'node:path'
import { plainEntries } from '../config/plain-object.ts'
import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean } from '../text/similar.ts'
import { type AuditConfig, type AuditRules, auditKeys, type Severity, severities, thresholds } from './audit-section.ts'
import { findConfigFile, packageFile, packageKey } from './discover.ts'
import { parseFile } from './parse-file.ts'
import { formatPath, type Path } from './paths.ts'
import { Problems, type Trouble } from './problems.ts'
import { readText } from './read-text.ts'

/** What a config file says of the audit, checked. */
export interface AuditSection {
  /** Absolute path of the config file. */
  readonly file: string
  readonly config: AuditConfig
}

type Report = (at: Path, trouble: Trouble, part?: 'key' | 'value') => void

/**
 * The key `audit` of the config file for a directory, or of the file that is named; null where there is no config file.
 * The pools in it are not looked at. Throws one PoolConfigError with everything that is wrong.
 *
 * @param names the rules that there are
 */
export async function readAuditSection(
  cwd: string,
  names: readonly string[],
  named: string | undefined,
): Promise<AuditSection | null> {
  const base = path.resolve(cwd)
  const file = named === undefined ? await findConfigFile(base) : path.resolve(base, named)
  if (file === null) return null
  const { value, places, faults } = await parseFile(file, await readText(file, base), base)
  const problems = new Problems(base)
  for (const { place, ...trouble } of faults) problems.add({ file, place }, trouble)
  const root: Path = path.basename(file) === packageFile ? [packageKey, 'audit'] : ['audit']
  const report: Report = (at, trouble, part = 'value') => {
    const whole = [...root, ...at]
    problems.add({ file, place: places?.find(whole, part) }, { ...trouble, path: formatPath(whole) })
  }
  const section = root.reduce<unknown>((outer, key) => entry(outer, key), value)
  const config = section === undefined || section === null ? {} : readKeys(section, names, report)
  problems.throwIfAny()
  return { file, config }
}

function entry(outer: unknown, name: string): unknown {
  return plainEntries(outer)?.find(([key]) => key === name)?.[1]
}

const readers: {
  readonly [kind in (typeof auditKeys)[keyof AuditConfig]['kind']]: (
    value: unknown,
    at: Path,
    names: readonly string[],
    report: Report,
  ) => unknown
} = {
  rules: readRules,
  overrides: readOverrides,
  globs: (value, at, _, report) => readGlobs(value, at, report),
  threshold: (value, at, _, report) => oneOf(thresholds, value, at, report),
}

function readKeys(section: unknown, names: readonly string[], report: Report): AuditConfig {
  const entries = plainEntries(section)
  if (entries === undefined) {
    report([], { problem: `${show(section)} is not a group of settings`, fix: 'write audit: { rules: { … } }', value: section })
    return {}
  }
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const known = Object.hasOwn(auditKeys, key) ? auditKeys[key as keyof AuditConfig] : undefined
      if (known === undefined) {
        const keys = Object.keys(auditKeys)
        report([key], { problem: 'unknown key', fix: didYouMean(key, keys) ?? `use ${list(keys)}` }, 'key')
        return [key, undefined]
      }
      return [key, readers[known.kind](value, [key], names, report)]
    }),
  )
}

function readRules(value: unknown, at: Path, names: readonly string[], report: Report): AuditRules {
  const entries = plainEntries(value)
  if (entries === undefined) {
    report(at, { problem: `${show(value)} is not a set of rules`, fix: `write { ${names[0]}: error }`, value })
    return {}
  }
  const read: AuditRules = {}
  for (const [rule, severity] of entries) {
    if (!names.includes(rule)) {
      report(
        [...at, rule],
        { problem: 'there is no such rule', fix: didYouMean(rule, names) ?? `the rules are ${list(names)}` },
        'key',
      )
    }
    const found = oneOf<Severity>(severities, severity, [...at, rule], report)
    if (found) read[rule] = found
  }
  return read
}

function readOverrides(value: unknown, at: Path, names: readonly string[], report: Report): AuditConfig['overrides'] {
  const fix = "write [{ files: ['scripts/**'], rules: { … } }]"
  if (!Array.isArray(value)) {
    report(at, { problem: `${show(value)} is not a list of overrides`, fix, value })
    return []
  }
  return value.map((one: unknown, index) => {
    const where = [...at, String(index)]
    const entries = new Map(plainEntries(one))
    for (const key of ['files', 'rules']) {
      if (!entries.has(key)) report(where, { problem: `it has no ${key}`, fix, value: one })
    }
    for (const key of entries.keys()) {
      if (key !== 'files' && key !== 'rules')
        report([...where, key], { problem: 'unknown key', fix: 'use files and rules' }, 'key')
    }
    return {
      files: entries.has('files') ? readGlobs(entries.get('files'), [...where, 'files'], report) : [],
      rules: entries.has('rules') ? readRules(entries.get('rules'), [...where, 'rules'], names, report) : {},
    }
  })
}

function readGlobs(value: unknown, at: Path, report: Report): string[] {
  if (!Array.isArray(value)) {
    report(at, { problem: `${show(value)} is not a list of globs`, fix: "write ['legacy/**']", value })
    return []
  }
  return value.flatMap((glob: unknown, index) => {
    if (typeof glob === 'string' && glob.trim() !== '' && !/^(?:\.\.|[A-Za-z]:)/.test(glob)) return [glob.replace(/^\.\//, '')]
    const fix = 'write one that is seen from the config file, such as legacy/**'
    report([...at, String(index)], { problem: `${show(glob)} is no glob`, fix, value: glob })
    return []
  })
}

function oneOf<T extends string>(words: readonly T[], value: unknown, at: Path, report: Report): T | undefined {
  const found = words.find((word) => word === value)
  if (found === undefined) {
    report(at, { problem: `${show(value)} is none of ${list(words)}`, fix: `use ${list(words)}`, value })
  }
  return found
}
