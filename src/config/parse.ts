import { type ConfigIssue, PoolConfigError } from '../errors.ts'
import { show } from '../text/show.ts'
import { contradictions } from './contradictions.ts'
import type { FieldSpec } from './description.ts'
import { fieldDefaults, fieldNames, fields, hostFieldNames, pickFields } from './fields.ts'
import { readHostKey } from './hosts.ts'
import { fieldPath } from './paths.ts'
import { insteadOf, kindOf, type PlainObject, plainObject } from './plain-object.ts'
import type { HostLimits, Note, PoolConfigField, ResolvedPoolConfig } from './types.ts'
import { adviceFor } from './unknown-names.ts'
import { conceal, readValue } from './values.ts'

export interface ParsedPoolConfig {
  readonly config: ResolvedPoolConfig
  /** The fields that were given, and not as undefined. */
  readonly explicit: ReadonlySet<PoolConfigField>
  /** Combinations that mean something else than they seem to; each says what wins. */
  readonly notes: readonly Note[]
}

/**
 * Checks a config and fills in the defaults. The result is frozen, shares nothing with the input, and is itself a valid input.
 * Throws one PoolConfigError that lists everything that is wrong.
 */
export function parsePoolConfig(input: unknown): ParsedPoolConfig {
  const report = new Report()
  const given = input === undefined ? {} : readPool(input, report)
  report.throwIfAny()
  const explicit = new Set(fieldNames.filter((field) => given[field] !== undefined))
  const config = withDefaults(given)
  const notes = contradictions(config, explicit).map(({ field, support, message }) => Object.freeze({ field, support, message }))
  return Object.freeze({ config, explicit, notes: Object.freeze(notes) })
}

/**
 * A config with some fields changed: what `patch` does not name (or gives as undefined) stays as it was.
 * Defaults stay defaults: `block: false` alone brings its own `maxOverflow`, unless one had been given.
 */
export function patchPoolConfig(previous: ParsedPoolConfig, patch: unknown): ParsedPoolConfig {
  return parsePoolConfig({ ...explicitFields(previous), ...explicitFields(parsePoolConfig(patch)) })
}

function explicitFields({ config, explicit }: ParsedPoolConfig): Given {
  return pickFields(config, [...explicit])
}

type Given = Partial<ResolvedPoolConfig>

function withDefaults(given: Given): ResolvedPoolConfig {
  const config: ResolvedPoolConfig = { ...fieldDefaults, ...given }
  for (const field of fieldNames) {
    const { dependent }: FieldSpec = fields[field]
    if (dependent && given[field] === undefined) Object.assign(config, { [field]: dependent.of(config) })
  }
  return frozen(config)
}

/** Frozen, and in JSON as a file would say it, where `Infinity` would become null; neither copies nor comparisons see the method. */
function frozen<T extends object>(fields: T): T {
  const toJSON = () => Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, written(value)]))
  return Object.freeze(Object.defineProperty(fields, 'toJSON', { value: toJSON }))
}

function written(value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'unlimited' : value
}

function readPool(input: unknown, report: Report): Given {
  const source = plainObject(input)
  if (source) return readFields(source, fieldNames, '', report)
  const instead = insteadOf(input, 'pass a plain object such as { maxConnections: 50 }')
  report.add('', input, `the pool config is ${kindOf(input)}: ${instead}`)
  return {}
}

/** The fields of a pool or of one host that are given; `names` are those that are valid there. */
function readFields(source: PlainObject, names: readonly PoolConfigField[], parent: string, report: Report): Given {
  const found: { [field: string]: unknown } = {}
  for (const [key, value] of properties(source, parent, report)) {
    const path = fieldPath(parent, key)
    const field = names.find((name) => name === key)
    if (key === '$schema' && parent === '') {
      if (typeof value !== 'string') report.add(path, value, `${show(value)} is not a string: use the address of the JSON schema`)
    } else if (!field) {
      if (Object.hasOwn(fields, key)) report.add(path, value, poolOnly(key))
      // The value is not at fault, and of a native option it may be a key or a password: errors are logged.
      else report.add(path, undefined, () => adviceFor(key, names))
    } else if (value !== undefined) {
      found[field] =
        field === 'hosts' ? readHosts(value, report) : accept(readValue(field, value), path, conceal(field, value), report)
    }
  }
  return found
}

function poolOnly(field: string): string {
  const own = `${field}PerHost`
  return `is for the whole pool and cannot differ by host: ${Object.hasOwn(fields, own) ? `use ${own}` : 'set it outside hosts'}`
}

/** The overrides under the one form of their keys. */
function readHosts(value: unknown, report: Report): ResolvedPoolConfig['hosts'] {
  const hosts = new Map<string, Partial<HostLimits>>()
  const source = plainObject(value)
  const instead = 'use a plain object such as { "api.example.com": { maxConnectionsPerHost: 20 } }'
  if (!source) report.add('hosts', value, `${kindOf(value)} is not a set of hosts: ${instead}`)
  for (const [key, override] of source ? properties(source, 'hosts', report) : []) {
    const path = fieldPath('hosts', key)
    const limits = plainObject(override)
    const host = accept(readHostKey(key), path, override, report)
    if (override === undefined) continue
    if (!limits) {
      const message = `${kindOf(override)} is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }`
      report.add(path, override, message)
      continue
    }
    if (host !== undefined && hosts.has(host))
      report.add(path, override, `is the same host as ${fieldPath('hosts', host)}: keep one of them`)
    // Whatever is wrong with its key: all mistakes are told at once.
    const given = frozen(readFields(limits, hostFieldNames, path, report))
    if (host !== undefined) hosts.set(host, given)
  }
  return Object.freeze(Object.fromEntries(hosts))
}

type Read<T> = { readonly value: T } | { readonly problem: string }

function accept<T>(read: Read<T>, path: string, value: unknown, report: Report): T | undefined {
  if ('value' in read) return read.value
  report.add(path, value, read.problem)
  return undefined
}

/** The own properties of an object whose getters and traps may throw. */
function* properties(source: PlainObject, parent: string, report: Report): Generator<readonly [key: string, value: unknown]> {
  for (const key of attempt(() => Object.keys(source), parent, report) ?? []) {
    const property = attempt(() => [key, source[key]] as const, fieldPath(parent, key), report)
    if (property) yield property
  }
}

function attempt<T>(read: () => T, path: string, report: Report): T | undefined {
  try {
    return read()
  } catch {
    report.add(
      path,
      undefined,
      `${path === '' ? 'the pool config ' : ''}cannot be read, its getter or proxy throws: pass a plain value`,
    )
    return undefined
  }
}

// Enough to correct any honest config at once; hostile ones have no end.
const mostIssues = 100

/** Everything that is wrong with one config. */
class Report {
  readonly #issues: ConfigIssue[] = []
  #omitted = 0

  /** @param text what is wrong and what to write instead; a function is called only if it will be shown */
  add(path: string, value: unknown, text: string | (() => string)): void {
    if (this.#issues.length === mostIssues) {
      this.#omitted++
      return
    }
    const message = typeof text === 'function' ? text() : text
    this.#issues.push({ path, value, message: path === '' ? message : `${path}: ${message}` })
  }

  throwIfAny(): void {
    if (this.#omitted > 0) this.#issues.push({ path: '', value: undefined, message: `and ${this.#omitted} more` })
    if (this.#issues.length > 0) throw new PoolConfigError(this.#issues)
  }
}
