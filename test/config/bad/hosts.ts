import { hostFields } from './phrases.ts'

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
