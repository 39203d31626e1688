import type { PoolConfig, PoolConfigField } from '../config/types.ts'
import type { DialectName } from './types.ts'
import { isBefore } from './versions.ts'

/** One value over a range of versions. */
interface DefaultRow {
  /** In the library's units; null is Python's None. */
  readonly value: unknown
  /** The first version with it; absent in the oldest that is known. */
  readonly since?: string
  /** Where the library itself says so. */
  readonly source: string
}

/** What holds from version to version, the oldest first. */
export type DefaultRows = readonly [DefaultRow, ...DefaultRow[]]

export interface LibraryDefaults {
  /** By setting. A setting with nested ones has the value that stands when it is left out; theirs stand when it is given without them. */
  readonly settings: { readonly [key: string]: DefaultRows }
  /** What the library does without having a setting for it, in the units of a PoolConfig; where it does as a pool does, there is none. */
  readonly fixed: { readonly [F in PoolConfigField]?: DefaultRows }
}

const file = (repository: string, tag: string, path: string) => `https://github.com/${repository}/blob/${tag}/${path}`

const httpx = file('encode/httpx', '0.28.1', 'httpx/_config.py')
const httpxTransport = file('encode/httpx', '0.28.1', 'httpx/_transports/default.py')
const requestx = file('neuesql/requestx', 'e8e9a70724b569e9e3e08239d37293b38ec3de75', 'src/timeout.rs')
const reqwest = file('seanmonstar/reqwest', 'v0.13.1', 'src/async_impl/client.rs')
const urllib3Manager = file('urllib3/urllib3', '2.7.0', 'src/urllib3/poolmanager.py')
const urllib3Pool = file('urllib3/urllib3', '2.7.0', 'src/urllib3/connectionpool.py')
const urllib3Connection = file('urllib3/urllib3', '2.7.0', 'src/urllib3/connection.py')
const requests = file('psf/requests', 'v2.34.2', 'src/requests/adapters.py')
const aiohttp = (version: string, module: string) => file('aio-libs/aiohttp', `v${version}`, `aiohttp/${module}.py`)
const curl = (option: string) => `https://curl.se/libcurl/c/${option}.html`
const curlFile = (tag: string, path: string) => file('curl/curl', tag, path)
const engine = file('sqlalchemy/sqlalchemy', 'rel_2_0_52', 'lib/sqlalchemy/engine/create.py')
const queuePool = file('sqlalchemy/sqlalchemy', 'rel_2_0_52', 'lib/sqlalchemy/pool/impl.py')

const unlimited = Number.POSITIVE_INFINITY

/** Every default of every library, each with its source. */
export const defaults: { readonly [D in DialectName]: LibraryDefaults } = {
  httpx: {
    settings: {
      limits: [{ value: { max_connections: 100, max_keepalive_connections: 20, keepalive_expiry: 5 }, source: httpx }],
      'limits.max_connections': [{ value: null, source: httpx }],
      'limits.max_keepalive_connections': [{ value: null, source: httpx }],
      'limits.keepalive_expiry': [{ value: 5, source: httpx }],
      timeout: [{ value: { connect: 5, read: 5, write: 5, pool: 5 }, source: httpx }],
    },
    fixed: {
      tcpKeepAlive: [{ value: false, source: httpxTransport }],
      retryStale: [{ value: false, source: httpxTransport }],
    },
  },
  requestx: {
    settings: {
      limits: [{ value: { max_connections: 100, max_keepalive_connections: 30, keepalive_expiry: 10 }, source: requestx }],
      'limits.max_connections': [{ value: null, source: requestx }],
      'limits.max_keepalive_connections': [{ value: null, source: requestx }],
      'limits.keepalive_expiry': [{ value: 5, source: requestx }],
      timeout: [{ value: { connect: 5, read: 5, write: 5, pool: 5 }, source: requestx }],
    },
    fixed: { tcpKeepAlive: [{ value: 15_000, source: reqwest }] },
  },
  urllib3: {
    settings: {
      num_pools: [{ value: 10, source: urllib3Manager }],
      maxsize: [{ value: 1, source: urllib3Pool }],
      block: [{ value: false, source: urllib3Pool }],
      pool_timeout: [{ value: null, source: urllib3Pool }],
      timeout: [{ value: null, source: urllib3Pool }],
      'timeout.connect': [{ value: null, source: urllib3Pool }],
      'timeout.read': [{ value: null, source: urllib3Pool }],
      'timeout.total': [{ value: null, source: urllib3Pool }],
    },
    fixed: {
      maxConnections: [{ value: unlimited, source: urllib3Manager }],
      keepAliveExpiry: [{ value: unlimited, source: urllib3Pool }],
      tcpKeepAlive: [{ value: false, source: urllib3Connection }],
    },
  },
  requests: {
    settings: {
      pool_connections: [{ value: 10, source: requests }],
      pool_maxsize: [{ value: 10, source: requests }],
      pool_block: [{ value: false, source: requests }],
    },
    fixed: {
      maxConnections: [{ value: unlimited, source: requests }],
      keepAliveExpiry: [{ value: unlimited, source: requests }],
      acquireTimeout: [{ value: unlimited, source: requests }],
      connectTimeout: [{ value: unlimited, source: requests }],
      tcpKeepAlive: [{ value: false, source: urllib3Connection }],
      retryStale: [{ value: false, source: requests }],
    },
  },
  aiohttp: {
    settings: {
      limit: [{ value: 100, source: aiohttp('3.14.3', 'connector') }],
      limit_per_host: [{ value: 0, source: aiohttp('3.14.3', 'connector') }],
      keepalive_timeout: [{ value: 15, source: aiohttp('3.14.3', 'connector') }],
      force_close: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
      ttl_dns_cache: [{ value: 10, source: aiohttp('3.14.3', 'connector') }],
      use_dns_cache: [{ value: true, source: aiohttp('3.14.3', 'connector') }],
      enable_cleanup_closed: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
      timeout: [
        { value: { total: 300 }, source: aiohttp('3.8.4', 'client') },
        { since: '3.10.9', value: { total: 300, sock_connect: 30 }, source: aiohttp('3.14.3', 'client') },
      ],
      'timeout.total': [{ value: null, source: aiohttp('3.14.3', 'client') }],
      'timeout.connect': [{ value: null, source: aiohttp('3.14.3', 'client') }],
      'timeout.sock_connect': [{ value: null, source: aiohttp('3.14.3', 'client') }],
      'timeout.sock_read': [{ value: null, source: aiohttp('3.14.3', 'client') }],
    },
    fixed: {
      scheduling: [
        { value: 'lifo', source: aiohttp('3.8.4', 'connector') },
        { since: '3.11.0', value: 'fifo', source: aiohttp('3.14.3', 'connector') },
      ],
      tcpKeepAlive: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
      retryStale: [
        { value: false, source: aiohttp('3.8.4', 'client') },
        { since: '3.10.0', value: true, source: aiohttp('3.14.3', 'client') },
      ],
    },
  },
  pycurl: {
    settings: {
      M_MAX_TOTAL_CONNECTIONS: [{ value: 0, source: curl('CURLMOPT_MAX_TOTAL_CONNECTIONS') }],
      M_MAX_HOST_CONNECTIONS: [{ value: 0, source: curl('CURLMOPT_MAX_HOST_CONNECTIONS') }],
      M_MAXCONNECTS: [{ value: 0, source: curl('CURLMOPT_MAXCONNECTS') }],
      MAXCONNECTS: [{ value: 5, source: curl('CURLOPT_MAXCONNECTS') }],
      MAXAGE_CONN: [{ value: 118, source: curl('CURLOPT_MAXAGE_CONN') }],
      MAXLIFETIME_CONN: [
        { value: 0, source: curlFile('curl-7_88_1', 'lib/url.c') },
        { since: '8.17.0', value: 86_400, source: curl('CURLOPT_MAXLIFETIME_CONN') },
      ],
      CONNECTTIMEOUT: [{ value: 300, source: curl('CURLOPT_CONNECTTIMEOUT') }],
      TCP_KEEPALIVE: [{ value: 0, source: curl('CURLOPT_TCP_KEEPALIVE') }],
      TCP_KEEPIDLE: [{ value: 60, source: curl('CURLOPT_TCP_KEEPIDLE') }],
      TCP_KEEPINTVL: [{ value: 60, source: curl('CURLOPT_TCP_KEEPINTVL') }],
      FORBID_REUSE: [{ value: 0, source: curl('CURLOPT_FORBID_REUSE') }],
      FRESH_CONNECT: [{ value: 0, source: curl('CURLOPT_FRESH_CONNECT') }],
      DNS_CACHE_TIMEOUT: [{ value: 60, source: curl('CURLOPT_DNS_CACHE_TIMEOUT') }],
    },
    fixed: {},
  },
  sqlalchemy: {
    settings: {
      pool_size: [{ value: 5, source: queuePool }],
      max_overflow: [{ value: 10, source: queuePool }],
      pool_timeout: [{ value: 30, source: queuePool }],
      pool_recycle: [{ value: -1, source: engine }],
      pool_pre_ping: [{ value: false, source: engine }],
      pool_use_lifo: [{ value: false, source: queuePool }],
    },
    fixed: { keepAliveExpiry: [{ value: unlimited, source: queuePool }] },
  },
}

/** The row that holds in a version; the latest without one. */
function rowAt(rows: DefaultRows, version?: string): DefaultRow {
  const holds = (row: DefaultRow) => version === undefined || row.since === undefined || !isBefore(version, row.since)
  return rows.findLast(holds) ?? rows[0]
}

/** The default of a setting; undefined where the table has none. */
export function defaultOf(dialect: DialectName, key: string, version?: string): unknown {
  const rows = defaults[dialect].settings[key]
  return rows && rowAt(rows, version).value
}

/** What a library does of itself, as fields of a PoolConfig. */
export function fixedFields(dialect: DialectName, version?: string): PoolConfig {
  return Object.fromEntries(Object.entries(defaults[dialect].fixed).map(([field, rows]) => [field, rowAt(rows, version).value]))
}
