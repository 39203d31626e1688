import type { Callable } from 'polypool/dialects'
import type { PyEvaluator } from './evaluate.ts'
import { knownCallables } from './known-callables.ts'
import { roundsOf } from './loops.ts'
import { type MethodCall, methodCall } from './methods.ts'
import { definitionAt } from './names.ts'
import { nameOf, namesAround } from './place-names.ts'
import { poolHeaders } from './pool-headers.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import { argumentsOf, attributeOf, child } from './tree.ts'
import { type PyMade, unknown } from './values.ts'

/** What is set on one handle of libcurl. */
export interface Handle {
  readonly node: PyNode
  readonly label: string
  readonly name: string | undefined
  readonly around: readonly string[]
  readonly options: Map<string, Setting>
  /** As it is made; undefined where that is not seen. */
  readonly kind: Callable['options']
  /** Whether it is seen to be made, and not only to get options. */
  readonly made: boolean
  /** What may have set any option. */
  open: PyNode | undefined
  /** Whether it makes its requests without a multi handle. */
  alone: boolean
}

/** Multi and easy handles: those that are made here, and those that only get options here. */
export function handlesIn(calls: readonly PyNode[], made: readonly PyMade[], evaluator: PyEvaluator): Handle[] {
  const handles = new Map<unknown, Handle>()
  for (const { call, callable } of made) {
    const kind = knownCallables.get(callable)?.options
    if (kind === undefined) continue
    const label = `${callable}(…)`
    const name = nameOf(call, evaluator.textOf)
    const around = namesAround(call, evaluator.textOf)
    handles.set(call, { node: call, label, name, around, options: new Map(), kind, made: true, open: undefined, alone: false })
  }
  for (const call of calls) {
    const found = methodCall(call, evaluator)
    if (found?.method === 'perform') {
      const value = evaluator.evaluate(found.object)
      const handle = value.kind === 'made' ? handles.get(value.call) : undefined
      if (handle) handle.alone = true
    }
    if (found?.method === 'setopt') setOptions(found, handles, evaluator)
  }
  return [...handles.values()]
}

/** What `handle.setopt(option, value)` sets, by itself or in a loop. */
function setOptions({ call, object }: MethodCall, handles: Map<unknown, Handle>, evaluator: PyEvaluator): void {
  const [first, second] = argumentsOf(call).list
  const option = first?.kind === 'positional' ? first.value : undefined
  const value = second?.kind === 'positional' ? second.value : undefined
  const repeated = option && value && roundsOf([option, value], evaluator)
  const rounds = repeated?.rounds ?? [new Map<string, PyNode>()]
  const { key, handle } = handleOf(object, call, handles, evaluator)
  // Where only some runs come by, the option is what it was, or this.
  const certain = isCertain(call, handle.node, repeated?.loop)
  for (const round of rounds) {
    const inRound = (node: PyNode) => round.get(evaluator.textOf(node)) ?? node
    const name = option && optionName(inRound(option), object, evaluator)
    if (name !== undefined && value !== undefined) {
      handles.set(key, handle)
      setOption(handle, name, inRound(value), certain, evaluator)
    } else if (handles.has(key)) {
      // Whatever was set before may have been set again.
      handle.options.clear()
      handle.open = first?.value ?? call
    }
  }
}

function setOption({ options }: Handle, name: string, node: PyNode, certain: boolean, evaluator: PyEvaluator): void {
  // Of two options for the same thing the last one counts, so order matters.
  options.delete(name)
  const given = evaluator.evaluate(node)
  const value = name === 'HTTPHEADER' ? poolHeaders(given) : given
  if (value) options.set(name, { path: name, keyword: name, value: certain ? value : unknown, node })
}

/** `pycurl.MAXCONNECTS`, `MAXCONNECTS` by import, or `handle.MAXCONNECTS`. */
function optionName(node: PyNode, handle: PyNode, evaluator: PyEvaluator): string | undefined {
  const path = evaluator.pathOf(node)
  const name = path?.at(-1)
  if (path?.length === 2 && (path[0] === 'pycurl' || path[0] === 'curl')) return name
  const attribute = attributeOf(node)
  if (attribute && evaluator.textOf(attribute.object) === evaluator.textOf(handle)) return evaluator.textOf(attribute.name)
  const star = node.scope?.module.stars.some((module) => module.length === 1 && module[0] === 'pycurl')
  return star && path?.length === 1 ? name : undefined
}

/** The handle that an expression stands for: by where it is made, or else by its name. */
function handleOf(
  object: PyNode,
  call: PyNode,
  handles: ReadonlyMap<unknown, Handle>,
  evaluator: PyEvaluator,
): { key: unknown; handle: Handle } {
  const value = evaluator.evaluate(object)
  const own = value.kind === 'made' ? handles.get(value.call) : undefined
  if (value.kind === 'made' && own) return { key: value.call, handle: own }
  const binding = object.name === 'VariableName' ? evaluator.bindingOf(object) : undefined
  const text = evaluator.textOf(object)
  const key = (binding && (definitionAt(binding, object)?.at ?? binding)) ?? keyOf(object, text)
  const name = (attributeOf(object) ? text.split('.').at(-1) : text)?.trim()
  return { key, handle: handles.get(key) ?? madeElsewhere(call, text, name, namesAround(call, evaluator.textOf)) }
}

function madeElsewhere(node: PyNode, text: string, name: string | undefined, around: readonly string[]): Handle {
  return {
    node,
    label: `${text}.setopt(…)`,
    name,
    around,
    options: new Map(),
    kind: undefined,
    made: false,
    open: undefined,
    alone: false,
  }
}

/** The same text in the same function, or for `self.x` in the same class. */
function keyOf(object: PyNode, text: string): string {
  let scope = object.scope
  if (text.startsWith('self.')) while (scope?.parent && scope.kind !== 'class') scope = scope.parent
  return `${scope?.node.from ?? 0} ${scope?.module.node.from ?? 0} ${text}`
}

const branching = new Set([
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'MatchClause',
  'ConditionalExpression',
  'LambdaExpression',
])

/** Whether a call runs whenever the handle is made, as far as the blocks around it tell. */
function isCertain(call: PyNode, handle: PyNode, unrolled: PyNode | undefined): boolean {
  let inner = call
  for (let outer = call.parent; outer; outer = outer.parent) {
    if (handle.from >= outer.from && handle.to <= outer.to) return true
    const recovering = outer.name === 'TryStatement' && child(outer, 'Body') !== inner
    if ((branching.has(outer.name) && outer !== unrolled) || recovering) return false
    if (outer.name === 'FunctionDefinition') return true
    inner = outer
  }
  return true
}
