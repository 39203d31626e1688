import type { Callable } from 'polypool/dialects'
import type { PyEvaluator } from './evaluate.ts'
import { type ArgumentMisuse, givenArguments } from './given-arguments.ts'
import { type KnownCallable, knownCallables, partsOf } from './known-callables.ts'
import { poolHeaders } from './pool-headers.ts'
import type { PyNode } from './syntax.ts'
import { type PyEntry, type PyMade, type PyValue, unknown } from './values.ts'

/** One setting that a source gives. */
export interface Setting {
  /** Keyword of the dialect, nested ones with a dot: `limits.max_connections`. */
  readonly path: string
  /** As the source names it; empty for what goes without saying. */
  readonly keyword: string
  readonly value: PyValue
  /** The expression that it has its value from. */
  readonly node: PyNode
}

/** Something unknown that may hold settings besides. */
export interface Open {
  /** Settings, or groups of them, that it may hold. */
  readonly paths: readonly string[]
  /** The keyword that it is given by; undefined for a mapping, which may hold several. */
  readonly keyword?: string
  readonly node: PyNode
}

/** What a call says about connections. */
export interface Given {
  readonly settings: readonly Setting[]
  readonly open: readonly Open[]
  /** The calls that are part of it, such as `httpx.Limits(…)`. */
  readonly holds: readonly PyNode[]
  /** What to say besides. */
  readonly remarks: readonly string[]
  /** There is nothing to connect to. */
  readonly local?: boolean
  /** What the library refuses. */
  readonly misuses: readonly ArgumentMisuse[]
}

/** More levels than any call of a library has. */
const deepest = 5

/** The settings in the arguments of a known callable. */
export function settingsOf(made: PyMade, evaluator: PyEvaluator, depth = 0): Given {
  const { call, callable: key } = made
  const callable = knownCallables.get(key)
  const settings: Setting[] = []
  const open: Open[] = []
  const holds: PyNode[] = []
  const remarks: string[] = []
  if (callable === undefined || depth > deepest) return { settings, open, holds, remarks, misuses: [] }
  const { byName: given, open: openArguments, misuses: own } = givenArguments(made, callable, evaluator)
  const misuses = [...own]
  const paths = Object.keys(callable.takes).flatMap((parameter) => (given.has(parameter) ? [] : heldBy(callable, parameter)))
  open.push(...openArguments.map((node) => ({ paths, node })))
  settings.push(...impliedBy(callable.implied, call.children[0] ?? call))
  const other = otherClass(callable, given, evaluator)
  if (other?.implied) settings.push(...impliedBy(other.implied, other.node))
  else if (other) {
    const all = Object.keys(callable.takes).flatMap((parameter) => heldBy(callable, parameter))
    open.push({ paths: all, keyword: other.keyword, node: other.node })
  }
  for (const [parameter, entry] of given) {
    const path = Object.hasOwn(callable.takes, parameter) ? callable.takes[parameter] : undefined
    if (path === undefined) continue
    const replacement = replacementOf(parameter, given, callable)
    if (replacement !== undefined) {
      remarks.push(`${parameter} has no effect beside ${replacement}`)
      if (entry.value.kind === 'made') holds.push(entry.value.call)
      continue
    }
    const items = itemsOf(parameter, entry, callable)
    if (items) settings.push(...items)
    else if (path === 'headers') {
      const value = poolHeaders(entry.value)
      if (value) settings.push({ path, keyword: parameter, value, node: entry.node })
    } else if (!path.endsWith('*')) {
      const { value, calls, lost } = withItems(entry.value, evaluator, depth)
      settings.push({ path, keyword: parameter, value, node: entry.node })
      holds.push(...calls)
      if (lost.length > 0) remarks.push(`what else the items of ${parameter} set (${lost.join(', ')}) is not told here`)
    } else {
      const inner = nested(callable, path.replace(/\.?\*$/, ''), parameter, entry, evaluator, depth)
      settings.push(...inner.settings)
      open.push(...inner.open)
      holds.push(...inner.holds)
      remarks.push(...inner.remarks)
      misuses.push(...inner.misuses)
    }
  }
  return { settings, open, holds, remarks, misuses, local: isLocal(callable, given) }
}

function isLocal({ local = {} }: Callable, given: ReadonlyMap<string, PyEntry>): boolean {
  return Object.entries(local).some(([parameter, start]) => {
    const value = given.get(parameter)?.value
    const text = value?.kind === 'known' ? value.value : value?.kind === 'unknown' ? value.starts : undefined
    return typeof text === 'string' && text.startsWith(start)
  })
}

/** The settings that a parameter may hold. */
function heldBy({ dialect, takes }: KnownCallable, parameter: string): readonly string[] {
  const path = (Object.hasOwn(takes, parameter) ? takes[parameter] : undefined) ?? ''
  return path === '*' ? partsOf(dialect) : [path.replace(/\.\*$/, '')]
}

/** A mapping with the setting that counts in place of each instance in it, and what is lost of these. */
function withItems(value: PyValue, evaluator: PyEvaluator, depth: number): { value: PyValue; calls: PyNode[]; lost: string[] } {
  if (value.kind !== 'dict') return { value, calls: [], lost: [] }
  const calls: PyNode[] = []
  const lost = new Set<string>()
  const entries = [...value.entries].map(([key, entry]): [string, PyEntry] => {
    const counted = entry.value.kind === 'made' ? knownCallables.get(entry.value.callable)?.itemIs : undefined
    if (entry.value.kind !== 'made' || counted === undefined) return [key, entry]
    const inner = settingsOf(entry.value, evaluator, depth + 1)
    calls.push(entry.value.call, ...inner.holds)
    for (const { path, keyword } of inner.settings) if (path !== counted && keyword !== '') lost.add(path)
    const own = inner.settings.find(({ path }) => path === counted)?.value
    const known: PyValue = inner.open.length > 0 ? unknown : { kind: 'known', value: null }
    return [key, { value: own ?? known, node: entry.node }]
  })
  return { value: { ...value, entries: new Map(entries) }, calls, lost: [...lost] }
}

function isNone(value: PyValue): boolean {
  return value.kind === 'known' && value.value === null
}

function impliedBy(implied: { readonly [path: string]: number | boolean } = {}, node: PyNode): Setting[] {
  return Object.entries(implied).map(([path, value]) => ({ path, keyword: '', value: { kind: 'known', value }, node }))
}

/** A class that is given in place of those that the settings hold for, with what it implies. */
function otherClass({ unless = {} }: Callable, given: ReadonlyMap<string, PyEntry>, evaluator: PyEvaluator) {
  for (const [parameter, classes] of Object.entries(unless)) {
    const node = given.get(parameter)?.node
    const name = node && (evaluator.pathOf(node)?.at(-1) ?? '')
    if (node === undefined || name === undefined) continue
    const implied = Object.hasOwn(classes, name) ? classes[name] : undefined
    if (implied !== 'itself') return { keyword: parameter, node, implied }
  }
  return undefined
}

/** The parameter that puts another one out of force. */
function replacementOf(parameter: string, given: ReadonlyMap<string, PyEntry>, { replaces = {} }: Callable): string | undefined {
  return Object.keys(replaces).find((by) => {
    const value = given.get(by)?.value
    return replaces[by]?.includes(parameter) && value !== undefined && !isNone(value)
  })
}

/** A parameter that takes an instance with settings of its own, or a plain value. */
function nested(
  outer: KnownCallable,
  prefix: string,
  parameter: string,
  entry: PyEntry,
  evaluator: PyEvaluator,
  depth: number,
): Given {
  const { value, node } = entry
  const nothing: Given = { settings: [], open: [], holds: [], remarks: [], misuses: [] }
  const anything: Open = { paths: heldBy(outer, parameter), node, keyword: parameter }
  if (value.kind === 'made') {
    const inner = settingsOf(value, evaluator, depth + 1)
    const own = knownCallables.get(value.callable)
    // A pool instead of a part, or a part of something else: nothing that can be said.
    if (own?.part === undefined) return { ...nothing, open: [anything] }
    const { settings, open } = below(prefix, inner)
    return {
      ...inner,
      // An instance without arguments is not the same as none.
      settings:
        settings.length === 0 && prefix !== '' && inner.open.length === 0 ? [emptyGroup(prefix, parameter, node)] : settings,
      open,
      holds: [value.call, ...inner.holds],
    }
  }
  if (prefix === '') return value.kind === 'known' && value.value === null ? nothing : { ...nothing, open: [anything] }
  return { ...nothing, settings: [{ path: prefix, keyword: parameter, value, node }] }
}

/** Settings of a part in the group that takes it. */
export function below(group: string, { settings, open }: Given): Pick<Given, 'settings' | 'open'> {
  if (group === '') return { settings, open }
  return {
    settings: settings.map((one) => ({ ...one, path: `${group}.${one.path}` })),
    open: open.map((one) => ({ ...one, keyword: group, paths: one.paths.map((path) => `${group}.${path}`) })),
  }
}

/** `timeout=(connect, read, write, pool)` */
function itemsOf(parameter: string, { value, node }: PyEntry, { tuples = {} }: Callable): Setting[] | undefined {
  const paths = Object.hasOwn(tuples, parameter) ? tuples[parameter] : undefined
  if (value.kind !== 'list' || paths?.length !== value.items.length) return undefined
  return paths.map((path, index) => ({ path, keyword: parameter, value: value.items[index] ?? unknown, node }))
}

export function emptyGroup(path: string, keyword: string, node: PyNode): Setting {
  return { path, keyword, value: { kind: 'dict', entries: new Map(), open: [] }, node }
}
