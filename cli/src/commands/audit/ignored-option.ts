import { type ClientName, clients } from 'polypool/internal'
import { allCarriers, carriersOf } from '../../reading/javascript/clients.ts'
import type { Model } from '../../reading/javascript/model.ts'
import { content, type Fields, field, hasAny, type Value } from '../../reading/javascript/values.ts'
import type { AuditRule, Hit } from './rule.ts'

export const ignoredOption: AuditRule = {
  id: 'ignored-option',
  severity: 'warn',
  title: 'an option that has no effect',
  why: 'it is another client’s name for the setting; this client ignores it silently, so the limit that it should set does not hold',
  fix: 'use this client’s own name; with polypool the names are the same for every client',
  example: {
    bad: `import { Agent } from 'undici'

export const dispatcher = new Agent({ maxSockets: 20, connections: 50 })`,
    good: `import { Agent } from 'undici'

export const dispatcher = new Agent({ connections: 20 })`,
  },
  *find(model) {
    yield* foreignSettings(model)
    yield* foreignCarriers(model)
    yield* ineffectiveValues(model)
  },
}

function* foreignSettings({ created }: Model): Generator<Hit> {
  for (const { node, creation, made } of created) {
    if (creation.role === 'client' || made.options.kind !== 'fields') continue
    const { foreign } = clients[creation.client].source
    if (foreign === null) continue
    const { taker, names } = foreign
    for (const name of made.options.fields.keys()) {
      if (!Object.hasOwn(names, name) || field(made.options, name) === undefined) continue
      yield { at: node, message: `${taker} does not know ${name}: that is ${names[name]}` }
    }
  }
}

function* foreignCarriers(model: Model): Generator<Hit> {
  for (const { at, client, options } of optionsOfClients(model)) {
    const foreign = allCarriers.filter((name) => !carriersOf(client).includes(name) && hasAny(options, [name]))
    for (const name of foreign) yield { at, message: `${name} has no effect: ${clients[client].source.takes}` }
    if (client === 'axios' && content(field(options, 'adapter')) === 'fetch' && hasAny(options, carriersOf('axios'))) {
      yield { at, message: "adapter: 'fetch' does not use httpAgent and httpsAgent" }
    }
    if (client === 'axios' && content(field(options, 'httpVersion')) === 2 && hasAny(options, carriersOf('axios'))) {
      yield { at, message: 'httpVersion: 2 does not use httpAgent and httpsAgent' }
    }
    // The pool options of polypool hold got to HTTP/1.1 by their request.
    const http2 = client === 'got' && content(field(options, 'http2')) === true && field(options, 'request') === undefined
    if (http2 && hasAny(options, carriersOf('got'))) {
      yield { at, message: 'http2: true gets round agent wherever a server offers HTTP/2' }
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
