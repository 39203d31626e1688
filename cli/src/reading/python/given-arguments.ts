import type { Callable } from 'polypool/dialects'
import { list as listed, nearest } from 'polypool/internal'
import type { PyEvaluator } from './evaluate.ts'
import { callableKey } from './known-callables.ts'
import type { PyNode } from './syntax.ts'
import { argumentsOf, child } from './tree.ts'
import type { PyEntry, PyMade } from './values.ts'

/** Something that Python itself would refuse. */
export interface ArgumentMisuse {
  readonly node: PyNode
  readonly message: string
}

interface GivenArguments {
  readonly byName: ReadonlyMap<string, PyEntry>
  /** Mappings of unknown content, and an argument list that can't be read. */
  readonly open: readonly PyNode[]
  readonly misuses: readonly ArgumentMisuse[]
}

/** The arguments of a call by the names of the parameters that they go to. */
export function givenArguments({ call, callable: key }: PyMade, callable: Callable, evaluator: PyEvaluator): GivenArguments {
  const { positional = [] } = callable
  const byName = new Map<string, PyEntry>()
  const open: PyNode[] = []
  const surplus: PyNode[] = []
  const { list, broken } = argumentsOf(call)
  if (broken) open.push(child(call, 'ArgList') ?? call)
  let position = 0
  for (const { kind, name, value: node } of list) {
    if (kind === 'keyword' && name) byName.set(evaluator.textOf(name), { value: evaluator.evaluate(node), node })
    else if (kind === 'positional') {
      const parameter = positional[position++]
      if (parameter === undefined) surplus.push(node)
      else byName.set(parameter, { value: evaluator.evaluate(node), node })
    } else if (kind === '*') open.push(node)
    else {
      const value = evaluator.evaluate(node)
      if (value.kind !== 'dict') open.push(node)
      else {
        open.push(...value.open)
        for (const [parameter, entry] of value.entries) byName.set(parameter, entry)
      }
    }
  }
  const misuses = broken || !isItself(call, evaluator) ? [] : misusesOf(key, callable, byName, surplus)
  return { byName, open, misuses }
}

/** Whether the library's own class is called; a class of the file that inherits from it may take more. */
function isItself(call: PyNode, evaluator: PyEvaluator): boolean {
  const [callee] = call.children
  const path = callee && evaluator.pathOf(callee)
  return path !== undefined && (path.length === 1 || callableKey(path) !== undefined)
}

/** A call with more of them is no typing error. */
const mostMisuses = 5

function misusesOf(
  key: string,
  { takes, positional = [], unless = {}, closed }: Callable,
  byName: ReadonlyMap<string, PyEntry>,
  [surplus]: readonly PyNode[],
): ArgumentMisuse[] {
  const misuses: ArgumentMisuse[] = []
  const settings = Object.keys(takes)
  const known = new Set([...settings, ...positional, ...Object.keys(unless), ...(closed ?? [])])
  for (const [parameter, { node }] of byName) {
    if (misuses.length === mostMisuses) break
    if (known.has(parameter)) continue
    // A pool's own keyword, where a part calls it something else.
    const near = settings.find((one) => takes[one] === parameter) ?? nearest(parameter, settings)
    if (near === undefined && closed === undefined) continue
    const advice = near === undefined ? `its settings are ${listed(settings)}` : `did you mean ${near}?`
    misuses.push({ node, message: `${key} has no parameter ${shown(parameter)}: ${advice}` })
  }
  if (surplus && closed) {
    const most = positional.length
    const names = most === 0 ? 'its arguments' : `what comes after the first ${most === 1 ? 'one' : most}`
    misuses.push({ node: surplus, message: `${key} takes ${names} by name only, such as ${settings[most] ?? settings[0]}=…` })
  }
  return misuses
}

function shown(parameter: string): string {
  return /^\w{1,60}$/.test(parameter) ? parameter : JSON.stringify(parameter.slice(0, 60))
}
