import type { Evaluator } from './evaluate.ts'
import type { Setting } from './settings.ts'
import { argumentsOf, attributeOf, type PyNode } from './tree.ts'
import { unknown } from './values.ts'

/** A call of a method: `object.method(…)`. */
export interface MethodCall {
  readonly call: PyNode
  readonly object: PyNode
  readonly method: string
}

export function methodCall(call: PyNode, { textOf }: Evaluator): MethodCall | undefined {
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

/** `session.mount("https://", adapter)` */
export function mountsIn(calls: readonly PyNode[], evaluator: Evaluator): Mounts {
  const sessions = new Set<PyNode>()
  const owners = new Map<PyNode, PyNode>()
  const prefixes = new Map<PyNode, Set<string>>()
  for (const call of calls) {
    const found = methodCall(call, evaluator)
    if (found?.method !== 'mount') continue
    const [prefix, mounted] = argumentsOf(call).list
    const adapter = mounted && evaluator.evaluate(mounted.value)
    if (prefix === undefined || adapter?.kind !== 'made' || adapter.callable !== 'requests.HTTPAdapter') continue
    const session = evaluator.evaluate(found.object)
    if (session.kind === 'made') {
      sessions.add(session.call)
      owners.set(adapter.call, session.call)
    }
    const value = evaluator.evaluate(prefix.value)
    const text = value.kind === 'known' && typeof value.value === 'string' ? value.value : evaluator.textOf(prefix.value)
    const known = prefixes.get(adapter.call) ?? new Set()
    prefixes.set(adapter.call, known.add(text))
  }
  const remarks = new Map([...prefixes].map(([adapter, texts]) => [adapter, [remarkOf([...texts])]] as const))
  return { sessions, remarks, owners }
}

function remarkOf(prefixes: readonly string[]): string {
  const shown = prefixes.slice(0, 5).join(', ')
  const more = prefixes.length > 5 ? ` and ${prefixes.length - 5} more` : ''
  return prefixes.length > 1
    ? `mounted at ${shown}${more}: requests counts the connections of http and of https apart`
    : `mounted at ${shown}${more}: other URLs go by the session's own adapters`
}

const sending = new Set(['request', 'urlopen', 'request_encode_url', 'request_encode_body'])

/** `pool.urlopen(…, pool_timeout=2)`: of each pool, what its requests say. */
export function poolTimeoutsIn(calls: readonly PyNode[], evaluator: Evaluator): ReadonlyMap<PyNode, readonly Setting[]> {
  const found = new Map<PyNode, Setting>()
  for (const call of calls) {
    const sent = methodCall(call, evaluator)
    if (sent === undefined || !sending.has(sent.method)) continue
    const named = argumentsOf(call).list.find(
      ({ kind, name }) => kind === 'keyword' && name && evaluator.textOf(name) === 'pool_timeout',
    )
    const pool = named && evaluator.evaluate(sent.object)
    if (named === undefined || pool?.kind !== 'made') continue
    const setting: Setting = {
      path: 'pool_timeout',
      keyword: 'pool_timeout',
      value: evaluator.evaluate(named.value),
      node: named.value,
    }
    const other = found.get(pool.call)
    found.set(pool.call, other && !same(other, setting) ? { ...setting, value: unknown } : setting)
  }
  return new Map([...found].map(([pool, setting]) => [pool, [setting]]))
}

function same({ value: a }: Setting, { value: b }: Setting): boolean {
  return a.kind === 'known' && b.kind === 'known' && a.value === b.value
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
export function isRequestTimeout({ parent }: PyNode, evaluator: Evaluator): boolean {
  const call = parent?.name === 'ArgList' ? parent.parent : undefined
  const sent = call && methodCall(call, evaluator)
  return sent !== undefined && requestMethods.has(sent.method)
}
