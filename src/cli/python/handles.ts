import type { Evaluator } from './evaluate.ts'
import { poolHeaders } from './headers.ts'
import { methodCall } from './methods.ts'
import { definitionAt } from './names.ts'
import { nameOf } from './place-names.ts'
import type { Place } from './places.ts'
import type { Setting } from './settings.ts'
import { argumentsOf, attributeOf, child, type PyNode } from './tree.ts'
import { type Made, unknown } from './values.ts'

/** What is set on one handle of libcurl. Handles share nothing: each is a place of its own. */
interface Handle {
  readonly node: PyNode
  readonly label: string
  readonly name: string | undefined
  readonly options: Map<string, Setting>
}

/** Multi and easy handles: those that are made here, and those that only get options here. */
export function handlesIn(calls: readonly PyNode[], made: readonly Made[], evaluator: Evaluator): Place[] {
  const handles = new Map<unknown, Handle>()
  for (const { call, callable } of made) {
    if (!callable.startsWith('pycurl.')) continue
    handles.set(call, { node: call, label: `${callable}(…)`, name: nameOf(call, evaluator.textOf), options: new Map() })
  }
  for (const call of calls) {
    const found = methodCall(call, evaluator)
    if (found?.method !== 'setopt') continue
    const [first, second] = argumentsOf(call).list
    const option = first && optionName(first.value, found.object, evaluator)
    if (option === undefined || second === undefined) continue
    const { key, handle } = handleOf(found.object, call, handles, evaluator)
    handles.set(key, handle)
    // Where only some runs come by, the option is what it was, or this.
    const certain = isCertain(call, handle.node)
    const { value: node } = second
    // Of two options for the same thing the last one counts, so order matters.
    handle.options.delete(option)
    const given = evaluator.evaluate(node)
    const value = option === 'HTTPHEADER' ? poolHeaders(given) : given
    if (value) handle.options.set(option, { path: option, keyword: option, value: certain ? value : unknown, node })
  }
  return placesOf([...handles.values()])
}

const together = 'what is set on a multi handle and on the easy handles in it belongs together; here each is shown by itself'

function placesOf(handles: readonly Handle[]): Place[] {
  const multis = handles.filter(isMulti)
  const mixed = multis.length > 0 && multis.length < handles.length
  return handles.map((handle): Place => {
    const { node, label, name, options } = handle
    const settings = [...options.values()]
    // Alone, an easy handle keeps connections of its own; 0 is their number by default.
    const own: Setting[] =
      multis.length > 0 ? [] : [{ path: 'MAXCONNECTS', keyword: '', value: { kind: 'known', value: 0 }, node: callee(node) }]
    return { dialect: 'pycurl', node, label, name, settings: [...own, ...settings], open: [], remarks: mixed ? [together] : [] }
  })
}

function isMulti({ label, options }: Handle): boolean {
  return label.startsWith('pycurl.CurlMulti') || [...options.keys()].some((option) => option.startsWith('M_'))
}

function callee(call: PyNode): PyNode {
  return call.children[0] ?? call
}

/** `pycurl.MAXCONNECTS`, `MAXCONNECTS` by import, or `handle.MAXCONNECTS`. */
function optionName(node: PyNode, handle: PyNode, evaluator: Evaluator): string | undefined {
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
  evaluator: Evaluator,
): { key: unknown; handle: Handle } {
  const value = evaluator.evaluate(object)
  const own = value.kind === 'made' ? handles.get(value.call) : undefined
  if (value.kind === 'made' && own) return { key: value.call, handle: own }
  const binding = object.name === 'VariableName' ? evaluator.bindingOf(object) : undefined
  const text = evaluator.textOf(object)
  const key = (binding && (definitionAt(binding, object)?.at ?? binding)) ?? keyOf(object, text)
  const name = (attributeOf(object) ? text.split('.').at(-1) : text)?.trim()
  return { key, handle: handles.get(key) ?? { node: call, label: `${text}.setopt(…)`, name, options: new Map() } }
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
function isCertain(call: PyNode, handle: PyNode): boolean {
  let inner = call
  for (let outer = call.parent; outer; outer = outer.parent) {
    if (handle.from >= outer.from && handle.to <= outer.to) return true
    const recovering = outer.name === 'TryStatement' && child(outer, 'Body') !== inner
    if (branching.has(outer.name) || recovering) return false
    if (outer.name === 'FunctionDefinition') return true
    inner = outer
  }
  return true
}
