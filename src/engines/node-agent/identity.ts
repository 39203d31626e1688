import { LRU } from 'tiny-lru'
import { originKey } from '../origin.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/**
 * What makes two TLS connections to one host different, if a request or the agent sets it. `named`: node's name for a connection holds
 * its text. `added`: node's name leaves it out, cannot tell it apart by its text, or would show a secret.
 * A test holds this list and the next one against the types of Node.
 */
const tlsOptions = {
  servername: 'named',
  rejectUnauthorized: 'named',
  ca: 'added',
  cert: 'added',
  key: 'added',
  pfx: 'added',
  passphrase: 'added',
  ciphers: 'named',
  minVersion: 'named',
  maxVersion: 'named',
  secureProtocol: 'named',
  secureOptions: 'named',
  secureContext: 'added',
  checkServerIdentity: 'added',
  ALPNProtocols: 'added',
  sigalgs: 'named',
  ecdhCurve: 'named',
  dhparam: 'named',
  minDHSize: 'added',
  crl: 'added',
  honorCipherOrder: 'named',
  sessionIdContext: 'named',
  clientCertEngine: 'named',
  privateKeyEngine: 'named',
  privateKeyIdentifier: 'named',
  pskCallback: 'added',
  allowPartialTrustChain: 'added',
  certificateCompression: 'added',
  requestOCSP: 'added',
  socket: 'added',
  session: 'added',
} as const

/** Where a connection goes and where it comes from. */
const routeOptions = [
  'host',
  'port',
  'localAddress',
  'localPort',
  'family',
  'hints',
  'socketPath',
  'blockList',
  'handle',
  'fd',
] as const

type TlsOption = keyof typeof tlsOptions

const tlsNames = Object.keys(tlsOptions) as TlsOption[]
const added = tlsNames.filter((name) => tlsOptions[name] === 'added')

/** More than the certificates and keys of any one program. */
const mostTexts = 1000

const objects = new WeakMap<object, number>()
const texts = new LRU<number>(mostTexts)
let last = 0

/** The same number for the same text, so that names tell texts apart and do not tell them. One that was long not used gets another. */
function numberOfText(text: string): number {
  const known = texts.get(text)
  if (known !== undefined) return known
  texts.set(text, ++last)
  return last
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
  if (added.every((name) => options[name] == null || namedByText(name, options[name]))) return ''
  return `:${added.map((name) => identityOf(options[name])).join('|')}`
}

/** Whether node's own name has the value's whole text already. */
function namedByText(option: TlsOption, value: unknown): boolean {
  return ['ca', 'cert', 'crl'].includes(option) && (typeof value === 'string' || Buffer.isBuffer(value))
}

/** Tells which requests of an agent may share connections. */
export class Identities {
  readonly #agent: NativeAgent
  readonly #secure: boolean
  readonly #watched: readonly string[]
  readonly #http: Place
  readonly #https: Place
  readonly #tls: Place
  #seen: unknown[] = []
  /** Grows when the agent's own options change after it was made, as when a client certificate is replaced. */
  #generation = 0
  #lastSecure = { place: '', servername: '', generation: -1, key: '' }
  /** Whether the agent's own options say where to connect, so that requests do not. */
  #fixed = false

  constructor(agent: NativeAgent) {
    this.#agent = agent
    this.#secure = agent.protocol === 'https:'
    this.#http = new Place('http', agent)
    this.#https = new Place('https', agent)
    this.#tls = new Place('tls', agent)
    this.#watched = this.#secure ? [...routeOptions, ...tlsNames] : routeOptions
    this.#look()
  }

  /** The key of the lane for a request, and by `originOf` its origin. */
  laneKey(request: PooledRequest, given: RequestOptions): string {
    if (this.#changed()) this.#look()
    const options = this.merged(given)
    if (!this.#secure) return this.#http.keyOf(options)
    const servername = serverName(request, options)
    if (!setsTls(given)) return this.#secureKey(this.#https.keyOf(options), servername)
    return `${this.#tls.keyOf(options)}:${servername}:${tlsIdentity(given, this.#agent.options)}`
  }

  /** Scheme, host and port, as of a URL; a unix socket counts as a host of its own. */
  originOf(given: RequestOptions): string {
    const { protocol, defaultPort } = this.#agent
    const options = this.merged(given)
    if (options.socketPath) return `${protocol}//unix:${options.socketPath}`
    return originKey(protocol, options.host || 'localhost', options.port || defaultPort)
  }

  /** Whether it is a host that is connected to: no unix socket, and nothing that its caller has connected already. */
  isHost(given: RequestOptions): boolean {
    const { socketPath, handle, fd, socket } = this.merged(given)
    return !socketPath && handle == null && fd == null && socket == null
  }

  /** Where and how a request connects, and nothing else of it. */
  placeOf(request: PooledRequest, given: RequestOptions): RequestOptions {
    const names = [...routeOptions, ...tlsNames].filter((name) => given[name] != null)
    const place: RequestOptions = Object.fromEntries(names.map((name) => [name, given[name]]))
    if (!this.#secure) return place
    const options = this.merged(given)
    const servername = serverName(request, options)
    return servername === (options.host || 'localhost') ? place : { ...place, servername }
  }

  /** The agent's options override the request's, as in node. */
  merged(given: RequestOptions): RequestOptions {
    return this.#fixed ? { ...given, ...this.#agent.options } : given
  }

  /** Like the place's, that of the request before, most often. */
  #secureKey(place: string, servername: string): string {
    const last = this.#lastSecure
    if (last.place === place && last.servername === servername && last.generation === this.#generation) return last.key
    const generation = this.#generation
    const key = `${place}:${generation}:${servername}`
    this.#lastSecure = { place, servername, generation, key }
    return key
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
  for (const name of tlsNames) if (options[name] != null && !isNodesOwn(name, options[name])) return true
  return false
}

/** got gives with every request what node does without it. It is read each time: tests and tracers replace it. */
function isNodesOwn(name: TlsOption, value: unknown): boolean {
  return name === 'checkServerIdentity' && value === process.getBuiltinModule('node:tls').checkServerIdentity
}

/** All that TLS will know of a request that brings options of its own: those of the agent go before them, as in node. */
function tlsIdentity(given: RequestOptions, own: RequestOptions): string {
  let identity = ''
  for (const name of tlsNames) {
    const value = Object.hasOwn(own, name) ? own[name] : given[name]
    if (value != null && !isNodesOwn(name, value)) identity += `${name} ${identityOf(value)};`
  }
  return identity
}

/**
 * Where requests connect to and from, as text. Most go where the one before them went: to make that text again, and to find a lane by one that was
 * just made, would take longer than all else that is looked up for a request.
 */
class Place {
  readonly #kind: string
  readonly #agent: NativeAgent
  #host: unknown
  #port: unknown
  #defaultPort: unknown
  #key: string | null = null

  constructor(kind: string, agent: NativeAgent) {
    this.#kind = kind
    this.#agent = agent
  }

  keyOf(options: RequestOptions): string {
    const { host, port, localAddress, localPort, family, hints, socketPath, blockList, handle, fd } = options
    const { defaultPort } = this.#agent
    if (localAddress || localPort || family || hints || socketPath || blockList != null || handle != null || fd != null)
      return unusualPlace(this.#plain(host, port, defaultPort), options)
    if (this.#key === null || host !== this.#host || port !== this.#port || defaultPort !== this.#defaultPort) {
      this.#key = this.#plain(host, port, defaultPort)
      this.#host = host
      this.#port = port
      this.#defaultPort = defaultPort
    }
    return this.#key
  }

  #plain(host: unknown, port: unknown, defaultPort: number): string {
    return `${this.#kind}:${host || 'localhost'}:${port || defaultPort}`
  }
}

function unusualPlace(plain: string, options: RequestOptions): string {
  const { localAddress, localPort, family, hints, socketPath, blockList, handle, fd } = options
  let key = plain
  if (localAddress) key += `:from ${localAddress}`
  if (localPort) key += `:from port ${localPort}`
  if (family) key += `:family ${familyOf(family)}`
  if (hints) key += `:hints ${hints}`
  if (socketPath) key += `:at ${socketPath}`
  if (blockList != null) key += `:not to ${identityOf(blockList)}`
  if (handle != null) key += `:by ${identityOf(handle)}`
  if (fd != null) key += `:by ${fd}`
  return key
}

/** A look-up of the caller's own is given whatever it is, also what is no text. */
function familyOf(family: unknown): string {
  if (family === 'IPv4') return identityOf(4)
  return identityOf(family === 'IPv6' ? 6 : family)
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
