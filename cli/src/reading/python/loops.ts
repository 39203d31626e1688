import type { PyEvaluator } from './evaluate.ts'
import { mostDefinitions } from './names.ts'
import type { Definition, PyNode } from './syntax.ts'
import { argumentsOf, attributeOf, child, split, unparenthesized } from './tree.ts'

/** What the variables of a loop stand for, one round after another. */
interface Rounds {
  readonly loop: PyNode
  readonly rounds: readonly ReadonlyMap<string, PyNode>[]
}

/** More rounds than that nobody writes down. */
const mostRounds = 100

/** The rounds of the loop that one of these names is a variable of, if it goes over what the source spells out. */
export function roundsOf(names: readonly PyNode[], evaluator: PyEvaluator): Rounds | undefined {
  for (const name of names) {
    const definitions = (name.name === 'VariableName' ? evaluator.bindingOf(name)?.definitions : undefined) ?? []
    const loop = definitions.length > mostDefinitions ? undefined : loopOf(name, definitions)
    const targets = loop && targetsOf(loop)
    if (loop === undefined || targets === undefined) continue
    const { rounds } = resolved.get(loop) ?? { rounds: roundsIn(loop, targets, evaluator) }
    resolved.set(loop, { rounds })
    if (rounds) return { loop, rounds }
  }
  return undefined
}

/** Kept, since much may stand in one loop. */
const resolved = new WeakMap<PyNode, { readonly rounds: Rounds['rounds'] | undefined }>()

function roundsIn(loop: PyNode, targets: readonly PyNode[], evaluator: PyEvaluator): Rounds['rounds'] | undefined {
  const rows =
    leavesEarly(loop) || !targets.every((one) => isBoundOnce(one, loop, evaluator))
      ? undefined
      : rowsOf(loop, targets.length, evaluator)
  if (rows === undefined || rows.length > mostRounds) return undefined
  return rows.map((row) => new Map(targets.flatMap((target, index) => pair(evaluator.textOf(target), row[index]))))
}

function pair(name: string, value: PyNode | undefined): [string, PyNode][] {
  return value ? [[name, value]] : []
}

/** The loop that a name is a variable of, unless it is bound again within. */
function loopOf(use: PyNode, definitions: readonly Definition[]): PyNode | undefined {
  for (let outer = use.parent; outer && outer !== use.scope?.node; outer = outer.parent) {
    if (outer.name !== 'ForStatement') continue
    const { from, to } = outer
    const [only, ...others] = definitions.filter(({ at }) => at.from >= from && at.to <= to)
    if (only === undefined) continue
    const isTarget = only.from === 'elsewhere' && only.at.to <= (child(outer, 'in')?.from ?? from)
    return isTarget && others.length === 0 ? outer : undefined
  }
  return undefined
}

function targetsOf({ children }: PyNode): readonly PyNode[] | undefined {
  const end = children.findIndex(({ name }) => name === 'in')
  const between = children.slice(children.findIndex(({ name }) => name === 'for') + 1, end)
  const [only] = between
  const parts = between.length === 1 && only?.name === 'TupleExpression' ? only.children.slice(1, -1) : between
  const groups = split(parts, ',')
  return groups.every(([one, ...more]) => one?.name === 'VariableName' && more.length === 0) ? groups.flat() : undefined
}

function isBoundOnce(target: PyNode, { from, to }: PyNode, evaluator: PyEvaluator): boolean {
  const definitions = evaluator.bindingOf(target)?.definitions ?? []
  return definitions.filter(({ at }) => at.from >= from && at.to <= to).length === 1
}

function leavesEarly(loop: PyNode): boolean {
  const open = [...loop.children]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.name === 'BreakStatement' || node.name === 'ContinueStatement' || node.name === 'ReturnStatement') return true
    if (node.name !== 'FunctionDefinition') open.push(...node.children)
  }
  return false
}

/** `(a, b)`, `[(a, 1), (b, 2)]`, `{a: 1, b: 2}` and its `.items()`, in place or by name. */
function rowsOf({ children }: PyNode, width: number, evaluator: PyEvaluator): PyNode[][] | undefined {
  const at = children.findIndex(({ name }) => name === 'in')
  const [iterable, ...more] = children.slice(
    at + 1,
    children.findIndex(({ name }) => name === 'Body'),
  )
  if (iterable === undefined || more.length > 0) return undefined
  const entries = itemsCall(iterable, evaluator)
  const source = evaluator.sourceOf(entries ?? iterable)
  if (source?.name === 'DictionaryExpression') {
    if (width !== (entries ? 2 : 1)) return undefined
    const groups = split(source.children.slice(1, -1), ',')
    if (!groups.every(([, colon, , ...rest]) => colon?.name === ':' && rest.length === 0)) return undefined
    return groups.map(([key, , value]) => [key, entries ? value : undefined].filter((one) => one !== undefined))
  }
  if (entries || (source?.name !== 'TupleExpression' && source?.name !== 'ArrayExpression')) return undefined
  const items = elementsOf(source)
  if (width === 1 || items === undefined) return items?.map((item) => [item])
  const rows = items.map((item) => elementsOf(unparenthesized(item)) ?? [])
  return rows.every(({ length }) => length === width) ? rows : undefined
}

/** The mapping of `mapping.items()`. */
function itemsCall(node: PyNode, { textOf }: PyEvaluator): PyNode | undefined {
  const [callee] = node.children
  const attribute = node.name === 'CallExpression' && callee ? attributeOf(callee) : undefined
  return attribute && textOf(attribute.name) === 'items' && argumentsOf(node).list.length === 0 ? attribute.object : undefined
}

function elementsOf(node: PyNode): PyNode[] | undefined {
  if (node.name !== 'TupleExpression' && node.name !== 'ArrayExpression') return undefined
  const groups = split(node.children.slice(1, -1), ',')
  return groups.every(({ length }) => length === 1) ? groups.flat() : undefined
}
