import { isBuiltin } from 'node:module'
import { type ClientName, clientNames, clients, type Maker, proxyingAgents, type SharedSettings } from 'polypool/internal'

/** Something that makes an agent, a dispatcher or an instance of a client. */
export interface Creation extends Maker {
  readonly client: ClientName
}

/** A function that sends a request. */
export interface Sending {
  readonly client: ClientName
  readonly label: string
  /** Arguments that may hold the options: the first of them that is an object does. */
  readonly options: readonly number[]
}

/** Every client's part of a table. */
function fromAll<T>(part: (client: ClientName) => readonly (readonly [reference: string, T])[]): {
  readonly [reference: string]: T
} {
  return Object.fromEntries(clientNames.flatMap(part))
}

const creationsIn = (makers: { readonly [reference: string]: Maker }, client: ClientName) =>
  Object.entries(makers).map(([reference, maker]): [string, Creation] => [reference, { ...maker, client }])

/** The key of what is one of two things: `secure ? https.Agent : http.Agent`. */
export function eitherOf(one: string, other: string): string {
  return [one, other].sort().join('|')
}

/** Every pair of agents of one client that are for different schemes, as something of its own, for no scheme that could be told. */
function pairsOf(single: { readonly [reference: string]: Creation }): { readonly [reference: string]: Creation } {
  const agents = Object.entries(single).filter(([, { scheme }]) => scheme !== undefined)
  const pairs = agents.flatMap(([one, { scheme: _, ...creation }]) =>
    agents.flatMap(([other, { client, scheme }]): [string, Creation][] =>
      client === creation.client && scheme !== single[one]?.scheme ? [[eitherOf(one, other), creation]] : [],
    ),
  )
  return Object.fromEntries(pairs)
}

const single: { readonly [reference: string]: Creation } = {
  ...fromAll((client) => creationsIn(clients[client].source.makers, client)),
  // Agents of Node, as those of node:http are.
  ...Object.fromEntries(creationsIn(proxyingAgents, 'node-http')),
}

/** By `module#path`; `()` stands for an instance of the client. Of what is one of two things, see `eitherOf`. */
export const creations: { readonly [reference: string]: Creation } = { ...single, ...pairsOf(single) }

/** Whether all that a creation may be is of these modules. */
function isOf(creation: string, ...references: readonly string[]): boolean {
  return creation.split('|').every((one) => references.includes(one))
}

/** Whether it is an agent of Node itself. */
export function isNodeAgent(creation: string): boolean {
  return isOf(creation, 'http#Agent', 'https#Agent')
}

/** Whether the class is one that goes through a proxy, of a package that is no client's. */
export function isProxying(creation: string): boolean {
  return Object.hasOwn(proxyingAgents, creation)
}

/** By `module#path`, of the module itself and of an instance of the client. */
const singleSendings = fromAll((client) =>
  Object.entries(clients[client].source.senders).flatMap(([module, senders]) =>
    senders.flatMap(({ names, options }) =>
      names.flatMap((name): [string, Sending][] => {
        const label = `${[module === 'global' ? '' : module, name].filter(Boolean).join('.')}(…)`
        const sending: Sending = { client, label, options }
        const ofInstance = name === '' ? `${module}#()` : `${module}#().${name}`
        return [
          [`${module}#${name}`, sending],
          [ofInstance, sending],
        ]
      }),
    ),
  ),
)

/** With those that may be of one module or another of the same client: `(secure ? https : http).get(…)`. */
export const sendings: { readonly [reference: string]: Sending } = {
  ...singleSendings,
  ...Object.fromEntries(
    Object.entries(singleSendings).flatMap(([reference, sending]): [string, Sending][] => {
      const other = reference.replace(/^http#/, 'https#')
      return other === reference ? [] : [[eitherOf(reference, other), sending]]
    }),
  ),
}

/** Options of a request or of a client through which agents and dispatchers are given to it. */
export const carriersOf = (client: ClientName): readonly string[] => clients[client].source.carriers

/** Those of all clients. */
export const allCarriers: readonly string[] = [...new Set(clientNames.flatMap(carriersOf))]

/** The options of such a client are not those of an agent. */
export function isConfigured(client: ClientName): boolean {
  return Object.values(clients[client].source.makers).some(({ role }) => role === 'client')
}

/** The classes of such a client are what holds connections, whichever request they are used for. */
export function hasOwnPools(client: ClientName): boolean {
  return Object.values(clients[client].source.makers).some(({ role }) => role !== 'client')
}

/** Where settings that hold for all requests of a client are made. */
export interface Shared extends SharedSettings {
  readonly client: ClientName
}

export const sharedSettings: readonly Shared[] = clientNames.flatMap((client) =>
  clients[client].source.shared.map((one) => ({ ...one, client })),
)

/** What else of a client's own options a pool has a field for. */
export const ownFieldsOf = (client: ClientName): readonly string[] =>
  sharedSettings.flatMap((one) => (one.client === client ? (one.more ?? []) : []))

const modules = [...clientNames.flatMap((client) => Object.keys(clients[client].source.senders)), ...modulesOf(creations)]

function modulesOf(references: object): string[] {
  return Object.keys(references).map((reference) => reference.split('#', 1).join())
}

const quoted = [...new Set(modules)]
  .filter((name) => name !== 'global')
  .map((name) => (isBuiltin(name) ? `(?:node:)?${name}` : name))
const ofGlobals = Object.entries(sendings).filter(([reference]) => /^global#(?!\(\))/.test(reference))

/** The AWS SDK is no client here, and takes agents; a comment may speak of polypool. */
const alsoMentioned = '@(?:smithy|aws-sdk)/|\\bpolypool\\b'

/** Names in quotes as an import has them, the global functions and what else speaks of clients: without any of them there is nothing to find. */
export const mention = new RegExp(
  `['"\`](?:${quoted.join('|')})['"\`]|\\b(?:${ofGlobals.map(([reference]) => reference.slice('global#'.length)).join('|')})\\b|${alsoMentioned}`,
)
