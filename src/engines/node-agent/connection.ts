import type { Socket } from 'node:net'
import { Connection } from '../../pool/connection.ts'
import { Lane } from '../../pool/lane.ts'
import type { Member } from '../../pool/member.ts'
import type { Dial } from './dial.ts'
import type { RequestTimers } from './hold.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** What connections and waiters ask of the driver of the agent that they belong to. */
export interface AgentDriver {
  readonly timers: RequestTimers
  park(connection: NodeConnection): void
  /** Gives a request its new socket. */
  attach(connection: NodeConnection, socket: Socket, request: PooledRequest): void
  /** Sends the request on the connection, which is connected first if it is new. `agent`: the one that the request came by. */
  send(connection: NodeConnection, agent: NativeAgent, request: PooledRequest, options: RequestOptions): void
}

export class NodeLane extends Lane {
  readonly driver: AgentDriver

  constructor(member: Member<NodeLane>, driver: AgentDriver, key: string, origin: string) {
    super(member, key, origin)
    this.driver = driver
  }

  override createConnection(): NodeConnection {
    return new NodeConnection(this)
  }
}

export class NodeConnection extends Connection {
  readonly driver: AgentDriver
  socket: Socket | null = null
  /** The merged options that the socket was made with; node's own bookkeeping asks for them. */
  options: RequestOptions | null = null
  /** The request that has the socket. */
  request: PooledRequest | null = null
  /** Lies in the agent's freeSockets, where node guards it. */
  parked = false
  /** The `createConnection` that has not called back. */
  dial: Dial | null = null

  constructor(lane: NodeLane) {
    super(lane)
    this.driver = lane.driver
  }

  override get hasSocket(): boolean {
    return this.socket !== null || this.dial?.watch?.open === true
  }

  override usable(): boolean {
    const { socket } = this
    if (socket === null) return false
    return socket.writable && !socket.destroyed && !socket.readableEnded && socket.readableLength === 0
  }

  override park(): void {
    this.driver.park(this)
  }

  override close(error?: Error): void {
    // Nobody waits for the error of an idle one, and agentkeepalive would not count its close.
    if (this.socket !== null) this.socket.destroy(this.parked ? undefined : error)
    else if (this.dial !== null) this.dial.cancel(error)
    else this.lane.member.pool.closed(this)
  }
}
