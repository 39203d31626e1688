import { looksLikeSeconds } from '../config/durations.ts'
import { fieldNames, fields as fieldSpecs } from '../config/fields.ts'
import { readHostKey } from '../config/hosts.ts'
import { type ParsedPoolConfig, parsePoolConfig } from '../config/parse.ts'
import type { HostConfigField, HostLimits, PoolConfig, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { type ConfigIssue, PoolConfigError } from '../errors.ts'
import { show } from '../text/show.ts'
import type { Origin } from './origin.ts'
import { formatPath, type Path } from './paths.ts'
import type { Trouble } from './problems.ts'
import { besideFields } from './source.ts'

/** One value that somebody set, checked: counts and milliseconds, `Infinity` for unlimited. */
export interface SetField {
  readonly field: PoolConfigField
  /** The host it is for, if it is an override by `hosts`, in its canonical form. */
  readonly host?: string
  readonly value: Exclude<ResolvedPoolConfig[Exclude<PoolConfigField, 'hosts'>], undefined>
  readonly origin: Origin
  /** What all processes have together, where `value` is the share of one. */
  readonly total?: number
  /** A duration of few milliseconds that was written without a unit, as one writes seconds. */
  readonly seemsSeconds?: true
}

/** By path, such as `maxConnections` or `hosts["api.test"].acquireTimeout`: what is set later under the same path wins. */
export type Settings = Map<string, SetField>

/** What an issue of a PoolConfig says, in parts. */
export interface FieldTrouble extends Trouble {
  /** The keys of the field as they were written. */
  readonly at: Path
}

/**
 * Checks the fields that one source gives one pool.
 * @param originOf of a path in these fields, as they were written
 */
export function readFields(fields: object, originOf: (path: Path) => Origin, report: (trouble: FieldTrouble) => void): Settings {
  const settings: Settings = new Map()
  const parsed = parse(fields, report)
  if (parsed === undefined) return settings
  const { config, explicit } = parsed
  for (const field of plainFields) {
    if (!explicit.has(field)) continue
    set(settings, { field, value: config[field], origin: originOf([field]), ...unitOf(field, (fields as PoolConfig)[field]) })
  }
  // Keys of hosts as they were written lead to places; in their canonical form they meet those of other layers.
  for (const written of ownKeys((fields as PoolConfig).hosts)) {
    const host = readHostKey(written)
    if ('problem' in host) continue
    for (const [field, value] of Object.entries(config.hosts[host.value] ?? {})) {
      const origin = originOf(['hosts', written, field])
      const given = (fields as PoolConfig).hosts?.[written]?.[field as HostConfigField]
      set(settings, {
        field: field as HostConfigField,
        host: host.value,
        value,
        origin,
        ...unitOf(field as HostConfigField, given),
      })
    }
  }
  return settings
}

function unitOf(field: PoolConfigField, given: unknown): Pick<SetField, 'seemsSeconds'> {
  return fieldSpecs[field].kind === 'duration' && typeof given === 'number' && looksLikeSeconds(given)
    ? { seemsSeconds: true }
    : {}
}

function parse(fields: object, report: (trouble: FieldTrouble) => void): ParsedPoolConfig | undefined {
  try {
    return parsePoolConfig(fields)
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    for (const issue of error.issues) report(troubleOf(issue, fields))
    return undefined
  }
}

/** What is set, as a config: only that, so that a client refuses what was asked for and not defaults. */
export function configFrom(settings: Settings): PoolConfig {
  const config: { [field: string]: unknown } = {}
  const hosts = new Map<string, { [field: string]: unknown }>()
  for (const { field, host, value } of settings.values()) {
    if (host === undefined) config[field] = value
    else hosts.set(host, { ...hosts.get(host), [field]: value })
  }
  if (hosts.size > 0) config.hosts = Object.fromEntries(hosts) as { [host: string]: Partial<HostLimits> }
  return config as PoolConfig
}

export function settingPath({ field, host }: Pick<SetField, 'field' | 'host'>): string {
  return formatPath(host === undefined ? [field] : ['hosts', host, field])
}

function set(settings: Settings, setting: SetField): void {
  settings.set(settingPath(setting), setting)
}

/** Splits `path: problem: fix`; a problem may start with the value, which may contain anything. */
function troubleOf({ path, value, message }: ConfigIssue, fields: object): FieldTrouble {
  const at = keysOf(path, fields)
  const text = path !== '' && message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
  const { problem, fix } = splitProblem(text)
  return { at, path: formatPath(at), value, problem, fix: forFiles(fix) }
}

/** `problem: fix`; a problem may start with a value in quotes. */
export function splitProblem(text: string): { readonly problem: string; readonly fix: string } {
  const [, problem = text, fix = ''] = /^((?:"(?:[^"\\]|\\.)*"|[^":]|:(?! ))*): (.*)$/s.exec(text) ?? []
  return { problem, fix }
}

const poolFields = fieldNames.join(', ')

/** Native options are given to `open` here, and a pool has more words than its fields. */
function forFiles(fix: string): string {
  return fix
    .replace('pass it second, createPool(config, ', 'pass it to pools.open(module, name, ')
    .replace(poolFields, `${poolFields}, ${besideFields.join(', ')}`)
}

/** The keys behind a path as issues have it, where long keys are cut off and odd ones quoted. */
function keysOf(path: string, fields: object): string[] {
  const isAt = (key: string, text: string) => text === key || text === show(key)
  const own = ownKeys(fields).find((key) => isAt(key, path))
  if (own !== undefined) return [own]
  const { hosts } = fields as PoolConfig
  for (const host of ownKeys(hosts)) {
    const prefix = `hosts[${show(host)}]`
    if (path === prefix) return ['hosts', host]
    if (!path.startsWith(`${prefix}.`)) continue
    const field = ownKeys(hosts?.[host]).find((key) => isAt(key, path.slice(prefix.length + 1)))
    return field === undefined ? ['hosts', host] : ['hosts', host, field]
  }
  return path.startsWith('hosts') ? ['hosts'] : []
}

function ownKeys(value: unknown): string[] {
  try {
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

/** Every field but `hosts`, which is spread over its own settings. */
export const plainFields: readonly Exclude<PoolConfigField, 'hosts'>[] = fieldNames.filter((field) => field !== 'hosts')
