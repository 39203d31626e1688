import { type CallContext, evaluateCall } from './calls.ts'
import { constantAt } from './known-callables.ts'
import { numberFrom, startOf, stringFrom } from './literals.ts'
import { Fences, type Module } from './module.ts'
import { definitionAt, mostDefinitions } from './names.ts'
import { binary, unary } from './operators.ts'
import { callableOf, type NameContext, pathOf } from './paths.ts'
import type { Mutation, PyBinding, PyNode, Scope } from './syntax.ts'
import { attributeOf, split, subscriptOf, unparenthesized } from './tree.ts'
import {
  dictOf,
  from,
  itemOf,
  known,
  listOf,
  type PyDict,
  type PyEntry,
  type PyKnown,
  type PyValue,
  truth,
  unknown,
  variablesOf,
} from './values.ts'

/** Expressions and names nested deeper than that are unknown. */
const deepest = 150

/** Finds what expressions are: constants and simple names of the file, and nothing that would have to be run. */
export class PyEvaluator implements NameContext, CallContext {
  readonly #text: string
  readonly #modules: ReadonlyMap<Scope, Module>
  readonly #fences: Fences
  readonly #results = new Map<PyNode, PyValue>()
  readonly #open = new Set<PyNode>()
  #depth = 0

  constructor(text: string, modules: readonly Module[]) {
    this.#text = text
    this.#modules = new Map(modules.map((module) => [module.scope, module]))
    this.#fences = new Fences(modules, this.textOf)
  }

  readonly textOf = (node: PyNode): string => this.#text.slice(node.from, node.to)

  bindingOf(node: PyNode): PyBinding | undefined {
    const name = this.textOf(node)
    const own = node.scope?.find(name)
    if (own || node.scope === undefined) return own
    return this.#fences.earlier(node.scope.module, name)
  }

  readonly basesOf = (node: PyNode): readonly PyNode[] =>
    this.#classesOf(node)
      ?.basesOf(node)
      .map((base) => base.node) ?? []

  readonly definesMethod = (node: PyNode, name: string): boolean => this.#classesOf(node)?.method(node, name) ?? false

  callableOf(callee: PyNode): string | undefined {
    return callableOf(callee, this)
  }

  pathOf(node: PyNode): readonly string[] | undefined {
    return pathOf(node, this)
  }

  evaluate(expression: PyNode): PyValue {
    if (this.#depth >= deepest) return unknown
    this.#depth++
    try {
      return this.#evaluate(unparenthesized(expression))
    } finally {
      this.#depth--
    }
  }

  #evaluate(node: PyNode): PyValue {
    const { children } = node
    const [first, second, third] = children
    switch (node.name) {
      case 'Number':
        return numberFrom(this.textOf(node))
      case 'String':
        return stringFrom(this.textOf(node))
      case 'FormatString':
        return startOf(this.textOf(node))
      case 'ContinuedString':
        return children.map((part) => this.evaluate(part)).reduce((left, right) => binary(left, '+', right))
      case 'Boolean':
        return known(this.textOf(node) === 'True')
      case 'None':
        return known(null)
      case 'VariableName':
        return this.#evaluateName(node)
      case 'MemberExpression':
        return this.#evaluateMember(node)
      case 'TupleExpression':
      case 'ArrayExpression':
        return this.#evaluateList(children.slice(1, -1))
      case 'DictionaryExpression':
        return this.#evaluateDict(children.slice(1, -1))
      case 'UnaryExpression':
        return first && second ? unary(this.textOf(first), this.evaluate(second)) : unknown
      case 'BinaryExpression':
        return first && second && third && children.length === 3
          ? this.#evaluateBinary(first, this.textOf(second), third)
          : unknown
      case 'ConditionalExpression':
        return this.#evaluateChoice(children)
      case 'NamedExpression':
        return third ? this.evaluate(third) : unknown
      case 'AwaitExpression': {
        const value = second ? this.evaluate(second) : unknown
        return value.kind === 'made' ? value : unknown
      }
      case 'CallExpression':
        return evaluateCall(node, this)
      default:
        return unknown
    }
  }

  #evaluateName(node: PyNode): PyValue {
    const binding = this.bindingOf(node)
    const definition = binding && definitionAt(binding, node)
    if (binding === undefined) return unknown
    if (definition === undefined) return this.#evaluateOptional(binding)
    if (definition.from === 'elsewhere') return definition.fallback ? { kind: 'unknown', fallback: definition.fallback } : unknown
    if (definition.from === 'import') return constant(definition.path)
    if (definition.from !== 'value') return unknown
    const { value: source, at, entered } = definition
    const value = this.#once(at, source)
    if (entered && value.kind !== 'made') return unknown
    return changed(value, binding.mutations, this)
  }

  /** `client = None`, and later in a function `global client`, `client = make()`: where it is something, it is that. */
  #evaluateOptional({ definitions }: PyBinding): PyValue {
    if (definitions.length > mostDefinitions) return unknown
    const [only, ...others] = definitions.filter((one) => one.from !== 'value' || one.value.name !== 'None')
    if (only?.from !== 'value' || only.entered || others.length > 0) return unknown
    return onlyMade(this.#once(only.at, only.value))
  }

  /** The value of an expression under a name: found once, and unknown while it is being found. */
  #once(key: PyNode, source: PyNode): PyValue {
    const result = this.#results.get(key)
    if (result) return result
    if (this.#open.has(key)) return unknown
    this.#open.add(key)
    const value = because(this.evaluate(source), source)
    this.#open.delete(key)
    this.#results.set(key, value)
    return value
  }

  #evaluateMember(node: PyNode): PyValue {
    const attribute = attributeOf(node)
    if (attribute === undefined) {
      const subscript = subscriptOf(node)
      return subscript ? itemOf(this.evaluate(subscript.object), this.evaluate(subscript.key)) : unknown
    }
    const { object } = attribute
    const name = this.textOf(attribute.name)
    const owner = object.name === 'VariableName' ? this.#classBehind(object) : undefined
    if (owner) {
      const source = this.#classesOf(owner)?.attribute(owner, name)
      if (source?.value === undefined) return unknown
      if (source.replaceable) return { kind: 'unknown', fallback: source.value }
      const value = this.#once(source.value, source.value)
      if (source.optional) return onlyMade(value)
      return source.altered && (value.kind === 'dict' || value.kind === 'list') ? unknown : value
    }
    return constant(this.pathOf(node))
  }

  /** The expression that a name or an attribute of a class stands for, if nothing is done to it later. */
  sourceOf(expression: PyNode, depth = 0): PyNode | undefined {
    const node = unparenthesized(expression)
    if (depth > deepest) return undefined
    if (node.name === 'VariableName') {
      const binding = this.bindingOf(node)
      const definition = binding && definitionAt(binding, node)
      if (definition?.from !== 'value' || definition.entered || binding?.mutations.length !== 0) return undefined
      return this.sourceOf(definition.value, depth + 1)
    }
    const attribute = attributeOf(node)
    if (attribute === undefined) return node
    const owner = attribute.object.name === 'VariableName' ? this.#classBehind(attribute.object) : undefined
    const source = owner && this.#classesOf(owner)?.attribute(owner, this.textOf(attribute.name))
    if (source?.value === undefined || source.replaceable || source.altered || source.optional) return undefined
    return this.sourceOf(source.value, depth + 1)
  }

  /** The class of the file that a name is, or that `self` is an instance of. */
  #classBehind(name: PyNode): PyNode | undefined {
    const binding = this.bindingOf(name)
    const definition = binding && definitionAt(binding, name)
    if (binding === undefined || definition === undefined) return undefined
    return definition.from === 'class' ? definition.node : this.#classesOf(name)?.ownerOf(binding)
  }

  #classesOf(node: PyNode): Module['classes'] | undefined {
    const scope = node.scope?.module
    return scope && this.#modules.get(scope)?.classes
  }

  #evaluateList(children: readonly PyNode[]): PyValue {
    const groups = split(children, ',')
    if (groups.some((group) => group.length !== 1)) return unknown
    return listOf(groups.flatMap(([item]) => (item ? [this.evaluate(item)] : [])))
  }

  #evaluateDict(children: readonly PyNode[]): PyValue {
    const entries = new Map<string, PyEntry>()
    const open: PyNode[] = []
    for (const group of split(children, ',')) {
      const [key, colon, node] = group
      if (key?.name === '**' && colon) this.spread(colon, entries, open)
      else if (key && colon?.name === ':' && node && group.length === 3) {
        const name = this.evaluate(key)
        if (isKey(name)) entries.set(name.value, { value: this.evaluate(node), node })
        else openUp(key, entries, open)
      } else return unknown
    }
    return dictOf(entries, open)
  }

  spread(node: PyNode, entries: Map<string, PyEntry>, open: PyNode[]): void {
    const value = this.evaluate(node)
    if (value.kind !== 'dict') {
      openUp(node, entries, open)
      return
    }
    for (const one of value.open) openUp(one, entries, open)
    for (const [name, entry] of value.entries) entries.set(name, entry)
  }

  #evaluateBinary(left: PyNode, operator: string, right: PyNode): PyValue {
    const value = this.evaluate(left)
    if (operator === 'and' || operator === 'or') {
      const holds = truth(value)
      if (holds === undefined) return operator === 'or' ? this.#orElse(value, right) : unknown
      return holds === (operator === 'or') ? value : this.evaluate(right)
    }
    const other = this.evaluate(right)
    if (operator === '|' && value.kind === 'dict' && other.kind === 'dict') {
      return other.open.length > 0 ? unknown : dictOf(new Map([...value.entries, ...other.entries]), value.open)
    }
    return binary(value, operator, other)
  }

  /** `os.getenv("POOL") or 20` */
  #orElse(value: PyValue, right: PyNode): PyValue {
    const variables = value.kind === 'unknown' && value.variable !== undefined ? [value.variable] : variablesOf(value)
    if (value.kind === 'known' && value.value) return value
    const other = variables.length > 0 ? this.evaluate(right) : unknown
    return other.kind === 'known' ? from(other, { ...other, variables }) : { kind: 'unknown', fallback: right }
  }

  #evaluateChoice([yes, , test, , no]: readonly PyNode[]): PyValue {
    const holds = test && truth(this.evaluate(test))
    const chosen = holds === undefined ? undefined : holds ? yes : no
    return chosen ? this.evaluate(chosen) : unknown
  }
}

/** A text that is the same in every environment. */
function isKey(value: PyValue): value is PyKnown & { readonly value: string } {
  return value.kind === 'known' && typeof value.value === 'string' && value.variables === undefined
}

function onlyMade(value: PyValue): PyValue {
  return value.kind === 'made' ? value : unknown
}

function openUp(node: PyNode, entries: Map<string, PyEntry>, open: PyNode[]): void {
  open.push(node)
  for (const [name] of entries) entries.set(name, { value: unknown, node })
}

/** What is unknown under a name is so because of what the name was given. */
function because(value: PyValue, source: PyNode): PyValue {
  return value.kind === 'unknown' && value.because === undefined ? { ...value, because: source } : value
}

/** A dict or a list that something is done to later is not what it was made as. */
function changed(value: PyValue, mutations: readonly Mutation[], evaluator: PyEvaluator): PyDict | PyValue {
  if ((value.kind !== 'dict' && value.kind !== 'list') || mutations.length === 0) return value
  if (value.kind === 'list') return unknown
  const entries = new Map(value.entries)
  const open = [...value.open]
  for (const { key, at } of mutations) {
    const name = key && evaluator.evaluate(key)
    if (name && isKey(name)) entries.set(name.value, { value: unknown, node: at })
    else openUp(at, entries, open)
  }
  return dictOf(entries, open)
}

/** A value that a module has a name for. */
function constant(path: readonly string[] | undefined): PyValue {
  if (path === undefined) return unknown
  const name = path.join('.')
  if (name === 'math.inf' || name === 'numpy.inf') return known(Number.POSITIVE_INFINITY)
  // By its name: its number is the system's.
  if (/^socket\.[A-Z_]{2,40}$/.test(name)) return known(name)
  const value = constantAt(path)
  return value === undefined ? unknown : known(value)
}
