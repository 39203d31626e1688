import type { Socket } from 'node:net'
import { Connection } from '../../pool/connection.ts'
import { Lane } from '../../pool/lane.ts'
import type { Member } from '../../pool/member.ts'
import type { PooledRequest, RequestOptions } from './native.ts'

/** What connections and waiters ask of the agent that made them. */
export interface AgentDriver {
  park(connection: NodeConnection): void
  /** Sends the request on the connection, which is connected first if it is new. */
  send(connection: NodeConnection, request: PooledRequest, options: RequestOptions): void
}

export class NodeLane extends Lane {
  readonly agent: AgentDriver

  constructor(member: Member<NodeLane>, agent: AgentDriver, key: string, origin: string) {
    super(member, key, origin)
    this.agent = agent
  }

  override createConnection(): NodeConnection {
    return new NodeConnection(this)
  }
}

export class NodeConnection extends Connection {
  readonly agent: AgentDriver
  socket: Socket | null = null
  /** The merged options that the socket was made with; node's own bookkeeping asks for them. */
  options: RequestOptions | null = null
  /** Lies in the agent's freeSockets, where node guards it. */
  parked = false
  /** The request that waits for an asynchronous `createConnection`. */
  dialling: PooledRequest | null = null

  constructor(lane: NodeLane) {
    super(lane)
    this.agent = lane.agent
  }

  override usable(): boolean {
    const { socket } = this
    if (socket === null) return false
    return socket.writable && !socket.destroyed && !socket.readableEnded
  }

  override park(): void {
    this.agent.park(this)
  }

  override close(error?: Error): void {
    if (this.socket !== null) this.socket.destroy(error)
    else this.abandonDial(error)
  }

  /** Gives up a `createConnection` that has not called back; its socket is destroyed if it comes after all. */
  abandonDial(error?: Error): void {
    const request = this.dialling
    this.dialling = null
    this.lane.member.pool.closed(this)
    request?.onSocket(null, error)
  }
}
