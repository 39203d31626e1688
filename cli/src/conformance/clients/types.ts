import type { LookupFunction, Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import type { ClientName } from 'polypool/internal'

/** What a client can be asked to do. Scenarios that need more than a client can are not run for it. */
export type Ability =
  /** Follows redirects by itself. */
  | 'redirect'
  /** HTTP upgrade (101). */
  | 'upgrade'
  | 'connect-method'
  /** Sends `Expect: 100-continue` and waits for the 100. */
  | 'expect'
  /** A time limit of its own that counts while a request waits for a connection. */
  | 'timeout-while-waiting'
  /** `request.destroy()` besides AbortSignal. */
  | 'destroy'
  /** Calls back in the response event itself, where the async context can be looked at. */
  | 'callback'
  /** Lets the error of the pool through as it is, not wrapped. */
  | 'raw-errors'
  /** Lets a request name its host; `fetch` forbids it. */
  | 'host-header'
  /** Notices a body that ends before its length. */
  | 'sees-truncation'
  /** Reads chunked bodies on connections that go straight on to a waiting request. */
  | 'chunked-hand-over'
  /** Speaks HTTP/2 where it is let to. */
  | 'http2'
  /** Hands a body that is text to the pool as such; `fetch` makes a stream of it, which can be read once. */
  | 'body-as-given'

/** `node`: http.Agent and what stands on it. `undici`: dispatchers. They take native options in different shapes. */
export type Family = 'node' | 'undici'

export interface ClientRequest {
  readonly url: string
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  /** A function makes a stream that can be read once. */
  readonly body?: string | Uint8Array | (() => Readable)
  readonly signal?: AbortSignal
  /** The client's own time limit for the whole request. */
  readonly timeoutMs?: number
  /** 0: do not follow. Without it the client's default. */
  readonly maxRedirects?: 0
  /** `all`, the default, reads to the end; `none` leaves the body unread; `cancel` gives it up at once. */
  readonly readBody?: 'all' | 'none' | 'cancel'
  /** Asks for HTTP/2 where the client lets a request do so; trusting this certificate, which it does not take from the agent. */
  readonly http2With?: string
  /** How `signal` is carried out by a client that also has `destroy()`. */
  readonly abortBy?: 'signal' | 'destroy'
  /** Called where the client first tells of the response. */
  readonly onResponse?: () => void
}

export interface Answer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string }
  /** Empty unless it was read. */
  readonly body: string
  /** Reads a body that was left unread. */
  read(): Promise<string>
  /** Gives an unread body up, in the way the client has for it. */
  cancel(): void
}

/** What a driver gives as soon as the client has the status and headers; for clients that buffer, when it has all. */
export interface Started {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  read(): Promise<string>
  cancel(): void
}

/** A caller's own way to connect: it calls back, may return the socket, and may do neither. */
export type OwnDial = (to: { readonly port: number }, callback: (error: Error | null, socket?: Socket) => void) => unknown

/** What both native shapes can express, for a pool's second argument. */
export interface CommonOptions {
  readonly ca?: string
  readonly lookup?: LookupFunction
}

/** One client, opened on its module. */
export interface ClientHandle {
  /** Sends one request through a pool's `options`. Errors are the client's own. */
  start(pool: { readonly options: unknown }, request: ClientRequest): Promise<Started>
  /** Upgrade to the protocol `echo`, or CONNECT. */
  tunnel?(pool: { readonly options: unknown }, request: ClientRequest, kind: 'upgrade' | 'connect-method'): Promise<Duplex>
}

export interface ClientDriver {
  readonly name: string
  /** The adapter module it is used with. */
  readonly adapter: ClientName
  /** The package to import; null for what Node has built in. */
  readonly module: string | null
  readonly family: Family
  readonly abilities: readonly Ability[]
  /** Abilities among those that the client, or this version of it, does not have after all. */
  lacks?(module: unknown): readonly Ability[]
  /** @param module the imported package */
  open(module: unknown): ClientHandle
}
