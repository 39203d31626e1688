import { hasControl, show } from '../../text/show.ts'

/** By each: the port that is meant where none is written. That of SOCKS is IANA's (RFC 1928 §3). */
const defaultPorts = { http: 80, https: 443, socks5: 1080, socks5h: 1080 } as const

/** `socks5` has this machine look names up, `socks5h` the proxy, as curl has it. */
export type ProxyScheme = keyof typeof defaultPorts

export interface ProxyCredentials {
  readonly username: string
  readonly password: string
}

/** By what `util.inspect` and `console.log` ask an object for what they show. */
const inspect = Symbol.for('nodejs.util.inspect.custom')

// In the global registry, so that the config of a pool of another copy of the package is one too.
const whole = Symbol.for('polypool.proxy.v1')

const identity = Symbol('polypool.identity')

/** What stands where a password was. */
const mask = '***'

/**
 * Where a proxy is, and the credentials for it. Whatever shows it, logs it or makes JSON of it gets `http://user:***@host:port`, which is never
 * taken for an URL again: the credentials are given by a method alone.
 */
export class ProxyServer {
  readonly scheme: ProxyScheme
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
  readonly #credentials: ProxyCredentials | null
  /** Not the credentials, but different where they are: what compares two of these sees what it can, and a private field it can't. */
  readonly [identity]: string

  constructor(scheme: ProxyScheme, host: string, port: number, credentials: ProxyCredentials | null) {
    this.scheme = scheme
    this.host = host
    this.port = port
    this.#credentials = credentials
    this[identity] = credentials === null ? '' : digestOf(credentials)
    Object.freeze(this)
  }

  /** Scheme, host and port, as messages and statistics name it. */
  get origin(): string {
    return `${this.scheme}://${hostPort(this.host, this.port)}`
  }

  /** Whether it is reached by SOCKS 5 and not by HTTP. */
  get isSocks(): boolean {
    return this.scheme.startsWith('socks')
  }

  /** Only for who sends them to the proxy. */
  credentials(): ProxyCredentials | null {
    return this.#credentials
  }

  /** Whether the other one is the same for those who connect: credentials count. */
  equals(other: ProxyServer): boolean {
    const [mine, its] = [this.#credentials, other.#credentials]
    return this.origin === other.origin && mine?.username === its?.username && mine?.password === its?.password
  }

  /** As an URL, with `password` (percent-encoded, or a stand-in for one) in place of its own; of credentials without a password that is the user. */
  withPassword(password: string): string {
    if (this.#credentials === null) return this.origin
    const user = encodeURIComponent(this.#credentials.username)
    // A user alone is a token more often than a name.
    const shown = this.#credentials.password === '' ? password : `${user}:${password}`
    return this.origin.replace('://', () => `://${shown}@`)
  }

  /** With its credentials: for settings of a client, and never to be shown. */
  urlWithCredentials(): string {
    if (this.#credentials === null) return this.origin
    const { username, password } = this.#credentials
    return this.origin.replace('://', () => `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`)
  }

  /** For a copy of this package that knows the class of another one. */
  [whole](): string {
    return this.urlWithCredentials()
  }

  toString(): string {
    return this.withPassword(mask)
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect](): string {
    return this.toString()
  }
}

let salt: Buffer | undefined

/** By a salt of this process, so that nobody who sees it can try passwords. */
function digestOf({ username, password }: ProxyCredentials): string {
  const crypto = process.getBuiltinModule('node:crypto')
  salt ??= crypto.randomBytes(16)
  return crypto
    .createHmac('sha256', salt)
    .update(JSON.stringify([username, password]))
    .digest('base64')
}

/** The proxy that a field of a config holds already, also one of another copy of the package; undefined for anything else. */
export function proxyServerIn(value: unknown): ProxyServer | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    if (value instanceof ProxyServer) return value
    const url: unknown = (value as { [whole]?: () => unknown })[whole]?.()
    const read = readProxyUrl(url)
    return 'server' in read ? read.server : undefined
  } catch {
    return undefined
  }
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export type ReadProxy = { readonly server: ProxyServer } | { readonly problem: string }

/**
 * Reads `scheme://user:password@host:port`, user and password percent-encoded, or says what is wrong with it without telling a secret.
 *
 * The scheme is `http`, `https`, `socks5` or `socks5h`. Without a port it is the scheme's own: 80, 443 or 1080.
 * @param shown how messages call it
 */
export function readProxyUrl(value: unknown, shown: string = showProxyUrl(value)): ReadProxy {
  const refused = (why: string) => ({ problem: `${shown} ${why}` })
  if (typeof value !== 'string') return refused('is no URL: write one such as "http://proxy.example:3128"')
  if (value === '') return refused('is empty: write a URL such as "http://proxy.example:3128"')
  const [, scheme = '', rest = ''] = /^([a-z][\w+.-]*):\/\/(.*)$/is.exec(value) ?? []
  if (scheme === '') return refused('has no scheme: write it in front, as in "http://proxy.example:3128"')
  const known = scheme.toLowerCase()
  if (!isScheme(known)) return refused(`has an unknown scheme: use http, https, socks5 or socks5h`)
  if (value.includes('${'))
    return refused(
      'holds ${, which only a config file fills in: in code write the value itself, percent-encoded (%24%7B for that text)',
    )
  if (/\s/.test(value) || hasControl(value))
    return refused('holds a space or control character: percent-encode it, %20 for a space')
  // As http, for which `URL` knows names, ports and addresses; of other schemes it takes them as they are.
  const text = `http://${rest}`
  if (!URL.canParse(text)) {
    return refused(
      'is no URL: write it as in "http://proxy.example:3128"; in user and password, %2F stands for /, %40 for @, %23 for #',
    )
  }
  const url = new URL(text)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return refused(
      'has more than a host and port: a proxy has no path (in user and password, %2F stands for /, %3F for ?, %23 for #)',
    )
  }
  const port = portOf(rest) ?? defaultPorts[known]
  if (port === 0) return refused('has port 0: use 1 to 65535')
  if (url.password === mask || (url.username === mask && url.password === ''))
    return refused('has its password masked: write the password itself, or in a config file a variable that holds it')
  const credentials = readCredentials(url, known)
  if (credentials !== null && 'problem' in credentials) return refused(credentials.problem)
  return { server: new ProxyServer(known, url.hostname.replace(/^\[|\]$/g, ''), port, credentials) }
}

function isScheme(scheme: string): scheme is ProxyScheme {
  return Object.hasOwn(defaultPorts, scheme)
}

/** The port that is written: `URL` would leave out 80, which is no default of SOCKS. */
function portOf(rest: string): number | undefined {
  const digits = /:(\d+)\/?$/.exec(rest.slice(rest.lastIndexOf('@') + 1))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function readCredentials(
  { username, password }: URL,
  scheme: ProxyScheme,
): ProxyCredentials | { readonly problem: string } | null {
  if (username === '' && password === '') return null
  const [user, secret] = [decoded(username), decoded(password)]
  if (user === undefined || secret === undefined) {
    return { problem: 'has a % in its user or password that begins no code: write %25 for it' }
  }
  if (hasControl(user + secret)) return { problem: 'has a control character in its user or password: neither may hold one' }
  if (scheme.startsWith('socks')) {
    // RFC 1929 §2 gives the length of each one byte.
    const long = [user, secret].some((part) => Buffer.byteLength(part) > 255)
    if (long) return { problem: 'has a user or password of more than 255 bytes, which SOCKS 5 can not send: use a shorter one' }
    if (user === '') return { problem: 'has a password and no user, which SOCKS 5 can not send: write user:password@' }
  } else if (user.includes(':')) {
    // RFC 7617 §2.
    return { problem: 'has a colon in its user, which Basic credentials can not send: use another user' }
  }
  return { username: user, password: secret }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Any value of a proxy field for a message. Without an `@` it may still be user and password, of somebody who forgot the host. */
export function showProxyUrl(given: unknown): string {
  if (typeof given !== 'string') return show(given)
  // A query may hold a token.
  const host = given.lastIndexOf('@') + 1
  const value = given.slice(0, host) + given.slice(host).replace(/([?#]).+$/s, '$1…')
  if (value.includes('@')) return show(value)
  const scheme = /^[a-z][\w+.-]*:\/\//i.exec(value)?.[0] ?? ''
  const rest = value.slice(scheme.length)
  const masked = rest.replace(/^(\[[^\]]*\]|[^:]*):(?!\d{0,5}\/?$).*$/s, '$1:…')
  return show(`${scheme}${masked}`)
}
