import { type Callable, callables } from './callables.ts'
import type { Evaluator } from './evaluate.ts'
import { poolHeaders } from './headers.ts'
import { argumentsOf, child, type PyNode } from './tree.ts'
import { type Entry, type Made, unknown, type Value } from './values.ts'

/** One setting that a source gives. */
export interface Setting {
  /** Keyword of the dialect, nested ones with a dot: `limits.max_connections`. */
  readonly path: string
  /** As the source names it; empty for what goes without saying. */
  readonly keyword: string
  readonly value: Value
  /** The expression that it has its value from. */
  readonly node: PyNode
}

/** Something unknown that may hold any setting besides. */
export interface Open {
  /** Only settings below this one; empty for all. */
  readonly path: string
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
}

/** More levels than any call of a library has. */
const deepest = 5

/** The settings in the arguments of a known callable. */
export function settingsOf({ call, callable: key }: Made, evaluator: Evaluator, depth = 0): Given {
  const callable = callables.get(key)
  const settings: Setting[] = []
  const open: Open[] = []
  const holds: PyNode[] = []
  const remarks: string[] = []
  if (callable === undefined || depth > deepest) return { settings, open, holds, remarks }
  const { given, openArguments } = argumentsByName(call, callable, evaluator)
  open.push(...openArguments.map((node) => ({ path: '', node })))
  for (const path of Object.keys(callable.implied ?? {})) {
    const value = callable.implied?.[path]
    if (value !== undefined) settings.push({ path, keyword: '', value: { kind: 'known', value }, node: call.children[0] ?? call })
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
    } else if (!path.endsWith('*')) settings.push({ path, keyword: parameter, ...entry })
    else {
      const inner = nested(path.replace(/\.?\*$/, ''), parameter, entry, evaluator, depth)
      settings.push(...inner.settings)
      open.push(...inner.open)
      holds.push(...inner.holds)
      remarks.push(...inner.remarks)
    }
  }
  return { settings, open, holds, remarks }
}

/** The parameter that puts another one out of force. */
function replacementOf(parameter: string, given: ReadonlyMap<string, Entry>, { replaces = {} }: Callable): string | undefined {
  return Object.keys(replaces).find((by) => {
    const value = given.get(by)?.value
    return replaces[by]?.includes(parameter) && value !== undefined && !(value.kind === 'known' && value.value === null)
  })
}

/** A parameter that takes an instance with settings of its own, or a plain value. */
function nested(prefix: string, parameter: string, entry: Entry, evaluator: Evaluator, depth: number): Given {
  const { value, node } = entry
  const at = (path: string) => (prefix === '' ? path : path === '' ? prefix : `${prefix}.${path}`)
  const nothing: Given = { settings: [], open: [], holds: [], remarks: [] }
  if (value.kind === 'made') {
    const inner = settingsOf(value, evaluator, depth + 1)
    const own = callables.get(value.callable)
    // A pool instead of a part, or a part of something else: nothing that can be said.
    if (own?.part === undefined) return { ...nothing, open: [{ path: prefix, node }] }
    const settings = inner.settings.map((one) => ({ ...one, path: at(one.path) }))
    return {
      // An instance without arguments is not the same as none.
      settings:
        settings.length === 0 && prefix !== '' && inner.open.length === 0 ? [emptyGroup(prefix, parameter, node)] : settings,
      open: inner.open.map((one) => ({ ...one, path: at(one.path) })),
      holds: [value.call, ...inner.holds],
      remarks: inner.remarks,
    }
  }
  if (prefix === '') return value.kind === 'known' && value.value === null ? nothing : { ...nothing, open: [{ path: '', node }] }
  return { ...nothing, settings: [{ path: prefix, keyword: parameter, value, node }] }
}

/** `timeout=(connect, read, write, pool)` */
function itemsOf(parameter: string, { value, node }: Entry, { tuples = {} }: Callable): Setting[] | undefined {
  const paths = Object.hasOwn(tuples, parameter) ? tuples[parameter] : undefined
  if (value.kind !== 'list' || paths?.length !== value.items.length) return undefined
  return paths.map((path, index) => ({ path, keyword: parameter, value: value.items[index] ?? unknown, node }))
}

export function emptyGroup(path: string, keyword: string, node: PyNode): Setting {
  return { path, keyword, value: { kind: 'dict', entries: new Map(), open: [] }, node }
}

interface ByName {
  readonly given: ReadonlyMap<string, Entry>
  /** Mappings of unknown content, and an argument list that can't be read. */
  readonly openArguments: readonly PyNode[]
}

function argumentsByName(call: PyNode, { positional = [], unless = {} }: Callable, evaluator: Evaluator): ByName {
  const given = new Map<string, Entry>()
  const openArguments: PyNode[] = []
  const { list, broken } = argumentsOf(call)
  if (broken) openArguments.push(child(call, 'ArgList') ?? call)
  let position = 0
  for (const { kind, name, value: node } of list) {
    if (kind === 'keyword' && name) given.set(evaluator.textOf(name), { value: evaluator.evaluate(node), node })
    else if (kind === 'positional') {
      const parameter = positional[position++]
      if (parameter !== undefined) given.set(parameter, { value: evaluator.evaluate(node), node })
    } else if (kind === '*') openArguments.push(node)
    else {
      const value = evaluator.evaluate(node)
      if (value.kind !== 'dict') openArguments.push(node)
      else {
        openArguments.push(...value.open)
        for (const [key, entry] of value.entries) given.set(key, entry)
      }
    }
  }
  const doubtful = Object.entries(unless).find(([parameter, classes]) => {
    const node = given.get(parameter)?.node
    return node !== undefined && !classes.includes(evaluator.pathOf(node)?.at(-1) ?? '')
  })
  const replaced = doubtful && given.get(doubtful[0])
  if (replaced) openArguments.push(replaced.node)
  return { given, openArguments }
}
