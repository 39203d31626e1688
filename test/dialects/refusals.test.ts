import { describe, expect, test } from 'vitest'
import { fieldNames } from '../../src/config/fields.ts'
import { type DialectName, dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { PoolConfigError } from '../../src/errors.ts'

/** Settings, where they are wrong, and what the message must say: the reason and what to write instead. */
type Refusal = readonly [settings: unknown, path: string, message: RegExp]

const refusals: { readonly [D in DialectName]: readonly Refusal[] } = {
  httpx: [
    [
      { limits: { max_connections: 0 } },
      'limits.max_connections',
      /0 lets no request through.*PoolTimeout.*positive integer or None/,
    ],
    [{ limits: { max_connections: -1 } }, 'limits.max_connections', /-1 is negative/],
    [{ limits: { max_connections: 1.5 } }, 'limits.max_connections', /1\.5 is no whole number/],
    [{ limits: { max_connections: Number.NaN } }, 'limits.max_connections', /NaN is no number/],
    [{ limits: { max_connections: true } }, 'limits.max_connections', /true is a boolean/],
    [{ limits: { max_connections: '10' } }, 'limits.max_connections', /"10" is a string: write the number 10/],
    [{ limits: { max_keepalive_connections: 'all' } }, 'limits.max_keepalive_connections', /"all" is no number/],
    [{ limits: { keepalive_expiry: -1 } }, 'limits.keepalive_expiry', /negative: use a positive number, 0 or None/],
    [{ limits: { keepalive_expiry: '5s' } }, 'limits.keepalive_expiry', /"5s" is no number/],
    [{ limits: null }, 'limits', /leave it out/],
    [{ limits: 10 }, 'limits', /10 is no set of limits.*\{ max_connections: 100 \}/],
    [{ timeout: 0 }, 'timeout', /no time to connect/],
    [{ timeout: { connect: 0, read: 1, write: 1, pool: 1 } }, 'timeout.connect', /no time to connect/],
    [{ timeout: { timeout: 0 } }, 'timeout.timeout', /no time to connect/],
    [{ timeout: { pool: 2 } }, 'timeout', /connect, read, write missing.*all four.*default/],
    [{ timeout: {} }, 'timeout', /missing/],
    [{ timeout: [1, 2] }, 'timeout', /an array is no number/],
    [{ limit: 10 }, 'limit', /that is aiohttp's name: httpx calls it limits\.max_connections/],
    [{ maxConnections: 10 }, 'maxConnections', /polypool's own name: httpx calls it limits\.max_connections/],
    [{ maxHosts: 10 }, 'maxHosts', /polypool's own name: httpx has no setting for it/],
    [{ max_connections: 10 }, 'max_connections', /httpx calls it limits\.max_connections/],
    [{ limits: { max_conections: 10 } }, 'limits.max_conections', /did you mean max_connections\?/],
    [{ limits: { pool: 10 } }, 'limits.pool', /httpx calls it timeout\.pool/],
    [{ wholly_unknown: 10 }, 'wholly_unknown', /the settings are limits, timeout/],
    [null, 'settings', /null is no set of httpx's settings/],
    [[], 'settings', /an array is no set/],
  ],
  requestx: [
    [{ limits: { max_connections: 0 } }, 'limits.max_connections', /0 lets no request through/],
    [{ timeout: { pool: 2 } }, 'timeout', /all four/],
    [{ pool_maxsize: 3 }, 'pool_maxsize', /that is requests' name/],
  ],
  urllib3: [
    [
      { maxsize: 0, block: true },
      'maxsize',
      /0 with block=True lets no request through, each waits for ever: use a positive integer/,
    ],
    [{ maxsize: null }, 'maxsize', /None \(null\) is no number of connections/],
    [{ num_pools: 0 }, 'num_pools', /0 keeps connections to no host/],
    [{ num_pools: 2.5 }, 'num_pools', /no whole number/],
    [{ block: 1 }, 'block', /1 is neither true nor false/],
    [{ block: true, pool_timeout: -1 }, 'pool_timeout', /negative/],
    [{ timeout: 0 }, 'timeout', /0 is refused by urllib3 itself/],
    [{ timeout: { read: false } }, 'timeout.read', /false is a boolean/],
    [{ headers: ['Connection: close'] }, 'headers', /an array is no set of headers.*"Connection": "close"/],
    [{ headers: { Connection: 1 } }, 'headers', /"Connection" has no text/],
    [{ pool_connections: 3 }, 'pool_connections', /requests' name: urllib3 calls it num_pools/],
    [{ max_size: 3 }, 'max_size', /did you mean maxsize\?/],
  ],
  requests: [
    [{ pool_maxsize: 0, pool_block: true }, 'pool_maxsize', /with pool_block=True lets no request through/],
    [{ pool_connections: 0 }, 'pool_connections', /keeps connections to no host/],
    [{ pool_block: 'True' }, 'pool_block', /"True" is neither true nor false/],
    [{ num_pools: 2 }, 'num_pools', /urllib3's name: requests calls it pool_connections/],
    [{ pool_timeout: 2 }, 'pool_timeout', /urllib3's name: requests has no setting for it/],
  ],
  aiohttp: [
    [{ keepalive_timeout: null }, 'keepalive_timeout', /refused by aiohttp itself.*force_close=True/],
    [{ keepalive_timeout: 5, force_close: true }, 'keepalive_timeout', /contradicts force_close=True/],
    [{ keepalive_timeout: Number.POSITIVE_INFINITY }, 'keepalive_timeout', /Infinity is no value here/],
    [{ limit: -1 }, 'limit', /negative: use a positive integer, 0 or None/],
    [{ use_dns_cache: null }, 'use_dns_cache', /null is neither true nor false/],
    [{ timeout: 5 }, 'timeout', /5 is no ClientTimeout.*\{ total: 300/],
    [{ timeout: { conect: 5 } }, 'timeout.conect', /did you mean connect\?/],
    [{ max_keepalive_connections: 5 }, 'max_keepalive_connections', /httpx's name: aiohttp has no setting for it/],
    [{ TCP_KEEPIDLE: 5 }, 'TCP_KEEPIDLE', /pycurl's name/],
  ],
  pycurl: [
    [{ M_MAX_TOTAL_CONNECTIONS: -1 }, 'M_MAX_TOTAL_CONNECTIONS', /negative/],
    [{ MAXAGE_CONN: 1.5 }, 'MAXAGE_CONN', /no whole number/],
    [{ CONNECTTIMEOUT: null }, 'CONNECTTIMEOUT', /None \(null\) is no value of this option/],
    [{ DNS_CACHE_TIMEOUT: -2 }, 'DNS_CACHE_TIMEOUT', /negative: use a positive integer, 0 or -1/],
    [{ TCP_KEEPALIVE: 2 }, 'TCP_KEEPALIVE', /2 is neither 1 nor 0/],
    [{ TCP_KEEPALIVE: 1, TCP_KEEPIDLE: 0 }, 'TCP_KEEPIDLE', /refused by the system/],
    [{ M_MAXCONNECTS: true }, 'M_MAXCONNECTS', /true is a boolean/],
    [{ HTTPHEADER: { Connection: 'close' } }, 'HTTPHEADER', /an object is no set of headers.*\["Connection: close"\]/],
    [{ HTTPHEADER: [1] }, 'HTTPHEADER', /no text/],
    [{ MAX_TOTAL_CONNECTIONS: 5 }, 'MAX_TOTAL_CONNECTIONS', /did you mean M_MAX_TOTAL_CONNECTIONS\?/],
  ],
  sqlalchemy: [
    [{ pool_size: -1 }, 'pool_size', /negative: use a positive integer or 0/],
    [{ pool_size: null }, 'pool_size', /None \(null\) is no number of connections/],
    [{ max_overflow: -2 }, 'max_overflow', /negative: use a positive integer, 0 or -1/],
    [{ pool_recycle: null }, 'pool_recycle', /None/],
    [{ pool_recycle: '1h' }, 'pool_recycle', /"1h" is no number/],
    [{ pool_pre_ping: 'yes' }, 'pool_pre_ping', /neither true nor false/],
    [{ keepalive_expiry: 5 }, 'keepalive_expiry', /httpx's name: sqlalchemy has no setting for it/],
  ],
}

/** What `read` says is wrong. */
function issuesOf({ read }: Dialect, settings: unknown, options?: unknown) {
  try {
    ;(read as (...given: unknown[]) => unknown)(settings, options)
  } catch (error) {
    if (error instanceof PoolConfigError) return error.issues
    throw error
  }
  return []
}

describe.each(Object.entries(refusals))('%s refuses', (name, rows) => {
  test.each(rows)('%j', (settings, path, message) => {
    expect(issuesOf(dialects[name as DialectName], settings)).toEqual([
      expect.objectContaining({ path, message: expect.stringMatching(message) }),
    ])
  })
})

test('everything that is wrong is said at once', () => {
  const settings = { limits: { max_connections: 0, keepalive_expiry: '5' }, timeout: -1, retries: 3 }
  expect(issuesOf(dialects.httpx, settings).map(({ path }) => path)).toEqual([
    'retries',
    'timeout',
    'limits.max_connections',
    'limits.keepalive_expiry',
  ])
})

test.each([['latest'], [''], ['v'], [3], [null], ['3.8.4/x'], ['1'.repeat(300)]])(
  'a version that is none is refused: %j',
  (version) => {
    expect(issuesOf(dialects.aiohttp, {}, { version })).toEqual([
      expect.objectContaining({ path: 'version', message: expect.stringMatching(/is no version: write it as "3\.8\.4"/) }),
    ])
  },
)

test.each([['3'], ['3.8'], ['3.8.4'], ['v3.8.4'], ['3.8.4rc1'], ['3.8.4.post1']])('a version is read: %s', (version) => {
  expect(issuesOf(dialects.aiohttp, {}, { version })).toEqual([])
})

test.each(Object.entries(dialects))('%s knows every name of the others, and of polypool', (name, dialect: Dialect) => {
  const own = new Set(Object.keys(dialect.support.settings).flatMap((key) => key.split('.')))
  for (const other of Object.values<Dialect>(dialects)) {
    for (const key of Object.keys(other.support.settings).map((path) => path.slice(path.lastIndexOf('.') + 1))) {
      if (own.has(key)) continue
      expect(issuesOf(dialect, { [key]: 1 }), `${name}: ${key}`).toEqual([
        expect.objectContaining({ path: key, message: expect.stringMatching(/that is \w+'s? name: /) }),
      ])
    }
  }
  // urllib3 has a block too, httpx an http2, and several a proxy.
  for (const field of fieldNames.filter((field) => field !== 'proxy' && field !== 'block' && field !== 'http2')) {
    expect(issuesOf(dialect, { [field]: 1 })).toEqual([
      expect.objectContaining({ path: field, message: expect.stringMatching(/that is polypool's own name: /) }),
    ])
  }
})
