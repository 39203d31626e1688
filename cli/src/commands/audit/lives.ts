import type { Node } from 'oxc-parser'
import type { Binding } from '../../reading/javascript/bindings.ts'
import { allCarriers, carriersOf, type Sending, sendings } from '../../reading/javascript/clients.ts'
import type { Creating, Model } from '../../reading/javascript/model.ts'
import { bare, type Call, isFunction, keyName, memberName } from '../../reading/javascript/nodes.ts'
import { Functions } from './functions.ts'

/** What becomes of a value that is made in a function. */
type Fate =
  /** It may be kept for later: stored, exported, or given to other code. */
  | { readonly kept: true }
  /** It ends with the function; the nodes are the requests it sends there. */
  | { readonly kept: false; readonly requests: readonly Node[] }

/** Where a value goes. */
type Holder =
  /** Into the call, as an argument of it or of its options. */
  | { readonly to: 'call'; readonly call: Call; readonly carrier: Carrier }
  /** Into a name, as its value or as that of a member; `at` is where. */
  | { readonly to: 'name'; readonly binding: Binding; readonly at: Node; readonly carrier: Carrier }
  /** To whoever calls the function. */
  | { readonly to: 'caller'; readonly of: Node }

/** The option that it is given under, such as `httpsAgent`; undefined where it stands by itself. */
type Carrier = string | undefined

const kept: Fate = { kept: true }
const nothing: Fate = { kept: false, requests: [] }

const loops = new Set<Node['type']>(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])

const withinOptions = new Set<Node['type']>(['Property', 'ConditionalExpression', 'LogicalExpression', 'TSAsExpression'])

/** Names of methods that send a request, of whatever client: what they are given beside an agent's name is sent with it. */
const requestNames = new Set([
  'fetch',
  'axios',
  ...Object.keys(sendings).flatMap((reference) => reference.split(/[#.]/).slice(-1).filter(Boolean)),
])

/** Deeper than functions that call one another for an agent go. */
const furthest = 5

/** How long what is made in functions is used. */
export class Lives {
  readonly #model: Model
  readonly #functions: Functions
  readonly #sends: ReadonlyMap<Node, Sending>
  readonly #creations: ReadonlyMap<Node, Creating>
  readonly #fates = new Map<Node, Fate>()

  constructor(model: Model) {
    this.#model = model
    this.#functions = new Functions(model)
    this.#sends = new Map(model.sent.map(({ node, sending }) => [node, sending]))
    this.#creations = new Map(model.created.map((creating) => [creating.node, creating]))
  }

  /** Why what is made at a node serves one request only; undefined if it may well serve more. */
  shortBecause(node: Node, depth = 0): string | undefined {
    const { scopes } = this.#model
    const around = this.#functions.homeOf(node)
    const loop = this.#loopAround(node)
    if ((around === undefined && loop === undefined) || depth > furthest) return undefined
    const maker = this.#callerOf(node)
    if (maker) return this.#shortForCallers(maker, depth)
    const fate = this.#fateOf(node)
    if (fate.kept || fate.requests.length === 0) return undefined
    const handling = this.#functions.handlingAround(node)
    if (handling) return handling
    const [request] = fate.requests
    if (fate.requests.length > 1 || request === undefined || this.#loopAround(request) !== loop) return undefined
    if (loop) return 'is made in a loop, anew for each request'
    const outermost = [...scopes.around(node)].filter(isFunction)
    return outermost.some((outer) => this.#functions.runsOnce(outer)) ? undefined : 'is made for the one request that follows'
  }

  /** It is an option of another agent or dispatcher that lives as short. */
  isPartOfAnother(node: Node): boolean {
    const holder = this.#holderOf(node)
    const calls =
      holder?.to === 'call'
        ? [holder.call]
        : holder?.to === 'name'
          ? holder.binding.uses.flatMap((use) => {
              const next = this.#holderOf(use)
              return next?.to === 'call' ? [next.call] : []
            })
          : []
    return calls.some((call) => {
      const outer = this.#creations.get(call)
      return outer !== undefined && outer.creation.role !== 'client' && this.shortBecause(call) !== undefined
    })
  }

  /** The object among whose options a value stands. */
  optionsAround(node: Node): Node | undefined {
    let found: Node | undefined
    for (const outer of this.#model.scopes.around(node)) {
      if (outer.type === 'ObjectExpression') found = outer
      else if (!withinOptions.has(outer.type)) break
    }
    return found
  }

  /** The function that makes it for whoever calls: `return agent`, `return axios.create({ httpsAgent: agent })`. */
  #callerOf(node: Node, depth = 0): Node | undefined {
    const holder = depth > furthest ? undefined : this.#holderOf(node)
    if (holder?.to === 'caller') return this.#sends.has(node) ? undefined : holder.of
    if (holder?.to === 'call') return this.#creations.has(holder.call) ? this.#callerOf(holder.call, depth + 1) : undefined
    if (holder?.to !== 'name' || this.#functions.homeOf(holder.binding.declaredAt) !== this.#functions.homeOf(node))
      return undefined
    let maker: Node | undefined
    for (const use of this.#usesOf(holder)) {
      const found = this.#callerOf(use, depth + 1)
      // Whatever else becomes of it must end here, too.
      if (found === undefined && this.#fateOfUse(use, holder.carrier).kept) return undefined
      maker ??= found
    }
    return maker
  }

  #shortForCallers(made: Node, depth: number): string | undefined {
    for (const call of this.#functions.callsOf(made)) {
      const why = this.shortBecause(call, depth + 1)
      if (why !== undefined) return depth > 0 ? why : `${why} (line ${this.#model.at(call).line} calls for it)`
    }
    return undefined
  }

  #fateOf(node: Node): Fate {
    const known = this.#fates.get(node)
    if (known) return known
    // Set first: what is made may be used to make itself anew.
    this.#fates.set(node, kept)
    const fate = this.#follow(node, undefined)
    this.#fates.set(node, fate)
    return fate
  }

  #follow(node: Node, carrier: Carrier): Fate {
    const holder = this.#holderOf(node)
    if (holder === undefined || holder.to === 'caller') return kept
    if (holder.to === 'call') return this.#fateInCall(holder.call, holder.carrier ?? carrier)
    const home = this.#functions.homeOf(node)
    // A name from outside, such as a cache, holds it for longer; a parameter is of whoever calls.
    const { binding } = holder
    if (binding.declaredAt !== home && this.#functions.homeOf(binding.declaredAt) !== home) return kept
    const isParameter = binding.declaredAt === home
    if (isParameter && home && this.#functions.isInterceptor(home)) return { kept: false, requests: [holder.at] }
    const requests: Node[] = []
    for (const use of this.#usesOf(holder)) {
      // A function inside may outlive this one, or send many requests.
      if (this.#functions.homeOf(use) !== home) return kept
      const fate = this.#fateOfUse(use, holder.carrier ?? carrier)
      if (fate.kept) return kept
      requests.push(...fate.requests)
    }
    return { kept: false, requests }
  }

  #usesOf({ binding, at }: Extract<Holder, { to: 'name' }>): readonly Node[] {
    return binding.uses.filter((use) => !this.#isWrittenTo(use) && !this.#isInside(use, at))
  }

  /** `agent = …`, `options.x = …`: nothing becomes of the value by that. */
  #isWrittenTo(use: Node): boolean {
    const parent = this.#model.scopes.parentOf(use)
    if (parent?.type === 'AssignmentExpression') return parent.left === use
    const outer = parent?.type === 'MemberExpression' && parent.object === use && this.#model.scopes.parentOf(parent)
    return outer ? outer.type === 'AssignmentExpression' && outer.left === parent : false
  }

  #isInside(use: Node, at: Node): boolean {
    return at.type === 'AssignmentExpression' && use.start >= at.left.start && use.end <= at.left.end
  }

  #fateInCall(call: Call, carrier: Carrier): Fate {
    const sending = this.#sends.get(call)
    // An agent under a name that the client does not know goes nowhere, which is told by another rule.
    if (sending && carrier !== undefined && !carriersOf(sending.client).includes(carrier)) return nothing
    if (sending || (carrier !== undefined && this.#looksLikeRequest(call))) return { kept: false, requests: [call] }
    if (this.#isHarmless(call)) return nothing
    return this.#creations.has(call) ? this.#fateOf(call) : kept
  }

  /** `agent` in the options of a request, `api.get(…)`, `agent.destroy()`, `api.defaults.x = …`. */
  #fateOfUse(use: Node, carrier: Carrier): Fate {
    const { scopes } = this.#model
    const parent = scopes.parentOf(use)
    if (parent?.type !== 'MemberExpression' || parent.object !== use) {
      if (parent?.type === 'CallExpression' && parent.callee === use) return { kept: false, requests: [parent] }
      return this.#isTested(use, parent) ? nothing : this.#follow(use, carrier)
    }
    const call = scopes.parentOf(parent)
    if (call?.type === 'CallExpression' && call.callee === parent) {
      // Of an instance that a function has made, too, where only the name of the method is known.
      if (requestNames.has(memberName(parent) ?? '') || this.#isSentByDispatcher(call)) return { kept: false, requests: [call] }
      // close(), destroy(), on(…): nothing is kept by them.
      return this.#creations.has(call) ? this.#fateOf(call) : nothing
    }
    // What is read from options, such as a URL, is not the agent.
    const read = memberName(parent)
    return read !== undefined && allCarriers.includes(read) ? this.#follow(parent, read) : nothing
  }

  #isTested(use: Node, parent: Node | undefined): boolean {
    if (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') return parent.test === use
    return parent?.type === 'UnaryExpression' || parent?.type === 'ExpressionStatement'
  }

  #isSentByDispatcher(call: Extract<Node, { type: 'CallExpression' }>): boolean {
    const reference = this.#model.evaluator.references.of(call.callee) ?? ''
    return /^undici#\w+\.\(\)\.(?:request|stream|pipeline|dispatch|connect|upgrade)$/.test(reference)
  }

  /** `this.http.get(url, { httpsAgent })`: which client it is does not matter. */
  #looksLikeRequest({ type, callee }: Call): boolean {
    const called = bare(callee)
    const name = called.type === 'MemberExpression' ? memberName(called) : called.type === 'Identifier' ? called.name : undefined
    return type === 'CallExpression' && name !== undefined && requestNames.has(name)
  }

  /** It looks at what it is given, and does not keep it. */
  #isHarmless({ callee }: Call): boolean {
    const name = this.#model.evaluator.references.of(callee) ?? ''
    return /^global#(?:console\.\w+|JSON\.stringify|Object\.(?:keys|entries|values)|Boolean|String)$/.test(name)
  }

  #holderOf(value: Node): Holder | undefined {
    const { scopes } = this.#model
    let inner = value
    let carrier: Carrier
    for (const outer of scopes.around(value)) {
      switch (outer.type) {
        case 'Property': {
          if (outer.value !== inner) return undefined
          const name = keyName(outer.key, outer.computed)
          if (name !== undefined && allCarriers.includes(name)) carrier ??= name
          break
        }
        case 'ObjectExpression':
        case 'AwaitExpression':
        case 'SpreadElement':
        case 'LogicalExpression':
          break
        case 'ConditionalExpression':
          if (outer.test === inner) return undefined
          break
        case 'MemberExpression': {
          // `axios.create(…).get(url)`
          const call = scopes.parentOf(outer)
          const sends = call?.type === 'CallExpression' && (this.#sends.has(call) || this.#isSentByDispatcher(call))
          return outer.object === inner && call && sends ? { to: 'call', call, carrier } : undefined
        }
        case 'CallExpression':
        case 'NewExpression':
          if (outer.callee === inner && !this.#sends.has(outer)) return undefined
          if (/^global#Object\.(?:assign|freeze)$/.test(this.#model.evaluator.references.of(outer.callee) ?? '')) break
          return { to: 'call', call: outer, carrier }
        case 'VariableDeclarator': {
          const { id } = outer
          if (id.type !== 'Identifier' || outer.init !== inner) return undefined
          const exported = scopes.parentOf(scopes.parentOf(outer) ?? outer)?.type === 'ExportNamedDeclaration'
          return exported ? undefined : named(scopes.resolve(id.name, id), outer, carrier)
        }
        case 'AssignmentExpression':
          return outer.right === inner ? this.#assigned(outer, carrier) : undefined
        case 'ReturnStatement': {
          const of = scopes.functionAround(outer)
          return of && { to: 'caller', of }
        }
        case 'ArrowFunctionExpression':
          return outer.body === inner ? { to: 'caller', of: outer } : undefined
        default:
          if (bare(outer) !== bare(inner)) return undefined
      }
      inner = outer
    }
    return undefined
  }

  /** `agent = …`, or `options.httpsAgent = …` and no deeper. */
  #assigned(node: Extract<Node, { type: 'AssignmentExpression' }>, carrier: Carrier): Holder | undefined {
    const { scopes } = this.#model
    const left = bare(node.left)
    if (left.type === 'Identifier') {
      // `agent ??= …` is made where there is none yet.
      return node.operator === '=' ? named(scopes.resolve(left.name, left), node, carrier) : undefined
    }
    if (left.type !== 'MemberExpression' || node.operator !== '=') return undefined
    const object = bare(left.object)
    const name = memberName(left)
    const isCarrier = name !== undefined && allCarriers.includes(name)
    return object.type === 'Identifier' && isCarrier ? named(scopes.resolve(object.name, object), node, name) : undefined
  }

  #loopAround(node: Node): Node | undefined {
    for (const outer of this.#model.scopes.around(node)) {
      if (loops.has(outer.type)) return outer
      if (isFunction(outer)) return undefined
    }
    return undefined
  }
}

function named(binding: Binding | undefined, at: Node, carrier: Carrier): Holder | undefined {
  return binding && { to: 'name', binding, at, carrier }
}
