import type { Node } from 'oxc-parser'
import type { Creating, Model } from '../../reading/javascript/model.ts'
import { bare, isFunction } from '../../reading/javascript/nodes.ts'
import { isHandler, runsOnce } from './functions.ts'
import type { AuditRule } from './rule.ts'

export const clientPerRequest: AuditRule = {
  id: 'client-per-request',
  title: 'a client or agent for a single request',
  why: 'its connections are never used again, and stay open until they expire: every request pays for a handshake, and limits hold for one request only',
  fix: 'make it once, where the module is loaded, and use it for every request',
  *find(model) {
    const lives = new Lives(model)
    for (const creating of model.created) {
      const { node, creation } = creating
      const why = lives.shortBecause(creating)
      // What it is part of is reported already.
      if (why === undefined || lives.isPartOfAnother(creating)) continue
      yield { at: node, message: `${creation.label} ${why}` }
    }
  },
}

/** What becomes of a value that is made in a function. */
type Fate =
  /** It may be kept for later: returned, stored, or given to other code. */
  | { readonly kept: true }
  /** It ends with the function; the nodes are the requests it sends there. */
  | { readonly kept: false; readonly requests: readonly Node[] }

const kept: Fate = { kept: true }

const loops = new Set<Node['type']>(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])

class Lives {
  readonly #model: Model
  readonly #sends: ReadonlySet<Node>
  readonly #creations: ReadonlyMap<Node, Creating>
  readonly #fates = new Map<Creating, Fate>()

  constructor(model: Model) {
    this.#model = model
    this.#sends = new Set(model.sent.map(({ node }) => node))
    this.#creations = new Map(model.created.map((creating) => [creating.node, creating]))
  }

  /** Why what is made here serves one request only; undefined if it may well serve more. */
  shortBecause(creating: Creating): string | undefined {
    const { scopes } = this.#model
    const { node } = creating
    const around = scopes.functionAround(node)
    const loop = this.#loopAround(node)
    if (around === undefined && loop === undefined) return undefined
    const fate = this.#fateOf(creating)
    if (fate.kept || fate.requests.length === 0) return undefined
    const handler = [...scopes.around(node)].find((outer) => isFunction(outer) && isHandler(outer, this.#model))
    if (handler) return 'is made in a request handler, anew for each request'
    if (fate.requests.length > 1) return undefined
    const [request] = fate.requests
    if (request === undefined || this.#loopAround(request) !== loop) return undefined
    if (loop) return 'is made in a loop, anew for each request'
    const outermost = [...scopes.around(node)].filter(isFunction)
    return outermost.some((outer) => runsOnce(outer, this.#model)) ? undefined : 'is made for the one request that follows'
  }

  /** It is an option of another client or agent that lives as short. */
  isPartOfAnother({ node }: Creating): boolean {
    const holder = this.#holderOf(node)
    const outer = holder && this.#creations.get(holder.node)
    if (outer) return this.shortBecause(outer) !== undefined
    const uses = holder?.uses ?? []
    return uses.some((use) => {
      const call = this.#holderOf(use)?.node
      const around = call && this.#creations.get(call)
      return around !== undefined && this.shortBecause(around) !== undefined
    })
  }

  #fateOf(creating: Creating): Fate {
    const known = this.#fates.get(creating)
    if (known) return known
    // Set first: what is made may be used to make itself anew.
    this.#fates.set(creating, kept)
    const fate = this.#follow(creating.node)
    this.#fates.set(creating, fate)
    return fate
  }

  #follow(node: Node): Fate {
    const holder = this.#holderOf(node)
    if (holder === undefined) return kept
    if (holder.uses === undefined) return this.#fateInCall(holder.node)
    const home = this.#model.scopes.functionAround(node)
    const requests: Node[] = []
    for (const use of holder.uses) {
      // A function inside may outlive this one, or send many requests.
      if (this.#model.scopes.functionAround(use) !== home) return kept
      const fate = this.#fateOfUse(use)
      if (fate.kept) return kept
      requests.push(...fate.requests)
    }
    return { kept: false, requests }
  }

  #fateInCall(call: Node): Fate {
    if (this.#sends.has(call)) return { kept: false, requests: [call] }
    const creating = this.#creations.get(call)
    return creating ? this.#fateOf(creating) : kept
  }

  /** `agent` in the options of a request, `api.get(…)`, `agent.destroy()`, `api.defaults.x = …`. */
  #fateOfUse(use: Node): Fate {
    const { scopes } = this.#model
    const parent = scopes.parentOf(use)
    if (parent?.type !== 'MemberExpression' || parent.object !== use) {
      if (parent?.type === 'CallExpression' && parent.callee === use && this.#sends.has(parent)) {
        return { kept: false, requests: [parent] }
      }
      const holder = this.#holderOf(use)
      if (holder === undefined) return kept
      return holder.uses === undefined ? this.#fateInCall(holder.node) : this.#follow(use)
    }
    const call = scopes.parentOf(parent)
    if (call?.type === 'CallExpression' && call.callee === parent) {
      if (this.#sends.has(call) || this.#isSentByDispatcher(call)) return { kept: false, requests: [call] }
      const creating = this.#creations.get(call)
      if (creating) return this.#fateOf(creating)
      // close(), destroy(), on(…): nothing is kept by them.
      return { kept: false, requests: [] }
    }
    return call?.type === 'MemberExpression' || call?.type === 'AssignmentExpression' ? { kept: false, requests: [] } : kept
  }

  #isSentByDispatcher(call: Extract<Node, { type: 'CallExpression' }>): boolean {
    const reference = this.#model.evaluator.references.of(call.callee) ?? ''
    return /^undici#\w+\.\(\)\.(?:request|stream|pipeline|dispatch|connect|upgrade)$/.test(reference)
  }

  /** The call whose argument the value is, or the local variable that it is kept in, with the uses of that. */
  #holderOf(value: Node): { node: Node; uses?: readonly Node[] } | undefined {
    const { scopes } = this.#model
    let inner = value
    for (const outer of scopes.around(value)) {
      switch (outer.type) {
        case 'Property':
          if (outer.value !== inner) return undefined
          break
        case 'ObjectExpression':
        case 'AwaitExpression':
        case 'SpreadElement':
          break
        case 'MemberExpression': {
          // `axios.create(…).get(url)`
          const call = scopes.parentOf(outer)
          const sends = call?.type === 'CallExpression' && (this.#sends.has(call) || this.#isSentByDispatcher(call))
          return outer.object === inner && call && sends ? { node: call } : undefined
        }
        case 'CallExpression':
        case 'NewExpression':
          if (outer.callee === inner) return this.#sends.has(outer) ? { node: outer } : undefined
          return { node: outer }
        case 'VariableDeclarator': {
          const { id } = outer
          if (id.type !== 'Identifier' || outer.init !== inner) return undefined
          const binding = scopes.resolve(id.name, id)
          const exported = scopes.parentOf(scopes.parentOf(outer) ?? outer)?.type === 'ExportNamedDeclaration'
          if (!binding || binding.writes.length > 0 || exported) return undefined
          return { node: outer, uses: binding.uses }
        }
        default:
          if (bare(outer) !== bare(inner)) return undefined
      }
      inner = outer
    }
    return undefined
  }

  #loopAround(node: Node): Node | undefined {
    for (const outer of this.#model.scopes.around(node)) {
      if (loops.has(outer.type)) return outer
      if (isFunction(outer)) return undefined
    }
    return undefined
  }
}
