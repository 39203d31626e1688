import fc from 'fast-check'
import { maxDuration } from '../../src/config/durations.ts'
import { fieldNames, fields } from '../../src/config/fields.ts'
import type { PoolConfig, PoolConfigField } from '../../src/config/types.ts'
import type { DialectName } from '../../src/dialects/index.ts'

const unlimited = fc.constant('unlimited' as const)

/** Values as people write them more often than not: small, so that limits meet, and durations on and off the whole second. */
function valueFor(field: PoolConfigField): fc.Arbitrary<unknown> {
  const spec = fields[field]
  switch (spec.kind) {
    case 'limit': {
      const least = spec.zero === true ? 0 : 1
      return fc.oneof(
        fc.integer({ min: least, max: 12 }),
        fc.integer({ min: least, max: 1_000_000 }),
        ...('unlimited' in spec ? [] : [unlimited]),
      )
    }
    case 'duration': {
      const least = spec.zero === true ? 0 : 1
      const ms = fc.oneof(
        fc.integer({ min: 1, max: 400 }).map((seconds) => seconds * 1000),
        fc.integer({ min: least, max: 5000 }),
        fc.integer({ min: least, max: maxDuration }),
      )
      return fc.oneof(ms, ...(spec.unlimited ? [unlimited] : []), ...('off' in spec ? [fc.constant(false)] : []))
    }
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...spec.choices)
    case 'proxy':
      return fc.constantFrom(false, 'env', 'http://proxy.test:3128', 'socks5h://[::1]')
    case 'list':
      return fc.oneof(fc.constant('env'), fc.subarray(['localhost', '.internal', 'fd00::/8', '*']))
    case 'hosts':
      return fc.constantFrom({}, { 'api.test': { maxConnectionsPerHost: 3 } })
  }
}

export const anyConfig: fc.Arbitrary<PoolConfig> = fc.record(
  Object.fromEntries(fieldNames.map((field) => [field, valueFor(field)])),
  { requiredKeys: [] },
)

const none = fc.constant(null)
const flag = fc.boolean()
const count = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000 }))
const countOrZero = fc.oneof(count, fc.constant(0))
/** Hundredths, as people write them; the sum of binary fractions is for the reader to get right. */
const seconds = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc.integer({ min: 1, max: 40_000 }).map((hundredths) => hundredths / 100),
)
const wholeSeconds = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(86_400))
const orNone = (value: fc.Arbitrary<number>) => fc.oneof(value, none)

function settings(values: { [key: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<object> {
  return fc.record(values, { requiredKeys: [] })
}

const proxyUrl = fc.constantFrom('http://proxy.test:3128', 'https://us%40er:word%3A@proxy.test', 'socks5h://[::1]:1')
const httpProxyUrl = proxyUrl.filter((url) => url.startsWith('http'))

const httpx = settings({
  proxy: fc.oneof(proxyUrl, none),
  trust_env: flag,
  mounts: fc.dictionary(fc.constantFrom('all://', 'http://', 'https://'), fc.oneof(proxyUrl, none)),
  http1: flag,
  http2: flag,
  limits: settings({
    max_connections: orNone(count),
    max_keepalive_connections: orNone(countOrZero),
    keepalive_expiry: orNone(fc.oneof(seconds, fc.constant(0))),
  }),
  timeout: fc.oneof(
    orNone(seconds),
    fc.record({
      connect: orNone(seconds),
      read: orNone(seconds),
      write: orNone(seconds),
      pool: orNone(fc.oneof(seconds, fc.constant(0))),
    }),
    fc.record({ timeout: seconds, pool: orNone(seconds) }, { requiredKeys: ['timeout'] }),
  ),
})
const closing = fc.constant({ Connection: 'close' })

/** Settings that the library takes, by its own keywords. */
export const validSettings = {
  httpx,
  requestx: httpx,
  urllib3: settings({
    num_pools: count,
    maxsize: count,
    block: flag,
    pool_timeout: orNone(fc.oneof(seconds, fc.constant(0))),
    timeout: fc.oneof(orNone(seconds), settings({ connect: orNone(seconds), read: orNone(seconds), total: orNone(seconds) })),
    headers: closing,
    proxy_url: proxyUrl,
  }),
  requests: settings({
    pool_connections: count,
    pool_maxsize: count,
    pool_block: flag,
    headers: closing,
    proxies: fc.dictionary(fc.constantFrom('http', 'https', 'all'), fc.oneof(proxyUrl, fc.constantFrom('', null))),
    trust_env: flag,
  }),
  aiohttp: fc
    .tuple(
      settings({
        limit: orNone(countOrZero),
        limit_per_host: orNone(countOrZero),
        ttl_dns_cache: orNone(fc.oneof(seconds, fc.constant(0))),
        use_dns_cache: flag,
        enable_cleanup_closed: flag,
        proxy: fc.oneof(httpProxyUrl, none),
        trust_env: flag,
        timeout: settings({
          total: orNone(seconds),
          connect: orNone(seconds),
          sock_connect: orNone(seconds),
          sock_read: orNone(seconds),
        }),
      }),
      fc.oneof(
        settings({ keepalive_timeout: fc.oneof(seconds, fc.constant(0)) }),
        fc.constant({ force_close: true, keepalive_timeout: null }),
      ),
    )
    .map(([connector, reuse]) => ({ ...connector, ...reuse })),
  pycurl: settings({
    PROXY: fc.oneof(fc.constant(''), proxyUrl),
    NOPROXY: fc.constantFrom('', 'a.test', 'localhost,10.0.0.0/8'),
    M_MAXCONNECTS: countOrZero,
    M_MAX_TOTAL_CONNECTIONS: countOrZero,
    M_MAX_HOST_CONNECTIONS: countOrZero,
    M_MAX_CONCURRENT_STREAMS: countOrZero,
    M_PIPELINING: fc.integer({ min: 0, max: 3 }),
    PIPEWAIT: fc.constantFrom(0, 1, true, false),
    HTTP_VERSION: fc.constantFrom(0, 1, 2, 3, 4, 5, 30, 31, 'CURL_HTTP_VERSION_2TLS', 'CURL_HTTP_VERSION_2_0'),
    MAXCONNECTS: countOrZero,
    MAXAGE_CONN: fc.oneof(wholeSeconds, fc.constant(0)),
    MAXLIFETIME_CONN: fc.oneof(wholeSeconds, fc.constant(0)),
    CONNECTTIMEOUT: fc.oneof(wholeSeconds, fc.constant(0)),
    CONNECTTIMEOUT_MS: fc.integer({ min: 0, max: 60_000 }),
    TCP_KEEPALIVE: fc.constantFrom(0, 1, true, false),
    TCP_KEEPIDLE: wholeSeconds,
    TCP_KEEPINTVL: wholeSeconds,
    FORBID_REUSE: fc.constantFrom(0, 1),
    FRESH_CONNECT: fc.constantFrom(0, 1),
    DNS_CACHE_TIMEOUT: fc.oneof(wholeSeconds, fc.constantFrom(0, -1)),
    HTTPHEADER: fc.constantFrom([], ['Connection: close'], ['Connection: Keep-Alive', 'Keep-Alive: 300']),
  }),
  sqlalchemy: settings({
    pool_size: countOrZero,
    max_overflow: fc.oneof(countOrZero, fc.constant(-1)),
    pool_timeout: orNone(fc.oneof(seconds, fc.constant(0))),
    pool_recycle: fc.oneof(seconds, fc.constantFrom(0, -1)),
    pool_pre_ping: flag,
    pool_use_lifo: flag,
  }),
} satisfies { readonly [D in DialectName]: fc.Arbitrary<object> }
