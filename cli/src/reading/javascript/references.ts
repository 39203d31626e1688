import type { Node } from 'oxc-parser'
import type { Binding } from './bindings.ts'
import { creations, eitherOf } from './clients.ts'
import { bare, type Call, type ClassNode, isClass, memberName } from './nodes.ts'
import type { Scopes } from './scope.ts'

/** What an expression leads to: a module, and the way into it. `()` is an instance of the client. */
interface Reference {
  readonly module: string
  readonly path: readonly string[]
  /** It may as well lead here: `secure ? https : http`. */
  readonly or?: Reference
}

/** What compilers put around require. */
const interop = new Set(['__importDefault', '__importStar', '_interopRequireDefault', '_interopRequireWildcard'])

const globals = new Set(['globalThis', 'global', 'window', 'self'])

/** Follows names through imports, requires, aliases and destructuring. */
export class References {
  readonly #scopes: Scopes
  readonly #known = new Map<Binding, Reference | undefined>()

  constructor(scopes: Scopes) {
    this.#scopes = scopes
  }

  /** `module#path` of what an expression refers to; globals have the module `global`. Of a choice it is both: see `eitherOf`. */
  of(node: Node): string | undefined {
    const found = this.#find(node)
    return found && (found.or ? eitherOf(keyOf(found), keyOf(found.or)) : keyOf(found))
  }

  /** The key of the creation that a call or `new` is. */
  creationOf(call: Call): string | undefined {
    const key = this.of(call.callee)
    return key !== undefined && Object.hasOwn(creations, key) ? key : undefined
  }

  /** The class of this file that a `new` makes, and the key of the creation that it extends. */
  subclassOf(call: Call): { readonly key: string; readonly own: ClassNode } | undefined {
    const own = call.type === 'NewExpression' ? this.#classOf(call.callee) : undefined
    let base = own
    for (let depth = 0; base?.superClass && depth < longestLine; depth += 1) {
      const key = this.of(base.superClass)
      if (key !== undefined && Object.hasOwn(creations, key)) return own && { key, own }
      base = this.#classOf(base.superClass)
    }
    return undefined
  }

  #classOf(expression: Node): ClassNode | undefined {
    const node = bare(expression)
    if (isClass(node)) return node
    const source = node.type === 'Identifier' ? this.#scopes.resolve(node.name, node)?.source : undefined
    return source?.from === 'value' && source.path.length === 0 && isClass(source.value) ? source.value : undefined
  }

  /** The dotted name of a global, such as `Object.assign`. */
  globalName(node: Node): string | undefined {
    const found = this.#find(node)
    return found?.module === 'global' && !found.or ? found.path.join('.') : undefined
  }

  #find(expression: Node): Reference | undefined {
    const node = bare(expression)
    switch (node.type) {
      case 'Identifier': {
        const binding = this.#scopes.resolve(node.name, node)
        if (binding) return this.#ofBinding(binding)
        return { module: 'global', path: globals.has(node.name) ? [] : [node.name] }
      }
      case 'MemberExpression': {
        const name = memberName(node)
        return name === undefined ? undefined : extend(this.#find(node.object), [name])
      }
      case 'AwaitExpression':
        return this.#find(node.argument)
      case 'ImportExpression':
        return node.source.type === 'Literal' && typeof node.source.value === 'string' ? moduleOf(node.source.value) : undefined
      case 'CallExpression':
      case 'NewExpression':
        return this.#ofCall(node)
      case 'LogicalExpression':
        // `namespace.default || namespace`
        return node.operator === '&&' ? undefined : this.#either(node.left, node.right)
      case 'ConditionalExpression':
        return this.#either(node.consequent, node.alternate)
      default:
        return undefined
    }
  }

  /** Both, where both are known: which one it is only the running program knows. */
  #either(left: Node, right: Node): Reference | undefined {
    const [one, other] = [this.#find(left), this.#find(right)]
    if (!one || !other || one.or || other.or) return undefined
    return keyOf(one) === keyOf(other) ? one : { ...one, or: other }
  }

  #ofBinding(binding: Binding): Reference | undefined {
    if (this.#known.has(binding)) return this.#known.get(binding)
    // Set first: a name may lead back to itself.
    this.#known.set(binding, undefined)
    const { source, writes } = binding
    const start =
      source.from === 'module'
        ? moduleOf(source.module)
        : source.from === 'value' && writes.length === 0
          ? this.#find(source.value)
          : undefined
    const found = source.from === 'elsewhere' ? undefined : extend(start, source.path)
    this.#known.set(binding, found)
    return found
  }

  #ofCall(call: Call): Reference | undefined {
    const callee = bare(call.callee)
    const [first] = call.arguments
    if (callee.type === 'Identifier' && first) {
      if (interop.has(callee.name)) return this.#find(first)
      if (callee.name === 'require' && this.#isRequire(callee)) {
        return first.type === 'Literal' && typeof first.value === 'string' ? moduleOf(first.value) : undefined
      }
    }
    const made = this.#find(callee)
    if (made === undefined || made.or) return undefined
    const creation = creations[`${made.module}#${made.path.join('.')}`]
    return creation?.role === 'client' ? { module: made.module, path: ['()'] } : extend(made, ['()'])
  }

  /** Node's own require, or one that createRequire made. */
  #isRequire(callee: Extract<Node, { type: 'Identifier' }>): boolean {
    const binding = this.#scopes.resolve(callee.name, callee)
    if (binding === undefined) return true
    if (binding.source.from !== 'value') return false
    const made = bare(binding.source.value)
    return made.type === 'CallExpression' && this.of(made.callee) === 'module#createRequire'
  }
}

/** Classes that extend one another in a circle end somewhere, too. */
const longestLine = 20

function keyOf({ module, path }: Reference): string {
  return `${module}#${path.join('.')}`
}

function moduleOf(specifier: string): Reference {
  return { module: specifier.replace(/^node:/, ''), path: [] }
}

/** `default` says nothing: a default import, a namespace and a require lead to the same client. */
function extend(reference: Reference | undefined, path: readonly string[]): Reference | undefined {
  if (reference === undefined) return undefined
  const { module, path: start, or } = reference
  const whole = [...start, ...path.filter((name) => name !== 'default')]
  return { module, path: whole, ...(or && { or: extend(or, path) ?? or }) }
}
