/** A cap: a positive integer, or no cap at all. Code may write `Infinity`; a file writes `"unlimited"`. */
export type Limit = number | 'unlimited'

/** Milliseconds, or a string with its unit: `500ms`, `5s`, `1.5s`, `10m`, `1h`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}` | (string & {})

/** A duration for which "for ever" makes sense. */
export type DurationOrUnlimited = Duration | 'unlimited'

/** What one host may override. Keys of `hosts` are `host`, `host:port`, `scheme://host:port` or `*.suffix`. */
export interface HostConfig {
  maxConnectionsPerHost?: Limit | undefined
  maxIdleConnectionsPerHost?: Limit | undefined
  keepAlive?: boolean | undefined
  keepAliveExpiry?: DurationOrUnlimited | undefined
  keepAliveHintMargin?: Duration | undefined
  maxLifetime?: DurationOrUnlimited | undefined
  maxRequestsPerConnection?: Limit | undefined
  acquireTimeout?: DurationOrUnlimited | undefined
  connectTimeout?: DurationOrUnlimited | undefined
}

/** The limits of a pool, the same for every client. Every field is optional; docs/configuration.md has each one's trap. */
export interface PoolConfig {
  /** Open connections over all hosts, idle ones included, both schemes together. Default 100. */
  maxConnections?: Limit | undefined
  /** Open connections to one origin (scheme, host, port). Default unlimited. */
  maxConnectionsPerHost?: Limit | undefined
  /** Idle connections kept over all hosts; the longest idle goes first. Default unlimited. */
  maxIdleConnections?: Limit | undefined
  /** Idle connections kept for one origin. Default unlimited. */
  maxIdleConnectionsPerHost?: Limit | undefined
  /** Origins that keep idle connections; beyond it the least recently used origin's are closed. Default unlimited. */
  maxHosts?: Limit | undefined
  /** False: one request a connection, and `Connection: close` is sent. Default true. */
  keepAlive?: boolean | undefined
  /** An idle connection closes after this long. Default 4 s. */
  keepAliveExpiry?: DurationOrUnlimited | undefined
  /** A server's `Keep-Alive: timeout=N` lowers the expiry to N minus this. Default 1 s. */
  keepAliveHintMargin?: Duration | undefined
  /** A connection older than this takes no new request. Default unlimited. */
  maxLifetime?: DurationOrUnlimited | undefined
  /** Requests after which a connection closes. Default unlimited. */
  maxRequestsPerConnection?: Limit | undefined
  /** At a limit: true waits, false never waits. Default true. */
  block?: boolean | undefined
  /** Temporary connections beyond a limit, over all hosts. Default 0 when `block`, else unlimited. 0 is meaningful. */
  maxOverflow?: Limit | undefined
  /** Longest wait for a connection. Default 30 s. */
  acquireTimeout?: DurationOrUnlimited | undefined
  /** Waiting requests allowed. Default unlimited. 0 is meaningful. */
  maxPending?: Limit | undefined
  /** TCP and TLS set-up together. Default 10 s. */
  connectTimeout?: DurationOrUnlimited | undefined
  /** Delay before TCP keep-alive probes, or false. Default 60 s. Unrelated to `keepAliveExpiry`. */
  tcpKeepAlive?: Duration | false | undefined
  /** Cache DNS look-ups this long, in the order of the resolver, with the addresses of each family in turn; 0 is off. Default 0. */
  dnsCacheTtl?: DurationOrUnlimited | undefined
  /** Which idle connection is reused. Default `lifo`. */
  scheduling?: 'lifo' | 'fifo' | undefined
  /** Send a request that failed on a reused connection once more, when that is safe. Default true. */
  retryStale?: boolean | undefined
  /** Overrides by host; the most specific key wins. */
  hosts?: { [host: string]: HostConfig } | undefined
}

export type PoolConfigField = keyof PoolConfig
export type HostConfigField = keyof HostConfig

/** The fields one origin obeys, resolved: counts and milliseconds, `Infinity` for unlimited. */
export interface HostLimits {
  readonly maxConnectionsPerHost: number
  readonly maxIdleConnectionsPerHost: number
  readonly keepAlive: boolean
  readonly keepAliveExpiry: number
  readonly keepAliveHintMargin: number
  readonly maxLifetime: number
  readonly maxRequestsPerConnection: number
  readonly acquireTimeout: number
  readonly connectTimeout: number
}

/** A checked config with every field present: counts and milliseconds, `Infinity` for unlimited; frozen. It is itself a valid `PoolConfig`. */
export interface ResolvedPoolConfig extends HostLimits {
  readonly maxConnections: number
  readonly maxIdleConnections: number
  readonly maxHosts: number
  readonly block: boolean
  readonly maxOverflow: number
  readonly maxPending: number
  readonly tcpKeepAlive: number | false
  readonly dnsCacheTtl: number
  readonly scheduling: 'lifo' | 'fifo'
  readonly retryStale: boolean
  readonly hosts: { readonly [host: string]: Partial<HostLimits> }
}

/** How well a field holds: by the client's own setting, by polypool, nearly, or not at all. */
export type Support = 'native' | 'enforced' | 'approximated' | 'unsupported'

/** What a reader should know about one field: a loss in translation, an approximation, a suspicious combination. */
export interface Note {
  readonly field: PoolConfigField | (string & {})
  readonly support: Support
  readonly message: string
}
