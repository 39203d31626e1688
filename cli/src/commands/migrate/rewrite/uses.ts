import { type Node, visitorKeys } from 'oxc-parser'
import type { ClientName } from 'polypool/internal'
import type { Binding } from '../../../reading/javascript/bindings.ts'
import { sendings } from '../../../reading/javascript/clients.ts'
import type { Creating, Model } from '../../../reading/javascript/model.ts'
import { bare, keyName, memberName } from '../../../reading/javascript/nodes.ts'

/** What an agent is given to, as far as the file tells. */
export interface Taker {
  readonly client: ClientName | undefined
  /** Undefined where it is for both, or that can't be told. */
  readonly scheme: 'http' | 'https' | undefined
  /** It is the client's own option, and not within what chooses an agent. */
  readonly direct: boolean
}

/** The variable that a creation is kept in, if it is one and nothing else is ever assigned to it. */
export function bindingOf({ node }: Creating, { scopes }: Model): Binding | undefined {
  const parent = parentOf(node, scopes)
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return undefined
  return scopes.resolve(parent.id.name, parent.id)
}

/** The parent of an expression, without what only types or groups it. */
function parentOf(node: Node, scopes: Model['scopes']): Node | undefined {
  let parent = scopes.parentOf(node)
  while (parent && bare(parent) !== parent && bare(parent) === bare(node)) parent = scopes.parentOf(parent)
  return parent
}

/** What takes an agent: by the places at which it, or its variable, stands. */
export function takersOf(creating: Creating, model: Model): Taker[] {
  const binding = bindingOf(creating, model)
  const uses = binding === undefined ? [creating.node] : binding.uses
  // `agent.destroy()` gives it to nobody.
  const nodes = uses.filter((use) => !isOwner(use, model.scopes))
  return nodes.map((node) => takerAt(node, model))
}

function isOwner(node: Node, scopes: Model['scopes']): boolean {
  const parent = parentOf(node, scopes)
  return parent?.type === 'MemberExpression' && bare(parent.object) === bare(node)
}

const nothing: Taker = { client: undefined, scheme: undefined, direct: false }

const carriers: { readonly [option: string]: { readonly client?: ClientName; readonly scheme?: 'http' | 'https' } } = {
  httpAgent: { client: 'axios', scheme: 'http' },
  httpsAgent: { client: 'axios', scheme: 'https' },
}

/** What takes an expression as its agent. */
function takerAt(node: Node, model: Model): Taker {
  const { scopes } = model
  const parent = parentOf(node, scopes)
  if (parent?.type === 'AssignmentExpression') {
    const left = bare(parent.left)
    const name = left.type === 'MemberExpression' ? memberName(left) : undefined
    return { ...nothing, ...(name === undefined ? {} : carriers[name]), direct: true }
  }
  if (parent?.type === 'ConditionalExpression' || parent?.type === 'LogicalExpression') {
    const outer = takerAt(parent, model)
    return outer.client === 'node-fetch' ? { ...outer, direct: false } : outer
  }
  if (parent?.type !== 'Property' || parent.computed) return nothing
  const name = keyName(parent.key, parent.computed) ?? ''
  if (Object.hasOwn(carriers, name)) return { ...nothing, ...carriers[name], direct: true }
  const object = scopes.parentOf(parent)
  const holder = object && parentOf(object, scopes)
  if ((name === 'http' || name === 'https') && holder?.type === 'Property' && keyName(holder.key, holder.computed) === 'agent')
    return { client: 'got', scheme: name, direct: true }
  const key = holder?.type === 'CallExpression' ? model.evaluator.references.of(holder.callee) : undefined
  const sending = key !== undefined && Object.hasOwn(sendings, key) ? sendings[key] : undefined
  if (name !== 'agent' || sending === undefined) return nothing
  const scheme = key?.startsWith('https#') ? 'https' : key?.startsWith('http#') ? 'http' : undefined
  return { client: sending.client, scheme, direct: true }
}

/** Functions that run once, as they start a program. */
const once = /^(?:main|run|start|bootstrap|init|setup)$/i

/** The call by which a function sends a request that makes the agent: then one is made for each. */
export function requestAround(node: Node, { scopes, sent }: Model): Node | undefined {
  const around = scopes.functionAround(node)
  if (around === undefined || (around.type === 'FunctionDeclaration' && once.test(around.id?.name ?? ''))) return undefined
  return sent.find(({ node: call }) => around.start <= call.start && call.end <= around.end)?.node
}

/** Every identifier of a file but names of properties, in types too. */
export function namesIn(root: Node): { readonly name: string; readonly start: number; readonly end: number }[] {
  const found: { name: string; start: number; end: number }[] = []
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Identifier') found.push(node)
    for (const key of visitorKeys[node.type] ?? []) {
      if (isOnlyName(node, key)) continue
      const child = (node as unknown as { [key: string]: Node | (Node | null)[] | null | undefined })[key]
      for (const one of Array.isArray(child) ? child : [child]) if (one) open.push(one)
    }
  }
  return found
}

function isOnlyName(node: Node, key: string): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return key === 'property' && !node.computed
    case 'Property':
      return key === 'key' && !node.computed
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return key === 'key' && !node.computed
    case 'TSQualifiedName':
      return key === 'right'
    case 'TSPropertySignature':
    case 'TSMethodSignature':
      return key === 'key'
    case 'ImportSpecifier':
      return key === 'imported'
    default:
      return false
  }
}
