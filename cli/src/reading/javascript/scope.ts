import type { Node, Program } from 'oxc-parser'
import { type Binding, bind, type Source } from './bindings.ts'
import { bare, isFunction, type MemberNode, memberName, walk } from './nodes.ts'

type Names = Map<string, Binding>

/** Which declaration each name of a file stands for, and what is assigned to it besides. */
export class Scopes {
  readonly #parents = new Map<Node, Node>()
  readonly #scopes = new Map<Node, Names>()
  readonly nodes: readonly Node[]

  constructor(program: Program) {
    const nodes: Node[] = []
    this.#scopes.set(program, new Map())
    walk(program, (node, parent) => {
      nodes.push(node)
      if (parent) this.#parents.set(node, parent)
    })
    this.nodes = nodes
    for (const node of nodes) bind(node, this.#givenTo(node), (binding, target) => this.#declare(binding, node, target))
    for (const node of nodes) this.#note(node)
  }

  parentOf(node: Node): Node | undefined {
    return this.#parents.get(node)
  }

  /** The nodes around `node`, from the inside out. */
  *around(node: Node): Generator<Node> {
    for (let outer = this.#parents.get(node); outer !== undefined; outer = this.#parents.get(outer)) yield outer
  }

  /** The function that `node` is in; not the function that it is itself. */
  functionAround(node: Node): Node | undefined {
    for (const outer of this.around(node)) if (isFunction(outer)) return outer
    return undefined
  }

  /** What a name stands for at `node`; undefined where the file does not declare it. */
  resolve(name: string, node: Node): Binding | undefined {
    for (const outer of this.around(node)) {
      const binding = this.#scopes.get(outer)?.get(name)
      if (binding) return binding
    }
    return undefined
  }

  #declare(binding: Binding, node: Node, target: 'function' | 'block' | 'inside'): void {
    const names = this.#namesAt(node, target)
    const earlier = names.get(binding.name)
    // Declared twice (var, or function beside var): which value holds depends on the flow.
    if (earlier) earlier.writes.push(binding.declaredAt)
    else names.set(binding.name, binding)
  }

  #namesAt(node: Node, target: 'function' | 'block' | 'inside'): Names {
    if (target === 'inside') return this.#namesOf(node)
    let last = node
    for (const outer of this.around(node)) {
      last = outer
      if (target === 'block' ? makesBlockScope(outer) : isFunction(outer) || outer.type === 'Program') break
    }
    return this.#namesOf(last)
  }

  #namesOf(node: Node): Names {
    const known = this.#scopes.get(node)
    if (known) return known
    const names: Names = new Map()
    this.#scopes.set(node, names)
    return names
  }

  #note(node: Node): void {
    if (node.type === 'Identifier') {
      if (this.#refers(node)) this.resolve(node.name, node)?.uses.push(node)
      return
    }
    if (node.type === 'UpdateExpression' || (node.type === 'UnaryExpression' && node.operator === 'delete')) {
      this.#noteWrite(node.argument, undefined, node)
    } else if (node.type === 'AssignmentExpression') {
      this.#noteWrite(node.left, node.operator === '=' ? node.right : undefined, node)
    } else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
      this.#noteWrite(node.left, undefined, node)
    }
  }

  #noteWrite(target: Node, value: Node | undefined, at: Node): void {
    const left = bare(target)
    if (left.type === 'Identifier') this.resolve(left.name, left)?.writes.push(at)
    else if (left.type === 'MemberExpression') this.#noteMemberWrite(left, value, at)
    else if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') {
      walk(left, (inner) => {
        if (inner.type === 'Identifier') this.resolve(inner.name, inner)?.writes.push(at)
      })
    }
  }

  #noteMemberWrite(left: MemberNode, value: Node | undefined, at: Node): void {
    let inner = left
    let object = bare(left.object)
    while (object.type === 'MemberExpression') {
      inner = object
      object = bare(object.object)
    }
    if (object.type !== 'Identifier') return
    // Of a deeper write only this is known: what the first member holds is no longer what it was declared as.
    const known = inner === left ? value : undefined
    this.resolve(object.name, object)?.memberWrites.push({ name: memberName(inner), value: known, at })
  }

  /** `import('got').then((got) => …)` gives the function the module. */
  #givenTo(node: Node): Source {
    const call = isFunction(node) ? this.#parents.get(node) : undefined
    if (call?.type === 'CallExpression' && call.arguments[0] === node) {
      const callee = bare(call.callee)
      if (callee.type === 'MemberExpression' && memberName(callee) === 'then') {
        return { from: 'value', value: callee.object, path: [] }
      }
    }
    return { from: 'elsewhere' }
  }

  /** False for identifiers that only name a property, a label or a declaration. */
  #refers(node: Node): boolean {
    const parent = this.#parents.get(node)
    switch (parent?.type) {
      case 'MemberExpression':
        return parent.object === node || parent.computed
      case 'Property':
        return parent.value === node || parent.computed
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
        return parent.value === node || parent.computed
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
      case 'LabeledStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
        return false
      case 'VariableDeclarator':
        return parent.init === node
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ClassDeclaration':
      case 'ClassExpression':
        return parent.id !== node
      default:
        return true
    }
  }
}

function makesBlockScope(node: Node): boolean {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'SwitchStatement':
    case 'CatchClause':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return true
    default:
      return isFunction(node)
  }
}
