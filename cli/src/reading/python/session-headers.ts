import type { PyEvaluator } from './evaluate.ts'
import { methodCall } from './methods.ts'
import { poolHeaders } from './pool-headers.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import { argumentsOf, attributeOf, subscriptOf } from './tree.ts'
import { dictOf, type PyEntry, type PyValue, unknown } from './values.ts'

/** What a file puts into the headers of its sessions: `session.headers.update({…})`, `session.headers["Connection"] = "close"`. */
export function sessionHeadersIn(nodes: Iterable<PyNode>, evaluator: PyEvaluator): ReadonlyMap<PyNode, readonly Setting[]> {
  const found = new Map<PyNode, Setting>()
  for (const node of nodes) {
    const given = updateIn(node, evaluator) ?? assignmentIn(node, evaluator)
    const attribute = given && attributeOf(given.headers)
    if (given === undefined || !attribute || evaluator.textOf(attribute.name) !== 'headers') continue
    const session = evaluator.evaluate(attribute.object)
    const value = session.kind === 'made' ? poolHeaders(given.value) : undefined
    if (session.kind !== 'made' || value === undefined) continue
    const earlier = found.get(session.call)?.value
    const both =
      earlier?.kind === 'dict' && value.kind === 'dict'
        ? dictOf(new Map([...earlier.entries, ...value.entries]), value.open)
        : value
    found.set(session.call, { path: 'headers', keyword: 'headers', value: both, node })
  }
  return new Map([...found].map(([session, setting]) => [session, [setting]]))
}

interface GivenHeaders {
  readonly headers: PyNode
  readonly value: PyValue
}

function updateIn(node: PyNode, evaluator: PyEvaluator): GivenHeaders | undefined {
  const found = node.name === 'CallExpression' ? methodCall(node, evaluator) : undefined
  if (found?.method !== 'update') return undefined
  const [argument, ...more] = argumentsOf(node).list
  const value = argument?.kind === 'positional' && more.length === 0 ? evaluator.evaluate(argument.value) : unknown
  return { headers: found.object, value }
}

function assignmentIn(node: PyNode, evaluator: PyEvaluator): GivenHeaders | undefined {
  const [target, operator, assigned] = node.children
  if (node.name !== 'AssignStatement' || operator?.name !== 'AssignOp' || !target || !assigned) return undefined
  const subscript = subscriptOf(target)
  if (subscript === undefined) return { headers: target, value: evaluator.evaluate(assigned) }
  const key = evaluator.evaluate(subscript.key)
  const entry: PyEntry = { value: evaluator.evaluate(assigned), node: assigned }
  const value = key.kind === 'known' && typeof key.value === 'string' ? dictOf(new Map([[key.value, entry]])) : unknown
  return { headers: subscript.object, value }
}
