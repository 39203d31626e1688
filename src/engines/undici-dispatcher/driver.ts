import type { EventEmitter } from 'node:events'
import type { Clock, Core, Member } from '../../pool/port.ts'
import type { Routes } from '../proxy/routes.ts'
import type { ClientConnection } from './connection.ts'
import { Drafts } from './draft.ts'
import { faultOf, isModern, upgrades } from './handlers.ts'
import { rereadable } from './headers.ts'
import { type Connectors, type LaneDriver, Lanes, OriginLane } from './lane.ts'
import { LegacyHandlerBridge } from './legacy-handler.ts'
import { LegacyRequest } from './legacy-request.ts'
import type { Mocks } from './mocks.ts'
import { ModernRequest } from './modern-request.ts'
import type { Client, ConnectCallback, ConnectOptions, DispatchOptions, Handler, LegacyHandler, Peer } from './peer.ts'
import type { PoolRequest } from './request.ts'

// Longer than any idle connection lives: the core alone closes them. The negative threshold keeps a server's hint from shortening it.
const never = 0x7fffffff
const coreExpires = {
  pipelining: 1,
  allowH2: false,
  keepAliveTimeout: never,
  keepAliveMaxTimeout: never,
  keepAliveTimeoutThreshold: -never,
}

/** What every Client of a dispatcher is made with. */
export interface ClientOptions {
  readonly all: object
  readonly model: Client
}

/** Where connections of a dispatcher go. */
export interface Ways {
  readonly routes: Routes
  /** The unix socket that all go to, whatever host is asked for; null: to hosts. */
  readonly socketPath: string | null
}

/**
 * Throws what undici throws if it does not take the options.
 * @param native all of them, those for the connector too
 */
export function checkedOptions({ Client }: Peer, options: object, native: object): ClientOptions {
  // With `allowH2: false` undici does not look at what is about HTTP/2.
  const model = new Client('http://localhost', { ...coreExpires, allowH2: undefined, ...native, connect: () => {} })
  return { all: { ...options, ...coreExpires }, model }
}

/** What a dispatcher's connections are made by. */
interface DriverParts {
  readonly connectors: Connectors
  readonly options: ClientOptions
  readonly ways: Ways
}

/** Drives the core for one dispatcher: finds lanes, begins requests, makes Clients. */
export class Driver implements LaneDriver {
  readonly peer: Peer
  readonly core: Core
  readonly member: Member<OriginLane>
  /** `reconfigure` may replace them. */
  connectors: Connectors
  /** Whether they are the caller's own: what it opens before it calls back has to be watched. */
  watchesDials = false
  /** What requests fail with that `destroy` was given. */
  reason: Error | null = null
  /** The public object, on which events are emitted. */
  dispatcher: EventEmitter | null = null
  /** Never connects: it has had undici check the options, and answers for all Clients what is asked of a dispatcher. */
  readonly model: Client
  /** What a MockAgent has put in the place of this dispatcher's own connections. */
  mocks: Mocks | null = null
  readonly drafts: Drafts
  readonly routes: Routes
  readonly socketPath: string | null
  readonly #clientOptions: object
  readonly #lanes = new Lanes()
  #needsDrain: OriginLane | null = null

  constructor(peer: Peer, member: Member<OriginLane>, core: Core, { connectors, options, ways }: DriverParts) {
    this.peer = peer
    this.core = core
    this.member = member
    this.connectors = connectors
    this.routes = ways.routes
    this.socketPath = ways.socketPath
    this.model = options.model
    this.#clientOptions = options.all
    this.drafts = new Drafts(this)
  }

  get clock(): Clock {
    return this.core.clock
  }

  /** The lane of plain requests to a host. */
  laneOf({ origin }: URL): OriginLane {
    return this.#laneOf({ origin, path: '/', method: 'GET' })
  }

  connectOptions(url: string, servername: string): ConnectOptions {
    const { host, hostname, protocol, port } = new URL(url)
    const { localAddress } = this.#clientOptions as { readonly localAddress?: string }
    return {
      host,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      protocol,
      port,
      servername: servername || null,
      localAddress: localAddress ?? null,
    }
  }

  /** Begins a request. False while requests wait: the caller should go on after `drain`. */
  dispatch(given: DispatchOptions, handler: Handler | LegacyHandler): boolean {
    const options = rereadable(given)
    const lane = this.#laneOf(options)
    const fault = faultOf(handler, this.peer.major, options)
    if (fault !== null) return this.#refuse(lane, options, handler, fault)
    this.member.senders?.set(options, new Error())
    const request = this.#requestOf(lane, options, handler)
    this.#send(request, lane)
    if (this.member.pending === 0) return true
    this.#needsDrain ??= lane
    return false
  }

  #send(request: PoolRequest, lane: OriginLane): void {
    const connection = this.core.take(lane) as ClientConnection | null
    if (connection === null) return request.acquire()
    // So that its place and its deadline are those of today, should it have to wait for another one.
    if (connection.mayBeStale || lane.mayMultiplex) this.core.arrive(request)
    request.send(connection)
  }

  /** Ways may have changed. */
  reroute(): void {
    this.#lanes.reroute()
  }

  /** A request has left the queue. */
  onLeft(lane: OriginLane): void {
    if (this.#needsDrain === null || this.member.pending > 0) return
    this.#needsDrain = null
    this.core.clock.soon(() => this.dispatcher?.emit('drain', new URL(lane.url), [this.dispatcher]))
  }

  createClient(url: string, connect: (options: ConnectOptions, callback: ConnectCallback) => void, additional?: object): Client {
    return new this.peer.Client(url, { ...this.#clientOptions, ...additional, connect })
  }

  emit(event: 'connect' | 'disconnect' | 'connectionError', url: URL, client: Client | null, error?: Error): void {
    const targets = [this.dispatcher, client]
    if (error === undefined) this.dispatcher?.emit(event, url, targets)
    else this.dispatcher?.emit(event, url, targets, error)
  }

  #laneOf(options: DispatchOptions): OriginLane {
    const { origin } = options
    const spelling = typeof origin === 'string' ? origin : origin?.origin
    const lane = this.#lanes.get(spelling as string) ?? this.#newLane(spelling)
    // undici asks so for a WebSocket that the server does not take over HTTP/2. Of Node's own fetch it says so of all: that stays with the config.
    if (lane.secure) return (options.allowH2 === false && upgrades(options) ? lane.withoutHttp2 : lane).under(options)
    return lane.route.gateway !== null && upgrades(options) ? lane.tunnelled : lane
  }

  #newLane(spelling: unknown): OriginLane {
    const url = typeof spelling === 'string' && URL.canParse(spelling) ? new URL(spelling) : null
    const http = url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
    if (!http || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
      throw new this.peer.errors.InvalidArgumentError(
        'opts.origin must be the origin of a http or https URL, as a string or an URL.',
      )
    }
    const lane = this.#lanes.get(url.origin) ?? new OriginLane(this.member, this, url)
    this.#lanes.add(url.origin, lane, spelling as string)
    return lane
  }

  /** undici itself says what is wrong, as it may be something else that it looks at first. */
  #refuse({ url }: OriginLane, options: DispatchOptions, handler: Handler | LegacyHandler, fault: string): false {
    const { errors, major } = this.peer
    const knowsGeneration = major < 8 || isModern(handler, major)
    if (!knowsGeneration || !this.drafts.refuses(url, options, handler)) throw new errors.InvalidArgumentError(fault)
    return false
  }

  #requestOf(lane: OriginLane, options: DispatchOptions, handler: Handler | LegacyHandler): PoolRequest {
    const { major } = this.peer
    if (isModern(handler, major)) return new ModernRequest(lane, options, handler)
    if (major < 8) return new LegacyRequest(lane, options, handler)
    return new ModernRequest(lane, options, new LegacyHandlerBridge(handler))
  }
}
