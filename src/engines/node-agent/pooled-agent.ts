import type { LookupFunction, Socket } from 'node:net'
import type { Deadlines } from '../../pool/deadlines.ts'
import type { Member } from '../../pool/member.ts'
import { type AgentDriver, type NodeConnection, NodeLane } from './connection.ts'
import { originOf, plainKey, serverName, setsTls, tlsKey } from './identity.ts'
import {
  adoptContext,
  type NativeAgent,
  type NativeAgentClass,
  type OnCreate,
  type PooledRequest,
  type RequestOptions,
  rawHeader,
  requestOf,
  setHighWaterMark,
} from './native.ts'
import { hold, RequestWaiter, release } from './waiter.ts'

const slot = Symbol('polypool.connection')

type SlotSocket = Socket & { [slot]?: NodeConnection | null }

/** What the agents of one pool share. */
export interface AgentContext {
  readonly member: Member<NodeLane>
  /** Timeouts of requests that wait. */
  readonly timeouts: Deadlines
  /** Delay before TCP probes in milliseconds, or false. */
  tcpKeepAlive: number | false
  lookup: LookupFunction | undefined
}

export type PooledAgentClass = new (context: AgentContext, options: RequestOptions) => NativeAgent

/**
 * A pooled subclass of an agent class of node's or agentkeepalive's.
 *
 * Every request passes `addRequest`; the native queue stays empty and the native limits are off. Idle sockets are parked by the native
 * 'free' listener, because node guards the sockets in its own freeSockets against data that nobody asked for.
 */
export function pooled(Base: NativeAgentClass): PooledAgentClass {
  return class PooledAgent extends Base implements AgentDriver {
    readonly #context: AgentContext
    readonly #parkNatively: (socket: Socket, options: RequestOptions) => void
    readonly #secure: boolean
    /** Whether the agent's own options say where to connect, so that requests do not. */
    readonly #fixed: boolean

    constructor(context: AgentContext, options: RequestOptions) {
      super(options)
      this.#context = context
      this.#secure = this.protocol === 'https:'
      this.#fixed = ['host', 'port', 'localAddress', 'family', 'socketPath', 'servername'].some(
        (name) => this.options[name] !== undefined,
      )
      this.maxSockets = Number.POSITIVE_INFINITY
      this.maxFreeSockets = Number.POSITIVE_INFINITY
      // agentkeepalive adds a second listener; its idle timer would also hit a socket that has been handed to the next request.
      this.#parkNatively = (this.listeners('free')[0] as (socket: Socket, options: RequestOptions) => void).bind(this)
      this.removeAllListeners('free')
      this.on('free', (socket: SlotSocket, connectOptions: RequestOptions) => this.#onFree(socket, connectOptions))
    }

    override addRequest(request: PooledRequest, options: RequestOptions | string, port?: number, localAddress?: string): void {
      const given = typeof options === 'string' ? legacyOptions(options, port, localAddress) : options
      const lane = this.#laneFor(request, given)
      const { pool } = this.#context.member
      if (!lane.origin.limits.keepAlive) request.shouldKeepAlive = false
      const connection = pool.take(lane) as NodeConnection | null
      if (connection === null) pool.wait(new RequestWaiter(lane, request, given, this.#context.timeouts))
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
      this.#parkNatively(socket, options)
    }

    /** Node calls it when it parks; the pool has decided already that the socket is kept, for how long, and watches it. */
    override keepSocketAlive(socket: Socket): boolean {
      socket.unref()
      if (socket.timeout) socket.setTimeout(0)
      return true
    }

    override getName(options: RequestOptions): string {
      return options?._agentKey ?? super.getName(options)
    }

    // An override of our own also keeps http2-wrapper from putting its probe sockets into the agent.
    override createConnection(options: RequestOptions, callback?: OnCreate): Socket | null | undefined {
      const { tcpKeepAlive, lookup } = this.#context
      options.keepAlive = tcpKeepAlive !== false
      options.keepAliveInitialDelay = tcpKeepAlive === false ? 0 : tcpKeepAlive
      // The cache stands before the agent's own look-up; a request that brings one has its reason.
      if (lookup !== undefined && (options.lookup === undefined || options.lookup === this.options.lookup)) options.lookup = lookup
      return super.createConnection(options, callback)
    }

    #laneFor(request: PooledRequest, given: RequestOptions): NodeLane {
      const { member } = this.#context
      const options = this.#fixed ? { ...given, ...this.options } : given
      const servername = this.#secure ? serverName(request, options) : ''
      const key = this.#secure && setsTls(given) ? tlsKey(this, options, servername) : plainKey(this, options, servername)
      const laneKey = this.#secure ? `s${key}` : key
      return member.lanes.get(laneKey) ?? new NodeLane(member, this, laneKey, originOf(this, options))
    }

    #connect(connection: NodeConnection, request: PooledRequest, options: RequestOptions): void {
      const { pool } = this.#context.member
      connection.dialling = request
      try {
        this.createSocket(request, options, (error, socket) => {
          const expected = connection.dialling !== null
          connection.dialling = null
          release(request)
          if (!expected) return void socket?.destroy()
          if (error !== null || socket === undefined) {
            pool.closed(connection)
            request.onSocket(null, error ?? new Error('createConnection gave no socket'))
            return
          }
          this.#adopt(connection, socket)
          attach(request, socket)
        })
      } catch (error) {
        connection.dialling = null
        pool.closed(connection)
        throw error
      }
      if (connection.dialling === null) return
      hold(request, {
        abandon: (error) => {
          connection.abandonDial(error)
          return true
        },
      })
    }

    /** Follows a new socket from here to its close. */
    #adopt(connection: NodeConnection, socket: SlotSocket): void {
      const { pool } = this.#context.member
      connection.socket = socket
      socket[slot] = connection
      const connecting = socket as { connecting?: boolean; secureConnecting?: boolean }
      if (connecting.secureConnecting) socket.once('secureConnect', () => pool.connected(connection))
      else if (connecting.connecting) socket.once('connect', () => pool.connected(connection))
      else pool.connected(connection)
      socket.once('close', () => pool.closed(connection))
      // After an upgrade or CONNECT the socket is the caller's. A destroyed one is about to close.
      socket.once('agentRemove', () => {
        if (socket.destroyed) return
        socket[slot] = null
        pool.closed(connection)
      })
    }

    #reuse(connection: NodeConnection, socket: Socket, request: PooledRequest, options: RequestOptions): void {
      if (connection.parked) this.#unpark(connection, socket)
      adoptContext(socket)
      this.reuseSocket(socket, request)
      request.reusedSocket = true
      const { highWaterMark } = options
      if (highWaterMark != null && highWaterMark !== socket.writableHighWaterMark) setHighWaterMark(socket, highWaterMark)
      attach(request, socket)
    }

    #unpark(connection: NodeConnection, socket: Socket): void {
      connection.parked = false
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
      if (connection == null || !socket.writable || socket.readableLength > 0) return void socket.destroy()
      const request = requestOf(socket)
      connection.options = options
      this.#context.member.pool.release(connection, request?.shouldKeepAlive === true, rawHeader(request?.res, 'keep-alive'))
    }
  }
}

function attach(request: PooledRequest, socket: Socket): void {
  request.onSocket(socket)
  if (request.timeout !== undefined) socket.setTimeout(request.timeout)
}

function legacyOptions(host: string, port?: number, localAddress?: string): RequestOptions {
  return { host, ...(port !== undefined && { port }), ...(localAddress !== undefined && { localAddress }) }
}
