import { isIP } from 'node:net'
import { type Core, Lane, type Member } from '../../pool/port.ts'
import { originKey } from '../origin.ts'
import type { Route, Routes } from '../proxy/routes.ts'
import { ClientConnection } from './connection.ts'
import type { ConnectionDriver } from './connection-lane.ts'
import { Detour } from './detour.ts'
import { isIterable } from './headers.ts'
import { cleartext, demanding, http2ClientOptions } from './http2-options.ts'
import type { Connector, DispatchOptions } from './peer.ts'
import { mostSends } from './unseen.ts'

/** What opens sockets: undici's own connector, with and without an offer of HTTP/2, or one of the caller's. */
export interface Connectors {
  readonly http1: Connector
  readonly http2: Connector
  /** Options of TCP for connections to proxies. */
  readonly tcp: object
}

/** What lanes, and the requests on them, ask of the driver of their dispatcher. */
export interface LaneDriver extends ConnectionDriver {
  readonly connectors: Connectors
  /** By which way each origin is reached. */
  readonly routes: Routes
  /** The unix socket that all connections go to, and that no proxy is asked for; null: they go to hosts. */
  readonly socketPath: string | null
  /** A request has left the queue. */
  onLeft(lane: OriginLane): void
}

/** What sets a lane apart from others of its origin. */
interface Variant {
  readonly servername?: string
  readonly tunnel?: boolean
  readonly http1?: boolean
}

/** Connections to one origin under one TLS name. */
export class OriginLane extends Lane {
  readonly driver: LaneDriver
  readonly core: Core
  /** Scheme, host and port as a Client wants them. */
  readonly url: string
  readonly secure: boolean
  /** The lanes of this origin under other TLS names, or through tunnels. */
  readonly #named = new Lanes()
  /** The TLS name, if it is not the host's. */
  readonly servername: string
  /** By which way its connections are made from now on. */
  route: Route
  // A server that has never answered has no credit.
  fruitless = mostSends
  /** Whether they are connections with the origin also where a proxy takes requests in absolute form. */
  readonly #tunnel: boolean
  /** For requests that are not to go over HTTP/2, where it is not all that the host may speak. */
  readonly #http1: boolean

  constructor(
    member: Member<OriginLane>,
    driver: LaneDriver,
    url: URL,
    { servername = '', tunnel = false, http1 = false }: Variant = {},
  ) {
    const { protocol, hostname, port, origin } = url
    // Limits count `a.test.` and `a.test` together; a connection is to one of them. A unix socket is a host of its own, whatever name it is asked for by.
    super(
      member,
      `${origin}${servername && ` as ${servername}`}${tunnel ? tunnelled : ''}${http1 ? overHttp1 : ''}`,
      driver.socketPath === null
        ? originKey(protocol, hostname, port || (protocol === 'https:' ? 443 : 80))
        : `${protocol}//unix:${driver.socketPath}`,
    )
    this.driver = driver
    this.core = driver.core
    this.url = url.origin
    this.secure = url.protocol === 'https:'
    this.servername = servername
    this.#tunnel = tunnel
    this.#http1 = http1
    this.route = this.#routeNow()
  }

  #routeNow(): Route {
    const { routes, socketPath } = this.driver
    return routes.routeOf(socketPath === null ? this.origin.key : null)
  }

  /** The way may have changed. What was made by another one takes no new request. */
  reroute(): void {
    const { gateway } = this.route
    this.route = this.#routeNow()
    this.#named.reroute()
    if (this.route.gateway === gateway) return
    for (const connection of [...this.connections] as ClientConnection[]) {
      if (connection.isAhead || connection.state === 'idle') this.core.drain(connection)
    }
  }

  /** The way of a new connection through a proxy; null: it goes directly. */
  detour(): Detour | null {
    const { gateway } = this.route
    if (gateway === null) return null
    const { url, origin, secure, member, mayMultiplex, driver } = this
    // A proxy would not take a request over HTTP/2 by prior knowledge.
    const tunnel = secure || this.#tunnel || mayMultiplex || gateway.server.isSocks
    return new Detour({ gateway, url, origin: origin.key, pool: member.name, tunnel, tcp: driver.connectors.tcp })
  }

  override get mayMultiplex(): boolean {
    const { http2 } = this.origin.limits
    const asked = http2 === 'only' || (http2 && this.secure && !this.#http1)
    return asked && this.driver.peer.symbols.http2 !== undefined
  }

  /** Opens the sockets of a connection that is made by that way. */
  connectorBy(detour: Detour | null): Connector {
    const { http1, http2 } = this.driver.connectors
    const { limits, key } = this.origin
    if (!this.secure) {
      const connect = detour?.connector(null) ?? http1
      return this.mayMultiplex ? cleartext(connect) : connect
    }
    const connect = this.mayMultiplex ? http2 : http1
    const through = detour?.connector(connect) ?? connect
    return this.mayMultiplex && limits.http2 === 'only' ? demanding(through, key) : through
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
    return this.#named.get(name) ?? this.#add(name, { servername: name, http1: this.#http1 })
  }

  /** The lane for what can't go over HTTP/2, as the upgrade to a WebSocket where the server does not take that. */
  get withoutHttp2(): OriginLane {
    if (!this.mayMultiplex || this.origin.limits.http2 === 'only') return this
    return this.#named.get(overHttp1) ?? this.#add(overHttp1, { http1: true })
  }

  /** The lane for what becomes something else than HTTP: no proxy could take that in absolute form. */
  get tunnelled(): OriginLane {
    return this.#named.get(tunnelled) ?? this.#add(tunnelled, { tunnel: true })
  }

  #add(name: string, variant: Variant): OriginLane {
    const lane = new OriginLane(this.member as Member<OriginLane>, this.driver, new URL(this.url), variant)
    this.#named.add(name, lane)
    return lane
  }
}

const tunnelled = ' through a tunnel'
const overHttp1 = ' over HTTP/1.1'

/** Lanes by their names. Those that are not in use are forgotten before there are twice as many as there were after the last time. */
export class Lanes {
  readonly #byName = new Map<string, OriginLane>()
  /** Other names that were used for them. */
  readonly #aliases = new Map<string, OriginLane>()
  #sweepAt = 64
  /** What was last asked for. Its name is a new string each time, which is compared sooner than hashed. */
  #lastName = ''
  #last: OriginLane | undefined

  get(name: string): OriginLane | undefined {
    if (name === this.#lastName) return this.#last
    const lane = this.#byName.get(name) ?? this.#aliases.get(name)
    if (lane === undefined) return undefined
    this.#lastName = name
    this.#last = lane
    return lane
  }

  get size(): number {
    return this.#byName.size + this.#aliases.size
  }

  get inUse(): boolean {
    for (const lane of this.#byName.values()) if (lane.inUse) return true
    return false
  }

  /** Ways may have changed. */
  reroute(): void {
    for (const lane of this.#byName.values()) lane.reroute()
  }

  /** @param spelling how it was asked for: there are any number of them for one lane, and all can be read again */
  add(name: string, lane: OriginLane, spelling: string = name): void {
    this.#tidy()
    this.#lastName = ''
    this.#last = undefined
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
