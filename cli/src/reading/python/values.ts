import { longestSetting } from '../shared/limits.ts'
import type { PyNode } from './syntax.ts'

/** What an expression is, as far as its file tells. */
export type PyValue = PyKnown | PyList | PyDict | PyMade | PyUnknown

export interface PyKnown {
  readonly kind: 'known'
  /** None is null. */
  readonly value: string | number | boolean | null
  /** Variables of the environment that say otherwise where they are set. */
  readonly variables?: readonly string[]
}

/** A list or a tuple. */
export interface PyList {
  readonly kind: 'list'
  readonly items: readonly PyValue[]
}

export interface PyDict {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, PyEntry>
  /** What may hold any key besides, such as a mapping of unknown content. */
  readonly open: readonly PyNode[]
}

export interface PyEntry {
  readonly value: PyValue
  readonly node: PyNode
}

/** What one of the known callables makes. */
export interface PyMade {
  readonly kind: 'made'
  /** Key of the known callables, e.g. `httpx.Limits`. */
  readonly callable: string
  /** The call, which identifies the instance. */
  readonly call: PyNode
}

/** Not to be told from the file alone. */
export interface PyUnknown {
  readonly kind: 'unknown'
  /** What decides it, where that is another expression than the one that was asked about. */
  readonly because?: PyNode
  /** What it is unless something unknown says otherwise, as the source has it. */
  readonly fallback?: PyNode
  /** All that it may be, where the source says several things. */
  readonly oneOf?: readonly PyNode[]
  /** What a text begins with, whatever follows. */
  readonly starts?: string
  /** A variable of the environment, without a default. */
  readonly variable?: string
}

export const unknown: PyUnknown = { kind: 'unknown' }

/** Longer lists and dicts than that are no settings of a pool; constants that use constants twice grow without bound. */
const mostItems = 1000

export function known(value: PyKnown['value']): PyKnown | PyUnknown {
  if (typeof value === 'string' && value.length > longestSetting) return unknown
  if (typeof value === 'number' && Number.isNaN(value)) return unknown
  // Python's integers have no minus zero.
  return { kind: 'known', value: typeof value === 'number' ? value + 0 : value }
}

/** A value that is made of others, some of which are defaults of variables of the environment. */
export function from(value: PyValue, ...sources: readonly PyValue[]): PyValue {
  const variables = sources.flatMap((source) => (source.kind === 'known' ? (source.variables ?? []) : []))
  if (value.kind !== 'known' || variables.length === 0) return value
  return { ...value, variables: [...new Set([...(value.variables ?? []), ...variables])] }
}

/** The variables of the environment that a value hangs on. */
export function variablesOf(value: PyValue): readonly string[] {
  if (value.kind === 'known') return value.variables ?? []
  if (value.kind === 'list') return [...new Set(value.items.flatMap(variablesOf))]
  if (value.kind === 'dict') return [...new Set([...value.entries.values()].flatMap((entry) => variablesOf(entry.value)))]
  return []
}

export function listOf(items: readonly PyValue[]): PyList | PyUnknown {
  return items.length > mostItems ? unknown : { kind: 'list', items }
}

export function dictOf(entries: ReadonlyMap<string, PyEntry>, open: readonly PyNode[] = []): PyDict | PyUnknown {
  return entries.size + open.length > mostItems ? unknown : { kind: 'dict', entries, open }
}

/** Plain data, or undefined if any of it is unknown. */
export function plainOf(value: PyValue, depth = 0): { readonly plain: unknown } | undefined {
  // More than any setting nests; lists may hold themselves many times over.
  if (depth > 4) return undefined
  if (value.kind === 'known') return { plain: value.value }
  if (value.kind === 'list') {
    const items: unknown[] = []
    for (const item of value.items) {
      const one = plainOf(item, depth + 1)
      if (one === undefined) return undefined
      items.push(one.plain)
    }
    return { plain: items }
  }
  if (value.kind !== 'dict' || value.open.length > 0) return undefined
  const entries: [string, unknown][] = []
  for (const [key, { value: inner }] of value.entries) {
    const one = plainOf(inner, depth + 1)
    if (one === undefined) return undefined
    entries.push([key, one.plain])
  }
  return { plain: Object.fromEntries(entries) }
}

/** Whether a condition holds, or undefined where that can't be told, or is another matter in another environment. */
export function truth(value: PyValue): boolean | undefined {
  switch (value.kind) {
    case 'known':
      return value.variables === undefined ? Boolean(value.value) : undefined
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.size > 0 || (value.open.length > 0 ? undefined : false)
    case 'made':
      return true
    case 'unknown':
      return undefined
  }
}

/** What `value[key]` is. */
export function itemOf(value: PyValue, key: PyValue): PyValue {
  if (key.kind !== 'known' || key.variables !== undefined) return unknown
  if (value.kind === 'dict' && typeof key.value === 'string') return value.entries.get(key.value)?.value ?? unknown
  if (value.kind === 'list' && typeof key.value === 'number') return value.items.at(key.value) ?? unknown
  return unknown
}
