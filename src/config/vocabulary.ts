import { didYouMean, foldName } from '../text/similar.ts'

type Advice = { readonly [key: string]: string }

// Tables that only a config with an unknown key asks for, made then: constants would be built by each import.

/** What other clients and libraries call things, by whose name it is; the text says what to write here. */
function vocabularies(): { readonly [owner: string]: Advice } {
  return {
    "http.Agent's": {
      maxSockets: 'use maxConnectionsPerHost',
      maxTotalSockets: 'use maxConnections',
      maxFreeSockets: 'use maxIdleConnectionsPerHost',
      keepAliveMsecs: 'use tcpKeepAlive (the delay of TCP probes; how long idle connections are kept is keepAliveExpiry)',
      keepAliveInitialDelay: 'use tcpKeepAlive',
      agentKeepAliveTimeoutBuffer: 'use keepAliveHintMargin',
      proxyEnv: 'use proxy and noProxy (proxy: "env" for proxyEnv: process.env)',
      timeout: 'use keepAliveExpiry for idle connections, acquireTimeout for waiting, connectTimeout for connecting',
    },
    "agentkeepalive's": {
      freeSocketTimeout: 'use keepAliveExpiry',
      freeSocketKeepAliveTimeout: 'use keepAliveExpiry',
      socketActiveTTL: 'use maxLifetime',
      maxKeepAliveTime: 'use keepAliveExpiry',
      maxKeepAliveRequests: 'use maxRequestsPerConnection',
    },
    "undici's": {
      connections: 'use maxConnectionsPerHost',
      keepAliveTimeout: 'use keepAliveExpiry',
      keepAliveMaxTimeout: "use keepAliveExpiry (a server's hint never raises it)",
      keepAliveTimeoutThreshold: 'use keepAliveHintMargin',
      maxRequestsPerClient: 'use maxRequestsPerConnection',
      clientTtl: 'use maxLifetime',
      maxOrigins: 'use maxHosts',
      pipelining:
        'leave it out: on HTTP/1.1 a connection carries one request at a time, on HTTP/2 maxStreamsPerConnection (for pipelining: 0, use keepAlive: false)',
      allowH2: 'use http2',
      preferH2: 'use http2: true (HTTP/2 is then what is offered first)',
      useH2c: 'use http2: "only" for the http hosts that speak it, in hosts',
      maxConcurrentStreams: 'use maxStreamsPerConnection',
      h2Options: 'use http2, maxStreamsPerConnection and pingInterval',
      connect: 'use connectTimeout for its timeout; its TLS and socket options go second, createPool(config, { connect })',
      uri: 'use proxy',
      httpProxy: 'use proxy',
      httpsProxy: 'use proxy',
      requestTls: 'pass its options second, createPool(config, { connect })',
      proxyTunnel: 'leave it out: https goes through a tunnel always, http in absolute form',
      headersTimeout: 'set it on the request: it bounds an answer, not the pool',
      bodyTimeout: 'set it on the request: it bounds an answer, not the pool',
    },
    "axios's": {
      httpAgent: 'leave it out and give pool.options to axios.create',
      httpsAgent: 'leave it out and give pool.options to axios.create',
      httpVersion: 'use http2: true for httpVersion: 2',
      http2Options: 'use http2: true, and keepAliveExpiry for its sessionTimeout',
    },
    "a config file's": {
      processes:
        'write it at the top of the file, beside pools, or as loadPools({ processes }): here the limits are those of one process',
    },
    "got's and node-fetch's": { agent: 'leave it out and give pool.options to the client' },
    "fetch's": { dispatcher: 'leave it out and give pool.options to the client' },
    "the AWS SDK's": {
      socketAcquisitionWarningTimeout: 'use acquireTimeout',
      requestTimeout: 'set it on the request: it bounds an answer, not the pool',
    },
    "Kibana's": { maxIdleSockets: 'use maxIdleConnections', idleSocketTimeout: 'use keepAliveExpiry' },
    "httpx's": {
      max_connections: 'use maxConnections',
      max_keepalive_connections: 'use maxIdleConnections',
      keepalive_expiry: 'use keepAliveExpiry',
      limits: 'write its fields at the top level: maxConnections, maxIdleConnections, keepAliveExpiry',
      pool: 'use acquireTimeout',
      http1: 'use http2: "only" for http1=False with http2=True',
      mounts: 'use hosts, in which each host can have a proxy of its own',
      trust_env: 'use proxy: "env" for True',
    },
    "urllib3's": {
      num_pools: 'use maxHosts',
      maxsize: 'use maxIdleConnectionsPerHost (with block: true, use maxConnectionsPerHost)',
      pool_timeout: 'use acquireTimeout',
      proxy_url: 'use proxy',
      proxy_headers: 'pass them second, createPool(config, { proxyHeaders })',
      retries: "use retryStale for connections that died while idle; other retries are the client's",
    },
    "requests'": {
      pool_connections: 'use maxHosts',
      pool_maxsize: 'use maxIdleConnectionsPerHost (with block: true, use maxConnectionsPerHost)',
      pool_block: 'use block',
      proxies: 'use proxy, and noProxy for no_proxy',
      max_retries: "use retryStale for connections that died while idle; other retries are the client's",
    },
    "aiohttp's": {
      limit: 'use maxConnections',
      limit_per_host: 'use maxConnectionsPerHost',
      keepalive_timeout: 'use keepAliveExpiry',
      force_close: 'use keepAlive: false',
      ttl_dns_cache: 'use dnsCacheTtl',
      use_dns_cache: 'use dnsCacheTtl',
      enable_cleanup_closed: 'leave it out: connections are always closed in full',
      sock_connect: 'use connectTimeout',
    },
    "libcurl's": {
      M_MAXCONNECTS: 'use maxIdleConnections',
      M_MAX_TOTAL_CONNECTIONS: 'use maxConnections',
      M_MAX_HOST_CONNECTIONS: 'use maxConnectionsPerHost',
      MAXCONNECTS: 'use maxIdleConnections',
      MAXAGE_CONN: 'use keepAliveExpiry',
      MAXLIFETIME_CONN: 'use maxLifetime',
      FORBID_REUSE: 'use keepAlive: false',
      FRESH_CONNECT: 'use keepAlive: false',
      CONNECTTIMEOUT: 'use connectTimeout',
      CONNECTTIMEOUT_MS: 'use connectTimeout',
      DNS_CACHE_TIMEOUT: 'use dnsCacheTtl',
      TCP_KEEPIDLE: 'use tcpKeepAlive',
      TCP_KEEPINTVL: 'leave it out: Node sets only the delay, tcpKeepAlive',
      HTTP_VERSION: 'use http2',
      PROXY: 'use proxy',
      NOPROXY: 'use noProxy',
      PROXYUSERPWD: 'write user and password into the URL of proxy',
      PROXYHEADER: 'pass them second, createPool(config, { proxyHeaders })',
      HTTPPROXYTUNNEL: 'leave it out: https goes through a tunnel always, http in absolute form',
      M_MAX_CONCURRENT_STREAMS: 'use maxStreamsPerConnection',
      M_PIPELINING: 'use http2: true (requests then share connections)',
      PIPEWAIT: 'leave it out: requests wait for the connection that is being opened where it is known to carry several',
      UPKEEP_INTERVAL_MS: 'use pingInterval',
      TCP_KEEPCNT: 'leave it out: Node sets only the delay, tcpKeepAlive',
    },
    "the environment's": {
      HTTP_PROXY: 'use proxy: "env", which reads it',
      HTTPS_PROXY: 'use proxy: "env", which reads it',
      ALL_PROXY: 'use proxy: "env", which reads it',
      NO_PROXY: 'use proxy: "env", which reads it, or use noProxy',
      NODE_USE_ENV_PROXY: 'use proxy: "env"',
    },
    "SQLAlchemy's": {
      pool_size: 'use maxConnections',
      max_overflow: 'use maxOverflow',
      pool_recycle: 'use maxLifetime',
      pool_pre_ping: 'leave it out: a connection known to be dead is never used (and see retryStale)',
      pool_use_lifo: 'use scheduling: "lifo"',
    },
    "reqwest's": {
      pool_max_idle_per_host: 'use maxIdleConnectionsPerHost',
      pool_idle_timeout: 'use keepAliveExpiry',
      http2_prior_knowledge: 'use http2: "only"',
      http1_only: 'use http2: false',
      http2_keep_alive_interval: 'use pingInterval',
      http2_keep_alive_timeout: 'use pingInterval (an answer must come within the same time)',
    },
    "Go's": {
      MaxIdleConns: 'use maxIdleConnections',
      MaxIdleConnsPerHost: 'use maxIdleConnectionsPerHost',
      MaxConnsPerHost: 'use maxConnectionsPerHost',
      IdleConnTimeout: 'use keepAliveExpiry',
      DisableKeepAlives: 'use keepAlive: false',
      ForceAttemptHTTP2: 'use http2: true',
      StrictMaxConcurrentStreams: 'use maxConnectionsPerHost, which no stream exceeds: 1 for a single connection',
      MaxConcurrentStreams: 'use maxStreamsPerConnection',
      ReadIdleTimeout: 'use pingInterval',
      SendPingTimeout: 'use pingInterval',
      PingTimeout: 'use pingInterval (an answer must come within the same time)',
      AllowHTTP: 'use http2: "only" for the http hosts that speak it, in hosts',
      TLSHandshakeTimeout: 'use connectTimeout',
      ResponseHeaderTimeout: 'set it on the request: it bounds an answer, not the pool',
    },
    "HikariCP's": {
      maximumPoolSize: 'use maxConnections',
      minimumIdle: 'use minIdleConnectionsPerHost',
      idleTimeout: 'use keepAliveExpiry',
      connectionTimeout: 'use acquireTimeout for the wait (TCP and TLS set-up is connectTimeout)',
      keepaliveTime: 'use tcpKeepAlive',
    },
    "the MongoDB driver's": {
      minPoolSize: 'use minIdleConnectionsPerHost',
      waitQueueTimeoutMS: 'use acquireTimeout',
      maxIdleTimeMS: 'use keepAliveExpiry',
    },
    "Apache HttpClient's": {
      maxTotal: 'use maxConnections',
      maxConnTotal: 'use maxConnections',
      defaultMaxPerRoute: 'use maxConnectionsPerHost',
      maxConnPerRoute: 'use maxConnectionsPerHost',
      connectionRequestTimeout: 'use acquireTimeout',
      timeToLive: 'use maxLifetime',
      connectionKeepAlive: 'use keepAliveExpiry',
      validateAfterInactivity: 'leave it out: a connection known to be dead is never used (and see retryStale)',
    },
    ".NET's": {
      MaxConnectionsPerServer: 'use maxConnectionsPerHost',
      PooledConnectionLifetime: 'use maxLifetime',
      PooledConnectionIdleTimeout: 'use keepAliveExpiry',
      EnableMultipleHttp2Connections:
        'use maxConnectionsPerHost: as many are opened as its streams are needed, 1 for a single one',
      KeepAlivePingDelay: 'use pingInterval',
      KeepAlivePingTimeout: 'use pingInterval (an answer must come within the same time)',
      KeepAlivePingPolicy: 'leave it out: with pingInterval every silent connection is asked',
      InitialHttp2StreamWindowSize:
        'leave it out: windows are no limit of a pool but options of the client, undici’s initialWindowSize',
    },
    "OkHttp's": {
      maxRequests: 'use maxConnections',
      maxRequestsPerHost: 'use maxConnectionsPerHost',
      keepAliveDuration: 'use keepAliveExpiry',
      protocols: 'use http2: true, or "only" for H2_PRIOR_KNOWLEDGE',
    },
    "Envoy's": {
      max_pending_requests: 'use maxPending',
      http1MaxPendingRequests: 'use maxPending',
      maxConnectionDuration: 'use maxLifetime',
      max_concurrent_streams: 'use maxStreamsPerConnection',
      http2_protocol_options: 'use http2: "only"',
      connection_keepalive: 'use pingInterval',
    },
    "HAProxy's": { maxconn: 'use maxConnectionsPerHost', maxqueue: 'use maxPending' },
    "nginx's": {
      max_conns: 'use maxConnectionsPerHost',
      keepalive_requests: 'use maxRequestsPerConnection',
      keepalive_time: 'use maxLifetime',
    },
    "a database pool's": {
      max: 'use maxConnections',
      min: 'leave it out: no connection is opened before it is needed',
      connectionLimit: 'use maxConnections',
      waitForConnections: 'use block',
      queueLimit: 'use maxPending',
      maxWaitingClients: 'use maxPending',
      acquireTimeoutMillis: 'use acquireTimeout',
      connectionTimeoutMillis: 'use acquireTimeout for the wait (TCP and TLS set-up is connectTimeout)',
      idleTimeoutMillis: 'use keepAliveExpiry',
      maxUses: 'use maxRequestsPerConnection',
      maxLifetimeSeconds: 'use maxLifetime',
    },
  }
}

/** Guesses that are too far from the right name for an edit distance. */
function guesses(): Advice {
  return {
    maxConn: 'use maxConnections',
    maxConns: 'use maxConnections',
    maxPerHost: 'use maxConnectionsPerHost',
    maxIdle: 'use maxIdleConnections',
    maxIdlePerHost: 'use maxIdleConnectionsPerHost',
    maxQueue: 'use maxPending',
    queueTimeout: 'use acquireTimeout',
    waitTimeout: 'use acquireTimeout',
    poolTimeout: 'use acquireTimeout',
    overflow: 'use maxOverflow',
    ttl: 'use maxLifetime for connections, dnsCacheTtl for DNS look-ups',
    dnsTtl: 'use dnsCacheTtl',
    retry: 'use retryStale',
    lifo: 'use scheduling: "lifo"',
    fifo: 'use scheduling: "fifo"',
    h2: 'use http2',
    h2c: 'use http2: "only"',
    ping: 'use pingInterval',
    proxyUrl: 'use proxy',
    proxyServer: 'use proxy',
    proxyBypass: 'use noProxy',
    bypass: 'use noProxy',
    maxConnsPerProxy: 'use maxConnectionsPerProxy',
    maxPerProxy: 'use maxConnectionsPerProxy',
    perHost: 'use hosts',
    pools: "pass one pool's config: a file of several pools is for loadPools",
    default: "pass the module's default export, not the module",
  }
}

/** Options of the clients' own agents and dispatchers: not limits, so they have a place of their own. */
const nativeOptions =
  'ca cert key pfx passphrase ciphers minVersion maxVersion rejectUnauthorized servername checkServerIdentity secureContext lookup family localAddress localPort autoSelectFamily socketPath noDelay maxCachedSessions proxyTls proxyHeaders createConnection'

/** Whose name it is, and what to use instead; undefined of a name that no other library has for a field. */
export function foreignName(key: string): string | undefined {
  for (const [owner, keys] of Object.entries(vocabularies())) {
    const advice = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (advice?.startsWith('use ')) return `that is ${owner} name: ${advice}`
  }
  return undefined
}

interface KnownNames {
  readonly exact: ReadonlyMap<string, string>
  readonly plain: ReadonlyMap<string, string>
}

let known: KnownNames | undefined

/** Advice by name. Built when the first unknown key is met: most configs have none. */
function knownNames(): KnownNames {
  if (known) return known
  const exact = new Map<string, string>()
  for (const [owner, keys] of Object.entries(vocabularies())) {
    for (const [key, advice] of Object.entries(keys)) exact.set(key, `that is ${owner} name: ${advice}`)
  }
  for (const [key, advice] of Object.entries(guesses())) exact.set(key, `unknown field: ${advice}`)
  for (const key of nativeOptions.split(' ')) {
    exact.set(key, `not a limit but an option of the client itself: pass it second, createPool(config, { ${key} })`)
  }
  // Reversed, so that where two names differ only in spelling, the first one's advice stays.
  known = { exact, plain: new Map([...exact].reverse().map(([key, advice]) => [foldName(key), advice])) }
  return known
}

/** What to write instead of an unknown key. `fields` are the names that are valid in its place. */
export function adviceFor(key: string, fields: readonly string[]): string {
  const names = knownNames()
  const advice = names.exact.get(key)
  if (advice) return advice
  const name = foldName(key)
  const spelled = fields.find((field) => field.toLowerCase() === name)
  if (spelled) return `names are written in camel case: use ${spelled}`
  return names.plain.get(name) ?? suggestion(name, fields) ?? unknown(fields)
}

function unknown(fields: readonly string[]): string {
  return `unknown field: the fields are ${fields.join(', ')}`
}

function suggestion(name: string, fields: readonly string[]): string | undefined {
  const meant = didYouMean(name, fields)
  return meant && `unknown field: ${meant}`
}
