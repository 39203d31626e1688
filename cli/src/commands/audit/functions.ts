import type { Node } from 'oxc-parser'
import type { Model } from '../../reading/javascript/model.ts'
import { bare, type FunctionNode, isFunction, keyName, memberName } from '../../reading/javascript/nodes.ts'

const firstParameter = /^_?(?:req|request|ctx|context|event)$/
const secondParameter = /^_?(?:res|response|reply|rep|next|h|toolkit)$/
/** A Lambda's, with or without a callback behind them. */
const lambdaParameters = [/^_?(?:event|evt)$/, /^_?(?:context|ctx)$/] as const
const routes = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use', 'route', 'on'])
/** Names under which frameworks look for handlers in a module. */
const exportedHandlers = /^(?:\w*[hH]andler|GET|POST|PUT|PATCH|DELETE|loader|action|getServerSideProps)$/

/** What a file tells of how often its functions are called, and by whom. */
export class Functions {
  readonly #model: Model
  readonly #served = new Map<Node, boolean>()
  #methodCalls: ReadonlyMap<string, readonly Node[]> | undefined

  constructor(model: Model) {
    this.#model = model
  }

  /**
   * The function that a node is part of. What runs once within another one, when that runs, is a part of it:
   * `new Promise((resolve) => …)`, `.then(() => …)`, and in a handler every callback.
   */
  homeOf(node: Node): Node | undefined {
    for (const outer of this.#model.scopes.around(node)) {
      if (isFunction(outer) && !this.#isWithin(outer)) return outer
    }
    return undefined
  }

  /** What to say of a node that belongs to the handling of one request; undefined where none is known to. */
  handlingAround(node: Node): string | undefined {
    const functions = [...this.#model.scopes.around(node)].filter(isFunction)
    if (functions.some((one) => this.isInterceptor(one))) return 'is made in an interceptor, anew for each request'
    if (functions.some((one) => this.isHandler(one))) return 'is made in a request handler, anew for each request'
    return functions.some((one) => this.#isServing(one))
      ? 'is made by what a request handler calls, anew for each request'
      : undefined
  }

  /** `api.interceptors.request.use((config) => …)` */
  isInterceptor(node: Node): boolean {
    const call = this.#model.scopes.parentOf(node)
    if (call?.type !== 'CallExpression' || call.arguments[0] !== node) return false
    return /\.interceptors\.request\.use$/.test(dotted(call.callee))
  }

  /** The function is called for each request that a server gets. */
  isHandler(node: Node): boolean {
    if (!isFunction(node)) return false
    const [first, second] = node.params.map(parameterName)
    if (first !== undefined && second !== undefined) {
      if (firstParameter.test(first) && secondParameter.test(second)) return true
      if (lambdaParameters[0].test(first) && lambdaParameters[1].test(second)) return true
    }
    if (exportedHandlers.test(this.#exportedName(node) ?? '')) return true
    const call = this.#model.scopes.parentOf(node)
    if (call?.type !== 'CallExpression' || call.callee === node) return false
    const callee = bare(call.callee)
    const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
    if (name === 'createServer') return true
    const [path] = call.arguments
    const isPath = path?.type === 'Literal' && typeof path.value === 'string' && path.value.startsWith('/')
    const isRequest = path?.type === 'Literal' && path.value === 'request' && name === 'on'
    return isRequest || (name !== undefined && callee.type === 'MemberExpression' && routes.has(name) && isPath)
  }

  /** Others can call it: it is exported, by itself or by its name. */
  isExported(node: FunctionNode): boolean {
    if (this.#exportedName(node) !== undefined) return true
    const { scopes } = this.#model
    const declared = declaredName(node, scopes.parentOf(node))
    const uses = (declared && scopes.resolve(declared, node)?.uses) || []
    return uses.some((use) => {
      const parent = scopes.parentOf(use)
      return parent?.type === 'ExportSpecifier' || parent?.type === 'ExportDefaultDeclaration'
    })
  }

  /** Where the file calls a function by its name, or as a method of the same object. */
  callsOf(node: Node): readonly Node[] {
    const { scopes } = this.#model
    if (!isFunction(node)) return []
    const parent = scopes.parentOf(node)
    if (parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition') {
      const name = parent.key.type === 'PrivateIdentifier' ? `#${parent.key.name}` : keyName(parent.key, parent.computed)
      return name === undefined ? [] : (this.#callsOfMethods().get(name) ?? [])
    }
    const declared = declaredName(node, parent)
    const uses = (declared && scopes.resolve(declared, node)?.uses) || []
    return uses.flatMap((use) => {
      const call = scopes.parentOf(use)
      return call?.type === 'CallExpression' && call.callee === use ? [call] : []
    })
  }

  /** The function runs once in a program, or in a test, so that what it makes is not made again and again. */
  runsOnce(node: FunctionNode): boolean {
    const { scopes } = this.#model
    const parent = scopes.parentOf(node)
    if (parent?.type === 'CallExpression') {
      if (bare(parent.callee) === node) return scopes.functionAround(node) === undefined
      const root = rootOf(parent.callee)
      return root !== undefined && testCalls.has(root)
    }
    const declared = declaredName(node, parent)
    if (declared === undefined) return false
    if (startNames.test(declared)) return true
    const uses = scopes.resolve(declared, node)?.uses ?? []
    return (
      uses.length > 0 &&
      this.#exportedName(node) === undefined &&
      uses.every((use) => scopes.functionAround(use) === undefined && this.#isCalled(use))
    )
  }

  /** `this.agent()` and `this.#agent()`, by the method's name. */
  #callsOfMethods(): ReadonlyMap<string, readonly Node[]> {
    if (this.#methodCalls) return this.#methodCalls
    const found = new Map<string, Node[]>()
    for (const node of this.#model.scopes.nodes) {
      if (node.type !== 'CallExpression') continue
      const callee = bare(node.callee)
      if (callee.type !== 'MemberExpression' || callee.object.type !== 'ThisExpression') continue
      const { property } = callee
      const name = property.type === 'PrivateIdentifier' ? `#${property.name}` : memberName(callee)
      if (name === undefined) continue
      const calls = found.get(name)
      if (calls) calls.push(node)
      else found.set(name, [node])
    }
    this.#methodCalls = found
    return found
  }

  /** A handler calls it, or what a handler calls does. */
  #isServing(node: FunctionNode): boolean {
    const known = this.#served.get(node)
    if (known !== undefined) return known
    // Set first: functions may call one another in a circle.
    this.#served.set(node, false)
    const serves =
      !this.runsOnce(node) &&
      this.callsOf(node).some((call) =>
        [...this.#model.scopes.around(call)].some(
          (outer) => isFunction(outer) && (this.isHandler(outer) || this.#isServing(outer)),
        ),
      )
    this.#served.set(node, serves)
    return serves
  }

  #isWithin(node: FunctionNode): boolean {
    const { scopes } = this.#model
    const call = scopes.parentOf(node)
    if (call?.type === 'NewExpression') return call.callee.type === 'Identifier' && call.callee.name === 'Promise'
    if (call?.type !== 'CallExpression' || this.isHandler(node)) return false
    const callee = bare(call.callee)
    if (callee === node) return scopes.functionAround(node) !== undefined
    const name = callee.type === 'MemberExpression' ? memberName(callee) : undefined
    if (name === 'then' || name === 'catch' || name === 'finally') return true
    for (const outer of scopes.around(call)) if (isFunction(outer) && this.isHandler(outer)) return true
    return false
  }

  #exportedName(node: FunctionNode): string | undefined {
    const { scopes } = this.#model
    let [inner, parent]: [Node, Node | undefined] = [node, scopes.parentOf(node)]
    // `export const handler = middleware(async (event) => …)`
    while (parent?.type === 'CallExpression' && parent.callee !== inner) [inner, parent] = [parent, scopes.parentOf(parent)]
    if (parent?.type === 'ExportNamedDeclaration') return node.id?.name
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
      const declaration = scopes.parentOf(parent)
      return declaration && scopes.parentOf(declaration)?.type === 'ExportNamedDeclaration' ? parent.id.name : undefined
    }
    if (parent?.type === 'AssignmentExpression') {
      const left = bare(parent.left)
      if (left.type === 'MemberExpression' && /^(?:module\.)?exports$/.test(dotted(left.object))) return memberName(left)
    }
    return undefined
  }

  #isCalled(use: Node): boolean {
    const parent = this.#model.scopes.parentOf(use)
    return parent?.type === 'CallExpression' && parent.callee === use
  }
}

function declaredName(node: FunctionNode, parent: Node | undefined): string | undefined {
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : node.id?.name
}

function parameterName(parameter: Node): string | undefined {
  return parameter.type === 'Identifier' ? parameter.name : undefined
}

function dotted(node: Node): string {
  const inner = bare(node)
  if (inner.type === 'Identifier') return inner.name
  return inner.type === 'MemberExpression' ? `${dotted(inner.object)}.${memberName(inner) ?? ''}` : ''
}

const startNames = /^(?:main|run|start|bootstrap|init|initialize|setup|seed|cli|script|teardown|before|after)/i
const testCalls = new Set([
  'it',
  'test',
  'describe',
  'suite',
  'before',
  'after',
  'beforeAll',
  'afterAll',
  'beforeEach',
  'afterEach',
  'bench',
])

/** `test` of `test.only(…)` and of `test.each(…)(…)`. */
function rootOf(callee: Node): string | undefined {
  let current = bare(callee)
  for (;;) {
    if (current.type === 'Identifier') return current.name
    if (current.type === 'MemberExpression') current = bare(current.object)
    else if (current.type === 'CallExpression') current = bare(current.callee)
    else return undefined
  }
}
