import { define } from './definitions.ts'
import { type Mutation, type PyNode, Scope } from './syntax.ts'
import { attributeOf, subscriptOf } from './tree.ts'

const scopeKinds: { readonly [node: string]: Scope['kind'] } = {
  FunctionDefinition: 'function',
  LambdaExpression: 'function',
  ClassDefinition: 'class',
  ComprehensionExpression: 'function',
  ArrayComprehensionExpression: 'function',
  DictionaryComprehensionExpression: 'function',
  SetComprehensionExpression: 'function',
}

/** Gives each node its scope, and each scope its names. The nodes come in the order of the source, parents first. */
export function bindNames(nodes: readonly PyNode[], textOf: (node: PyNode) => string): Scope {
  const [root] = nodes
  if (root === undefined) throw new Error('a module has a root')
  const module = new Scope(root, 'module', undefined)
  const inner = new Map<PyNode, Scope>()
  root.scope = module
  inner.set(root, module)
  for (const node of nodes) {
    const { parent } = node
    if (parent) node.scope = scopeOf(node, parent, inner.get(parent)) ?? module
    const kind = scopeKinds[node.name]
    if (kind) inner.set(node, new Scope(node, kind, node.scope))
    if (node.name === 'ScopeStatement') declareElsewhere(node, textOf)
  }
  for (const node of nodes) define(node, node.scope ?? module, inner.get(node), textOf)
  for (const node of nodes) noteMutation(node, textOf)
  return module
}

/** The body and the parameters of a function are inside; its decorators, defaults and annotations are not. */
function scopeOf(node: PyNode, parent: PyNode, inner: Scope | undefined): Scope | undefined {
  if (inner === undefined) return parent.scope
  if (parent.name === 'FunctionDefinition' || parent.name === 'ClassDefinition')
    return node.name === 'Body' ? inner : parent.scope
  return parent.name === 'LambdaExpression' && node.name === 'ParamList' ? parent.scope : inner
}

function declareElsewhere(node: PyNode, textOf: (node: PyNode) => string): void {
  const how = node.children[0]?.name === 'global' ? 'global' : 'nonlocal'
  for (const one of node.children) if (one.name === 'VariableName') node.scope?.elsewhere.set(textOf(one), how)
}

/** Methods that change a dict or a list in place. */
const changing = new Set(['update', 'pop', 'popitem', 'setdefault', 'clear', 'append', 'extend', 'insert', 'remove', 'sort'])

function noteMutation(node: PyNode, textOf: (node: PyNode) => string): void {
  if (node.name !== 'MemberExpression') return
  const { parent, scope } = node
  const attribute = attributeOf(node)
  const subscript = subscriptOf(node)
  const method = attribute && textOf(attribute.name)
  const called = parent?.name === 'CallExpression' && parent.children[0] === node
  const written = isTarget(node)
  if (!written && !(called && method !== undefined && changing.has(method))) return
  const object = attribute?.object ?? subscript?.object ?? node.children[0]
  if (object === undefined) return
  const mutation: Mutation = {
    at: written ? (parent ?? node) : node,
    ...(written && attribute && method !== undefined ? { attribute: method } : {}),
    ...(written && subscript ? { key: subscript.key } : {}),
    ...(written ? assigned(node) : {}),
  }
  if (object.name === 'VariableName') scope?.find(textOf(object))?.mutations.push(mutation)
  else noteDeeper(object, mutation, textOf)
}

/** `a.b[c] = …` changes the `b` of `a`. */
function noteDeeper(object: PyNode, { at }: Mutation, textOf: (node: PyNode) => string): void {
  let node = object
  while (node.name === 'MemberExpression') {
    const inner = node.children[0]
    if (inner === undefined) return
    if (inner.name === 'VariableName') {
      const attribute = attributeOf(node)
      const subscript = subscriptOf(node)
      inner.scope?.find(textOf(inner))?.mutations.push({
        at,
        deeper: true,
        ...(attribute ? { attribute: textOf(attribute.name) } : {}),
        ...(subscript ? { key: subscript.key } : {}),
      })
    }
    node = inner
  }
}

/** On the left of an assignment, in an augmented one, after `del`, or a loop's variable. */
function isTarget(node: PyNode): boolean {
  const { parent } = node
  if (parent === undefined) return false
  if (parent.name === 'TupleExpression' || parent.name === 'ArrayExpression') return isTarget(parent)
  return node.to <= targetsEnd(parent)
}

const ends = new WeakMap<PyNode, number>()

/** Where the targets of a statement end; kept, since a statement may have very many. */
function targetsEnd(statement: PyNode): number {
  const known = ends.get(statement)
  if (known !== undefined) return known
  const { name, children } = statement
  const end =
    name === 'DeleteStatement'
      ? statement.to
      : name === 'UpdateStatement'
        ? children[0]?.to
        : name === 'ForStatement'
          ? children.find((one) => one.name === 'in')?.from
          : name === 'AssignStatement'
            ? children.findLast((one) => one.name === 'AssignOp')?.from
            : undefined
  ends.set(statement, end ?? -1)
  return end ?? -1
}

/** The value, where there is one target and one value. */
function assigned(node: PyNode): { value?: PyNode } {
  const { parent } = node
  // A statement may have very many targets: no look at all of them for each.
  if (parent?.name !== 'AssignStatement' || parent.children.length > 4) return {}
  const [target, operator, value, ...more] = parent.children.filter(({ name }) => name !== 'TypeDef')
  return more.length === 0 && target === node && operator?.name === 'AssignOp' && value ? { value } : {}
}
