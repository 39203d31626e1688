import type { ClientName } from 'polypool/internal'
import { carriers } from '../../reading/javascript/clients.ts'
import type { Model } from '../../reading/javascript/model.ts'
import { content, type Fields, field, hasAny, type Value } from '../../reading/javascript/values.ts'
import type { Hit, Rule } from './rule.ts'

interface Foreign {
  /** What takes the options, as a message calls it. */
  readonly taker: string
  /** Options that it does not know, and what it calls them. */
  readonly names: { readonly [option: string]: string }
}

const httpAgent: Foreign = {
  taker: 'http.Agent',
  names: {
    freeSocketTimeout: "agentkeepalive's name; for idle connections it is timeout here",
    freeSocketKeepAliveTimeout: "agentkeepalive's name; for idle connections it is timeout here",
    socketActiveTTL: "agentkeepalive's name; http.Agent can't limit the age of connections",
    keepAliveTimeout: "undici's name; for idle connections it is timeout here",
    keepAliveMaxTimeout: "undici's name; for idle connections it is timeout here",
    connections: "undici's name; it is maxSockets here",
    pipelining: "undici's name; http.Agent does not pipeline",
    connectTimeout: "undici's name; http.Agent has no limit for connecting",
  },
}

const agentkeepalive: Foreign = {
  taker: 'agentkeepalive',
  names: {
    connections: "undici's name; it is maxSockets here",
    pipelining: "undici's name; agentkeepalive does not pipeline",
    keepAliveMaxTimeout: "undici's name; it is freeSocketTimeout here",
    connectTimeout: "undici's name; agentkeepalive has no limit for connecting",
  },
}

const undici: Foreign = {
  taker: 'undici',
  names: {
    maxSockets: "http.Agent's name; it is connections here",
    maxFreeSockets: "http.Agent's name; undici closes idle connections by time only",
    maxTotalSockets: "http.Agent's name; undici has no limit over all hosts",
    keepAliveMsecs: "http.Agent's name; it is connect.keepAliveInitialDelay here",
    scheduling: "http.Agent's name; undici takes the first connection that is free",
    timeout: "http.Agent's name; it is keepAliveTimeout for idle connections, headersTimeout and bodyTimeout for requests",
    freeSocketTimeout: "agentkeepalive's name; it is keepAliveTimeout here",
    socketActiveTTL: "agentkeepalive's name; it is clientTtl here",
  },
}

/** What requests and clients are given agents by, where it is another client's way. */
const carrierNames: { readonly [C in ClientName]: string } = {
  undici: 'undici takes a dispatcher',
  fetch: 'the built-in fetch takes a dispatcher of undici',
  axios: 'axios takes httpAgent and httpsAgent',
  got: 'got takes agent: { http, https }',
  'node-fetch': 'node-fetch takes agent',
  agentkeepalive: '',
  'node-http': 'http.request takes agent',
}

export const ignoredOption: Rule = {
  id: 'ignored-option',
  title: 'an option that has no effect',
  why: 'it is the name that another client has for it; it is ignored in silence, so that the limit it should set does not hold',
  fix: 'use the name that this client knows; with polypool the names are the same for every client',
  *find(model) {
    yield* foreignSettings(model)
    yield* foreignCarriers(model)
    yield* ineffectiveValues(model)
  },
}

function* foreignSettings({ created }: Model): Generator<Hit> {
  for (const { node, creation, made } of created) {
    if (creation.role === 'client' || made.options.kind !== 'fields') continue
    const { taker, names } = { agentkeepalive, undici, 'node-http': httpAgent }[creation.client as 'undici']
    for (const name of made.options.fields.keys()) {
      if (!Object.hasOwn(names, name) || field(made.options, name) === undefined) continue
      yield { at: node, message: `${taker} does not know ${name}: that is ${names[name]}` }
    }
  }
}

const everyCarrier = [...new Set(Object.values(carriers).flat())]

function* foreignCarriers(model: Model): Generator<Hit> {
  for (const { at, client, options } of optionsOfClients(model)) {
    const foreign = everyCarrier.filter((name) => !carriers[client].includes(name) && hasAny(options, [name]))
    for (const name of foreign) yield { at, message: `${name} has no effect: ${carrierNames[client]}` }
    if (client === 'axios' && content(field(options, 'adapter')) === 'fetch' && hasAny(options, carriers.axios)) {
      yield { at, message: "adapter: 'fetch' does not use httpAgent and httpsAgent" }
    }
  }
}

interface ClientOptions {
  readonly at: { readonly start: number }
  readonly client: ClientName
  readonly options: Fields
}

/** The options of every request and of every client that is made. */
function* optionsOfClients(model: Model): Generator<ClientOptions> {
  const replacesFetch = model.scopes.nodes.some(
    (node) => node.type === 'AssignmentExpression' && model.evaluator.references.of(node.left) === 'global#fetch',
  )
  const asFields = (value: Value | undefined) => (value?.kind === 'fields' ? value : undefined)
  for (const { node, sending, options } of model.sent) {
    const found = asFields(options)
    // A file that puts another fetch in its place knows what that one takes.
    if (found && !(sending.client === 'fetch' && replacesFetch)) yield { at: node, client: sending.client, options: found }
  }
  for (const { node, creation, made } of model.created) {
    const found = creation.role === 'client' ? asFields(made.options) : undefined
    if (found) yield { at: node, client: creation.client, options: found }
  }
}

/** Options that the client knows, with values that it does not heed. */
function* ineffectiveValues({ created }: Model): Generator<Hit> {
  for (const { node, creation, made } of created) {
    const { options } = made
    if (creation.role === 'agent' && content(field(options, 'maxFreeSockets')) === 0) {
      yield { at: node, message: 'maxFreeSockets: 0 is taken for its default, 256: to keep no connection, set keepAlive: false' }
    }
    if (made.creation === 'undici#Agent' && content(field(options, 'connections')) === 1 && field(options, 'clientTtl')) {
      yield { at: node, message: 'clientTtl has no effect with connections: 1, which makes a bare Client' }
    }
  }
}
