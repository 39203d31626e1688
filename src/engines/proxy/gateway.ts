import type { ConnectionOptions } from 'node:tls'
import { kindOf, plainEntries, plainObject } from '../../config/plain-object.ts'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import { show, showName } from '../../text/show.ts'
import { withVerdicts } from './server-check.ts'

/** Header fields for the proxy, which no origin sees. */
export type ProxyHeaders = { readonly [name: string]: string | number | readonly string[] }

/** What a pool's native options say of proxies; the same in every adapter. */
export interface ProxyOptions {
  /** TLS with an `https://` proxy: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized`, … That with the origin behind it has its own. */
  readonly proxyTls?: ConnectionOptions | undefined
  /** Header fields of every CONNECT and of every request in absolute form. `Proxy-Authorization` goes before the URL's credentials. */
  readonly proxyHeaders?: ProxyHeaders | undefined
}

interface Field {
  /** As it stands in a head, in lower case: `\r\nname:`. */
  readonly mark: string
  readonly line: string
}

/** A proxy with what a pool has for it. Two connections by one gateway can stand in for each other. */
export class Gateway {
  readonly server: ProxyServer
  /** Null where the proxy is reached without TLS. */
  readonly tls: ConnectionOptions | null
  /** Of TLS with it, for the next connection: a private one, as it holds a key. */
  #session: Buffer | undefined
  // Not enumerable: they hold secrets, and agents are printed with what they hold.
  readonly #fields: readonly Field[]
  readonly #all: string

  constructor(server: ProxyServer, options: ProxyOptions) {
    this.server = server
    this.tls = server.scheme === 'https' ? { ...options.proxyTls, ...withVerdicts(options.proxyTls ?? {}) } : null
    for (const name of ['tls', 'keepSession']) Object.defineProperty(this, name, { enumerable: false })
    this.#fields = server.isSocks ? [] : fieldsOf(server, options.proxyHeaders)
    this.#all = this.#fields.map(({ line }) => line).join('')
  }

  /** Options of TLS with it, and its last session to go on with: a handshake without certificates is a fraction of the work. */
  get tlsOptions(): ConnectionOptions {
    return this.#session === undefined ? { ...this.tls } : { session: this.#session, ...this.tls }
  }

  /** TLS 1.3 gives sessions after the handshake, some for one connection. */
  readonly keepSession = (session: Buffer): void => {
    this.#session = session
  }

  /** A connection that was to go on with it has failed. */
  dropSession(): void {
    this.#session = undefined
  }

  /** Whether it has something to say for who a connection is for. */
  get hasCredentials(): boolean {
    return this.server.credentials() !== null || this.#fields.some(({ mark }) => mark === authorization)
  }

  /**
   * The lines that a head to the proxy gets, each with its end.
   * @param head what is there already: a field in it stays as it is
   */
  linesFor(head = ''): string {
    if (head === '' || this.#fields.length === 0) return this.#all
    const lower = head.toLowerCase()
    const missing = this.#fields.filter(({ mark }) => !lower.includes(mark))
    return missing.length === this.#fields.length ? this.#all : missing.map(({ line }) => line).join('')
  }
}

const markOf = (name: string) => `\r\n${name.toLowerCase()}:`

const authorization = markOf('Proxy-Authorization')

function fieldsOf(server: ProxyServer, headers: ProxyHeaders = {}): Field[] {
  const fields = Object.entries(headers).map(([name, value]) => {
    const values = Array.isArray(value) ? (value as readonly string[]) : [String(value)]
    return { mark: markOf(name), line: values.map((one) => `${name}: ${one}\r\n`).join('') }
  })
  const credentials = server.credentials()
  if (credentials === null || fields.some(({ mark }) => mark === authorization)) return fields
  // RFC 7617 §2: user, colon, password; in UTF-8, as §2.1 has it where nothing else was agreed.
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  return [{ mark: authorization, line: `Proxy-Authorization: Basic ${basic}\r\n` }, ...fields]
}

/** Fields that the message itself is framed or addressed by. */
const framing = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']

/** Throws ERR_POOL_UNSUPPORTED for native options that no proxy could be asked with. Tells no values: they may be secret. */
export function assertProxyOptions({
  proxyTls,
  proxyHeaders,
}: {
  readonly proxyTls?: unknown
  readonly proxyHeaders?: unknown
}): void {
  if (proxyTls !== undefined && plainObject(proxyTls) === undefined)
    throw new PoolUnsupportedError(`proxyTls is ${shown(proxyTls)}: pass options of tls.connect, such as { ca }`)
  if (proxyHeaders === undefined) return
  const entries = plainEntries(proxyHeaders)
  if (entries === undefined)
    throw new PoolUnsupportedError(`proxyHeaders is ${shown(proxyHeaders)}: pass an object of names and values`)
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http')
  for (const [name, value] of entries) {
    if (framing.includes(name.toLowerCase()))
      throw new PoolUnsupportedError(`proxyHeaders: ${showName(name)} can't be set: it is the connection's own; leave it out`)
    const values = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    for (const one of values) {
      if (typeof one !== 'string' && typeof one !== 'number')
        throw new PoolUnsupportedError(`proxyHeaders: ${showName(name)} is ${shown(one)}: write a string`)
      try {
        validateHeaderName(name)
        validateHeaderValue(name, String(one))
      } catch {
        throw new PoolUnsupportedError(
          `proxyHeaders: ${show(name)} is no valid header field: check its name and value for what HTTP allows`,
        )
      }
    }
  }
}

/** Not a text itself, which may be a token. */
function shown(value: unknown): string {
  return typeof value === 'string' ? 'a string' : kindOf(value)
}
