import type { PyEvaluator } from './evaluate.ts'
import { knownCallables } from './known-callables.ts'
import { methodCall } from './methods.ts'
import { poolHeaders } from './pool-headers.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import { argumentsOf, attributeOf, subscriptOf } from './tree.ts'
import { dictOf, type PyDict, type PyEntry, type PyValue, unknown } from './values.ts'

/**
 * What a file sets on its sessions, where that is a setting: `session.trust_env = False`, `session.headers.update({…})`,
 * `session.proxies["https"] = url`.
 */
export function sessionAttributesIn(nodes: Iterable<PyNode>, evaluator: PyEvaluator): ReadonlyMap<PyNode, readonly Setting[]> {
  const found = new Map<PyNode, Map<string, Setting>>()
  for (const node of nodes) {
    const given = updateIn(node, evaluator) ?? assignmentIn(node, evaluator)
    const attribute = given && attributeOf(given.target)
    const path = attribute && evaluator.textOf(attribute.name)
    if (given === undefined || attribute === undefined || path === undefined) continue
    const session = evaluator.evaluate(attribute.object)
    if (session.kind !== 'made' || !knownCallables.get(session.callable)?.attributes?.includes(path)) continue
    const value = path === 'headers' ? poolHeaders(given.value) : given.value
    if (value === undefined) continue
    const settings = found.get(session.call) ?? new Map<string, Setting>()
    const both = given.partly ? together(settings.get(path)?.value, value) : value
    found.set(session.call, settings.set(path, { path, keyword: path, value: both, node }))
  }
  return new Map([...found].map(([session, settings]) => [session, [...settings.values()]]))
}

function together(earlier: PyValue | undefined, value: PyValue): PyValue {
  if (earlier === undefined || value.kind !== 'dict') return value
  if (earlier.kind !== 'dict') return earlier
  return merged(earlier, value)
}

function merged(earlier: PyDict, later: PyDict): PyValue {
  return dictOf(new Map([...earlier.entries, ...later.entries]), [...earlier.open, ...later.open])
}

interface Given {
  /** The attribute. */
  readonly target: PyNode
  readonly value: PyValue
  /** Whether what it held before stays beside it. */
  readonly partly: boolean
}

function updateIn(node: PyNode, evaluator: PyEvaluator): Given | undefined {
  const found = node.name === 'CallExpression' ? methodCall(node, evaluator) : undefined
  if (found?.method !== 'update') return undefined
  const [argument, ...more] = argumentsOf(node).list
  const value = argument?.kind === 'positional' && more.length === 0 ? evaluator.evaluate(argument.value) : unknown
  return { target: found.object, value, partly: true }
}

function assignmentIn(node: PyNode, evaluator: PyEvaluator): Given | undefined {
  const [target, operator, assigned] = node.children
  if (node.name !== 'AssignStatement' || operator?.name !== 'AssignOp' || !target || !assigned) return undefined
  const subscript = subscriptOf(target)
  if (subscript === undefined) return { target, value: evaluator.evaluate(assigned), partly: false }
  const key = evaluator.evaluate(subscript.key)
  const entry: PyEntry = { value: evaluator.evaluate(assigned), node: assigned }
  const value = key.kind === 'known' && typeof key.value === 'string' ? dictOf(new Map([[key.value, entry]])) : unknown
  return { target: subscript.object, value, partly: true }
}
