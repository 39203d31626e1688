import type { Node } from 'oxc-parser'
import type { ClientName, Position } from 'polypool/internal'
import { carriersOf, hasOwnPools, type Shared, sharedSettings } from './clients.ts'
import type { Model } from './model.ts'
import { bare, type MemberNode, memberName } from './nodes.ts'
import { type Fields, fieldsValue, hasAny, instancesIn, type Value } from './values.ts'

/** Where a file says, or leaves to a client, how connections are pooled. */
export interface Place extends Position {
  readonly client: ClientName
  readonly file: string
  /** As a reader would call it, such as `axios.create(…)`. */
  readonly label: string
  /** The name that it is kept under. */
  readonly name?: string
  readonly settings: Value
  /** Nothing is set here: requests go as the client does it by itself. */
  readonly implicit: boolean
  /** Further lines at which the same settings are used. */
  readonly also: readonly number[]
}

interface Draft extends Place {
  readonly also: number[]
  /** Agents that are part of it, by where they are made. */
  readonly holds: ReadonlySet<number>
  readonly start: number
}

/** Every place of a file, in its order. */
export function placesIn(model: Model, only?: ClientName): Place[] {
  const drafts = new Drafts(model)
  const wanted = (client: ClientName) => only === undefined || only === client
  addShared(model, drafts)
  addCreatedClients(model, drafts)
  addRequests(model, drafts)
  const found = drafts.all.filter(({ client }) => wanted(client))
  const held = new Set(found.flatMap(({ holds }) => [...holds]))
  for (const { node, creation, made, isSubclass } of model.created) {
    // What a class of the file's own does besides can't be carried over.
    if (isSubclass) continue
    if (creation.role === 'client' || held.has(made.start) || !wanted(creation.client)) continue
    found.push(drafts.draft(node, creation.client, creation.label, made))
  }
  found.push(...implicitPlaces(model, drafts).filter(({ client }) => wanted(client)))
  return found.sort((a, b) => a.start - b.start).map(({ holds: _, start: __, ...place }) => place)
}

class Drafts {
  readonly all: Draft[] = []
  readonly #model: Model

  constructor(model: Model) {
    this.#model = model
  }

  /** @param kind of a request nothing is kept but the response */
  draft(node: Node, client: ClientName, label: string, settings: Value, kind?: 'request' | 'implicit'): Draft {
    const name = kind === undefined ? nameOf(this.#model, node) : undefined
    return {
      client,
      file: this.#model.file,
      ...this.#model.at(node),
      label,
      ...(name === undefined ? {} : { name }),
      settings,
      implicit: kind === 'implicit',
      also: [],
      holds: new Set(instancesIn(settings).map(({ start }) => start)),
      start: node.start,
    }
  }

  add(draft: Draft): void {
    this.all.push(draft)
  }

  /** Adds it, or its line to the place that has the same instances already. */
  addOnce(draft: Draft): void {
    const same = this.all.find(
      ({ client, holds }) =>
        client === draft.client && holds.size === draft.holds.size && [...holds].every((start) => draft.holds.has(start)),
    )
    if (draft.holds.size > 0 && same) same.also.push(draft.line)
    else this.add(draft)
  }
}

/** The variable or property that a value goes into. */
function nameOf({ scopes }: Model, node: Node): string | undefined {
  let inner = node
  for (const outer of scopes.around(node)) {
    if (outer.type === 'VariableDeclarator')
      return outer.init === inner && outer.id.type === 'Identifier' ? outer.id.name : undefined
    if (outer.type === 'AssignmentExpression') {
      const left = bare(outer.left)
      return left.type === 'Identifier' ? left.name : left.type === 'MemberExpression' ? memberName(left) : undefined
    }
    if (outer.type === 'PropertyDefinition' && outer.key.type === 'Identifier') return outer.key.name
    if (outer.type !== 'AwaitExpression' && bare(outer) !== bare(inner)) return undefined
    inner = outer
  }
  return undefined
}

function addCreatedClients({ created }: Model, drafts: Drafts): void {
  for (const { node, creation, made } of created) {
    if (creation.role !== 'client') continue
    // What was assigned to the instance's defaults belongs to it.
    const assigned = drafts.all.findIndex(({ start, client }) => client === creation.client && start === made.start)
    if (assigned < 0) drafts.add(drafts.draft(node, creation.client, creation.label, made.options))
  }
}

type Assignment = Extract<Node, { type: 'AssignmentExpression' }>

function* assignmentsTo({ scopes, evaluator }: Model, pattern: RegExp): Generator<[Assignment, MemberNode, RegExpExecArray]> {
  for (const node of scopes.nodes) {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') continue
    const left = bare(node.left)
    if (left.type !== 'MemberExpression') continue
    const match = pattern.exec(evaluator.references.of(left) ?? '')
    if (match) yield [node, left, match]
  }
}

/** What is set for all requests of a client. */
function addShared(model: Model, drafts: Drafts): void {
  for (const one of sharedSettings) {
    if (one.holds === 'client options') addClientDefaults(one, model, drafts)
    else if (one.holds === 'agent options') addGlobalAgent(one, model, drafts)
    else addDispatcherSetters(one, model, drafts)
  }
}

/** `axios.defaults.httpAgent = …`, of the client itself or of an instance. */
function addClientDefaults({ client, reference, label: ofClient, more = [] }: Shared, model: Model, drafts: Drafts): void {
  const [module, path] = reference.split('#')
  const carrier = new RegExp(`^${module}#(?:\\(\\)\\.)?${path}\\.(${[...carriersOf(client), ...more].join('|')})$`)
  const groups = new Map<string, { node: Node; base: Value | undefined; found: Map<string, Value> }>()
  for (const [node, left, match] of assignmentsTo(model, carrier)) {
    const defaults = bare(left.object)
    const owner = defaults.type === 'MemberExpression' ? model.evaluator.evaluate(defaults.object) : undefined
    const made = owner?.kind === 'made' ? owner : undefined
    const key = made ? `${made.start}` : model.evaluator.sourceOf(defaults)
    const creating = model.created.find((one) => one.made.start === made?.start)
    const group = groups.get(key) ?? { node: creating?.node ?? node, base: made?.options, found: new Map() }
    group.found.set(match[1] ?? '', model.evaluator.evaluate(node.right))
    groups.set(key, group)
  }
  for (const { node, base, found } of groups.values()) {
    const { label } = model.created.find((one) => one.node === node)?.creation ?? { label: ofClient }
    const known = base?.kind === 'fields' ? base : undefined
    const settings = fieldsValue(
      new Map([...(known?.fields ?? []), ...found]),
      base && !known ? [base.source] : (known?.open ?? []),
      '',
    )
    drafts.add(drafts.draft(node, client, label, settings))
  }
}

/** `http.globalAgent.maxSockets = …` */
function addGlobalAgent({ client, reference, label }: Shared, model: Model, drafts: Drafts): void {
  const found = new Map<string, Value>()
  let first: Node | undefined
  for (const [node, , match] of assignmentsTo(model, new RegExp(`^${reference}\\.(?:options\\.)?(\\w+)$`))) {
    first ??= node
    found.set(match[1] ?? '', model.evaluator.evaluate(node.right))
  }
  if (first === undefined) return
  const options = fieldsValue(found, [], '')
  const { start } = first
  const made: Value = { kind: 'made', creation: reference, start, options, source: label, size: options.size }
  drafts.add(drafts.draft(first, client, label, made))
}

/** `setGlobalDispatcher(…)` */
function addDispatcherSetters({ client, reference, label }: Shared, model: Model, drafts: Drafts): void {
  for (const node of model.scopes.nodes) {
    if (node.type !== 'CallExpression') continue
    const [argument] = node.arguments
    if (model.evaluator.references.of(node.callee) !== reference || !argument) continue
    drafts.addOnce(drafts.draft(node, client, label, model.evaluator.evaluate(argument)))
  }
}

/** Requests that bring an agent or dispatcher of their own. */
function addRequests({ sent }: Model, drafts: Drafts): void {
  for (const { node, sending, options } of sent) {
    const { client, label } = sending
    if (options?.kind !== 'fields' || !hasAny(options, carriersOf(client))) continue
    if (hasOwnPools(client)) continue
    // Of a request only what it is carried by counts; the rest is the request itself.
    const own = new Map([...options.fields].filter(([name]) => carriersOf(client).includes(name)))
    drafts.addOnce(drafts.draft(node, client, label, fieldsValue(own, [], options.source), 'request'))
  }
}

const nothing: Fields = { kind: 'fields', fields: new Map(), open: [], source: '', size: 1 }

/** Requests that say nothing about connections, so that the client's own defaults decide: one place for each client. */
function implicitPlaces(model: Model, drafts: Drafts): Draft[] {
  const found = new Map<ClientName, Draft>()
  for (const { node, sending, options } of model.sent) {
    const { client, label } = sending
    const bare =
      options === undefined || (options.kind === 'fields' && options.open.length === 0 && !hasAny(options, carriersOf(client)))
    const ofInstance = model.evaluator.references.of(node.callee)?.includes('#()')
    if (!bare || ofInstance || isSetForAll(client, drafts)) continue
    const earlier = found.get(client)
    if (earlier) earlier.also.push(model.at(node).line)
    else found.set(client, drafts.draft(node, client, `${label} with nothing set`, nothing, 'implicit'))
  }
  return [...found.values()]
}

/** The file replaces the client's defaults, so that requests without settings have some after all. */
function isSetForAll(client: ClientName, { all }: Drafts): boolean {
  const labels = sharedSettings.filter((one) => one.client === client || one.also?.includes(client)).map(({ label }) => label)
  return all.some(({ label }) => labels.includes(label))
}
