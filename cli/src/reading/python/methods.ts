import { redact } from '../shared/secrets.ts'
import { dialectNames, dialectOf } from './dialects.ts'
import type { PyEvaluator } from './evaluate.ts'
import { knownCallables } from './known-callables.ts'
import { roundsOf } from './loops.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import { argumentsOf, attributeOf } from './tree.ts'
import { plainOf } from './values.ts'

/** A call of a method: `object.method(…)`. */
export interface MethodCall {
  readonly call: PyNode
  readonly object: PyNode
  readonly method: string
}

export function methodCall(call: PyNode, { textOf }: PyEvaluator): MethodCall | undefined {
  const [callee] = call.children
  const attribute = callee && attributeOf(callee)
  return attribute && { call, object: attribute.object, method: textOf(attribute.name) }
}

export interface Mounts {
  /** Sessions that have adapters of the file's own. */
  readonly sessions: ReadonlySet<PyNode>
  /** What to say about an adapter: what it is mounted at. */
  readonly remarks: ReadonlyMap<PyNode, readonly string[]>
  /** The session that an adapter is mounted on. */
  readonly owners: ReadonlyMap<PyNode, PyNode>
}

/** The callables that make what is mounted on others. */
const mountable: ReadonlySet<string> = new Set(
  [...knownCallables.values()].flatMap(({ dialect, mounts }) => (mounts === undefined ? [] : [`${dialect}.${mounts}`])),
)

/** `session.mount("https://", adapter)` */
export function mountsIn(calls: readonly PyNode[], evaluator: PyEvaluator): Mounts {
  const sessions = new Set<PyNode>()
  const owners = new Map<PyNode, PyNode>()
  const prefixes = new Map<PyNode, Set<string>>()
  const remarks = new Map<PyNode, string[]>()
  for (const call of calls) {
    const found = methodCall(call, evaluator)
    if (found?.method !== 'mount') continue
    const [prefix, mounted] = mountArguments(call, evaluator)
    if (prefix === undefined || mounted === undefined) continue
    const session = evaluator.evaluate(found.object)
    const adapter = evaluator.evaluate(mounted)
    const own = session.kind === 'made' ? session.call : undefined
    const texts = prefixesOf(prefix, evaluator)
    if (adapter.kind === 'made' && mountable.has(adapter.callable)) {
      if (own) {
        sessions.add(own)
        owners.set(adapter.call, own)
      }
      const known = prefixes.get(adapter.call) ?? new Set()
      for (const text of texts) known.add(text)
      prefixes.set(adapter.call, known)
    } else if (own) {
      const remark = `${adapterName(mounted, evaluator)} is mounted at ${texts.join(', ')}: how it pools there is not told here`
      append(remarks, own, remark)
    }
  }
  for (const [adapter, texts] of prefixes) remarks.set(adapter, [remarkOf([...texts])])
  return { sessions, remarks, owners }
}

function adapterName(node: PyNode, { textOf }: PyEvaluator): string {
  const [callee] = node.children
  const text = node.name === 'CallExpression' && callee ? `${textOf(callee)}(…)` : textOf(node)
  return /^[\w.]{1,80}(?:\(…\))?$/.test(text) ? text : 'an adapter of another kind'
}

/** `mount(prefix, adapter)`, also by name. */
function mountArguments(call: PyNode, { textOf }: PyEvaluator): (PyNode | undefined)[] {
  const { list } = argumentsOf(call)
  return ['prefix', 'adapter'].map((parameter, index) => {
    const named = list.find(({ kind, name }) => kind === 'keyword' && name && textOf(name) === parameter)
    const placed = list[index]
    return (named ?? (placed?.kind === 'positional' ? placed : undefined))?.value
  })
}

/** The prefix, or each of those that a loop goes through; as the source has it where that is not told. */
function prefixesOf(node: PyNode, evaluator: PyEvaluator): string[] {
  const name = evaluator.textOf(node)
  const each = roundsOf([node], evaluator)?.rounds.flatMap((round) => round.get(name) ?? []) ?? [node]
  return each.map((one) => {
    const value = evaluator.evaluate(one)
    return value.kind === 'known' && typeof value.value === 'string' ? value.value : redact(evaluator.textOf(one))
  })
}

function remarkOf(prefixes: readonly string[]): string {
  const shown = prefixes.slice(0, 5).join(', ')
  const more = prefixes.length > 5 ? ` and ${prefixes.length - 5} more` : ''
  if (['http://', 'https://'].every((scheme) => prefixes.some((prefix) => prefix.startsWith(scheme))))
    return `mounted at ${shown}${more}: requests counts the connections of http and of https apart`
  // What a variable holds may be every URL.
  const certain = prefixes.every((prefix) => prefix.includes('://'))
  return `mounted at ${shown}${more}${certain ? ": other URLs go by the session's other adapters" : ''}`
}

/** Settings that go with each request, by the dialect whose they are, and the methods that take them. */
const ofRequests = new Map(
  dialectNames.map((dialect) => [dialect, Object.entries(dialectOf(dialect).callables.perRequest ?? {})]),
)
const sending: ReadonlySet<string> = new Set([...ofRequests.values()].flat().flatMap(([, methods]) => methods))

export interface RequestSettings {
  readonly settings: readonly Setting[]
  readonly remarks: readonly string[]
}

/** `pool.urlopen(…, pool_timeout=2)`: of each pool, what its requests say. */
export function requestSettingsIn(calls: readonly PyNode[], evaluator: PyEvaluator): ReadonlyMap<PyNode, RequestSettings> {
  const pools = new Map<PyNode, SentBy>()
  for (const call of calls) {
    const sent = methodCall(call, evaluator)
    if (sent === undefined || !sending.has(sent.method)) continue
    const pool = evaluator.evaluate(sent.object)
    const dialect = pool.kind === 'made' ? knownCallables.get(pool.callable)?.dialect : undefined
    if (pool.kind !== 'made' || dialect === undefined) continue
    const known = pools.get(pool.call) ?? { given: new Map(), without: new Set() }
    pools.set(pool.call, known)
    for (const [path, methods] of ofRequests.get(dialect) ?? [])
      if (methods.includes(sent.method)) addSent(known, path, call, evaluator)
  }
  return new Map([...pools].map(([pool, sent]) => [pool, settingsSent(sent)]))
}

/** What the requests of one pool are given, by setting, and which settings some of them are not. */
interface SentBy {
  readonly given: Map<string, Setting[]>
  readonly without: Set<string>
}

function addSent({ given, without }: SentBy, path: string, call: PyNode, evaluator: PyEvaluator): void {
  const { list } = argumentsOf(call)
  const argument = list.find(({ kind, name }) => kind === 'keyword' && name && evaluator.textOf(name) === path)
  if (argument) append(given, path, { path, keyword: path, value: evaluator.evaluate(argument.value), node: argument.value })
  else if (!list.some(({ kind }) => kind === '**')) without.add(path)
}

function settingsSent({ given, without }: SentBy): RequestSettings {
  const partly = [...given.keys()].filter((path) => without.has(path))
  return {
    settings: [...given.values()].flatMap(agreed),
    remarks: partly.map((path) => `${path} is given with some requests only: here it is taken for all of them`),
  }
}

export function append<K, V>(lists: Map<K, V[]>, key: K, item: V): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

/** One setting of several for the same thing: unknown where they differ. */
export function agreed(settings: readonly Setting[]): Setting[] {
  const [first, ...others] = settings
  if (first === undefined) return []
  const plain = ({ value }: Setting) => JSON.stringify(plainOf(value))
  const known = plain(first)
  if (others.length === 0 || (known !== undefined && others.every((one) => plain(one) === known))) return [first]
  return [{ ...first, value: { kind: 'unknown', oneOf: settings.map(({ node }) => node) } }]
}
