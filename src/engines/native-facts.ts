import type { PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'

/** A client's own option for one field. How well it holds is in the adapter's `support`. */
export interface NativeSetting<F extends PoolConfigField = PoolConfigField> {
  /** The option as one writes it; `connect.timeout` is a property of an object. */
  readonly keyword: string
  /** What holds when it is left out: counts and milliseconds, `Infinity` for unlimited. */
  readonly default: ResolvedPoolConfig[F]
  /** The default as the option itself says it, where that is something else. */
  readonly written?: string
}

/** An option that bears on pooling and for which a pool has no field. */
interface NativeParameter {
  readonly keyword: string
  readonly default: string
  readonly meaning: string
}

/** How a client pools by itself: its classes, their options and the defaults of these. Held against the libraries by a test. */
export interface NativeFacts {
  /** The classes that hold the connections. */
  readonly poolClasses: readonly string[]
  /** The client's options that take them. */
  readonly givenAs: string
  /** What is used when none is given, and in what it differs from a new one. */
  readonly fallback: { readonly pool: string; readonly settings: { readonly [F in PoolConfigField]?: ResolvedPoolConfig[F] } }
  readonly settings: { readonly [F in PoolConfigField]?: NativeSetting<F> }
  readonly parameters: readonly NativeParameter[]
}

const unlimited = Number.POSITIVE_INFINITY

const agentSettings = {
  maxConnections: { keyword: 'maxTotalSockets', default: unlimited },
  maxConnectionsPerHost: { keyword: 'maxSockets', default: unlimited },
  maxIdleConnectionsPerHost: { keyword: 'maxFreeSockets', default: 256 },
  keepAlive: { keyword: 'keepAlive', default: false },
  keepAliveExpiry: { keyword: 'timeout', default: unlimited },
  keepAliveHintMargin: { keyword: 'agentKeepAliveTimeoutBuffer', default: 1000 },
  tcpKeepAlive: { keyword: 'keepAliveMsecs', default: 1000 },
  scheduling: { keyword: 'scheduling', default: 'lifo' },
} as const satisfies NativeFacts['settings']

const nodeAgents = {
  poolClasses: ['http.Agent', 'https.Agent'],
  fallback: { pool: '`http.globalAgent`, `https.globalAgent`', settings: { keepAlive: true, keepAliveExpiry: 5000 } },
  settings: agentSettings,
  parameters: [],
} as const

const { keepAliveHintMargin: _, ...agentkeepaliveShared } = agentSettings

const dispatcher = {
  poolClasses: ['Agent'],
  settings: {
    maxConnectionsPerHost: { keyword: 'connections', default: unlimited },
    keepAlive: { keyword: 'pipelining', default: true, written: '1; 0 is off' },
    keepAliveExpiry: { keyword: 'keepAliveTimeout', default: 4000 },
    keepAliveHintMargin: { keyword: 'keepAliveTimeoutThreshold', default: 2000 },
    maxLifetime: { keyword: 'clientTtl', default: unlimited },
    maxRequestsPerConnection: { keyword: 'maxRequestsPerClient', default: unlimited },
    connectTimeout: { keyword: 'connect.timeout', default: 10_000 },
    tcpKeepAlive: { keyword: 'connect.keepAliveInitialDelay', default: 60_000 },
  },
  parameters: [
    {
      keyword: 'keepAliveMaxTimeout',
      default: '10m',
      meaning: 'how far a hint of the server (`Keep-Alive: timeout=N`) may prolong `keepAliveTimeout`',
    },
    {
      keyword: 'allowH2',
      default: 'true in undici 8, false in 7',
      meaning: 'where a server offers HTTP/2, one connection carries many requests, and `connections` hardly matters',
    },
    { keyword: 'headersTimeout', default: '5m', meaning: 'counts from when the request is sent, not from when it is made' },
  ],
} as const

/** By adapter. */
export const nativeFacts = {
  undici: {
    ...dispatcher,
    givenAs: '`dispatcher`, or `setGlobalDispatcher`',
    fallback: { pool: 'an `Agent` without options', settings: {} },
  },
  fetch: {
    ...dispatcher,
    givenAs: '`setGlobalDispatcher` of the package undici, or `dispatcher`',
    fallback: { pool: 'an `Agent` without options, of the undici that is built into Node', settings: {} },
  },
  axios: {
    ...nodeAgents,
    givenAs: '`httpAgent` and `httpsAgent`',
    parameters: [
      {
        keyword: 'timeout',
        default: '0',
        meaning: 'of a request of axios; 0 is none, and it starts when the request has a connection',
      },
    ],
  },
  got: {
    ...nodeAgents,
    givenAs: '`agent: { http, https }`',
    parameters: [
      {
        keyword: 'timeout.request',
        default: 'none',
        meaning: "covers the wait for a connection too, but on node's own agents it fires only once one comes free",
      },
      { keyword: 'timeout.connect', default: 'none', meaning: 'TCP set-up alone; TLS has `timeout.secureConnect`' },
      { keyword: 'retry.limit', default: '2', meaning: 'each retry waits for a connection again' },
      { keyword: 'dnsCache', default: 'none', meaning: '`true`, or a cache of look-ups' },
    ],
  },
  'node-fetch': {
    ...nodeAgents,
    givenAs: '`agent`, an agent or a function of the URL',
    parameters: [],
  },
  agentkeepalive: {
    poolClasses: ['HttpAgent', 'HttpsAgent'],
    givenAs: '`agent` of `http.request`, or wherever another client takes an agent',
    fallback: { pool: 'a new one', settings: {} },
    settings: {
      ...agentkeepaliveShared,
      keepAlive: { keyword: 'keepAlive', default: true },
      keepAliveExpiry: { keyword: 'freeSocketTimeout', default: 4000 },
      maxLifetime: { keyword: 'socketActiveTTL', default: unlimited },
    },
    parameters: [
      {
        keyword: 'timeout',
        default: '8s',
        meaning:
          'destroys an active request after this long without data (twice `freeSocketTimeout` if that is longer); 0 is off',
      },
    ],
  },
  'node-http': { ...nodeAgents, givenAs: '`agent`' },
} as const satisfies { readonly [adapter: string]: NativeFacts }

export type NativeClient = keyof typeof nativeFacts
