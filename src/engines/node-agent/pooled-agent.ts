import type { LookupFunction, Socket } from 'node:net'
import type { Member } from '../../pool/member.ts'
import { type AgentDriver, type NodeConnection, NodeLane } from './connection.ts'
import { Dial } from './dial.ts'
import type { RequestTimers } from './hold.ts'
import { Identities, nameable, unnamedIdentity } from './identity.ts'
import {
  adoptContext,
  announceClose,
  guard,
  isGuardedByNode,
  type NativeAgent,
  type NativeAgentClass,
  type OnCreate,
  type PooledRequest,
  type RequestOptions,
  rawHeader,
  setHighWaterMark,
  setRequest,
  unguard,
} from './native.ts'
import { RequestWaiter } from './waiter.ts'

const slot = Symbol('polypool.connection')

type SlotSocket = Socket & { [slot]?: NodeConnection | null }

type OnFree = (socket: Socket, options: RequestOptions) => void

/** What the agents of one pool share. */
export interface AgentContext {
  readonly member: Member<NodeLane>
  readonly timers: RequestTimers
  /** Whether a freed socket is given on a tick later, when the answer before has emitted its 'close'. */
  readonly handOverLate: boolean
  /** Delay before TCP probes in milliseconds, or false. */
  tcpKeepAlive: number | false
  /** The caching look-up that stands in for the agent's own. */
  lookup: LookupFunction | undefined
}

export type PooledAgentClass = new (context: AgentContext, options: RequestOptions) => NativeAgent

// Errors reach the request by node's own listener. This one is for the moments when there is none: between the end of a response and
// 'free', and in Node 20 between the socket and its request.
const ignoreError = () => {}

/**
 * A pooled subclass of an agent class of node's or agentkeepalive's.
 *
 * Every request passes `addRequest`; the native queue stays empty and the native limits are off. Idle sockets are parked by the native
 * 'free' listener, because node guards the sockets in its own freeSockets against data that nobody asked for.
 */
export function pooled(Base: NativeAgentClass): PooledAgentClass {
  return class PooledAgent extends Base implements AgentDriver {
    readonly #context: AgentContext
    readonly #parkNatively: OnFree
    readonly #identities: Identities

    constructor(context: AgentContext, options: RequestOptions) {
      super(options)
      this.#context = context
      this.#identities = new Identities(this)
      this.maxSockets = Number.POSITIVE_INFINITY
      this.maxFreeSockets = Number.POSITIVE_INFINITY
      // Keys and passwords are among them: whoever logs an agent, or an error of axios that holds one, should not log these.
      Object.defineProperty(this, 'options', { enumerable: false })
      // agentkeepalive adds a second listener; its idle timer would also hit a socket that has been handed to the next request.
      this.#parkNatively = (this.listeners('free')[0] as OnFree).bind(this)
      this.removeAllListeners('free')
      this.on('free', (socket: SlotSocket, connectOptions: RequestOptions) => this.#onFree(socket, connectOptions))
    }

    get timers(): RequestTimers {
      return this.#context.timers
    }

    override addRequest(request: PooledRequest, options: RequestOptions | string, port?: number, localAddress?: string): void {
      // A signal that was aborted before has destroyed it already.
      if (request.destroyed) return request.onSocket(null)
      const given = typeof options === 'string' ? legacyOptions(options, port, localAddress) : options
      const lane = this.#laneFor(request, given)
      const { pool } = this.#context.member
      if (!lane.origin.limits.keepAlive) announceClose(request)
      const connection = pool.take(lane) as NodeConnection | null
      if (connection === null) pool.wait(new RequestWaiter(lane, request, given))
      else if (connection.socket === null) this.#connect(connection, request, given)
      else this.#reuse(connection, connection.socket, request, given)
    }

    send(connection: NodeConnection, request: PooledRequest, options: RequestOptions): void {
      if (connection.socket !== null) return this.#reuse(connection, connection.socket, request, options)
      try {
        this.#connect(connection, request, options)
      } catch (error) {
        request.onSocket(null, error as Error)
      }
    }

    park(connection: NodeConnection): void {
      const { socket, options } = connection
      if (socket === null || options === null || connection.parked) return
      connection.parked = true
      if (isGuardedByNode()) this.#parkNatively(socket, options)
      else guard(socket, () => this.#parkNatively(socket, options))
    }

    /** Node calls it when it parks; the pool has decided already that the socket is kept, for how long, and watches it. */
    override keepSocketAlive(socket: Socket): boolean {
      socket.unref()
      if (socket.timeout) socket.setTimeout(0)
      return true
    }

    /** Node keeps sockets and TLS sessions under this name, so it must differ wherever identities do. */
    override getName(options: RequestOptions): string {
      return options?._agentKey ?? super.getName(options && nameable(options)) + unnamedIdentity(options ?? {})
    }

    // An override of our own also keeps http2-wrapper from putting its probe sockets into the agent.
    override createConnection(options: RequestOptions, callback?: OnCreate): Socket | null | undefined {
      const { tcpKeepAlive, lookup } = this.#context
      options.keepAlive = tcpKeepAlive !== false
      options.keepAliveInitialDelay = tcpKeepAlive === false ? 0 : tcpKeepAlive
      if (lookup !== undefined && options.lookup === this.options.lookup) options.lookup = lookup
      return super.createConnection(options, callback)
    }

    /** Gives a request its new socket, and follows the socket from here to its close. */
    attach(connection: NodeConnection, socket: SlotSocket, request: PooledRequest): void {
      const { pool } = this.#context.member
      connection.socket = socket
      connection.request = request
      socket[slot] = connection
      const { connecting, secureConnecting } = socket as { connecting?: boolean; secureConnecting?: boolean }
      // 'secure' comes with every kind of TLS socket, and after its verification: what fails that is destroyed by then.
      if (!connecting && !secureConnecting) pool.connected(connection)
      else {
        socket.once(secureConnecting ? 'secure' : 'connect', () => {
          if (socket.destroyed) return
          pool.connected(connection)
          if (secureConnecting) this.#setTcpKeepAlive(socket)
        })
      }
      socket.on('error', ignoreError)
      socket.once('close', () => pool.closed(connection))
      // After an upgrade or CONNECT the socket is the caller's. A destroyed one is about to close.
      socket.once('agentRemove', () => {
        if (socket.destroyed) return
        socket.removeListener('error', ignoreError)
        socket[slot] = null
        pool.closed(connection)
      })
      request.onSocket(socket)
      if (request.timeout !== undefined && isSocket(socket)) socket.setTimeout(request.timeout)
    }

    // TLS sockets of Node 20 do not heed the options that a connection is made with.
    #setTcpKeepAlive(socket: Socket): void {
      const { tcpKeepAlive } = this.#context
      if (tcpKeepAlive !== false && isSocket(socket)) socket.setKeepAlive(true, tcpKeepAlive)
    }

    #laneFor(request: PooledRequest, given: RequestOptions): NodeLane {
      const { member } = this.#context
      const key = this.#identities.laneKey(request, given)
      return member.lanes.get(key) ?? new NodeLane(member, this, key, this.#identities.originOf(given))
    }

    #connect(connection: NodeConnection, request: PooledRequest, options: RequestOptions): void {
      const dial = new Dial(connection, request)
      try {
        this.createSocket(request, options, (error, socket) => dial.onCreated(error, socket))
      } catch (error) {
        dial.onThrown()
        throw error
      }
      dial.onReturned()
    }

    #reuse(connection: NodeConnection, socket: Socket, request: PooledRequest, options: RequestOptions): void {
      const handedOver = !connection.parked
      if (!handedOver) this.#unpark(connection, socket)
      connection.request = request
      adoptContext(socket)
      this.reuseSocket(socket, request)
      request.reusedSocket = true
      const highWaterMark = this.options.highWaterMark ?? options.highWaterMark
      if (highWaterMark != null && highWaterMark !== socket.writableHighWaterMark) setHighWaterMark(socket, highWaterMark)
      if (handedOver && this.#context.handOverLate) process.nextTick(giveSocket, request, socket)
      else request.onSocket(socket)
      // An earlier request may have left its timeout, and follow-redirects leaves a listener that would destroy the socket.
      const timeout = request.timeout ?? 0
      if ((socket.timeout ?? 0) !== timeout) socket.setTimeout(timeout)
      socket.removeListener('timeout', socket.destroy)
    }

    #unpark(connection: NodeConnection, socket: Socket): void {
      connection.parked = false
      if (!isGuardedByNode()) unguard(socket)
      const name = connection.options?._agentKey ?? ''
      const free = this.freeSockets[name]
      if (free?.at(-1) === socket) free.pop()
      else if (free !== undefined) free.splice(free.indexOf(socket) >>> 0, 1)
      if (free?.length === 0) delete this.freeSockets[name]
      const busy = this.sockets[name]
      if (busy === undefined) this.sockets[name] = [socket]
      else busy.push(socket)
    }

    #onFree(socket: SlotSocket, options: RequestOptions): void {
      const connection = socket[slot]
      if (connection == null) return void socket.destroy()
      const { request } = connection
      // Node 20 may report one request's end twice; by then the socket can be another's.
      if (request?.destroyed !== true) return
      if (!socket.writable || socket.readableLength > 0) return void socket.destroy()
      connection.request = null
      connection.options = options
      // Node parks a socket only with its request, which Node 20 does not set on one that was destroyed before it began.
      setRequest(socket, request)
      const reusable = request.shouldKeepAlive && isSocket(socket)
      this.#context.member.pool.release(connection, reusable, rawHeader(request.res, 'keep-alive'))
    }
  }
}

function giveSocket(request: PooledRequest, socket: Socket): void {
  if (!socket.destroyed) request.onSocket(socket)
  else request.onSocket(null, socket.errored ?? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
}

/** False for a bare stream, which a createConnection may give: good for one request. */
function isSocket(socket: Partial<Socket>): boolean {
  return typeof socket.ref === 'function' && typeof socket.setTimeout === 'function'
}

function legacyOptions(host: string, port?: number, localAddress?: string): RequestOptions {
  return { host, ...(port !== undefined && { port }), ...(localAddress !== undefined && { localAddress }) }
}
