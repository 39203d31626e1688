import type { ProxyServer } from './proxies/proxy-server.ts'

/** A cap: a positive integer, or no cap at all. Code may write `Infinity`; a file writes `"unlimited"`. */
export type Limit = number | 'unlimited'

/** Milliseconds, or a string with its unit: `500ms`, `5s`, `1.5s`, `10m`, `1h`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}` | (string & {})

/** A duration that may also be endless. */
export type DurationOrUnlimited = Duration | 'unlimited'

/** What one host may override. Keys of `hosts` are `host`, `host:port`, `scheme://host:port` or `*.suffix`. */
export interface HostConfig {
  /** Open connections to one origin (scheme, host, port), idle ones included. Default unlimited. */
  maxConnectionsPerHost?: Limit | undefined
  /** Idle connections kept for one origin; the longest idle goes first. Default unlimited. */
  maxIdleConnectionsPerHost?: Limit | undefined
  /**
   * Connections kept open and unused to an origin that was used within ten times keepAliveExpiry, or from the start to one named
   * in `hosts` with scheme and host; never above a cap, never by evicting another host. `stats().ready`
   * tells what is there. Default 0.
   */
  minIdleConnectionsPerHost?: number | undefined
  /**
   * Whether a connection serves more than one request; false closes each after its request and sends `Connection: close`.
   * Default true.
   */
  keepAlive?: boolean | undefined
  /** An idle connection closes after this long. It never touches an active request. Default 4s. */
  keepAliveExpiry?: DurationOrUnlimited | undefined
  /** A server's `Keep-Alive: timeout=N` lowers the expiry to N minus this, and never raises it. Default 1s. */
  keepAliveHintMargin?: Duration | undefined
  /**
   * A connection older than this takes no new request and closes when idle. An active request is never cut. Default unlimited.
   */
  maxLifetime?: DurationOrUnlimited | undefined
  /** A connection closes after this many requests. Default unlimited. */
  maxRequestsPerConnection?: Limit | undefined
  /** Longest wait for a connection; then ERR_POOL_ACQUIRE_TIMEOUT. One deadline per request, retries included. Default 30s. */
  acquireTimeout?: DurationOrUnlimited | undefined
  /** Longest time for TCP and TLS set-up together; then ERR_POOL_CONNECT_TIMEOUT. Default 10s. */
  connectTimeout?: DurationOrUnlimited | undefined
  /**
   * The proxy that connections are made through: a URL (http, https, socks5, socks5h; user and password percent-encoded), `env`
   * for what HTTP_PROXY, HTTPS_PROXY and ALL_PROXY say at creation and at `reconfigure`, or false for none. Default false.
   */
  proxy?: 'env' | (string & {}) | ProxyServer | false | undefined
  /**
   * true offers HTTP/2, and uses it where the server accepts; `only` is HTTP/2 or an error, for http origins as well; false is
   * HTTP/1.1. Default false.
   */
  http2?: boolean | 'only' | undefined
  /** Requests at one time on one HTTP/2 connection; the server may allow fewer. Default 100. */
  maxStreamsPerConnection?: Limit | undefined
  /**
   * A silent HTTP/2 connection is pinged this often, and closed if no answer comes within the same time; false never pings.
   * Default 1m.
   */
  pingInterval?: Duration | false | undefined
}

/** The limits of a pool, the same for every client. Every field is optional; docs/configuration.md has each one's trap. */
export interface PoolConfig extends HostConfig {
  /** Open connections over all hosts, idle ones included, both schemes together. Default 100. */
  maxConnections?: Limit | undefined
  /** Idle connections kept, over all hosts; the longest idle goes first. Default unlimited. */
  maxIdleConnections?: Limit | undefined
  /** Origins that keep idle connections; beyond it the least recently used origin's idle ones are closed. Default unlimited. */
  maxHosts?: Limit | undefined
  /** At a limit: true waits, false never waits. Default true. */
  block?: boolean | undefined
  /**
   * Temporary connections open at one time, over all hosts, beyond a limit (total or per host); each closes after its request.
   * Default 0 if `block`, else unlimited.
   */
  maxOverflow?: Limit | undefined
  /** Requests that may wait at one time, over all hosts; one more fails at once with ERR_POOL_QUEUE_FULL. Default unlimited. */
  maxPending?: Limit | undefined
  /** Delay before TCP probes on a silent connection, or false for none. Default 1m. */
  tcpKeepAlive?: Duration | false | undefined
  /**
   * Cache DNS look-ups this long, in the order of the resolver, with the addresses of each family in turn; 0 is off. Default 0.
   */
  dnsCacheTtl?: DurationOrUnlimited | undefined
  /** Which idle connection is reused: the last used (lifo) or the longest idle (fifo). Default lifo. */
  scheduling?: 'lifo' | 'fifo' | undefined
  /**
   * A request that failed on a reused connection before any response byte is sent once more on a fresh one, if it is safe:
   * nothing was written, or the method is idempotent and the body can be replayed. Default true.
   */
  retryStale?: boolean | undefined
  /**
   * Hosts that are reached without `proxy`: `host`, `host:port`, `.suffix`, `*.suffix`, `*`, an address or a range, or `env` for
   * what NO_PROXY lists. It does not affect a host that has a `proxy` of its own. Default `env` if `proxy` is `env`, else [].
   */
  noProxy?: readonly string[] | 'env' | undefined
  /** Open connections to one proxy, over all hosts behind it, idle ones included. Default unlimited. */
  maxConnectionsPerProxy?: Limit | undefined
  /**
   * Overrides by `host`, `host:port`, `scheme://host:port` or `*.suffix`; field by field the most specific key wins. Default
   * {}.
   */
  hosts?: { [host: string]: HostConfig } | undefined
}

export type PoolConfigField = keyof PoolConfig
export type HostConfigField = keyof HostConfig

/** What a value becomes: counts and milliseconds, `Infinity` for unlimited, an URL of a proxy what shows no password. */
type Resolved<Value> = ProxyServer extends Value
  ? ProxyServer | 'env' | false
  : number extends Value
    ? number | Extract<Value, false>
    : Value extends { [host: string]: HostConfig }
      ? { readonly [host: string]: Partial<HostLimits> }
      : Value

type AllResolved<Config> = { readonly [F in keyof Config]-?: Resolved<Exclude<Config[F], undefined>> }

/** The fields one origin obeys, resolved: counts and milliseconds, `Infinity` for unlimited. */
export interface HostLimits extends AllResolved<HostConfig> {}

/** A checked config with every field present: counts and milliseconds, `Infinity` for unlimited; frozen. It is itself a valid `PoolConfig`. */
export interface ResolvedPoolConfig extends AllResolved<PoolConfig> {}

/** How well a field holds: by the client's own setting, by polypool, nearly, or not at all. */
export type Support = 'native' | 'enforced' | 'approximated' | 'unsupported'

/** What a reader should know about one field: a loss in translation, an approximation, a suspicious combination. */
export interface Note {
  readonly field: PoolConfigField | (string & {})
  readonly support: Support
  readonly message: string
}
