import type { Tree } from '@lezer/common'
import type { PyNode } from './syntax.ts'

/** What the parser calls a place where it had to skip or make up something. */
export const faulty = '⚠'

/** A node while its tree is built. */
interface Growing extends PyNode {
  readonly parent: Growing | undefined
  children: PyNode[]
}

// Most nodes have none; never pushed to.
const none: PyNode[] = []

/** The tree as plain nodes with parents, built without recursion: sources may nest as deep as the parser lets them. */
export function nodesOf(tree: Tree, offset: number): { root: PyNode; nodes: PyNode[] } {
  const cursor = tree.cursor()
  const make = (parent: Growing | undefined): Growing => ({
    name: cursor.name,
    from: offset + cursor.from,
    to: offset + cursor.to,
    parent,
    children: none,
  })
  const root = make(undefined)
  const nodes: PyNode[] = [root]
  let parent = root
  let inside = cursor.firstChild()
  while (inside) {
    if (cursor.name !== 'Comment') {
      const node = make(parent)
      nodes.push(node)
      append(parent, node)
      if (cursor.firstChild()) {
        parent = node
        continue
      }
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent() || parent.parent === undefined) {
        inside = false
        break
      }
      parent = parent.parent
    }
  }
  return { root, nodes }
}

function append(parent: Growing, node: Growing): void {
  if (parent.children === none) parent.children = [node]
  else parent.children.push(node)
}

export function child(node: PyNode, name: string): PyNode | undefined {
  return node.children.find((one) => one.name === name)
}

/** Groups of nodes between separators such as `,`; empty groups are left out. */
export function split(nodes: readonly PyNode[], separator: string): PyNode[][] {
  const groups: PyNode[][] = [[]]
  for (const node of nodes) {
    if (node.name === separator) groups.push([])
    else groups.at(-1)?.push(node)
  }
  return groups.filter((group) => group.length > 0)
}

/** The expression without parentheses around it. */
export function unparenthesized(node: PyNode): PyNode {
  let inner = node
  while (inner.name === 'ParenthesizedExpression') {
    const next = inner.children.find(({ name }) => name !== '(' && name !== ')')
    if (next === undefined) break
    inner = next
  }
  return inner
}

/** `object.name` */
export interface Attribute {
  readonly object: PyNode
  readonly name: PyNode
}

export function attributeOf(node: PyNode): Attribute | undefined {
  const [object, dot, name] = node.children
  return node.name === 'MemberExpression' && object && dot?.name === '.' && name?.name === 'PropertyName'
    ? { object, name }
    : undefined
}

/** `object[key]`, of one key and no slice. */
export function subscriptOf(node: PyNode): { object: PyNode; key: PyNode } | undefined {
  const [object, bracket, key, end] = node.children
  return node.name === 'MemberExpression' && object && bracket?.name === '[' && key && end?.name === ']'
    ? { object, key }
    : undefined
}

export interface Argument {
  readonly kind: 'positional' | 'keyword' | '*' | '**'
  /** Of a keyword argument. */
  readonly name: PyNode | undefined
  readonly value: PyNode
}

/** The arguments of a call or a class; `broken` where the list can't be trusted. */
export function argumentsOf(call: PyNode): { list: Argument[]; broken: boolean } {
  const list: Argument[] = []
  const args = child(call, 'ArgList')
  if (args === undefined) return { list, broken: true }
  let broken = args.children.at(-1)?.name !== ')'
  for (const group of split(args.children.slice(1, broken ? undefined : -1), ',')) {
    const [first, second, third] = group
    if (first === undefined || group.some(({ name }) => name === faulty)) broken = true
    else if (first.name === '*' || first.name === '**') {
      if (second) list.push({ kind: first.name, name: undefined, value: second })
    } else if (second?.name === 'AssignOp' && third && group.length === 3)
      list.push({ kind: 'keyword', name: first, value: third })
    else if (group.length === 1) list.push({ kind: 'positional', name: undefined, value: first })
    // A generator: positional, and never a setting.
    else list.push({ kind: 'positional', name: undefined, value: args })
  }
  return { list, broken }
}

/** The blocks of statements that a node is in, up to the function's own; its parameters count as the first of them. */
export function bodiesAround(node: PyNode): ReadonlySet<PyNode> {
  const found = new Set<PyNode>()
  const end = node.scope?.node
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (outer.name === 'Body' || outer.name === 'Script') found.add(outer)
    if (outer === end) {
      const parameters = child(outer, 'ParamList')
      if (parameters) found.add(parameters)
      break
    }
  }
  return found
}
