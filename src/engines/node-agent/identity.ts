import { originKey } from '../origin.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** What makes two TLS connections to one host different, if a request or the agent sets it. */
const tlsOptions = [
  'servername',
  'rejectUnauthorized',
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'ciphers',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'secureOptions',
  'secureContext',
  'checkServerIdentity',
  'ALPNProtocols',
  'sigalgs',
  'ecdhCurve',
  'dhparam',
  'minDHSize',
  'crl',
  'honorCipherOrder',
  'sessionIdContext',
  'clientCertEngine',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'pskCallback',
  'allowPartialTrustChain',
  'socket',
  'session',
] as const

const routeOptions = ['host', 'port', 'localAddress', 'family', 'socketPath'] as const

/** Those that node's getName leaves out, cannot tell apart by their text, or would put into the name as they are. */
const unnamed = [
  'secureContext',
  'checkServerIdentity',
  'ALPNProtocols',
  'pskCallback',
  'allowPartialTrustChain',
  'minDHSize',
  'passphrase',
  'socket',
  'ca',
  'cert',
  'key',
  'pfx',
  'crl',
  'session',
] as const

/** More than the certificates and keys of any one program. */
const mostTexts = 1000

const objects = new WeakMap<object, number>()
const texts = new Map<string, number>()
let last = 0

/** The same number for the same text, so that names tell texts apart and do not tell them. One that was long not used gets another. */
function numberOfText(text: string): number {
  const number = texts.get(text) ?? ++last
  texts.delete(text)
  texts.set(text, number)
  if (texts.size > mostTexts) {
    const [oldest] = texts.keys()
    texts.delete(oldest as string)
  }
  return number
}

function numberOfObject(object: object): number {
  const number = objects.get(object) ?? ++last
  objects.set(object, number)
  return number
}

/** Different for any two values that are different connections: texts by what they say, other objects each by itself. */
function identityOf(value: unknown): string {
  if (value == null) return ''
  if (typeof value === 'string') return `${numberOfText(value)}`
  if (Array.isArray(value)) return `[${value.map(identityOf).join()}]`
  if (ArrayBuffer.isView(value)) {
    return `${numberOfText(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'))}`
  }
  if (typeof value !== 'object' && typeof value !== 'function') return `=${String(value)}`
  const { pem, buf, passphrase } = value as { pem?: unknown; buf?: unknown; passphrase?: unknown }
  if (pem !== undefined || buf !== undefined) return `{${identityOf(pem)},${identityOf(buf)},${identityOf(passphrase)}}`
  return `#${numberOfObject(value)}`
}

/** Options whose text node would make part of a connection's name, where whoever prints an agent reads it. */
const secrets = ['key', 'pfx'] as const

/** The options without what no name may contain. */
export function nameable(options: RequestOptions): RequestOptions {
  if (secrets.every((name) => options[name] == null)) return options
  return { ...options, ...Object.fromEntries(secrets.map((name) => [name, undefined])) }
}

/** What to add to node's name for a connection so that names differ wherever identities do; usually nothing. Tells no secrets. */
export function unnamedIdentity(options: RequestOptions): string {
  if (unnamed.every((name) => options[name] == null || namedByText(name, options[name]))) return ''
  return `:${unnamed.map((name) => identityOf(options[name])).join('|')}`
}

/** Whether node's own name has the value's whole text already. */
function namedByText(option: (typeof unnamed)[number], value: unknown): boolean {
  return ['ca', 'cert', 'crl'].includes(option) && (typeof value === 'string' || Buffer.isBuffer(value))
}

/** Tells which requests of an agent may share connections. */
export class Identities {
  readonly #agent: NativeAgent
  readonly #secure: boolean
  readonly #watched: readonly string[]
  #seen: unknown[] = []
  /** Grows when the agent's own options change after it was made, as when a client certificate is replaced. */
  #generation = 0
  /** Whether the agent's own options say where to connect, so that requests do not. */
  #fixed = false

  constructor(agent: NativeAgent) {
    this.#agent = agent
    this.#secure = agent.protocol === 'https:'
    this.#watched = this.#secure ? [...routeOptions, ...tlsOptions] : []
    this.#look()
  }

  /** The key of the lane for a request, and by `originOf` its origin. */
  laneKey(request: PooledRequest, given: RequestOptions): string {
    if (!this.#secure) return place('http', this.#agent, this.merged(given))
    if (this.#changed()) this.#look()
    const options = this.merged(given)
    const servername = serverName(request, options)
    if (!setsTls(given)) return `${place('https', this.#agent, options)}:${this.#generation}:${servername}`
    const all: RequestOptions = { ...given, ...this.#agent.options, servername }
    // Node numbers every request that brings its own checkServerIdentity; told apart by identity, its connections can be reused.
    for (const symbol of Object.getOwnPropertySymbols(all)) delete all[symbol as unknown as string]
    // Node's name does not tell a server name that is empty, which sends none, from the host's own.
    return `${place('tls', this.#agent, options)}:${servername}:${this.#agent.getName(all)}`
  }

  /** Scheme, host and port, as of a URL; a unix socket counts as a host of its own. */
  originOf(given: RequestOptions): string {
    const { protocol, defaultPort } = this.#agent
    const options = this.merged(given)
    if (options.socketPath) return `${protocol}//unix:${options.socketPath}`
    return originKey(protocol, options.host || 'localhost', options.port || defaultPort)
  }

  /** The agent's options override the request's, as in node. */
  merged(given: RequestOptions): RequestOptions {
    return this.#fixed ? { ...given, ...this.#agent.options } : given
  }

  #changed(): boolean {
    const { options } = this.#agent
    for (let index = 0; index < this.#watched.length; index++) {
      if (options[this.#watched[index] as string] !== this.#seen[index]) return true
    }
    return false
  }

  #look(): void {
    const { options } = this.#agent
    this.#seen = this.#watched.map((name) => options[name])
    this.#generation++
    this.#fixed = [...routeOptions, 'servername'].some((name) => options[name] !== undefined)
  }
}

function setsTls(options: RequestOptions): boolean {
  for (const name of tlsOptions) if (options[name] != null) return true
  return false
}

/** Where a request connects to and from: cheap, as it is built for every request. */
function place(kind: string, { defaultPort }: NativeAgent, options: RequestOptions): string {
  const { host, port, localAddress, family, socketPath } = options
  let key = `${kind}:${host || 'localhost'}:${port || defaultPort}`
  if (localAddress) key += `:from ${localAddress}`
  if (family === 4 || family === 6) key += `:family ${family}`
  if (socketPath) key += `:at ${socketPath}`
  return key
}

/** The server name as node derives it from the `Host` header when none is set. */
function serverName(request: PooledRequest, options: RequestOptions): string {
  if (options.servername || options.servername === '') return options.servername
  const host = options.host || 'localhost'
  const header = request.getHeader('host')
  if (typeof header !== 'string' || header === '' || header === host) return host
  if (header.startsWith('[')) {
    const end = header.indexOf(']')
    return end === -1 ? header : header.slice(1, end)
  }
  const colon = header.indexOf(':')
  return colon === -1 ? header : header.slice(0, colon)
}
