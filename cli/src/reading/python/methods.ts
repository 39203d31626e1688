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

/** `pool.urlopen(…, pool_timeout=2)`: of each pool, what its requests say. */
export function requestSettingsIn(calls: readonly PyNode[], evaluator: PyEvaluator): ReadonlyMap<PyNode, readonly Setting[]> {
  const found = new Map<PyNode, Setting[]>()
  for (const call of calls) {
    const sent = methodCall(call, evaluator)
    if (sent === undefined || !sending.has(sent.method)) continue
    const pool = evaluator.evaluate(sent.object)
    const dialect = pool.kind === 'made' ? knownCallables.get(pool.callable)?.dialect : undefined
    if (pool.kind !== 'made' || dialect === undefined) continue
    for (const { kind, name, value: node } of argumentsOf(call).list) {
      const path = kind === 'keyword' && name ? evaluator.textOf(name) : ''
      if (!ofRequests.get(dialect)?.some(([setting, methods]) => setting === path && methods.includes(sent.method))) continue
      append(found, pool.call, { path, keyword: path, value: evaluator.evaluate(node), node })
    }
  }
  return new Map([...found].map(([pool, settings]) => [pool, agreed(settings)]))
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

const requestMethods = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'stream',
  'send',
  'ws_connect',
  ...sending,
])

/** A timeout that is given to one request only, in place or by name. */
export function isRequestTimeout({ parent }: PyNode, evaluator: PyEvaluator): boolean {
  const call = parent?.name === 'ArgList' ? parent.parent : undefined
  const sent = call && methodCall(call, evaluator)
  return sent !== undefined && requestMethods.has(sent.method)
}
