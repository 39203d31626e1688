export type Scheme = 'http' | 'https'

/** What an origin does as a whole; what it does with one request is in the request's query, see behaviour.ts. */
export interface OriginOptions {
  readonly scheme?: Scheme
  /**
   * `answer`: an HTTP server. `stall`: accepts TCP and never says anything, so that a TLS handshake hangs.
   * `reset`: accepts and resets at once. `refuse`: nothing listens on the port.
   */
  readonly mode?: 'answer' | 'stall' | 'reset' | 'refuse'
  /** The server closes a connection that idled this long; 0, the default, is never. Node adds up to a second of its own. */
  readonly keepAliveTimeout?: number
  /** Speaks HTTP/2 too: over https where the client offers it, over http by prior knowledge, and then nothing else. */
  readonly http2?: boolean | Http2Options
}

/** What a server agrees to by ALPN where the client offers it, else HTTP/1.1; `lies` agrees to h2 and speaks HTTP/1.1. */
export type Alpn = 'h2' | 'http/1.1' | 'lies'

export interface Http2Settings {
  /** SETTINGS_MAX_CONCURRENT_STREAMS; without it no limit is told. */
  readonly maxStreams?: number
  /** SETTINGS_INITIAL_WINDOW_SIZE: bytes of a request's body before the server has to read. */
  readonly window?: number
}

/**
 * `graceful`: what has come is answered, and then the connection ends. `announced`: the same, told of one round trip before. `hard`:
 * nothing behind the last stream whose answer has begun was processed, or nothing at all.
 */
export type GoawayKind = 'graceful' | 'announced' | 'hard'

export interface Http2Options extends Http2Settings {
  /** By connection, the last for all that come after; none: the server knows nothing of ALPN. Default: h2. */
  readonly alpn?: readonly Alpn[]
  /**
   * Reads and writes frames beside node:http2's own: to count refused streams, to say GOAWAY hard or announced, to fall silent. Not otherwise:
   * such a connection is a stream of JavaScript to node:http2, and in some 1 of 6 a session that is closed while it answers answers no more.
   */
  readonly tapped?: boolean
  /** GOAWAY as each session gets its request of this number. */
  readonly goawayAfterRequests?: number
  /** GOAWAY to each session so many milliseconds after its first request. */
  readonly goawayAfterMs?: number
  /** How it is said then. Default: graceful. */
  readonly goawayKind?: GoawayKind
}

/** What is done to every HTTP/2 session of an origin. `silence`: it no longer hears the client; it is not told. */
export type SessionCommand =
  | ({ readonly do: 'settings' } & Http2Settings)
  | { readonly do: 'goaway'; readonly kind: GoawayKind }
  | { readonly do: 'end'; readonly how: 'fin' | 'rst' }
  | { readonly do: 'silence' }

export interface ProbeOrigin {
  readonly id: number
  readonly scheme: Scheme
  readonly port: number
}

/** What a proxy speaks with its clients, by the scheme of its URL. */
export type ProxyKind = 'http' | 'https' | 'socks5'

export interface ProbeProxyOptions {
  /** Default: http. */
  readonly kind?: ProxyKind
  /** The status that it answers every CONNECT with, or every request in absolute form, in place of doing it. */
  readonly refuseConnect?: number
  readonly refuseRequests?: number
}

export interface ProbeProxy {
  readonly id: number
  readonly port: number
}

export interface ProxyCount {
  /** Connections of clients. */
  accepted: number
  /** Those to origins that it has begun for them. */
  upstream: number
  /** What it has refused. */
  refused: number
}

export interface RequestRecord {
  readonly method: string
  readonly httpVersion: string
  /** Path and query. */
  readonly url: string
  readonly at: number
  readonly headers: { readonly [name: string]: string }
  /** Length of the body as far as it was read. */
  bodyBytes: number
  /** When the answer was handed to the kernel whole; null while it is not. */
  answeredAt: number | null
  /** When it was over, answered or not: its stream, or the connection, has ended. */
  endedAt: number | null
  /** The number of its HTTP/2 stream; null over HTTP/1.1. */
  readonly stream: number | null
  /** Its answer has begun. */
  began: boolean
  /** The code with which its HTTP/2 stream ended; null while it runs, and over HTTP/1.1. */
  streamCode: number | null
  /** The server has said that it did not process it. */
  disowned: boolean
}

/** Streams of one HTTP/2 connection, as the server has them. */
export interface StreamCount {
  streams: number
  open: number
  peak: number
  /** Refused by RST_STREAM: above what the server allows, or as it was told. Null if the origin is not tapped. */
  readonly refused: number | null
  /** How often it was told to go away. */
  goaways: number
  /** How often the client has asked whether it lives. */
  pings: number
}

export interface ConnectionRecord {
  readonly id: number
  readonly origin: number
  readonly openedAt: number
  closedAt: number | null
  /** When the probe ended it by FIN, or was told to while it idled; null if it was not. */
  endedAt: number | null
  /** Who sent FIN or RST first; null while it is open. */
  closedBy: 'client' | 'server' | null
  /** It ended by RST. */
  reset: boolean
  /** When its TLS handshake was over; null without TLS, or until then. */
  securedAt: number | null
  /** The TLS server name that the client asked for; null without TLS or without a name. */
  servername: string | null
  /** Null as long as it does not speak HTTP/2. */
  http2: StreamCount | null
  readonly requests: RequestRecord[]
}

export interface OpenCount {
  readonly opened: number
  readonly open: number
  readonly peak: number
}

export interface ProbeReport extends OpenCount {
  /** In the order in which they were accepted. */
  readonly connections: readonly ConnectionRecord[]
  readonly origins: { readonly [id: number]: OpenCount }
  /** By the number of the proxy. */
  readonly proxies: readonly ProxyCount[]
}

/** Commands to a probe; the same whether it runs in this process or in one of its own. Everything crosses as JSON. */
export interface Probe {
  listen(options?: OriginOptions): Promise<ProbeOrigin>
  proxy(options?: ProbeProxyOptions): Promise<ProbeProxy>
  /** Defaults for every request to this origin, as a query string; the request's own query wins. */
  setBehaviour(origin: number, query: string): Promise<void>
  report(): Promise<ProbeReport>
  /** Lets requests go on that were sent with `hold=key`, and those to come. Gives how many waited. */
  release(key: string): Promise<number>
  /** The same after a delay, on the probe's own clock; then writes a file, by which a client whose event loop is blocked sees it. */
  releaseLater(key: string, afterMs: number, sign: string): Promise<void>
  /** FIN now on every idle connection of the origin. Gives how many. */
  closeIdle(origin: number): Promise<number>
  /** RST now on every idle connection of the origin. Gives how many. */
  resetIdle(origin: number): Promise<number>
  /** Either of them after a delay, on the probe's own clock; then writes a file, by which a client whose event loop is blocked sees it. */
  endIdleLater(origin: number, how: 'fin' | 'rst', afterMs: number, sign: string): Promise<void>
  /** Does this to every HTTP/2 session of the origin. Gives how many; new settings have been acknowledged then. */
  sessions(origin: number, command: SessionCommand): Promise<number>
  /** The same after a delay, on the probe's own clock; then writes a file, by which a client whose event loop is blocked sees it. */
  sessionsLater(origin: number, command: SessionCommand, afterMs: number, sign: string): Promise<void>
  /**
   * Stops the probe's event loop, says so by a file `sign.on`, and goes on once the file `sign` is there, first of all with the command:
   * what has come meanwhile it has not seen. Only sensible when it has a process of its own.
   */
  freeze(sign: string, then?: { readonly origin: number; readonly command: SessionCommand }): Promise<void>
  /** Blocks the probe's event loop; only sensible when it has a process of its own. */
  block(ms: number): Promise<void>
  stop(): Promise<void>
}
