import { isIP } from 'node:net'
import { type Core, Lane, type Member } from '../../pool/port.ts'
import { originKey } from '../origin.ts'
import { ClientConnection } from './connection.ts'
import type { ConnectionDriver } from './connection-lane.ts'
import { isIterable } from './headers.ts'
import { cleartext, demanding, http2ClientOptions } from './http2-options.ts'
import type { Connector, DispatchOptions } from './peer.ts'

/** What opens sockets: undici's own connector, with and without an offer of HTTP/2, or one of the caller's. */
export interface Connectors {
  readonly http1: Connector
  readonly http2: Connector
}

/** What lanes, and the requests on them, ask of the driver of their dispatcher. */
export interface LaneDriver extends ConnectionDriver {
  readonly connectors: Connectors
  /** A request has left the queue. */
  onLeft(lane: OriginLane): void
}

/** Connections to one origin under one TLS name. */
export class OriginLane extends Lane {
  readonly driver: LaneDriver
  readonly core: Core
  /** Scheme, host and port as a Client wants them. */
  readonly url: string
  readonly secure: boolean
  /** The lanes of this origin under other TLS names. */
  readonly #named = new Lanes()
  /** The TLS name, if it is not the host's. */
  readonly servername: string

  constructor(member: Member<OriginLane>, driver: LaneDriver, url: URL, servername = '') {
    const { protocol, hostname, port, origin } = url
    // Limits count `a.test.` and `a.test` together; a connection is to one of them.
    super(
      member,
      servername === '' ? origin : `${origin} as ${servername}`,
      originKey(protocol, hostname, port || (protocol === 'https:' ? 443 : 80)),
    )
    this.driver = driver
    this.core = driver.core
    this.url = url.origin
    this.secure = url.protocol === 'https:'
    this.servername = servername
  }

  override get mayMultiplex(): boolean {
    const { http2 } = this.origin.limits
    return http2 !== false && (this.secure || http2 === 'only') && this.driver.peer.symbols.http2 !== undefined
  }

  get connector(): Connector {
    const { connectors } = this.driver
    if (!this.mayMultiplex) return connectors.http1
    if (!this.secure) return cleartext(connectors.http1)
    const { limits, key } = this.origin
    return limits.http2 === 'only' ? demanding(connectors.http2, key) : connectors.http2
  }

  get clientOptions(): object | undefined {
    return this.mayMultiplex ? http2ClientOptions : undefined
  }

  override createConnection(): ClientConnection {
    return new ClientConnection(this)
  }

  /** Whether the core knows this lane or one of its other names. */
  get inUse(): boolean {
    return this.attached || this.#named.inUse
  }

  /** The lane for a request's TLS name: undici would reconnect where it changes. */
  under({ servername, headers }: DispatchOptions): OriginLane {
    // Where many requests share a connection, one of another name would have undici end it.
    const name = servername || serverName(this.mayMultiplex ? anyHostHeader(headers) : hostHeader(headers))
    if (name === this.servername) return this
    let lane = this.#named.get(name)
    if (lane === undefined) {
      lane = new OriginLane(this.member as Member<OriginLane>, this.driver, new URL(this.url), name)
      this.#named.add(name, lane)
    }
    return lane
  }
}

/** Lanes by their names. Those that are not in use are forgotten before there are twice as many as there were after the last time. */
export class Lanes {
  readonly #byName = new Map<string, OriginLane>()
  /** Other names that were used for them. */
  readonly #aliases = new Map<string, OriginLane>()
  #sweepAt = 64

  get(name: string): OriginLane | undefined {
    return this.#byName.get(name) ?? this.#aliases.get(name)
  }

  get size(): number {
    return this.#byName.size + this.#aliases.size
  }

  get inUse(): boolean {
    for (const lane of this.#byName.values()) if (lane.inUse) return true
    return false
  }

  /** @param spelling how it was asked for: there are any number of them for one lane, and all can be read again */
  add(name: string, lane: OriginLane, spelling: string = name): void {
    this.#tidy()
    this.#byName.set(name, lane)
    if (spelling !== name) this.#aliases.set(spelling, lane)
  }

  #tidy(): void {
    if (this.size < this.#sweepAt) return
    this.#aliases.clear()
    for (const [name, lane] of this.#byName) if (!lane.inUse) this.#byName.delete(name)
    this.#sweepAt = Math.max(64, 2 * this.#byName.size)
  }
}

/** The TLS name that undici takes from a `host` header, or '' if there is none. */
function serverName(host: unknown): string {
  if (typeof host !== 'string' || host === '') return ''
  const end = host[0] === '[' ? host.indexOf(']') + 1 : host.indexOf(':')
  const name = end > 0 ? host.slice(0, end) : host
  return isIP(name) === 0 && name[0] !== '[' ? name : ''
}

/** As `hostHeader`, in whatever form they are. */
function anyHostHeader(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return hostHeader(headers)
  if (isIterable(headers)) {
    for (const pair of headers) if (Array.isArray(pair) && isHost(pair[0])) return pair[1]
    return undefined
  }
  for (const name of Object.keys(headers)) if (isHost(name)) return Reflect.get(headers, name)
  return undefined
}

function isHost(name: unknown): boolean {
  return typeof name === 'string' && name.length === 4 && name.toLowerCase() === 'host'
}

// A name in unusual spelling or in an iterable is missed on purpose: undici then closes the connection unused, and the request is sent on a fresh one.
function hostHeader(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined
  if (!Array.isArray(headers)) {
    const { host, Host } = headers as { host?: unknown; Host?: unknown }
    return host ?? Host
  }
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (isHost(headers[i])) return headers[i + 1]
  }
  return undefined
}
