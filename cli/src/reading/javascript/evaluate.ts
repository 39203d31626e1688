import type { Node } from 'oxc-parser'
import type { Binding } from './bindings.ts'
import { creations } from './clients.ts'
import { MaskedText } from './masking.ts'
import { bare, type Call, type FunctionNode, keyName, type MemberNode, memberName, returned } from './nodes.ts'
import { compute, constantOf } from './operators.ts'
import { References } from './references.ts'
import type { Scopes } from './scope.ts'
import { fieldsValue, itemsValue, type Made, member, plainValue, sizeOf, unknownValue, type Value } from './values.ts'

/** Members of a live agent that are limits and may be assigned. */
const liveLimits = new Set(['maxSockets', 'maxFreeSockets', 'maxTotalSockets'])

/** Finds what expressions are: constants and simple names of the file, and nothing that would have to be run. */
export class Evaluator {
  readonly references: References
  readonly #scopes: Scopes
  readonly #text: MaskedText
  readonly #known = new Map<Binding, Value>()
  readonly #open = new Set<Binding>()

  constructor(scopes: Scopes, text: string) {
    this.#scopes = scopes
    this.#text = new MaskedText(text, scopes)
    this.references = new References(scopes)
  }

  /** As the source has it, but for secrets that it spells out. */
  sourceOf({ start, end }: { start: number; end: number }): string {
    return this.#text.slice(start, end)
  }

  evaluate(expression: Node): Value {
    const node = bare(expression)
    const source = this.sourceOf(node)
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'object' || typeof node.value === 'bigint'
          ? node.value === null && node.raw === 'null'
            ? plainValue(null, source)
            : unknownValue(source)
          : plainValue(node.value, source)
      case 'Identifier':
        return this.#evaluateName(node, source)
      case 'MemberExpression':
        return this.#evaluateMember(node, source)
      case 'ArrayExpression':
        return this.#evaluateArray(node, source)
      case 'ObjectExpression':
        return this.#evaluateObject(node, source)
      case 'NewExpression':
      case 'CallExpression':
        return this.#evaluateCall(node, source)
      case 'AwaitExpression': {
        const value = this.evaluate(node.argument)
        return value.kind === 'made' ? value : unknownValue(source)
      }
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        return this.#evaluateChooser(node, source)
      case 'SequenceExpression':
        // Its parentheses are not part of the tree.
        return unknownValue(`(${source})`)
      default:
        return compute(node, source, (part) => this.evaluate(part))
    }
  }

  /** What a call or `new` makes, with what is assigned to it afterwards. */
  made(call: Call): Value {
    const value = this.evaluate(call)
    const parent = this.#scopes.parentOf(call)
    if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return value
    const named = this.evaluate(parent.id)
    return named.kind === 'made' && named.start === call.start ? named : value
  }

  /**
   * What a call makes that is known to be this creation.
   * @param opaque what its arguments are for can't be told
   */
  madeBy(node: Call, creation: string, opaque: boolean): Made {
    const source = this.sourceOf(node)
    const { options, origin, proxy, role } = creations[creation] ?? { options: 0 }
    const own = opaque ? unknownValue(source) : this.#argument(node, options)
    const given = role === 'client' ? this.#inherited(node, own) : proxy === undefined ? own : this.#withProxy(node, proxy, own)
    return {
      kind: 'made',
      creation,
      start: node.start,
      source,
      options: given,
      ...(origin === undefined ? {} : { origin: this.#argument(node, origin) }),
      size: sizeOf([given]),
    }
  }

  #evaluateName(node: Extract<Node, { type: 'Identifier' }>, source: string): Value {
    const binding = this.#scopes.resolve(node.name, node)
    if (binding === undefined) return constantOf(node.name, source)
    const known = this.#known.get(binding)
    if (known) return known
    const { from } = binding.source
    if (from !== 'value' || binding.writes.length > 0 || this.#open.has(binding)) return unknownValue(source)
    this.#open.add(binding)
    let value = this.evaluate(binding.source.value)
    for (const name of binding.source.path) value = member(value, name, source)
    value = this.#withLaterWrites(value, binding)
    this.#open.delete(binding)
    this.#known.set(binding, value)
    return value
  }

  /** A constant object may still be assigned to, member by member. */
  #withLaterWrites(value: Value, binding: Binding): Value {
    if (value.kind === 'made') {
      if (creations[value.creation]?.role === 'client') return value
      const limits = binding.memberWrites.filter(({ name }) => name === undefined || liveLimits.has(name))
      return limits.length === 0 ? value : { ...value, options: this.#overwritten(value.options, limits, binding) }
    }
    return binding.memberWrites.length === 0 ? value : this.#overwritten(value, binding.memberWrites, binding)
  }

  #overwritten(value: Value, writes: Binding['memberWrites'], binding: Binding): Value {
    if (value.kind !== 'fields') return unknownValue(value.source)
    const found = new Map(value.fields)
    const open = [...value.open]
    for (const { name, value: assigned, at } of writes) {
      const source = this.sourceOf(at)
      const certain =
        assigned !== undefined && writes.filter((one) => one.name === name).length === 1 && this.#follows(at, binding)
      if (name === undefined) {
        open.push(source)
        for (const key of found.keys()) found.set(key, unknownValue(source))
      } else found.set(name, certain ? this.evaluate(assigned) : unknownValue(source))
    }
    return fieldsValue(found, open, value.source)
  }

  /** The assignment is a statement beside the declaration: it runs once, and whenever the declaration does. */
  #follows(assignment: Node, { declaredAt }: Binding): boolean {
    const statement = this.#scopes.parentOf(assignment)
    const parent = this.#scopes.parentOf(declaredAt)
    const block = parent?.type === 'ExportNamedDeclaration' ? this.#scopes.parentOf(parent) : parent
    return statement?.type === 'ExpressionStatement' && this.#scopes.parentOf(statement) === block
  }

  #evaluateMember(node: MemberNode, source: string): Value {
    const name = memberName(node)
    if (name === undefined) return unknownValue(source)
    const object = bare(node.object)
    if (object.type === 'Identifier' && object.name === 'Number' && !this.#scopes.resolve('Number', object)) {
      return constantOf(`Number.${name}`, source)
    }
    return member(this.evaluate(object), name, source)
  }

  #evaluateArray(node: Extract<Node, { type: 'ArrayExpression' }>, source: string): Value {
    const values: Value[] = []
    for (const element of node.elements) {
      if (element === null) values.push(plainValue(undefined, ''))
      else if (element.type === 'SpreadElement') return unknownValue(source)
      else values.push(this.evaluate(element))
    }
    return itemsValue(values, source)
  }

  #evaluateObject(node: Extract<Node, { type: 'ObjectExpression' }>, source: string): Value {
    const found = new Map<string, Value>()
    const open: string[] = []
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') this.#spread(property, found, open)
      else {
        const name = keyName(property.key, property.computed) ?? this.#computedName(property.key)
        if (name === undefined) this.#spread(property, found, open)
        else found.set(name, property.kind === 'init' ? this.evaluate(property.value) : unknownValue(this.sourceOf(property)))
      }
    }
    return fieldsValue(found, open, source)
  }

  #computedName(key: Node): string | undefined {
    const value = this.evaluate(key)
    return value.kind === 'plain' && typeof value.value === 'string' ? value.value : undefined
  }

  /** Copies into `found` what a spread, or an argument of Object.assign, brings; what is unknown may replace anything before it. */
  #spread(node: Node, found: Map<string, Value>, open: string[]): void {
    const argument = node.type === 'SpreadElement' ? node.argument : node
    const value = argument.type === 'Property' ? undefined : this.spreadValue(argument)
    if (value?.kind === 'plain') return
    if (value?.kind === 'fields') {
      for (const source of value.open) this.#openUp(source, found, open)
      const isCertain = this.#isCertain(argument)
      for (const [name, one] of value.fields) {
        const earlier = found.get(name)
        found.set(name, isCertain || earlier === undefined ? one : unknownValue(one.source, earlier))
      }
    } else {
      const source = this.sourceOf(node)
      this.#openUp(node.type === 'SpreadElement' || node.type === 'Property' ? source : `...${source}`, found, open)
    }
  }

  /** Whether a spread brings all of it. */
  #isCertain(argument: Node): boolean {
    return branchesOf(bare(argument)).length === 0 || this.evaluate(argument).kind !== 'unknown'
  }

  /** What a spread brings. Of a choice between literals all names are known: what is in one branch only may be there, and nothing else. */
  spreadValue(argument: Node): Value {
    const value = this.evaluate(argument)
    const branches = value.kind === 'unknown' ? branchesOf(bare(argument)) : []
    if (branches.length === 0) return value
    const found = new Map<string, Value>()
    for (const branch of branches) {
      const one = this.spreadValue(branch)
      if (one.kind === 'plain') continue
      if (one.kind !== 'fields' || one.open.length > 0) return value
      for (const name of one.fields.keys()) found.set(name, unknownValue(memberOf(value.source, name)))
    }
    return fieldsValue(found, [], value.source)
  }

  #openUp(source: string, found: Map<string, Value>, open: string[]): void {
    open.push(source)
    for (const [name, value] of found) found.set(name, unknownValue(source, value))
  }

  #evaluateCall(node: Call, source: string): Value {
    const creation = this.references.creationOf(node)
    if (creation !== undefined) return this.madeBy(node, creation, false)
    const callee = bare(node.callee)
    if (callee.type === 'MemberExpression' && memberName(callee) === 'compose') {
      // Interceptors around a dispatcher: its connections are the same.
      const composed = this.evaluate(callee.object)
      if (composed.kind === 'made') return composed
    }
    const [first] = node.arguments
    const name = this.references.globalName(node.callee)
    if (name === 'Object.freeze' && first && first.type !== 'SpreadElement') return this.evaluate(first)
    // The same to whoever takes a URL.
    if (name === 'URL' && first && node.arguments.length === 1 && first.type !== 'SpreadElement') return this.evaluate(first)
    if (name !== 'Object.assign') return unknownValue(source)
    const found = new Map<string, Value>()
    const open: string[] = []
    for (const argument of node.arguments) {
      if (argument.type === 'SpreadElement') this.#openUp(this.sourceOf(argument), found, open)
      else this.#spread(argument, found, open)
    }
    return fieldsValue(found, open, source)
  }

  /** An instance that is made from another one begins with its options. */
  #inherited(node: Call, own: Value): Value {
    const callee = bare(node.callee)
    if (callee.type !== 'MemberExpression') return own
    if (node.arguments.length > 1) return unknownValue(this.sourceOf(node))
    const parent = this.evaluate(callee.object)
    if (parent.kind !== 'made') return own
    if (parent.options.kind !== 'fields' || own.kind !== 'fields') return unknownValue(own.source)
    return fieldsValue(new Map([...parent.options.fields, ...own.fields]), [...parent.options.open, ...own.open], own.source)
  }

  /** Options of an agent, and the proxy that is named by an argument of its own. */
  #withProxy(node: Call, index: number, own: Value): Value {
    const proxy = this.#argument(node, index)
    if (own.kind !== 'fields') return own
    return fieldsValue(new Map([...own.fields, ['proxy', proxy]]), own.open, own.source)
  }

  /** An argument that was left out counts as no options. */
  #argument(node: Call, index: number): Value {
    const argument = node.arguments[index]
    const spread = node.arguments.find(({ type }, at) => type === 'SpreadElement' && at <= index)
    if (spread) return unknownValue(this.sourceOf(spread))
    const value: Value = argument ? this.evaluate(argument) : plainValue(undefined, '')
    return value.kind === 'plain' && value.value == null ? fieldsValue(new Map(), [], '{}') : value
  }

  /** `(url) => url.protocol === 'https:' ? secure : plain`, as node-fetch's users write it. */
  #evaluateChooser(node: FunctionNode, source: string): Value {
    const expression = returned(node)
    const choice = expression && bare(expression)
    if (choice?.type !== 'ConditionalExpression' || choice.test.type !== 'BinaryExpression') {
      const only = choice && this.evaluate(choice)
      return only?.kind === 'made'
        ? { kind: 'chooser', http: only, https: only, source, size: sizeOf([only]) }
        : unknownValue(source)
    }
    const { left, right, operator } = choice.test
    const compared = [left, right].map((side) => this.sourceOf(side))
    const scheme = compared.find((side) => /^['"`]https?:?['"`]$/.test(side))?.replace(/\W/g, '')
    const sameness = operator === '===' || operator === '==' ? true : operator === '!==' || operator === '!=' ? false : undefined
    if (scheme === undefined || sameness === undefined || !compared.some((side) => side.includes('protocol')))
      return unknownValue(source)
    const [yes, no] = [this.evaluate(choice.consequent), this.evaluate(choice.alternate)]
    const secureFirst = (scheme === 'https') === sameness
    const [http, https] = secureFirst ? [no, yes] : [yes, no]
    return { kind: 'chooser', http, https, source, size: sizeOf([http, https]) }
  }
}

/** What `...(test ? one : other)` and `...(test && one)` may spread. */
function branchesOf(node: Node): Node[] {
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate]
  return node.type === 'LogicalExpression' && node.operator === '&&' ? [node.right] : []
}

/** As code for what a spread may bring. */
function memberOf(source: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `(${source})?.${name}` : `(${source})?.[${JSON.stringify(name)}]`
}
