import type { Socket } from 'node:net'
import { PoolConnectTimeoutError } from '../../errors.ts'
import { type CarriedRequest, Connection, type Core, Lane, type Member } from '../../pool/port.ts'
import type { Gateway } from '../proxy/gateway.ts'
import { tellHop } from '../proxy/messages.ts'
import type { ProxyDial } from '../proxy/proxy-dial.ts'
import type { Route, Routes } from '../proxy/routes.ts'
import type { RequestTimers } from './hold.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** A `createConnection` that has not called back. */
export interface PendingDial {
  /** Whether a socket of its is known that has not closed. */
  readonly open: boolean
  /** The pool gives up: a socket that comes after all is destroyed. */
  cancel(error: Error | undefined): void
}

/** A call of `createConnection` while it is made. */
export interface Dialling {
  readonly connection: NodeConnection
  /** It is by way of a proxy: giving it up is ending that. */
  goesThrough(dial: ProxyDial): void
}

/** What connections and waiters ask of the driver of the agent that they belong to. */
export interface AgentDriver {
  readonly core: Core
  readonly timers: RequestTimers
  park(connection: NodeConnection): void
  /** Opens a socket for no request. */
  openAhead(connection: NodeConnection): void
  /** Takes a socket that was opened for no request. */
  attachAhead(connection: NodeConnection, socket: Socket, options: RequestOptions): void
  /** Gives a request its new socket. */
  attach(connection: NodeConnection, socket: Socket, request: PooledRequest): void
  /** The lane of a request, as of now. */
  laneFor(request: PooledRequest, options: RequestOptions): NodeLane
  /** Sends the request on the connection, which is connected first if it is new. `agent`: the one that the request came by. */
  send(connection: NodeConnection, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void
}

export class NodeLane extends Lane {
  readonly driver: AgentDriver
  /** Where and how its connections are made, as a request says it; known where some may be made ahead of requests. */
  given: RequestOptions | null = null
  /** By which way its connections are made from now on. */
  route: Route
  /** Whether they are connections with the origin also where a proxy takes requests in absolute form. */
  readonly tunnel: boolean
  /** The origin as a proxy is asked for it; null for what no proxy can reach. */
  readonly #target: string | null

  constructor(
    member: Member<NodeLane>,
    driver: AgentDriver,
    key: string,
    origin: string,
    routes: Routes,
    { reachable, tunnel }: { readonly reachable: boolean; readonly tunnel: boolean },
  ) {
    super(member, key, origin)
    this.driver = driver
    this.tunnel = tunnel
    this.#target = reachable ? origin : null
    this.route = routes.routeOf(this.#target)
  }

  /** The way may have changed. What was made by another one takes no new request. */
  reroute(routes: Routes): void {
    const { gateway } = this.route
    this.route = routes.routeOf(this.#target)
    if (this.route.gateway === gateway) return
    for (const connection of [...this.connections] as NodeConnection[]) {
      if (connection.state === 'idle' || connection.isAhead) connection.close()
    }
  }

  override createConnection(): NodeConnection {
    return new NodeConnection(this)
  }
}

export class NodeConnection extends Connection {
  declare lane: NodeLane
  readonly driver: AgentDriver
  socket: Socket | null = null
  /** The merged options that the socket was made with; node's own bookkeeping asks for them. */
  options: RequestOptions | null = null
  /** The request that has the socket. */
  request: PooledRequest | null = null
  /** Whether its socket may have been seen on the wire. */
  attempted = true
  /** Lies in the agent's freeSockets, where node guards it. */
  parked = false
  /** What had been read of the socket when its connection was promised to a request before that may have it; null: it is not. */
  #readAtHold: number | null = null
  dial: PendingDial | null = null
  /** The way that it is made by. */
  readonly gateway: Gateway | null
  /** How it is made, or was, by way of a proxy. */
  through: ProxyDial | null = null
  /** The proxy that its socket ends at: requests are written for that. */
  forwarder: Gateway | null = null

  constructor(lane: NodeLane) {
    super(lane)
    this.driver = lane.driver
    this.gateway = lane.route.gateway
  }

  /** Whether it was made by the way that is its lane's now. */
  get onRoute(): boolean {
    return this.gateway === this.lane.route.gateway
  }

  /** Whether a proxy takes its requests in absolute form. */
  get forwards(): boolean {
    const { gateway, lane } = this
    return gateway !== null && !lane.tunnel && !gateway.server.isSocks && lane.origin.key.startsWith('http:')
  }

  override get endedBy(): 'server' | 'error' | 'expired' {
    const { request, onRoute } = this
    if (!onRoute) return 'expired'
    // One that is over lets go of its connection, unless its server has said that it would close.
    return request === null || (request.res?.complete && !request.shouldKeepAlive) ? 'server' : 'error'
  }

  override get carriedRequests(): readonly CarriedRequest[] {
    const { request, socket } = this
    if (request === null || socket === null) return []
    const { method, path, res } = request
    const isRead = res == null || res.destroyed || res.readableEnded || res.readableFlowing === true
    const unread = !isRead && (res.complete || res.readableLength > 0)
    const consumed = (socket.bytesRead ?? 0) - (res?.readableLength ?? 0)
    return [{ key: this, request, since: this.busySince, method, path, unread, consumed }]
  }

  override get hasSocket(): boolean {
    return this.socket !== null || this.dial?.open === true
  }

  override usable(): boolean {
    const { socket } = this
    if (socket === null || !this.onRoute) return false
    if (this.#readAtHold !== null && this.#readAtHold !== socket.bytesRead) return false
    return socket.writable && !socket.destroyed && !socket.readableEnded && socket.readableLength === 0
  }

  override open(): void {
    this.driver.openAhead(this)
  }

  override park(): void {
    this.#readAtHold = null
    this.driver.park(this)
  }

  /** To park it in the agent for one turn would cost more than all the rest of it. What comes meanwhile nobody has asked for. */
  override hold(): void {
    this.#readAtHold ??= this.socket?.bytesRead ?? null
  }

  /** It is the request's. */
  begin(request: PooledRequest): void {
    this.#readAtHold = null
    this.request = request
  }

  override close(reason?: Error): void {
    const error = this.#toldOf(reason)
    // Nobody waits for the error of an idle one, and agentkeepalive would not count its close.
    if (this.socket !== null) this.socket.destroy(this.parked || this.#readAtHold !== null ? undefined : error)
    else if (this.dial !== null) this.dial.cancel(error)
    else this.driver.core.closed(this)
  }

  /** Of a connect that took too long it is told where it was. */
  #toldOf(error: Error | undefined): Error | undefined {
    const { through } = this
    return through !== null && error instanceof PoolConnectTimeoutError ? tellHop(error, through.hop, through.passage) : error
  }
}
