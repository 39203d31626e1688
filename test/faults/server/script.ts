/**
 * What a server does on one connection, step after step; after the last it reads on and says nothing.
 *
 * - `head`, `body`: waits until the head, or the rest of the body, of the next request has come; `request` is both.
 * - `byte`: waits for the first byte of the next request.
 * - `fin`: ends its own side and reads on. `close`: ends both sides at once, as a process that dies does. `rst`: resets.
 * - `mute`: stops reading.
 */
export type Step =
  | 'head'
  | 'body'
  | 'request'
  | 'byte'
  | 'fin'
  | 'close'
  | 'rst'
  | 'mute'
  | { readonly say: string; readonly times?: number }
  /** One byte at a time, each in a segment of its own. */
  | { readonly drip: string; readonly everyMs: number }
  | { readonly wait: number }
  /** Creates a file: for a client whose event loop is blocked. */
  | { readonly touch: string }
  /** Waits until the gate is opened from outside. */
  | { readonly gate: string }
  /** Repeats these steps for as long as the connection lasts. */
  | { readonly each: readonly Step[] }

export interface OriginScript {
  readonly scheme?: 'http' | 'https'
  /** Speaks HTTP/2 in the words of the script, which are of HTTP/1.1. */
  readonly http2?: boolean
  /** By connection, in the order of their coming; the last stands for all that come after. */
  readonly connections: readonly (readonly Step[])[]
  /** Steps on the TCP connection in place of a TLS handshake. */
  readonly insteadOfTls?: readonly Step[]
  /** Ends the connection after so many bytes of the server's part of the TLS handshake. */
  readonly cutHandshake?: { readonly bytes: number; readonly by: 'fin' | 'rst' }
  /** Keeps its side open after the client's FIN. */
  readonly neverEnds?: boolean
  readonly backlog?: number
}

export interface OriginReport {
  /** Connections accepted and not yet closed on both sides. */
  readonly open: number
  readonly accepted: number
  /** Connections whose script has come to its end. */
  readonly finished: number
  /** `GET /path` for every head that came whole, in order. */
  readonly requests: readonly string[]
  /** Bodies that came whole, by request. */
  readonly bodies: readonly string[]
}

/** Commands to the server's process. */
export interface Commands {
  listen(script: OriginScript): Promise<{ id: number; port: number }>
  report(origin: number): Promise<OriginReport>
  openGate(origin: number, gate: string): Promise<void>
  /** Blocks the event loop: connections come no further than the kernel's backlog. */
  block(ms: number): Promise<void>
}

export interface Call {
  readonly id: number
  readonly command: keyof Commands
  readonly args: readonly unknown[]
}

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}
