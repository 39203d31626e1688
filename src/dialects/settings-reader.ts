import type { Reading } from '../adapter.ts'
import { fieldNames } from '../config/fields.ts'
import { parsePoolConfig } from '../config/parse.ts'
import { fieldPath } from '../config/paths.ts'
import { plainEntries } from '../config/plain-object.ts'
import type { Note, PoolConfig, Support } from '../config/types.ts'
import { type ConfigIssue, PoolConfigError } from '../errors.ts'
import { show } from '../text/show.ts'
import { defaultOf, fixedFields } from './defaults.ts'
import { type NumberRule, problemOf, toMilliseconds } from './numbers.ts'
import type { DialectSupport, SettingMeaning } from './types.ts'
import { adviceForKey } from './unknown-key.ts'
import { isBefore, readVersion } from './versions.ts'

interface DurationRule extends NumberRule {
  /** Default 1000: seconds. */
  readonly msPerUnit?: number
  /** Whether a pool has no unlimited for it. */
  readonly bounded?: true
}

const mostIssues = 100

/** One library's settings, checked one by one. What is wrong is collected; what is left out has the library's default. */
export class SettingsReader {
  /** The numbers of the library's version, if one was given. */
  readonly version: string | undefined
  readonly #support: DialectSupport
  readonly #others: readonly DialectSupport[]
  readonly #keys: readonly string[]
  readonly #given = new Map<string, unknown>()
  readonly #issues: ConfigIssue[] = []
  readonly #notes: Note[] = []
  readonly #idle = new Set<string>()

  /** @param others the words of other libraries, which a wrong key may be */
  constructor(support: DialectSupport, others: readonly DialectSupport[], settings: unknown, options: unknown) {
    this.#support = support
    this.#others = others
    this.#keys = Object.keys(support.settings)
    this.version = this.#readOptions(options)
    if (settings !== undefined) this.#collect(settings, '')
  }

  /** Whether a setting was given; a group such as `limits` also if it is empty. */
  has(key: string): boolean {
    return this.#given.has(key)
  }

  /** As it was given, or undefined. */
  raw(key: string): unknown {
    return this.#given.get(key)
  }

  /** The keys that were given, in their order. */
  given(): string[] {
    return [...this.#given.keys()]
  }

  /** A number as given, or the library's default, also in place of a wrong one. Null is None. */
  number(key: string, rule: NumberRule, fallback: unknown = this.default(key)): number | null {
    const value = this.#given.has(key) ? this.#given.get(key) : fallback
    const problem = this.#given.has(key) ? problemOf(value, rule) : undefined
    if (problem === undefined) return typeof value === 'number' && Number.isFinite(value) ? value + 0 : null
    this.fail(key, problem)
    return typeof fallback === 'number' ? fallback : null
  }

  /** A duration in milliseconds; None is `Infinity`. */
  duration(key: string, rule: DurationRule, fallback: unknown = this.default(key)): number {
    const amount = this.number(key, rule, fallback)
    if (amount === null) return Number.POSITIVE_INFINITY
    if (amount <= 0) return amount
    const { ms, changed } = toMilliseconds(amount, rule.msPerUnit ?? 1000, rule.bounded)
    if (changed !== undefined) this.note(key, 'approximated', `${key}: ${amount} ${changed}`)
    return ms
  }

  /** True or False. */
  boolean(key: string): boolean {
    const value = this.#given.has(key) ? this.#given.get(key) : this.default(key)
    if (typeof value === 'boolean') return value
    this.fail(key, `${show(value)} is neither true nor false: use one of them, without quotes`)
    return false
  }

  /** The library's default in this version. */
  default(key: string): unknown {
    return defaultOf(this.#support.defaults, key, this.version)
  }

  /** What the library does of itself in this version. */
  fixed(): PoolConfig {
    return fixedFields(this.#support.defaults, this.version)
  }

  note(field: string, support: Support, message: string): void {
    this.#notes.push({ field, support, message })
  }

  /** Notes what the declaration says of a setting that was left out, where its default means as much as a setting. */
  remark(key: string): void {
    const { support, message } = this.#meaningOf(key)
    this.note(key, support, `${key}: ${message}`)
  }

  /** Notes that a setting does nothing beside others, in place of what it means by itself. */
  noEffect(key: string, because: string): void {
    this.#idle.add(key)
    this.note(key, 'unsupported', `${key}: has no effect ${because}`)
  }

  fail(path: string, problem: string, value: unknown = this.#given.get(path)): void {
    if (this.#issues.length < mostIssues) this.#issues.push({ path, value, message: `${path}: ${problem}` })
  }

  /** Whether the library's version is older than this one; the latest is not. */
  before(version: string): boolean {
    return this.version !== undefined && isBefore(this.version, version)
  }

  /** The reading, or everything that is wrong. */
  finish(config: PoolConfig): Reading {
    if (this.#issues.length > 0) throw new PoolConfigError(this.#issues)
    return { config: this.#worthSaying(config), notes: [...this.#meanings(), ...this.#notes] }
  }

  /** What the declaration says of the settings that were given, unless they ask for nothing. */
  #meanings(): Note[] {
    return [...this.#given].flatMap(([key, value]) => {
      const { support, message } = this.#meaningOf(key)
      // None, 0 and -1 are ways of asking for nothing, and what is switched off is no different from a pool's.
      const off = value === false && (this.default(key) === false || support === 'approximated')
      const asks = !off && ![null, 0, -1, Number.POSITIVE_INFINITY].some((nothing) => nothing === value)
      const asked =
        !this.#idle.has(key) && asks && (support === 'approximated' || (support === 'unsupported' && value !== this.default(key)))
      return asked && message ? [{ field: key, support, message: `${key}: ${message}` }] : []
    })
  }

  #meaningOf(key: string): Pick<SettingMeaning, 'support' | 'message'> {
    return this.#support.settings[key] ?? { support: 'native', message: '' }
  }

  /** Without what a pool does anyway, unless it was asked for; a reader wants to see the two limits that every pool has. */
  #worthSaying(config: PoolConfig): PoolConfig {
    const asked = new Set<string>(['maxConnections', 'acquireTimeout'])
    for (const [setting, { fields: named }] of Object.entries(this.#support.settings)) {
      const group = setting.split('.')[0] ?? setting
      if (this.has(setting) || (this.has(group) && plainEntries(this.raw(group)) === undefined))
        for (const field of named) asked.add(field)
    }
    const resolved = parsePoolConfig(config).config
    const standard = parsePoolConfig(config.block === undefined ? {} : { block: config.block }).config
    return Object.fromEntries(
      fieldNames
        .filter(
          (field) =>
            config[field] !== undefined && (asked.has(field) || field === 'block' || resolved[field] !== standard[field]),
        )
        .map((field) => [field, resolved[field] === Number.POSITIVE_INFINITY ? 'unlimited' : resolved[field]]),
    )
  }

  #collect(settings: unknown, parent: string): void {
    const entries = plainEntries(settings)
    if (entries === undefined) {
      const path = parent === '' ? 'settings' : parent
      this.fail(
        path,
        `${show(settings)} is no set of ${this.#support.dialect}'s settings: use a plain object, by keyword`,
        settings,
      )
    }
    for (const [key, value] of entries ?? []) {
      const path = parent === '' ? key : `${parent}.${key}`
      if (value === undefined) continue
      const isGroup = this.#keys.some((known) => known.startsWith(`${path}.`))
      if (!isGroup && !this.#keys.includes(path))
        this.fail(fieldPath(parent, key), adviceForKey(this.#support, this.#others, parent, key), value)
      else this.#given.set(path, value)
      if (isGroup && plainEntries(value)) this.#collect(value, path)
    }
  }

  #readOptions(options: unknown): string | undefined {
    const version = plainEntries(options ?? {})?.find(([key]) => key === 'version')?.[1]
    if (version === undefined) return undefined
    const numbers = readVersion(version)
    if (numbers === undefined) this.fail('version', `${show(version)} is no version: write it as "3.8.4"`, version)
    return numbers
  }
}

/** A cap as a PoolConfig writes it. */
export function limit(count: number | null): number | 'unlimited' {
  return count === null || count === Number.POSITIVE_INFINITY ? 'unlimited' : count
}
