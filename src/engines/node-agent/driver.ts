import type { LookupFunction, Socket } from 'node:net'
import type { Core, Member } from '../../pool/port.ts'
import { DialWatch } from '../dial-watch.ts'
import { isKept } from '../proxy/forwarded-head.ts'
import type { Routes } from '../proxy/routes.ts'
import { AheadDial } from './ahead-dial.ts'
import { type AgentDriver, type Dialling, type NodeConnection, NodeLane } from './connection.ts'
import { AgentDial } from './dial.ts'
import { forwarderOf, forwardRequest, wantsTunnel } from './forwarding.ts'
import type { RequestTimers } from './hold.ts'
import { Identities } from './identity.ts'
import {
  adoptContext,
  announceClose,
  guard,
  isGuardedByNode,
  type NativeAgent,
  type PooledRequest,
  type RequestOptions,
  rawHeader,
  setHighWaterMark,
  setRequest,
  unguard,
} from './native.ts'
import { withConnect, withOwnDial } from './own-dial.ts'
import type { ProxyPlan } from './proxied.ts'
import { giveSocket, hangUp, ignoreError, isSocket, noRequest, onClose, onRemove, type SlotSocket, slot } from './slot-socket.ts'
import { RequestWaiter } from './waiter.ts'

export type OnFree = (socket: Socket, options: RequestOptions) => void

export type Adopt = (agent: NativeAgent, socket: Socket, options: RequestOptions) => void

/** What the agents of one pool share. */
export interface AgentContext {
  readonly core: Core
  /** By the protocol of their agents. */
  readonly drivers: Map<string, PooledDriver>
  readonly member: Member<NodeLane>
  readonly timers: RequestTimers
  /** Whether a freed socket is given on a tick later, when the answer before has emitted its 'close'. */
  readonly handOverLate: boolean
  /** Delay before TCP probes in milliseconds, or false. */
  tcpKeepAlive: number | false
  /** The agent's own look-up as it was given, and what stands in for it. */
  readonly givenLookup: LookupFunction | undefined
  lookup: LookupFunction | undefined
  /** By which way each origin is reached. */
  readonly routes: Routes
  /** What the client's own class of agents does to each socket that it makes, for one that it has not made. */
  readonly adopt: Adopt | undefined
  /** What a `createConnection` is being called for, as long as that call lasts. */
  dialling: Dialling | null
}

// Held from when this module loads: tests fake it.
const { nextTick } = process

/**
 * Leads the requests of one pooled agent through the pool. It is an object of its own, because callers wrap agents in a Proxy or derive
 * from them: what they override is called on the agent that a request came by (`agent`), what is kept is here.
 */
export class PooledDriver implements AgentDriver {
  readonly context: AgentContext
  readonly #own: NativeAgent
  readonly #createConnection: NativeAgent['createConnection']
  readonly #parkNatively: OnFree
  readonly #identities: Identities

  constructor(own: NativeAgent, context: AgentContext, parkNatively: OnFree) {
    this.context = context
    this.#own = own
    this.#createConnection = own.createConnection
    this.#parkNatively = parkNatively
    this.#identities = new Identities(own)
    context.drivers.set(own.protocol, this)
  }

  get core(): Core {
    return this.context.core
  }

  get timers(): RequestTimers {
    return this.context.timers
  }

  add(agent: NativeAgent, request: PooledRequest, options: RequestOptions): void {
    // A signal that was aborted before has destroyed it already.
    if (request.destroyed) return request.onSocket(null)
    const lane = this.laneFor(request, options)
    const { core, member } = this.context
    member.senders?.set(request, new Error())
    if (!lane.origin.limits.keepAlive) announceClose(request)
    const connection = core.take(lane) as NodeConnection | null
    if (connection === null) core.wait(new RequestWaiter(lane, agent, request, options))
    else if (connection.socket === null) this.#connect(connection, agent, request, options)
    else this.#reuse(connection, connection.socket, agent, request, options)
  }

  /** The lane of plain requests to a host. */
  laneOf({ hostname, port }: URL): NodeLane {
    const given = { host: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port: Number(port) }) }
    const lane = this.laneFor(noRequest, given)
    lane.given ??= given
    return lane
  }

  openAhead(connection: NodeConnection): void {
    const agent = this.#own
    const own = agent.createConnection !== this.#createConnection
    const dial = new AheadDial(connection, own ? new DialWatch() : null)
    const dialled = own ? withOwnDial(agent, dial) : agent
    // Node tells the merged options, by which it knows the socket, nowhere else.
    const by = withConnect(dialled, (options, callback) => {
      dial.options = options
      return dialled.createConnection(options, callback)
    })
    try {
      this.#during(dial, () =>
        by.createSocket(noRequest, connection.lane.given ?? {}, (error, socket) => dial.onCreated(error, socket)),
      )
    } catch {
      dial.onThrown()
    }
  }

  attachAhead(connection: NodeConnection, socket: SlotSocket, options: RequestOptions): void {
    connection.options = options
    this.#follow(connection, socket)
    socket.unref?.()
    // Node parks a socket only with its request.
    setRequest(socket, noRequest)
    this.#whenConnected(connection, socket)
  }

  send(connection: NodeConnection, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void {
    if (connection.socket !== null) return this.#reuse(connection, connection.socket, agent, request, options)
    try {
      this.#connect(connection, agent, request, options)
    } catch (error) {
      // It may have got a socket before.
      if (connection.socket === null) request.onSocket(null, error as Error)
      else request.destroy(error as Error)
    }
  }

  park(connection: NodeConnection): void {
    const { socket, options } = connection
    if (socket === null || options === null || connection.parked) return
    connection.parked = true
    if (isGuardedByNode()) this.#parkNatively(socket, options)
    else guard(socket, () => this.#parkNatively(socket, options))
  }

  /** Gives a request its new socket, and follows the socket from here to its close. */
  attach(connection: NodeConnection, socket: SlotSocket, request: PooledRequest): void {
    connection.request = request
    this.#follow(connection, socket)
    this.#whenConnected(connection, socket)
    if (connection.forwarder !== null) this.#forward(connection, request)
    request.onSocket(socket)
    if (request.timeout !== undefined && isSocket(socket)) socket.setTimeout(request.timeout)
  }

  #follow(connection: NodeConnection, socket: SlotSocket): void {
    connection.socket = socket
    connection.forwarder = forwarderOf(socket)
    socket[slot] = connection
    socket.on('error', ignoreError)
    socket.on('close', onClose)
    socket.on('agentRemove', onRemove)
  }

  #whenConnected(connection: NodeConnection, socket: SlotSocket): void {
    const { core } = this.context
    const { connecting, secureConnecting } = socket as { connecting?: boolean; secureConnecting?: boolean }
    // 'secure' comes with every kind of TLS socket, and after its verification: what fails that is destroyed by then.
    if (!connecting && !secureConnecting) core.connected(connection)
    else {
      socket.once(secureConnecting ? 'secure' : 'connect', () => {
        if (socket.destroyed) return
        // Deno tells of no attempt.
        connection.attempted = true
        core.connected(connection)
        if (secureConnecting) this.#setTcpKeepAlive(socket)
      })
    }
  }

  /** The native agent's 'free': the request on the socket is over. */
  onFree(socket: SlotSocket, options: RequestOptions): void {
    const connection = socket[slot]
    if (connection == null) return void socket.destroy()
    const { request } = connection
    // Node 20 may report one request's end twice; by then the socket can be another's.
    if (request?.destroyed !== true) return
    connection.request = null
    if (!socket.writable || socket.readableLength > 0) return void socket.destroy()
    connection.options = options
    // Node parks a socket only with its request, which Node 20 does not set on one that was destroyed before it began.
    setRequest(socket, request)
    const reusable =
      request.shouldKeepAlive &&
      isSocket(socket) &&
      connection.onRoute &&
      (connection.forwarder === null || isKept((name) => rawHeader(request.res, name)))
    this.context.core.release(connection, reusable, rawHeader(request.res, 'keep-alive'))
  }

  // TLS sockets of Node 20 do not heed the options that a connection is made with.
  #setTcpKeepAlive(socket: Socket): void {
    const { tcpKeepAlive } = this.context
    if (tcpKeepAlive !== false && isSocket(socket)) socket.setKeepAlive(true, tcpKeepAlive)
  }

  laneFor(request: PooledRequest, given: RequestOptions): NodeLane {
    const { member } = this.context
    const tunnel = this.context.routes.some && wantsTunnel(request)
    const key = this.#identities.laneKey(request, given) + (tunnel ? ':tunnel' : '')
    const lane = member.lanes.get(key) ?? this.#newLane(key, given, tunnel)
    if (lane.given === null && lane.origin.limits.minIdleConnectionsPerHost > 0)
      lane.given = this.#identities.placeOf(request, given)
    return lane
  }

  #newLane(key: string, given: RequestOptions, tunnel: boolean): NodeLane {
    const { member, routes } = this.context
    const reachable = this.#identities.isHost(given)
    return new NodeLane(member, this, key, this.#identities.originOf(given), routes, { reachable, tunnel })
  }

  /** How what `createConnection` is asked for goes through a proxy; null: it does not. */
  planOf(options: RequestOptions): ProxyPlan | null {
    const { dialling, member, routes } = this.context
    const secure = this.#own.protocol === 'https:'
    if (dialling !== null && dialling.connection.driver === this) {
      const { gateway, lane, forwards } = dialling.connection
      if (gateway === null) return null
      const tunnel = !forwards
      const { origin, member } = lane
      return { gateway, origin: origin.key, pool: member.name, secure, tunnel, dialling }
    }
    // A createConnection of the caller's own calls the pool's later.
    if (!routes.some) return null
    const origin = this.#identities.originOf(options)
    const { gateway } = routes.routeOf(this.#identities.isHost(options) ? origin : null)
    if (gateway === null) return null
    const tunnel = secure || gateway.server.isSocks
    return { gateway, origin, pool: member.name, secure, tunnel, dialling: null }
  }

  /** Ends the connections that are still on their way through a proxy. */
  endDials(): void {
    for (const lane of [...this.context.member.lanes.values()]) {
      if (lane.driver !== this) continue
      for (const { dial, through } of [...lane.connections] as NodeConnection[]) if (dial !== null) through?.destroy(hangUp())
    }
  }

  #during(dial: Dialling, call: () => void): void {
    const { context } = this
    const outer = context.dialling
    context.dialling = dial
    try {
      call()
    } finally {
      context.dialling = outer
    }
  }

  #forward({ forwarder, lane }: NodeConnection, request: PooledRequest): void {
    if (forwarder !== null) forwardRequest(request, { gateway: forwarder, origin: lane.origin.key, pool: lane.member.name })
  }

  #connect(connection: NodeConnection, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void {
    const own = agent.createConnection !== this.#createConnection
    const dial = new AgentDial(connection, request, own ? new DialWatch() : null)
    const by = own ? withOwnDial(agent, dial) : agent
    try {
      this.#during(dial, () => by.createSocket(request, options, (error, socket) => dial.onCreated(error, socket)))
    } catch (error) {
      // Its caller never gets the request, so nobody else hears how it ends.
      if (dial.over) request.on('error', ignoreError)
      dial.onThrown()
      throw error
    }
    dial.onReturned()
  }

  #reuse(connection: NodeConnection, socket: Socket, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void {
    const handedOver = !connection.parked
    if (!handedOver) this.#unpark(connection, socket)
    connection.begin(request)
    if (connection.forwarder !== null) this.#forward(connection, request)
    adoptContext(socket)
    agent.reuseSocket(socket, request)
    request.reusedSocket = true
    const highWaterMark = this.#own.options.highWaterMark ?? options.highWaterMark
    if (highWaterMark != null && highWaterMark !== socket.writableHighWaterMark) setHighWaterMark(socket, highWaterMark)
    if (handedOver && this.context.handOverLate) nextTick(giveSocket, request, socket)
    else request.onSocket(socket)
    // An earlier request may have left its timeout, and follow-redirects leaves a listener that would destroy the socket.
    const timeout = request.timeout ?? 0
    if ((socket.timeout ?? 0) !== timeout) socket.setTimeout(timeout)
    socket.removeListener('timeout', socket.destroy)
  }

  #unpark(connection: NodeConnection, socket: Socket): void {
    connection.parked = false
    if (!isGuardedByNode()) unguard(socket)
    const { freeSockets, sockets } = this.#own
    const name = connection.options?._agentKey ?? ''
    const free = freeSockets[name]
    if (free?.at(-1) === socket) free.pop()
    else if (free !== undefined) free.splice(free.indexOf(socket) >>> 0, 1)
    if (free?.length === 0) delete freeSockets[name]
    const busy = sockets[name]
    if (busy === undefined) sockets[name] = [socket]
    else busy.push(socket)
  }
}
