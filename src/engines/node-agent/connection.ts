import type { Socket } from 'node:net'
import { Connection, type Core, Lane, type Member } from '../../pool/port.ts'
import type { RequestTimers } from './hold.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** A `createConnection` that has not called back. */
export interface PendingDial {
  /** Whether a socket of its is known that has not closed. */
  readonly open: boolean
  /** The pool gives up: a socket that comes after all is destroyed. */
  cancel(error: Error | undefined): void
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
  /** Sends the request on the connection, which is connected first if it is new. `agent`: the one that the request came by. */
  send(connection: NodeConnection, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void
}

export class NodeLane extends Lane {
  readonly driver: AgentDriver
  /** Where and how its connections are made, as a request says it; known where some may be made ahead of requests. */
  given: RequestOptions | null = null

  constructor(member: Member<NodeLane>, driver: AgentDriver, key: string, origin: string) {
    super(member, key, origin)
    this.driver = driver
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
  /** Lies in the agent's freeSockets, where node guards it. */
  parked = false
  dial: PendingDial | null = null

  constructor(lane: NodeLane) {
    super(lane)
    this.driver = lane.driver
  }

  override get hasSocket(): boolean {
    return this.socket !== null || this.dial?.open === true
  }

  override usable(): boolean {
    const { socket } = this
    if (socket === null) return false
    return socket.writable && !socket.destroyed && !socket.readableEnded && socket.readableLength === 0
  }

  override open(): void {
    this.driver.openAhead(this)
  }

  override park(): void {
    this.driver.park(this)
  }

  override close(error?: Error): void {
    // Nobody waits for the error of an idle one, and agentkeepalive would not count its close.
    if (this.socket !== null) this.socket.destroy(this.parked ? undefined : error)
    else if (this.dial !== null) this.dial.cancel(error)
    else this.driver.core.closed(this)
  }
}
