import type { Node } from 'oxc-parser'
import type { Binding } from './bindings.ts'
import { creations } from './clients.ts'
import { bare, type Call, memberName } from './nodes.ts'
import type { Scopes } from './scope.ts'

/** What an expression leads to: a module, and the way into it. `()` is an instance of the client. */
interface Reference {
  readonly module: string
  readonly path: readonly string[]
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

  /** `module#path` of what an expression refers to; globals have the module `global`. */
  of(node: Node): string | undefined {
    const found = this.#find(node)
    return found && `${found.module}#${found.path.join('.')}`
  }

  /** The key of the creation that a call or `new` is. */
  creationOf(call: Call): string | undefined {
    const key = this.of(call.callee)
    return key !== undefined && Object.hasOwn(creations, key) ? key : undefined
  }

  /** The dotted name of a global, such as `Object.assign`. */
  globalName(node: Node): string | undefined {
    const found = this.#find(node)
    return found?.module === 'global' ? found.path.join('.') : undefined
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
      default:
        return undefined
    }
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
    if (made === undefined) return undefined
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

function moduleOf(specifier: string): Reference {
  return { module: specifier.replace(/^node:/, ''), path: [] }
}

/** `default` says nothing: a default import, a namespace and a require lead to the same client. */
function extend(reference: Reference | undefined, path: readonly string[]): Reference | undefined {
  if (reference === undefined) return undefined
  return { module: reference.module, path: [...reference.path, ...path.filter((name) => name !== 'default')] }
}
