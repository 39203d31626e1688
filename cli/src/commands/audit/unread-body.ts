import type { Node } from 'oxc-parser'
import type { Model } from '../../reading/javascript/model.ts'
import { bare, keyName, memberName } from '../../reading/javascript/nodes.ts'
import { content, field } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

export const unreadBody: AuditRule = {
  id: 'unread-body',
  severity: 'warn',
  title: 'an undici response whose body is not read',
  why: 'an unread body of more than 64 kB holds its connection until it is garbage-collected: with connections: 1 the next request waits forever',
  fix: 'read the body, or call body.dump() if you do not need it',
  example: {
    bad: `import { request } from 'undici'

export async function isUp(url) {
  const { statusCode } = await request(url)
  return statusCode === 200
}`,
    good: `import { request } from 'undici'

export async function isUp(url) {
  const { statusCode, body } = await request(url)
  await body.dump()
  return statusCode === 200
}`,
  },
  *find(model) {
    for (const node of model.scopes.nodes) {
      if (node.type !== 'CallExpression' || !sends(node, model)) continue
      const parent = model.scopes.parentOf(node)
      if (parent?.type === 'AwaitExpression' && leavesBody(parent, model)) {
        yield { at: node, message: 'the body of the response is not read' }
      }
    }
  },
}

/** `request(…)` of undici or of a dispatcher, for what has a body. */
function sends(node: Extract<Node, { type: 'CallExpression' }>, { evaluator, sent }: Model): boolean {
  const reference = evaluator.references.of(node.callee) ?? ''
  const ofModule = reference === 'undici#request'
  if (!ofModule && !/^undici#\w+\.\(\)\.request$/.test(reference)) return false
  const first = node.arguments[0]
  const options = ofModule
    ? sent.find((one) => one.node === node)?.options
    : first && first.type !== 'SpreadElement'
      ? evaluator.evaluate(first)
      : undefined
  if (options?.kind === 'unknown' || (options?.kind === 'fields' && options.open.length > 0)) return false
  const method = field(options, 'method')
  return method === undefined || (method.kind === 'plain' && content(method) !== 'HEAD')
}

/** Nothing of the program gets at the body. */
function leavesBody(awaited: Node, { scopes }: Model): boolean {
  let inner = awaited
  for (const outer of scopes.around(awaited)) {
    if (outer.type === 'ExpressionStatement') return true
    if (outer.type === 'MemberExpression') return outer.object === inner && isOther(memberName(outer))
    if (outer.type === 'VariableDeclarator') return leavesName(outer, scopes)
    if (bare(outer) !== bare(inner)) return false
    inner = outer
  }
  return false
}

function leavesName({ id }: Extract<Node, { type: 'VariableDeclarator' }>, scopes: Model['scopes']): boolean {
  if (id.type === 'ObjectPattern') {
    return id.properties.every((one) => one.type !== 'RestElement' && isOther(keyName(one.key, one.computed)))
  }
  const binding = id.type === 'Identifier' ? scopes.resolve(id.name, id) : undefined
  if (!binding || binding.writes.length > 0 || isExported(binding.declaredAt, scopes)) return false
  return binding.uses.every((use) => {
    const parent = scopes.parentOf(use)
    return parent?.type === 'MemberExpression' && parent.object === use && isOther(memberName(parent))
  })
}

function isOther(name: string | undefined): boolean {
  return name !== undefined && name !== 'body'
}

function isExported(node: Node, scopes: Model['scopes']): boolean {
  return scopes.parentOf(node)?.type === 'ExportNamedDeclaration'
}
