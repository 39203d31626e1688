import type { EventEmitter } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { LookupFunction, Socket } from 'node:net'

// What an http.Agent and its requests have at run time and @types/node leaves out; the same in Node 20 to 26.

/** Options of one request as its client gave them, or merged with the agent's. */
export interface RequestOptions {
  host?: string | null
  port?: number | string | null
  localAddress?: string
  family?: number
  socketPath?: string
  servername?: string
  timeout?: number
  lookup?: LookupFunction
  highWaterMark?: number
  keepAlive?: boolean
  keepAliveInitialDelay?: number
  /** The agent's name for the connection, once one is being made. */
  _agentKey?: string
  [option: string]: unknown
}

export interface PooledRequest extends ClientRequest {
  timeout?: number
  res?: IncomingMessage | null
  onSocket(socket: Socket | null, error?: Error): void
}

export type OnCreate = (error: Error | null, socket?: Socket) => void

/** The members of http.Agent that a pooled one calls or overrides. */
export interface NativeAgent extends EventEmitter {
  keepAlive: boolean
  maxSockets: number
  maxFreeSockets: number
  scheduling: 'lifo' | 'fifo'
  defaultPort: number
  protocol: string
  readonly options: RequestOptions
  readonly sockets: { [name: string]: Socket[] | undefined }
  readonly freeSockets: { [name: string]: Socket[] | undefined }
  getName(options: RequestOptions): string
  addRequest(request: PooledRequest, options: RequestOptions | string, port?: number, localAddress?: string): void
  createSocket(request: PooledRequest, options: RequestOptions, callback: OnCreate): void
  createConnection(options: RequestOptions, callback?: OnCreate): Socket | null | undefined
  keepSocketAlive(socket: Socket): boolean
  reuseSocket(socket: Socket, request: PooledRequest): void
}

export type NativeAgentClass = new (options: RequestOptions) => NativeAgent

interface NativeSocket {
  _handle?: { asyncReset?(resource: object): void; getAsyncId?(): number } | null
  _httpMessage?: PooledRequest | null
  _writableState?: { highWaterMark: number }
  [symbol: symbol]: unknown
}

let asyncId: symbol | undefined

/** Makes a reused socket's handle belong to the present async context, as node does for its own agent. */
export function adoptContext(socket: Socket): void {
  const native = socket as unknown as NativeSocket
  const handle = native._handle
  if (typeof handle?.asyncReset !== 'function') return
  handle.asyncReset({ handle })
  asyncId ??= Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'async_id_symbol')
  if (asyncId !== undefined) native[asyncId] = handle.getAsyncId?.()
}

/** The request that has just ended on the socket. */
export function requestOf(socket: Socket): PooledRequest | null {
  return (socket as unknown as NativeSocket)._httpMessage ?? null
}

export function setHighWaterMark(socket: Socket, highWaterMark: number): void {
  const state = (socket as unknown as NativeSocket)._writableState
  if (state !== undefined) state.highWaterMark = highWaterMark
}

/** A response header without building the parsed headers, which most requests never need. `name` is in lower case. */
export function rawHeader(response: IncomingMessage | null | undefined, name: string): string | undefined {
  const raw = response?.rawHeaders
  if (raw === undefined) return undefined
  for (let index = 0; index < raw.length; index += 2) {
    const key = raw[index] as string
    if (key.length === name.length && key.toLowerCase() === name) return raw[index + 1]
  }
  return undefined
}
