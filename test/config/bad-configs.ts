import { cyclic, hostile, hostileValue, revoked, throwing } from './hostile.ts'

const poolFields =
  'the fields are maxConnections, maxConnectionsPerHost, maxIdleConnections, maxIdleConnectionsPerHost, maxHosts, keepAlive, keepAliveExpiry, keepAliveHintMargin, maxLifetime, maxRequestsPerConnection, block, maxOverflow, acquireTimeout, maxPending, connectTimeout, tcpKeepAlive, dnsCacheTtl, scheduling, retryStale, hosts'
const hostFields =
  'the fields are maxConnectionsPerHost, maxIdleConnectionsPerHost, keepAlive, keepAliveExpiry, keepAliveHintMargin, maxLifetime, maxRequestsPerConnection, acquireTimeout, connectTimeout'
const duration = 'milliseconds or a string such as "500ms", "5s", "10m", "1h"'
const durationOrUnlimited = `${duration}, or "unlimited"`

const cap = 'use a positive integer or "unlimited"'
const capOrZero = 'use 0, a positive integer or "unlimited"'
const refuse = 'to refuse instead of waiting, set block: false'
const dropIdle = 'to keep no idle connection, set keepAlive: false'

const plain = 'pass a plain object such as { maxConnections: 50 }'
const prototype = 'an object with a prototype of its own'
const setOfHosts = 'use a plain object such as { "api.example.com": { maxConnectionsPerHost: 20 } }'

/** A field, a value that it refuses, and what is said about it. */
export const badValues: readonly (readonly [field: string, value: unknown, message: string])[] = [
  // Counts.
  ['maxConnections', 0, `0 is not a cap: ${cap} (${refuse})`],
  ['maxConnections', -0, `-0 is not a cap: ${cap} (${refuse})`],
  ['maxConnections', -1, `-1 is negative: ${cap}`],
  ['maxConnections', 2.5, `2.5 is not a whole number: ${cap}`],
  ['maxConnections', Number.NaN, `NaN is not a number: ${cap}`],
  ['maxConnections', Number.NEGATIVE_INFINITY, `-Infinity is negative: ${cap}`],
  ['maxConnections', 1e21, '1e+21 is too large to count: use "unlimited"'],
  ['maxConnections', '50', '"50" is a string: write the number 50'],
  ['maxConnections', ' 50 ', '" 50 " is a string: write the number 50'],
  ['maxConnections', '0', `"0" is not a cap: ${cap} (${refuse})`],
  ['maxConnections', '-5', `"-5" is negative: ${cap}`],
  ['maxConnections', '1.5', `"1.5" is not a whole number: ${cap}`],
  ['maxConnections', 'Infinity', '"Infinity" is not known: write "unlimited"'],
  ['maxConnections', 'UNLIMITED', '"UNLIMITED" is not known: write "unlimited"'],
  ['maxConnections', 'many', `"many" is a string and no number: ${cap}`],
  ['maxConnections', '', `"" is a string and no number: ${cap}`],
  [
    'maxConnections',
    '9'.repeat(100_000),
    `"999999999999999999999999999999999999999999999999999999999…" is a string and no number: ${cap}`,
  ],
  ['maxConnections', null, `null is not a cap: ${cap}`],
  ['maxConnections', true, `true is not a cap: ${cap}`],
  ['maxConnections', 10n, `a bigint is not a cap: ${cap}`],
  ['maxConnections', [10], `an array is not a cap: ${cap}`],
  ['maxConnections', () => 10, `a function is not a cap: ${cap}`],
  ['maxConnections', Symbol('ten'), `a symbol is not a cap: ${cap}`],
  ['maxConnectionsPerHost', 0, `0 is not a cap: ${cap} (${refuse})`],
  ['maxIdleConnections', 0, `0 is not a cap: ${cap} (${dropIdle})`],
  ['maxIdleConnectionsPerHost', 0, `0 is not a cap: ${cap} (${dropIdle})`],
  ['maxHosts', 0, `0 is not a cap: ${cap} (${dropIdle})`],
  ['maxRequestsPerConnection', 0, `0 is not a cap: ${cap} (for one request a connection, set keepAlive: false)`],
  ['maxOverflow', -1, `-1 is negative: ${capOrZero}`],
  ['maxOverflow', '0', '"0" is a string: write the number 0'],
  ['maxOverflow', 0.5, `0.5 is not a whole number: ${capOrZero}`],
  ['maxPending', -1, `-1 is negative: ${capOrZero}`],
  ['maxPending', 'none', '"none" is not known: write "unlimited"'],
  ['maxPending', false, `false is not a cap: ${capOrZero}`],
  // Durations.
  ['keepAliveExpiry', 0, `0 is not a duration: use ${durationOrUnlimited} (${dropIdle})`],
  ['keepAliveExpiry', '0s', `"0s" is not a duration: use ${durationOrUnlimited} (${dropIdle})`],
  ['keepAliveExpiry', -5, `-5 is negative: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', '-5s', `"-5s" is negative: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', Number.NaN, `NaN is not a number: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', 0.4, `0.4 is shorter than a millisecond: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', '0.4ms', `"0.4ms" is shorter than a millisecond: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', '4000', '"4000" has no unit: write the number 4000 or "4000ms"'],
  ['keepAliveExpiry', '0', `"0" is not a duration: use ${durationOrUnlimited} (${dropIdle})`],
  ['keepAliveExpiry', '5 s', '"5 s" is not a duration: write "5s"'],
  ['keepAliveExpiry', '5S', '"5S" is not a duration: write "5s"'],
  ['keepAliveExpiry', '5 seconds', '"5 seconds" is not a duration: write "5s"'],
  ['keepAliveExpiry', '10min', '"10min" is not a duration: write "10m"'],
  ['keepAliveExpiry', '1h30m', '"1h30m" is not a duration: write "90m"'],
  ['keepAliveExpiry', '1d', '"1d" is not a duration: write "24h"'],
  ['keepAliveExpiry', '.5s', '".5s" is not a duration: write "500ms"'],
  ['keepAliveExpiry', '5w', `"5w" is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', 'PT5S', `"PT5S" is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', '5s junk', `"5s junk" is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', '', `"" is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', 'Infinity', '"Infinity" is not known: write "unlimited"'],
  ['keepAliveExpiry', '600h', '"600h" is longer than timers can run, 24.8 days: use "unlimited"'],
  ['keepAliveExpiry', 2 ** 31, '2147483648 is longer than timers can run, 24.8 days: use "unlimited"'],
  [
    'keepAliveExpiry',
    `${'1'.repeat(1_000_000)}s`,
    `"111111111111111111111111111111111111111111111111111111111…" is not a duration: use ${durationOrUnlimited}`,
  ],
  ['keepAliveExpiry', true, `true is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', null, `null is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', { seconds: 4 }, `an object is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveExpiry', 4n, `a bigint is not a duration: use ${durationOrUnlimited}`],
  ['keepAliveHintMargin', 'unlimited', `"unlimited" is not possible here: use ${duration}`],
  ['keepAliveHintMargin', Number.POSITIVE_INFINITY, `Infinity is not possible here: use ${duration}`],
  ['keepAliveHintMargin', 'never', `"never" is not possible here: use ${duration}`],
  ['keepAliveHintMargin', 3e9, '3000000000 is longer than timers can run, 24.8 days: use at most "596h"'],
  ['keepAliveHintMargin', -1, `-1 is negative: use ${duration}`],
  ['maxLifetime', 0, `0 is not a duration: use ${durationOrUnlimited} (to use each connection once, set keepAlive: false)`],
  ['maxLifetime', '25d', '"25d" is longer than timers can run, 24.8 days: use "unlimited"'],
  ['acquireTimeout', 0, `0 is not a duration: use ${durationOrUnlimited} (${refuse})`],
  ['acquireTimeout', '2 mins', '"2 mins" is not a duration: write "2m"'],
  ['connectTimeout', 0, `0 is not a duration: use ${durationOrUnlimited} (for no bound, write "unlimited")`],
  ['connectTimeout', '10sec', '"10sec" is not a duration: write "10s"'],
  ['tcpKeepAlive', 0, `0 is not a duration: use ${duration}, or false (for no probes, write false)`],
  ['tcpKeepAlive', true, `true does not say how long: use ${duration}, or false`],
  ['tcpKeepAlive', 'unlimited', `"unlimited" is not possible here: use ${duration}, or false`],
  ['tcpKeepAlive', '1000h', '"1000h" is longer than timers can run, 24.8 days: use false'],
  ['dnsCacheTtl', -1, `-1 is negative: use ${durationOrUnlimited}`],
  ['dnsCacheTtl', false, `false is not a duration: use ${durationOrUnlimited}`],
  // Switches and choices.
  ['keepAlive', 'true', '"true" is a string: write true without quotes'],
  ['keepAlive', 1, '1 is neither true nor false: use one of them, without quotes'],
  ['keepAlive', null, 'null is neither true nor false: use one of them, without quotes'],
  ['block', 'false', '"false" is a string: write false without quotes'],
  ['block', 0, '0 is neither true nor false: use one of them, without quotes'],
  ['retryStale', 3, '3 is neither true nor false: use one of them, without quotes'],
  ['retryStale', {}, 'an object is neither true nor false: use one of them, without quotes'],
  ['scheduling', 'LIFO', '"LIFO" is not one of the choices: use "lifo" or "fifo"'],
  ['scheduling', 'random', '"random" is not one of the choices: use "lifo" or "fifo"'],
  ['scheduling', true, 'true is not one of the choices: use "lifo" or "fifo"'],
]

/** Keys that are no fields, and what is said about them. */
export const badNames: { readonly [key: string]: string } = {
  // Other vocabularies.
  maxSockets: "that is http.Agent's name: use maxConnectionsPerHost",
  maxTotalSockets: "that is http.Agent's name: use maxConnections",
  maxFreeSockets: "that is http.Agent's name: use maxIdleConnectionsPerHost",
  keepAliveMsecs:
    "that is http.Agent's name: use tcpKeepAlive (the delay of TCP probes; how long idle connections are kept is keepAliveExpiry)",
  timeout:
    "that is http.Agent's name: use keepAliveExpiry for idle connections, acquireTimeout for waiting, connectTimeout for connecting",
  freeSocketTimeout: "that is agentkeepalive's name: use keepAliveExpiry",
  socketActiveTTL: "that is agentkeepalive's name: use maxLifetime",
  connections: "that is undici's name: use maxConnectionsPerHost",
  keepAliveTimeout: "that is undici's name: use keepAliveExpiry",
  keepAliveMaxTimeout: "that is undici's name: use keepAliveExpiry (a server's hint never raises it)",
  keepAliveTimeoutThreshold: "that is undici's name: use keepAliveHintMargin",
  pipelining:
    "that is undici's name: leave it out: a connection carries one request at a time (for pipelining: 0, use keepAlive: false)",
  maxRequestsPerClient: "that is undici's name: use maxRequestsPerConnection",
  clientTtl: "that is undici's name: use maxLifetime",
  maxOrigins: "that is undici's name: use maxHosts",
  allowH2: 'not a limit but an option of the client itself: pass it second, createPool(config, { allowH2 })',
  headersTimeout: "that is undici's name: set it on the request: it bounds an answer, not the pool",
  bodyTimeout: "that is undici's name: set it on the request: it bounds an answer, not the pool",
  connect:
    "that is undici's name: use connectTimeout for its timeout; its TLS and socket options go second, createPool(config, { connect })",
  httpAgent: "that is axios's name: leave it out and give pool.options to axios.create",
  agent: "that is got's and node-fetch's name: leave it out and give pool.options to the client",
  dispatcher: "that is fetch's name: leave it out and give pool.options to the client",
  ca: 'not a limit but an option of the client itself: pass it second, createPool(config, { ca })',
  max_connections: "that is httpx's name: use maxConnections",
  max_keepalive_connections: "that is httpx's name: use maxIdleConnections",
  keepalive_expiry: "that is httpx's name: use keepAliveExpiry",
  num_pools: "that is urllib3's name: use maxHosts",
  maxsize: "that is urllib3's name: use maxIdleConnectionsPerHost (with block: true, use maxConnectionsPerHost)",
  pool_connections: "that is requests' name: use maxHosts",
  pool_maxsize: "that is requests' name: use maxIdleConnectionsPerHost (with block: true, use maxConnectionsPerHost)",
  pool_block: "that is requests' name: use block",
  pool_timeout: "that is urllib3's name: use acquireTimeout",
  limit: "that is aiohttp's name: use maxConnections",
  limit_per_host: "that is aiohttp's name: use maxConnectionsPerHost",
  keepalive_timeout: "that is aiohttp's name: use keepAliveExpiry",
  force_close: "that is aiohttp's name: use keepAlive: false",
  ttl_dns_cache: "that is aiohttp's name: use dnsCacheTtl",
  M_MAXCONNECTS: "that is libcurl's name: use maxIdleConnections",
  pool_size: "that is SQLAlchemy's name: use maxConnections",
  max_overflow: "that is SQLAlchemy's name: use maxOverflow",
  pool_recycle: "that is SQLAlchemy's name: use maxLifetime",
  MaxConnsPerHost: "that is Go's name: use maxConnectionsPerHost",
  IdleConnTimeout: "that is Go's name: use keepAliveExpiry",
  maximumPoolSize: "that is HikariCP's name: use maxConnections",
  connectionTimeout: "that is HikariCP's name: use acquireTimeout for the wait (TCP and TLS set-up is connectTimeout)",
  connectionRequestTimeout: "that is Apache HttpClient's name: use acquireTimeout",
  max_sockets: "that is http.Agent's name: use maxConnectionsPerHost",
  maxIdlePerHost: 'unknown field: use maxIdleConnectionsPerHost',
  // Own names, spelled otherwise.
  maxconnections: 'names are written in camel case: use maxConnections',
  'max-connections': 'names are written in camel case: use maxConnections',
  MAX_PENDING: 'names are written in camel case: use maxPending',
  acquire_timeout: 'names are written in camel case: use acquireTimeout',
  maxConections: 'unknown field: did you mean maxConnections?',
  maxConnection: 'unknown field: did you mean maxConnections?',
  maxConnectionPerHost: 'unknown field: did you mean maxConnectionsPerHost?',
  kepeAlive: 'unknown field: did you mean keepAlive?',
  acquireTimout: 'unknown field: did you mean acquireTimeout?',
  host: 'unknown field: did you mean hosts?',
  foo: `unknown field: ${poolFields}`,
  '': `unknown field: ${poolFields}`,
  'a b': `unknown field: ${poolFields}`,
  constructor: `unknown field: ${poolFields}`,
  toString: `unknown field: ${poolFields}`,
}

/** Keys of `hosts` that are no hosts. */
export const badHostKeys: { readonly [key: string]: string } = {
  '': 'is not a host: use a name such as "api.example.com", or an address',
  'api test': 'is more than a host: use "host", "host:port", "scheme://host:port" or "*.suffix"',
  'http://api.test/path': 'is more than a host: use "host", "host:port", "scheme://host:port" or "*.suffix"',
  'user:secret@api.test': 'is more than a host: use "host", "host:port", "scheme://host:port" or "*.suffix"',
  'ftp://api.test:21': 'has an unknown scheme: use http:// or https://',
  'api.test:0': 'has no valid port: use 1 to 65535',
  'api.test:99999': 'has no valid port: use 1 to 65535',
  'api.test:http': 'has no valid port: use 1 to 65535',
  'api.test:': 'has no valid port: use 1 to 65535',
  '::1': 'is not a host: write an IPv6 address in brackets, as in "[::1]" or "[::1]:8080"',
  '[::1': 'is not a host: write an IPv6 address in brackets, as in "[::1]" or "[::1]:8080"',
  '[zz]': 'is not a host: use a name such as "api.example.com", or an address',
  '*': 'is every host: set its fields outside hosts',
  '*.': 'is not a suffix: use a name, as in "*.example.com"',
  '*test': 'is not a suffix: the star stands for whole labels in front, as in "*.example.com"',
  '*.a.*': 'is not a suffix: the star stands for whole labels in front, as in "*.example.com"',
  'api.*': 'is not a suffix: the star stands for whole labels in front, as in "*.example.com"',
  '*.test:443': 'is not a suffix: it takes no scheme and no port, as in "*.example.com"',
  'https://*.test': 'is not a suffix: it takes no scheme and no port, as in "*.example.com"',
  '*.0.0.1': 'is not a suffix: use a name, as in "*.example.com"',
  '8080': 'is not a host: use a name such as "api.example.com", or an address',
  'a<b': 'is not a host: use a name such as "api.example.com", or an address',
}

/** Fields of one host, values, and what is said about them. */
export const badOverrides: readonly (readonly [field: string, value: unknown, message: string])[] = [
  ['maxConnections', 1, 'is for the whole pool and cannot differ by host: use maxConnectionsPerHost'],
  ['maxIdleConnections', 1, 'is for the whole pool and cannot differ by host: use maxIdleConnectionsPerHost'],
  ['maxHosts', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['block', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['maxOverflow', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['maxPending', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['tcpKeepAlive', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['dnsCacheTtl', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['scheduling', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['retryStale', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['hosts', 1, 'is for the whole pool and cannot differ by host: set it outside hosts'],
  ['acquireTimeout', '2', '"2" has no unit: write "2s" or "2ms"'],
  ['maxSockets', 2, "that is http.Agent's name: use maxConnectionsPerHost"],
  ['keepAliveExpirey', 2, 'unknown field: did you mean keepAliveExpiry?'],
  ['foo', 2, `unknown field: ${hostFields}`],
  ['$schema', 'x', `unknown field: ${hostFields}`],
]

/** Configs that are wrong in other ways, and the whole message. */
export const badConfigs: readonly (readonly [config: () => unknown, message: string])[] = [
  [() => ({ maxSockets: undefined }), "maxSockets: that is http.Agent's name: use maxConnectionsPerHost"],
  [() => ({ $schema: 5 }), '$schema: 5 is not a string: use the address of the JSON schema'],
  [() => JSON.parse('{"__proto__": {"maxConnections": 1}}'), `__proto__: unknown field: ${poolFields}`],
  [
    () => ({ ['x'.repeat(100_000)]: 1 }),
    `"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": unknown field: ${poolFields}`,
  ],
  [() => ({ hosts: [] }), `hosts: an array is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: null }), `hosts: null is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: 'api.test' }), `hosts: "api.test" is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: new Map() }), `hosts: ${prototype} is not a set of hosts: ${setOfHosts}`],
  [
    () => ({ hosts: { 'api.test': 5 } }),
    'hosts["api.test"]: 5 is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { 'api.test': null } }),
    'hosts["api.test"]: null is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { 'api.test': [] } }),
    'hosts["api.test"]: an array is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { maxConnectionsPerHost: 5 } }),
    'hosts["maxConnectionsPerHost"]: 5 is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: JSON.parse('{"__proto__": {"keepAlive": false}}') }),
    'hosts["__proto__"]: is not a host: use a name such as "api.example.com", or an address',
  ],
  [
    () => ({ hosts: { ['a'.repeat(100_000)]: {} } }),
    'hosts["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"]: is too long for a host',
  ],
  [
    () => ({ hosts: { 'api.test': {}, 'API.test': {} } }),
    'hosts["API.test"]: is the same host as hosts["api.test"]: keep one of them',
  ],
  [
    () => ({ hosts: { 'https://api.test': {}, 'https://API.test:443': {} } }),
    'hosts["https://API.test:443"]: is the same host as hosts["https://api.test:443"]: keep one of them',
  ],
  [
    () => ({ hosts: { 'api.test': JSON.parse('{"__proto__": 1}') } }),
    `hosts["api.test"].__proto__: unknown field: ${hostFields}`,
  ],
  [() => null, `the pool config is null: ${plain}`],
  [() => 5, `the pool config is 5: ${plain}`],
  [() => '{"maxConnections": 5}', `the pool config is "{\\"maxConnections\\": 5}": ${plain}`],
  [() => true, `the pool config is true: ${plain}`],
  [() => [], `the pool config is an array: ${plain}`],
  [() => () => ({}), `the pool config is a function: ${plain}`],
  [() => new Map([['maxConnections', 5]]), `the pool config is ${prototype}: ${plain}`],
  [() => new (class Config {})(), `the pool config is ${prototype}: ${plain}`],
  [() => Object.create({ maxConnections: 5 }), `the pool config is ${prototype}: ${plain}`],
  [() => ({ __proto__: { maxConnections: 5 } }), `the pool config is ${prototype}: ${plain}`],
  [() => Object.create(Object.assign(Object.create(null), { maxConnections: 5 })), `the pool config is ${prototype}: ${plain}`],
  [() => Promise.resolve({}), 'the pool config is a promise: await it'],
  [() => new Date(0), `the pool config is ${prototype}: ${plain}`],
  [() => revoked(), `the pool config is ${prototype}: ${plain}`],
  [() => ({ hosts: revoked() }), `hosts: ${prototype} is not a set of hosts: ${setOfHosts}`],
  [() => ({ maxConnections: revoked() }), `maxConnections: an object is not a cap: ${cap}`],
  [() => throwing('maxConnections'), 'maxConnections: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => throwing('foo'), 'foo: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => ({ hosts: throwing('api.test') }), 'hosts["api.test"]: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => hostile(), 'the pool config cannot be read, its getter or proxy throws: pass a plain value'],
  [() => ({ maxConnections: hostileValue() }), `maxConnections: an object is not a cap: ${cap}`],
  [
    () => cyclic(),
    `5 problems in the pool config:
  - hosts["hosts"].hosts: is for the whole pool and cannot differ by host: set it outside hosts
  - hosts["hosts"]."api.test": unknown field: ${hostFields}
  - hosts["api.test"].hosts: is for the whole pool and cannot differ by host: set it outside hosts
  - hosts["api.test"]."api.test": unknown field: ${hostFields}
  - "api.test": unknown field: ${poolFields}`,
  ],
  [
    () => ({ maxConnections: 0, block: 1, foo: 1 }),
    `3 problems in the pool config:
  - maxConnections: 0 is not a cap: ${cap} (${refuse})
  - block: 1 is neither true nor false: use one of them, without quotes
  - foo: unknown field: ${poolFields}`,
  ],
]
