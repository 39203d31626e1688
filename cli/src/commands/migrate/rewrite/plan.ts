import type { Node } from 'oxc-parser'

import type { ClientName } from 'polypool/internal'
import { isProxying } from '../../../reading/javascript/clients.ts'
import type { Creating, Model } from '../../../reading/javascript/model.ts'
import { bare } from '../../../reading/javascript/nodes.ts'
import { type Carried, carry, type GivenProxy, short } from './carry.ts'
import { type Entries, entriesOf, isLeft, type Left } from './entries.ts'
import { programOf } from './imports.ts'
import { bindingOf, namesIn, requestAround, takersOf } from './uses.ts'

/** What becomes of one place. */
export interface Plan {
  readonly creating: Creating
  /** The module of polypool that makes the pool. */
  readonly adapter: ClientName
  /** What of the pool stands in the old one's place: `options.https`. */
  readonly member: string
  readonly scheme: 'http' | 'https' | undefined
  readonly carried: Carried
}

const dispatchers: ReadonlySet<string> = new Set(['undici#Agent', 'undici#ProxyAgent', 'undici#EnvHttpProxyAgent'])

/** What to make of a place, or why it is left as it is. */
export function planFor(creating: Creating, model: Model): Plan | Left {
  const { node, creation, made, isSubclass } = creating
  if (isSubclass) return { reason: 'its class extends that of the client: what that does besides is not known' }
  if (made.creation.includes('|')) return { reason: 'which of two classes it is depends on the running program' }
  if (creation.client === 'undici' && !dispatchers.has(made.creation))
    return { reason: 'it is for one origin, and requests to it need not name that: a dispatcher of a pool is for all origins' }
  const way = wayOf(creating, model)
  if (isLeft(way)) return way
  const request = requestAround(node, model)
  if (request)
    return { reason: 'it is made for each request: make it once, outside of functions, and run this again', at: request }
  const written = bindingOf(creating, model)?.memberWrites[0]
  if (written) return { reason: `${written.name ?? 'a member'} of it is assigned later`, at: written.at }
  const typed = typedBy(creating, model)
  if (typed) return { reason: `its type is named in the file, which that of a pool is not`, at: typed }
  const given = argumentsOf(creating, model)
  if (isLeft(given)) return given
  const carried = carry(creating, given.entries, given.proxy)
  return isLeft(carried) ? carried : { creating, ...way, carried }
}

type Way = Pick<Plan, 'adapter' | 'member' | 'scheme'>

/** Which pool, and what of it, takes the place. */
function wayOf(creating: Creating, model: Model): Way | Left {
  const { creation, made } = creating
  if (creation.client === 'undici') return { adapter: 'undici', member: 'options.dispatcher', scheme: undefined }
  const takers = takersOf(creating, model)
  const clients = new Set(takers.map(({ client }) => client))
  const [only] = clients.size === 1 ? clients : []
  if (only === 'node-fetch' && takers.every(({ direct }) => direct) && creation.client === 'node-http')
    return { adapter: 'node-fetch', member: 'options.agent', scheme: undefined }
  const schemes = new Set(takers.map(({ scheme }) => scheme))
  const [taken] = schemes.size === 1 ? schemes : []
  const scheme = creation.scheme ?? (made.creation.startsWith('http-proxy-agent#') ? 'http' : taken)
  if (scheme === undefined)
    return { reason: 'whether it is for http or https, which a pool has an agent each for, can’t be told' }
  if (creation.client === 'agentkeepalive') return { adapter: 'agentkeepalive', member: `options.${scheme}`, scheme }
  // Whatever chooses for node-fetch chooses among agents that are made for it.
  const chosen = clients.has(undefined) && model.sent.some(({ sending }) => sending.client === 'node-fetch')
  if (clients.has('node-fetch') || chosen)
    return { adapter: 'node-fetch', member: `options.agent({ protocol: '${scheme}:' })`, scheme }
  if (only === 'axios') return { adapter: 'axios', member: `options.${scheme}Agent`, scheme }
  if (only === 'got') return { adapter: 'got', member: `options.agent.${scheme}`, scheme }
  return { adapter: 'node-http', member: `options.${scheme}`, scheme }
}

/** Where a type of the file names a class whose instances a pool has none of. */
function typedBy({ node, creation, made }: Creating, model: Model): Node | undefined {
  if (creation.client !== 'undici' && !isProxying(made.creation)) return undefined
  if (!/\.[cm]?tsx?$/.test(model.file)) return undefined
  const callee = bare(node.callee)
  const name = callee.type === 'Identifier' ? callee.name : undefined
  if (name === undefined) return undefined
  const inTypes = new Set(model.scopes.nodes.flatMap((one) => (one.type === 'Identifier' ? [one.start] : [])))
  const use = namesIn(programOf(model)).find((one) => one.name === name && !inTypes.has(one.start))
  return use as Node | undefined
}

interface Given {
  readonly entries: Entries
  readonly proxy: GivenProxy | undefined
}

function argumentsOf({ node, creation, made }: Creating, model: Model): Given | Left {
  if (node.arguments.some(({ type }) => type === 'SpreadElement')) return { reason: 'its arguments are spread', at: node }
  if (made.creation.startsWith('socks-proxy-agent#'))
    return { reason: 'by which protocol of SOCKS depends on the URL: set proxy by hand' }
  const argument = (index: number) => node.arguments[index]
  const first = argument(0)
  const isUrl = made.creation === 'undici#ProxyAgent' && first !== undefined && isText(first)
  const at = isUrl ? 0 : creation.proxy
  const url = at === undefined ? undefined : argument(at)
  if (at !== undefined && (url === undefined || bare(url).type === 'ObjectExpression'))
    return { reason: 'its proxy is no URL: set proxy by hand', at: node }
  const entries = isUrl ? { list: [], rest: [] } : optionsIn(argument(creation.options), model)
  if (isLeft(entries)) return entries
  return { entries, proxy: url && proxyIn(url, model) }
}

/** An expression that can only be a text. */
function isText(node: Node): boolean {
  const { type } = bare(node)
  return type === 'TemplateLiteral' || type === 'Literal' || /^process\.env\b/.test(sourceIn(node))
}

function sourceIn(node: Node): string {
  const inner = bare(node)
  if (inner.type !== 'MemberExpression') return inner.type === 'Identifier' ? inner.name : ''
  return `${sourceIn(inner.object)}.${inner.property.type === 'Identifier' ? inner.property.name : ''}`
}

function proxyIn(node: Node, { text, evaluator }: Model): GivenProxy {
  const value = evaluator.evaluate(node)
  const expression = text.slice(node.start, node.end)
  const inner = bare(node)
  // A field takes a text.
  return {
    expression: inner.type === 'NewExpression' ? `${expression}.href` : expression,
    shown: evaluator.sourceOf(node),
    value,
  }
}

function optionsIn(node: Node | undefined, model: Model): Entries | Left {
  if (node === undefined) return { list: [], rest: [] }
  const object = bare(node)
  if (object.type === 'ObjectExpression') return entriesOf(object, model)
  const value = model.evaluator.evaluate(object)
  if (value.kind === 'plain' && value.value == null) return { list: [], rest: [] }
  return { reason: `its options are ${short(model.evaluator.sourceOf(object))}, and not written here`, at: object }
}
