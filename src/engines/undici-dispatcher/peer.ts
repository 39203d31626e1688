import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

// The parts of undici that the engine uses, written down so that nothing here depends on the types of one of its majors.

export type Headers = { readonly [name: string]: string | string[] | undefined }

/** Options of one request, as `dispatch` takes them. */
export interface DispatchOptions {
  readonly origin?: string | { readonly origin: string }
  readonly path: string
  readonly method: string
  readonly body?: unknown
  readonly headers?: unknown
  readonly idempotent?: boolean
  readonly reset?: boolean | null
  readonly servername?: string | null
  readonly upgrade?: unknown
  readonly query?: unknown
  readonly headersTimeout?: unknown
  readonly bodyTimeout?: unknown
  readonly blocking?: unknown
  readonly expectContinue?: unknown
  readonly throwOnError?: unknown
  readonly maxRedirections?: unknown
  readonly typeOfService?: unknown
  /** False where undici asks for a WebSocket again, without HTTP/2. */
  readonly allowH2?: unknown
}

export type Abort = (reason?: Error) => void

/** How a handler of undici 7's own generation controls its request; later ones have a controller. */
export interface LegacyHandler {
  onConnect(abort: Abort, context?: unknown): void
  onResponseStarted?(): void
  onHeaders?(status: number, rawHeaders: Buffer[], resume: () => void, statusText: string): boolean | undefined
  onData?(chunk: Buffer): boolean | undefined
  onComplete?(rawTrailers: Buffer[] | null): void
  onUpgrade?(status: number, rawHeaders: Buffer[] | null, socket: Duplex): void
  onBodySent?(chunk: unknown): void
  onRequestSent?(): void
  onError(error: Error): void
}

export interface Controller {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  rawHeaders?: unknown
  rawTrailers?: unknown
  abort(reason: Error): void
  pause(): void
  resume(): void
}

export interface Handler {
  onRequestStart(controller: Controller, context: unknown): void
  onResponseStarted?(): void
  onResponseStart?(controller: Controller, status: number, headers: Headers, statusText?: string): void
  onResponseData?(controller: Controller, chunk: Buffer): void
  onResponseEnd?(controller: Controller, trailers: Headers): void
  onRequestUpgrade?(controller: Controller, status: number, headers: Headers, socket: Duplex): void
  onBodySent?(chunk: unknown): void
  onRequestSent?(): void
  onResponseError?(controller: Controller | null, error: Error): void
}

export interface ConnectOptions {
  readonly host?: string
  readonly localAddress?: string | null
  readonly hostname: string
  readonly protocol: string
  readonly port: string
  readonly servername?: string | null
  /** TLS is to be laid over it. */
  readonly httpSocket?: Socket
}

export type ConnectCallback = (error: Error | null, socket: Socket | null) => void

/** Opens a socket; undici's own returns it at once, others may only call back. */
export type Connector = (options: ConnectOptions, callback: ConnectCallback) => unknown

export interface Client extends EventEmitter {
  pipelining: number
  readonly destroyed: boolean
  readonly webSocketOptions?: object
  readonly eventSourceOptions?: object
  dispatch(options: DispatchOptions, handler: object): boolean
  destroy(error: Error | null, callback: () => void): void
}

interface ClientClass {
  new (origin: string, options: object): Client
  readonly prototype: Client
}

type DispatcherClass = new () => EventEmitter

type ErrorClass = new (message?: string) => Error

/** By what undici keeps things on its own objects: not exported, but found there by name. What is not found is done without. */
export interface PeerSymbols {
  /** The method of a dispatcher that `dispatch` calls. */
  readonly dispatch: symbol
  /** The dispatchers of an Agent, by origin. */
  readonly clients: symbol | undefined
  readonly client: ClientSymbols | undefined
  /** Undefined before undici 8.11: Clients of 8.10 take a body that was cut off for a whole one, earlier ones lose requests. */
  readonly http2: Http2Symbols | undefined
}

/** Properties of a Client. */
export interface ClientSymbols {
  /** Its requests. */
  readonly queue: symbol
  /** The method by which it looks at them, and what it does of that: 0, 1 (it is about to) or 2. */
  readonly resume: symbol
  readonly resuming: symbol
  /** Where it sends. */
  readonly url: symbol
}

/** Properties of a Client that matter where it speaks HTTP/2. */
export interface Http2Symbols {
  /** From which of its requests on it has not sent them. */
  readonly pendingIndex: symbol
  /** The method by which it connects without a request. */
  readonly connect: symbol
  /** The TLS name that it connects under. */
  readonly serverName: symbol
}

/** undici, of either major. */
export interface Peer {
  readonly major: number
  /** Undefined where it can't be known, as in a bundle. */
  readonly version: string | undefined
  readonly Dispatcher: DispatcherClass
  readonly Client: ClientClass
  readonly symbols: PeerSymbols
  readonly buildConnector: (options: object) => Connector
  readonly errors: {
    readonly InvalidArgumentError: ErrorClass
    readonly RequestAbortedError: ErrorClass
    readonly ClientDestroyedError: ErrorClass
    readonly SocketError: ErrorClass
  }
}
