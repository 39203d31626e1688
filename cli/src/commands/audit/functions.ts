import type { Node } from 'oxc-parser'
import type { Model } from '../../reading/javascript/model.ts'
import { bare, type FunctionNode, isFunction, memberName } from '../../reading/javascript/nodes.ts'

const firstParameter = /^_?(?:req|request|ctx|context|event)$/
const secondParameter = /^_?(?:res|response|reply|rep|next|h|toolkit)$/
const routes = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use', 'route', 'on'])
/** Names under which frameworks look for handlers in a module. */
const exportedHandlers = new Set(['handler', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'loader', 'action', 'getServerSideProps'])

/** The function is called for each request that a server gets. */
export function isHandler(node: Node, model: Model): boolean {
  if (!isFunction(node)) return false
  const [first, second] = node.params.map(parameterName)
  if (first !== undefined && second !== undefined && firstParameter.test(first) && secondParameter.test(second)) return true
  if (exportedHandlers.has(exportedName(node, model) ?? '')) return true
  const call = model.scopes.parentOf(node)
  if (call?.type !== 'CallExpression' || call.callee === node) return false
  const callee = bare(call.callee)
  const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  if (name === 'createServer') return true
  const [path] = call.arguments
  const isPath = path?.type === 'Literal' && typeof path.value === 'string' && path.value.startsWith('/')
  const isRequest = path?.type === 'Literal' && path.value === 'request' && name === 'on'
  return isRequest || (name !== undefined && callee.type === 'MemberExpression' && routes.has(name) && isPath)
}

function parameterName(parameter: Node): string | undefined {
  return parameter.type === 'Identifier' ? parameter.name : undefined
}

function exportedName(node: FunctionNode, { scopes }: Model): string | undefined {
  const parent = scopes.parentOf(node)
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

/** The function runs once in a program, or in a test, so that what it makes is not made again and again. */
export function runsOnce(node: FunctionNode, model: Model): boolean {
  const { scopes } = model
  const parent = scopes.parentOf(node)
  if (parent?.type === 'CallExpression') {
    if (bare(parent.callee) === node) return scopes.functionAround(node) === undefined
    const root = rootOf(parent.callee)
    return root !== undefined && testCalls.has(root)
  }
  const declared =
    parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : (node.id?.name ?? undefined)
  if (declared === undefined) return false
  if (startNames.test(declared)) return true
  const binding = scopes.resolve(declared, node)
  const uses = binding?.uses ?? []
  return (
    uses.length > 0 &&
    exportedName(node, model) === undefined &&
    uses.every((use) => scopes.functionAround(use) === undefined && isCalled(use, model))
  )
}

function isCalled(use: Node, { scopes }: Model): boolean {
  const parent = scopes.parentOf(use)
  return parent?.type === 'CallExpression' && parent.callee === use
}

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
