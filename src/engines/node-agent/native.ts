import type { EventEmitter } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { LookupFunction, Socket } from 'node:net'
import type { ServerCheck } from '../proxy/server-check.ts'

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
  checkServerIdentity?: ServerCheck | undefined
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
  /** The header block once it is made, and whether it is the last on its connection. */
  _header: string | null
  _last: boolean
  /** What is written before there is a socket. */
  readonly outputData: { data: unknown }[]
  onSocket(socket: Socket | null, error?: Error): void
}

export type OnCreate = (error: Error | null, socket?: Socket) => void

/** Options, or what stands for them: a port, a port and a host, a path. */
export type ConnectArguments = [given: RequestOptions | number | string, ...rest: unknown[]]

/** The members of http.Agent that a pooled one calls or overrides. */
export interface NativeAgent extends EventEmitter {
  keepAliveMsecs: number
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
  createConnection(...args: ConnectArguments): Socket | null | undefined
  keepSocketAlive(socket: Socket): boolean
  reuseSocket(socket: Socket, request: PooledRequest): void
  destroy(): void
}

export type NativeAgentClass = new (options: RequestOptions) => NativeAgent

interface NativeHandle {
  onread?: unknown
  asyncReset?(resource: object): void
  getAsyncId?(): number
  getProviderType?(): unknown
  /** Of a TLS handle: the one that it wraps, and by which its socket hears of its close. */
  _parent?: NativeHandle | null
}

interface NativeSocket {
  _handle?: NativeHandle | null
  _httpMessage?: PooledRequest | null
  _writableState?: { highWaterMark: number }
  [symbol: symbol]: unknown
}

/** Named as node's own, by which async hooks know it. */
class ReusedHandle {
  readonly type: unknown
  readonly handle: NativeHandle

  constructor(handle: NativeHandle) {
    this.type = handle.getProviderType?.()
    this.handle = handle
  }
}

let asyncId: symbol | undefined

/** Makes a reused socket's handle belong to the present async context, as node does for its own agent. */
export function adoptContext(socket: Socket): void {
  const native = socket as unknown as NativeSocket
  const handle = native._handle
  if (typeof handle?.asyncReset !== 'function') return
  handle.asyncReset(new ReusedHandle(handle))
  if (handle._parent) handle._parent.asyncReset?.(new ReusedHandle(handle._parent))
  asyncId ??= Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'async_id_symbol')
  if (asyncId !== undefined) native[asyncId] = handle.getAsyncId?.()
}

const unguarded = Symbol('polypool.onread')

/** Undefined until the first socket has been parked. */
let nodeGuards: boolean | undefined

export function isGuardedByNode(): boolean {
  return nodeGuards === true
}

/**
 * Sees to it that data which nobody asked for destroys an idle socket, where node (20, and older 22 and 24) does not.
 * Not by a listener for 'data': by those node-fetch 2 tells whether a body has ended.
 */
export function guard(socket: Socket, park: () => void): void {
  const native = socket as unknown as NativeSocket
  const handle = native._handle
  const onread = handle?.onread
  park()
  if (handle == null || typeof onread !== 'function') return
  nodeGuards = handle.onread !== onread
  if (nodeGuards) return
  native[unguarded] = onread
  handle.onread = function (this: unknown, ...args: unknown[]): unknown {
    // Without data it is the end, or nothing.
    return args[0] === undefined ? Reflect.apply(onread, this, args) : socket.destroy()
  }
}

export function unguard(socket: Socket): void {
  const native = socket as unknown as NativeSocket
  const onread = native[unguarded]
  if (onread === undefined || native._handle == null) return
  native._handle.onread = onread
  native[unguarded] = undefined
}

/** The request that has just ended on the socket, as node's own bookkeeping knows it. */
export function setRequest(socket: Socket, request: PooledRequest): void {
  ;(socket as unknown as NativeSocket)._httpMessage = request
}

/** Makes a request the last one on its connection, also if its headers (given as an array, or with `Expect`) are made already. */
export function announceClose(request: PooledRequest): void {
  request.shouldKeepAlive = false
  if (!request._header) return
  request._last = true
  request._header = withClose(request._header)
  // With `Expect` it is also among what waits for the socket.
  const [first] = request.outputData
  if (typeof first?.data === 'string') first.data = withClose(first.data)
}

function withClose(header: string): string {
  return header.replace(/\r\nConnection: keep-alive\r\n/i, '\r\nConnection: close\r\n')
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
