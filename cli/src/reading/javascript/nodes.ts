import {
  type ArrowFunctionExpression,
  type Expression,
  type Function as FunctionLike,
  type Node,
  type PropertyKey,
  visitorKeys,
} from 'oxc-parser'

export type FunctionNode = FunctionLike | ArrowFunctionExpression
export type MemberNode = Extract<Node, { type: 'MemberExpression' }>
export type ClassNode = Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>
export type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>

/** Type annotations are left out: they hold names, but nothing that runs. */
const typeKeys = new Set(['typeAnnotation', 'typeArguments', 'typeParameters', 'returnType', 'superTypeArguments', 'implements'])
const typeNodes = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
  'TSNamespaceExportDeclaration',
])

/** What is directly below a node, but for types. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const key of visitorKeys[node.type] ?? []) {
    if (typeKeys.has(key)) continue
    const child = (node as unknown as { [key: string]: Node | (Node | null)[] | null | undefined })[key]
    for (const one of Array.isArray(child) ? child : [child]) {
      if (one && !typeNodes.has(one.type)) children.push(one)
    }
  }
  return children
}

/** Visits every node in source order. By a list and not by recursion: generated code nests deeper than the stack. */
export function walk(root: Node, visit: (node: Node, parent: Node | undefined) => void): void {
  const open: [Node, Node | undefined][] = [[root, undefined]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, parent] = next
    visit(node, parent)
    for (const child of childrenOf(node).reverse()) open.push([child, node])
  }
}

export function isFunction(node: Node): node is FunctionNode {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
}

export function isClass(node: Node): node is ClassNode {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** The expression without what only types or groups it. */
export function bare(node: Node): Node {
  let current = node
  for (;;) {
    switch (current.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        current = current.expression
        break
      default:
        return current
    }
  }
}

/** A property's name where the source spells it out. */
export function keyName(key: PropertyKey | Expression, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')) return String(key.value)
  return undefined
}

export function memberName({ property, computed }: MemberNode): string | undefined {
  return property.type === 'PrivateIdentifier' ? undefined : keyName(property, computed)
}

/** The single expression that a function returns, if that is all it does. */
export function returned(node: FunctionNode): Node | undefined {
  const { body } = node
  if (body === null) return undefined
  if (body.type !== 'BlockStatement') return body
  const [only] = body.body
  return body.body.length === 1 && only?.type === 'ReturnStatement' ? (only.argument ?? undefined) : undefined
}
