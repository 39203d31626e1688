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
  /** An https server that also offers HTTP/2. */
  readonly http2?: boolean
}

export interface ProbeOrigin {
  readonly id: number
  readonly scheme: Scheme
  readonly port: number
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
  /** The TLS server name that the client asked for; null without TLS or without a name. */
  servername: string | null
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
}

/** Commands to a probe; the same whether it runs in this process or in one of its own. Everything crosses as JSON. */
export interface Probe {
  listen(options?: OriginOptions): Promise<ProbeOrigin>
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
  /** Blocks the probe's event loop; only sensible when it has a process of its own. */
  block(ms: number): Promise<void>
  stop(): Promise<void>
}
