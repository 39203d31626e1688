import { longestSetting } from '../shared/limits.ts'
import { isSecretName, redacted } from '../shared/secrets.ts'

/** What an expression is, as far as its file tells. All of it is plain data, so that it passes between processes. */
export type Value = Plain | Items | Fields | Made | Chooser | Unknown

interface Common {
  /** The text it was read from. */
  readonly source: string
  /** Values in it, itself included: constants that use constants twice grow without bound. */
  readonly size: number
}

export interface Plain extends Common {
  readonly kind: 'plain'
  readonly value: string | number | boolean | null | undefined
}

export interface Items extends Common {
  readonly kind: 'items'
  readonly items: readonly Value[]
}

export interface Fields extends Common {
  readonly kind: 'fields'
  readonly fields: ReadonlyMap<string, Value>
  /** Sources of what may hold any field besides, such as a spread of something unknown. */
  readonly open: readonly string[]
}

/** An instance of a client's or agent's class. */
export interface Made extends Common {
  readonly kind: 'made'
  /** Key of the table in clients.ts, e.g. `https#Agent`. */
  readonly creation: string
  /** Where it is made: it identifies the instance. */
  readonly start: number
  readonly options: Value
  /** The one origin that it is for. */
  readonly origin?: Value
}

/** A function that gives an agent for each scheme, as node-fetch takes one. */
interface Chooser extends Common {
  readonly kind: 'chooser'
  readonly http: Value
  readonly https: Value
}

/** Not to be told from the file alone. */
export interface Unknown extends Common {
  readonly kind: 'unknown'
  /** What it is unless something unknown says otherwise, as the source has it. */
  readonly fallback?: string
}

const maxSize = 2000

export function unknownValue(source: string, fallback?: Value): Unknown {
  return { kind: 'unknown', source, ...(fallback ? { fallback: writtenAs(fallback) } : {}), size: 1 }
}

/** The text that stands in the source for a value. */
export function writtenAs(value: Value): string {
  return (value.kind === 'unknown' ? value.fallback : undefined) ?? value.source
}

export function plainValue(value: Plain['value'], source: string): Plain | Unknown {
  return typeof value === 'string' && value.length > longestSetting
    ? unknownValue(source)
    : { kind: 'plain', value, source, size: 1 }
}

export function itemsValue(values: readonly Value[], source: string): Items | Unknown {
  return limited({ kind: 'items', items: values, source, size: sizeOf(values) })
}

export function fieldsValue(found: ReadonlyMap<string, Value>, open: readonly string[], source: string): Fields | Unknown {
  const shown = new Map([...found].map(([name, value]) => [name, concealed(name, value)]))
  return limited({ kind: 'fields', fields: shown, open, source, size: sizeOf(found.values()) })
}

/** A value as it may be shown under a name. In sources what makes a secret is masked already; settings that are data have no source of their own. */
function concealed(name: string, value: Value): Value {
  if (value.kind !== 'plain' || typeof value.value !== 'string' || value.value === '') return value
  return isSecretName(name) && !value.source.includes(redacted) ? { ...value, source: `'${redacted}'` } : value
}

function limited<V extends Value>(value: V): V | Unknown {
  return value.size > maxSize ? unknownValue(value.source) : value
}

export function sizeOf(values: Iterable<Value>): number {
  let size = 1
  for (const value of values) size += value.size
  return size
}

/** What a value holds under `name`. */
export function member(value: Value, name: string, source: string): Value {
  if (value.kind === 'fields') {
    const found = value.fields.get(name)
    if (found) return found
    return value.open.length > 0 || name in Object.prototype ? unknownValue(source) : plainValue(undefined, source)
  }
  if (value.kind === 'items' && /^\d+$/.test(name)) return value.items[Number(name)] ?? plainValue(undefined, source)
  return unknownValue(source)
}

/** A field of options; undefined where they do not have it, or where that can't be told. */
export function field(options: Value | undefined, name: string): Value | undefined {
  const found = options?.kind === 'fields' ? options.fields.get(name) : undefined
  return found?.kind === 'plain' && found.value === undefined ? undefined : found
}

/** The plain content of a value, or undefined. */
export function content(value: Value | undefined): Plain['value'] {
  return value?.kind === 'plain' ? value.value : undefined
}

/** The options are all there is to see: nothing unknown can add to them. */
export function isClosed(options: Value): options is Fields {
  return options.kind === 'fields' && options.open.length === 0
}

/** The agents and dispatchers in a value. */
export function instancesIn(value: Value): Made[] {
  switch (value.kind) {
    case 'made':
      return [value]
    case 'chooser':
      return [...instancesIn(value.http), ...instancesIn(value.https)]
    case 'fields':
      return [...value.fields.values()].flatMap(instancesIn)
    default:
      return []
  }
}

/** The options have one of these names, with a value that is not plainly nothing. */
export function hasAny(options: Fields, names: readonly string[]): boolean {
  return names.some((name) => {
    const value = options.fields.get(name)
    return value !== undefined && !(value.kind === 'plain' && value.value == null)
  })
}
