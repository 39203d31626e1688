import type {
  Duration,
  DurationOrUnlimited,
  Note,
  PoolConfig,
  PoolConfigField,
  ResolvedPoolConfig,
  Support,
} from './config/types.ts'

/** Counters of one origin. */
export interface OriginStats {
  /** Sockets from the start of their connect to their `close`. */
  readonly open: number
  /** Open sockets that are not idle. */
  readonly active: number
  readonly idle: number
  /** Requests that wait for a connection. */
  readonly pending: number
  /** Requests that have one, which may still be connecting: over HTTP/2 a connection carries several. */
  readonly requests: number
}

/** A snapshot of a pool. Pools that share one budget see the same numbers. */
export interface PoolStats extends OriginStats {
  /** Those of `active` that take no more requests, and close when the last that they carry is over. */
  readonly draining: number
  /** Requests that HTTP/2 connections carry, and how many they may carry at a time. Both are 0 while none is open. */
  readonly streams: { readonly active: number; readonly capacity: number }
  /** Sockets that an upgrade or CONNECT has made their callers' own, until they close: they count against no limit. */
  readonly upgraded: number
  /**
   * Sockets that were opened, whether or not they connected; one for which the look-up gave no address is none.
   * `created + reused` is the number of requests that got one.
   */
  readonly created: number
  /** Requests sent on a connection that had served one before. */
  readonly reused: number
  /** Idle connections closed to keep a limit or to make room for another origin. */
  readonly evicted: number
  /** Connections closed by `keepAliveExpiry`, a server's hint, `maxLifetime` or `maxRequestsPerConnection`. */
  readonly expired: number
  /** Temporary connections opened beyond a limit. */
  readonly overflowed: number
  readonly acquireTimeouts: number
  /** Requests refused at once: pool full, queue full, pool closed. */
  readonly rejected: number
  /** Requests that their caller abandoned while they waited. */
  readonly aborted: number
  readonly hosts: { readonly [origin: string]: OriginStats }
  /** If `stats` was asked for them. */
  readonly histograms?: PoolHistograms
  /** Connections by way of each proxy, under its scheme, host and port; left out while there are none. */
  readonly proxies?: { readonly [origin: string]: ProxyStats }
  /** Where `minIdleConnectionsPerHost` keeps connections ready, be it that none is open; left out while there is no such origin. */
  readonly ready?: { readonly [origin: string]: ReadyStats }
  /** Left out where the pool is in no fleet. */
  readonly fleet?: FleetStats
}

/** What a process has of its fleet's budget. */
export interface FleetStats {
  /** What the fleet is called. */
  readonly name: string
  /** Connections that it may have open beyond its floor, as leased: 0 while the store is silent. */
  readonly lease: number
  /** Connections that it could use beyond its floor, as it has said last. */
  readonly want: number
  /** Connections that it may have open without asking anybody. 0 of one for which the budget has no floor left: see `maxMembers`. */
  readonly floor: number
  /** Members of the fleet that the store knows of, this one included. */
  readonly members: number
  /** How often its lease has ended because the store was silent. */
  readonly lost: number
  /** Whether the store is new or a different one, and leaves every member what it has until all have reported what that is. */
  readonly learning: boolean
}

/** What is kept ready to one origin, and what keeps it from being there. */
export interface ReadyStats {
  /** Idle connections that there are to be. */
  readonly wanted: number
  /** Those that there are. */
  readonly idle: number
  /**
   * Rounds of connects that have failed in a row, those included that the server has ended within a second. 0 again as soon as a newer connection
   * has lasted as long, or a request was answered on it.
   */
  readonly failures: number
  /** Milliseconds until connections that are missing are opened; 0: they are not put off. */
  readonly retryIn: number
  /** Connections are missing because the limits leave no room for them. */
  readonly crowded: boolean
}

/** What goes through one proxy. */
export interface ProxyStats {
  /** Connections to it that are open or opening, the idle and the temporary ones included. */
  readonly open: number
}

/** What was measured of one thing: how often, the sum, and values that 50, 95 and 99 % of them do not exceed, to 4 %. All 0 if `count` is. */
export interface HistogramSummary {
  readonly count: number
  readonly sum: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** How many did not exceed each of the bounds that were asked for. */
  readonly buckets?: readonly number[]
}

export interface Histograms {
  /** Milliseconds that requests waited for the connection that they got: 0 for those that did not have to wait. */
  readonly acquire: HistogramSummary
  /** Milliseconds that successful connects took, TLS included. */
  readonly connect: HistogramSummary
  /** Milliseconds from connect to close, of connections that have closed. */
  readonly age: HistogramSummary
  /** Requests that each of those connections had served. */
  readonly uses: HistogramSummary
}

export interface PoolHistograms extends Histograms {
  /** Milliseconds since recording began: with the first call that asked for it. */
  readonly recorded: number
  /** By origin, if that was asked for: the first 100 that were seen from then on. */
  readonly hosts: { readonly [origin: string]: Histograms }
}

export interface StatsOptions {
  /** Makes the pool record from the first call on, and returns what it has recorded since. */
  histograms?: boolean | undefined
  /** The same by origin. */
  perOrigin?: boolean | undefined
  /** Rising bounds of the cumulative buckets that each summary gets, in milliseconds or requests. Accurate to 4 %. */
  bounds?: readonly number[] | undefined
}

/** The state of a pool, for readiness probes. */
export interface Health {
  /**
   * `saturated`: a request has been waiting for longer than a second, or one has timed out or was refused for lack of room within the last ten seconds.
   * `failing`: the pool has no connection, and three connects in a row to an origin have failed, the last within a minute; or it is closed.
   * Otherwise `ok`.
   */
  readonly status: 'ok' | 'saturated' | 'failing'
  /** Why, in words for logs; empty if `ok`. */
  readonly reasons: readonly string[]
}

/** A pool that enforces its config on one client; `options` is what that client takes. */
export interface Pool<Options> extends AsyncDisposable {
  readonly options: Options
  /** The name given to `createPool`; for a pool that shares the limits of another, the other's name unless it has its own. */
  readonly name: string | undefined
  /** Resolved and frozen; replaced by `reconfigure`. */
  readonly config: ResolvedPoolConfig
  /** Where a field is only approximated or not honoured by this client, and suspicious combinations. */
  readonly notes: readonly Note[]
  /** True from `close` or `destroy` on, those of the client's own dispatcher included. */
  readonly closed: boolean
  /** A snapshot of the counters, with histograms if those are asked for. Throws ERR_POOL_UNSUPPORTED if an option is invalid. */
  stats(options?: StatsOptions): PoolStats
  /** How the pool does, from the same counters: for readiness probes, logs and alerts. Pools that share a budget do alike until they close. */
  health(): Health
  /**
   * Changes the running pool. Fields that are not named keep their values; an invalid config throws and changes nothing.
   * Throws ERR_POOL_CLOSED once the pool is closed.
   */
  reconfigure(config: PoolConfig): void
  /**
   * Opens connections to the host of an http or https URL before a request needs them, until `count` (default 1) idle ones are there or
   * the limits allow no more; they expire like others. Resolves with how many there are: fewer than asked for where a limit or a failed
   * connect kept some back, or the pool was closed meanwhile, more where there were more. Rejects if an argument is invalid, or with
   * ERR_POOL_CLOSED if the pool is closed already.
   */
  preconnect(url: string | URL, count?: number): Promise<number>
  /**
   * Refuses new requests, lets running and waiting ones finish, then closes every connection. After `timeout` what is left is
   * destroyed; of several calls the earliest end counts. Rejects, and closes nothing, if the argument is invalid.
   */
  close(options?: CloseOptions): Promise<void>
  /** Closes every connection now; running and waiting requests fail, waiting ones with `ERR_POOL_CLOSED`. */
  destroy(): Promise<void>
}

/** The native settings nearest to a config, and what they cannot express. */
export interface Translation<Settings> {
  readonly settings: Settings
  readonly notes: readonly Note[]
}

/** The config that native settings amount to, and what it cannot express. */
export interface Reading {
  readonly config: PoolConfig
  readonly notes: readonly Note[]
}

export interface CloseOptions {
  /** Longest time for running and waiting requests to finish, in milliseconds or as a string such as `10s`; what is left then is destroyed. Default unlimited. */
  timeout?: DurationOrUnlimited | undefined
}

export interface CreatePoolOptions {
  /** The pool's name in errors and logs. Default none; `loadPools` uses the name in the config file. */
  name?: string | undefined
  /** False: a field that the client can't honour becomes a note instead of `ERR_POOL_UNSUPPORTED`. Default true. */
  strict?: boolean | undefined
  /**
   * Whether the pool warns with `process.emitWarning`: POLYPOOL_EXHAUSTED, POLYPOOL_CONNECTION_HELD, POLYPOOL_POOL_LEAKED,
   * POLYPOOL_POOL_PER_REQUEST. Default true. Node's `--disable-warning=<code>` silences a single one.
   */
  warnings?: boolean | undefined
  /**
   * How long an unread answer may hold its connection before POLYPOOL_CONNECTION_HELD is emitted. If set, the warning also says where the request
   * was sent, which costs some microseconds per request. Default: a minute, without the place.
   */
  leakDetection?: Duration | undefined
}

/** How one client honours one field: by its own setting (`native` column) and through polypool (`pool` column). */
export interface FieldSupport {
  /** With the client's own settings alone, as `translate` gives them. */
  readonly native: Support
  /** With `createPool`. */
  readonly pool: Support
  /** What the client's own setting is and lacks; drawn into notes, docs and the CLI. */
  readonly message?: string
  /** What is left under the pool, where that is something else. Default: `message`. */
  readonly pooled?: string
}

/** What else users of a client should know. */
export interface Advice extends Note {
  /** Said only where this field is not set, for the pool or for any host. */
  readonly unless?: PoolConfigField
}

/** The package of a client. */
export interface ClientPeer {
  readonly name: string
  /** Versions that are supported, in npm's notation. */
  readonly range: string
  /** Versions in between that are tested too, as ranges of which the newest counts: where something of the client begins or changes. */
  readonly landmarks?: readonly string[]
}

/** What an adapter declares about its client, once: docs, notes, CLI and tests are drawn from it. */
export interface ClientSupport {
  readonly client: string
  /** How the client takes a pool, as code. */
  readonly usage: string
  /** Peer package and the range that is supported; null for what Node has built in. */
  readonly peer: ClientPeer | null
  readonly fields: { readonly [F in PoolConfigField]: FieldSupport }
  /** What users of this client should know besides, such as options of its own that get round the pool. */
  readonly advice: readonly Advice[]
}

/** What every adapter module exports: moving to another client is a change of one import path. */
export interface AdapterModule<Options, Native, Settings> {
  readonly support: ClientSupport
  createPool(config?: PoolConfig | Pool<unknown>, native?: Native, options?: CreatePoolOptions): Pool<Options>
  translate(config?: PoolConfig): Translation<Settings>
  readSettings(native: unknown): Reading
}
