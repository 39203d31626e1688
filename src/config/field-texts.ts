import type { PoolConfig, PoolConfigField } from './types.ts'

/** What people are told of a field. */
interface Texts<F extends PoolConfigField> {
  readonly meaning: string
  /** What people get wrong about it. */
  readonly trap: string
  /** A sensible value, as one would write it in a file. */
  readonly example: Exclude<PoolConfig[F], undefined>
}

/** What docs, the JSON schema and the command line say of every field; apart from what a pool needs of them, so that importing one does not read it. */
export const fieldTexts = {
  maxConnections: {
    meaning: 'Open connections over all hosts, idle ones included, both schemes together.',
    trap: 'It counts connections, not requests, and idle ones too: one host can use it all up, and then an idle connection closes to make room for another host.',
    example: 50,
  },
  maxConnectionsPerHost: {
    meaning: 'Open connections to one origin (scheme, host, port), idle ones included.',
    trap: 'http and https of one host are two origins, and each process has a pool of its own: a server can see this number from each of them.',
    example: 10,
  },
  maxIdleConnections: {
    meaning: 'Idle connections kept, over all hosts; the longest idle goes first.',
    trap: 'It does not limit how many connections are open: that is maxConnections.',
    example: 20,
  },
  maxIdleConnectionsPerHost: {
    meaning: 'Idle connections kept for one origin; the longest idle goes first.',
    trap: 'Far below the usual load it makes every burst reconnect: connections above it close as soon as they fall idle.',
    example: 5,
  },
  minIdleConnectionsPerHost: {
    meaning:
      'Connections kept open and unused to an origin that was used within ten times keepAliveExpiry, or from the start to one named in `hosts` with scheme and host; never above a cap, never by evicting another host. `stats().ready` tells what is there.',
    trap: 'It costs the server unused connections from every process, and each is replaced once per keepAliveExpiry: set it where a connect is slow, not as a habit.',
    example: 2,
  },
  maxHosts: {
    meaning: "Origins that keep idle connections; beyond it the least recently used origin's idle ones are closed.",
    trap: 'It never refuses a request: more hosts can be in use at one time, but they do not stay connected.',
    example: 50,
  },
  keepAlive: {
    meaning:
      'Whether a connection serves more than one request; false closes each after its request and sends `Connection: close`.',
    trap: 'It means HTTP reuse; the probes that TCP sends on an open connection are tcpKeepAlive.',
    example: true,
  },
  keepAliveExpiry: {
    meaning: 'An idle connection closes after this long. It never touches an active request.',
    trap: 'Keep it below the idle timeout of the server and of every proxy between: the client must be the one that closes first, or a request can meet a closed connection.',
    example: '4s',
  },
  keepAliveHintMargin: {
    meaning: "A server's `Keep-Alive: timeout=N` lowers the expiry to N minus this, and never raises it.",
    trap: 'A server that announces no more than this margin gets a new connection for every request. HTTP/2 has no such header.',
    example: '1s',
  },
  maxLifetime: {
    meaning: 'A connection older than this takes no new request and closes when idle. An active request is never cut.',
    trap: 'Without it a busy connection outlives every DNS change. Up to 10 % is taken off at random, so that a fleet does not reconnect all at once.',
    example: '10m',
  },
  maxRequestsPerConnection: {
    meaning: 'A connection closes after this many requests.',
    trap: 'To spread load over new servers, maxLifetime is better: it does not depend on traffic.',
    example: 1000,
  },
  block: {
    meaning: 'At a limit: true waits, false never waits.',
    trap: 'false alone limits only what is kept, as in urllib3: connections beyond a limit are opened and closed after use. Set maxOverflow: 0 to refuse them.',
    example: true,
  },
  maxOverflow: {
    meaning:
      'Temporary connections open at one time, over all hosts, beyond a limit (total or per host); each closes after its request.',
    trap: 'The most that can be open is the limit plus this, so size file descriptors and server limits for the sum.',
    example: 10,
  },
  acquireTimeout: {
    meaning: 'Longest wait for a connection; then ERR_POOL_ACQUIRE_TIMEOUT. One deadline per request, retries included.',
    trap: "It bounds only the wait, not the request: the client's own timeout does that, and should be longer.",
    example: '2s',
  },
  maxPending: {
    meaning: 'Requests that may wait at one time, over all hosts; one more fails at once with ERR_POOL_QUEUE_FULL.',
    trap: 'If unlimited, a slow server fills the memory with waiting requests: bound it where callers can retry or shed load.',
    example: 1000,
  },
  connectTimeout: {
    meaning: 'Longest time for TCP and TLS set-up together; then ERR_POOL_CONNECT_TIMEOUT.',
    trap: 'It bounds neither the wait for a free connection nor the answer.',
    example: '5s',
  },
  tcpKeepAlive: {
    meaning: 'Delay before TCP probes on a silent connection, or false for none.',
    trap: 'It closes no idle connection (keepAliveExpiry does that), and sockets take it in whole seconds.',
    example: '60s',
  },
  dnsCacheTtl: {
    meaning: 'Cache DNS look-ups this long, in the order of the resolver, with the addresses of each family in turn; 0 is off.',
    trap: 'It ignores the TTL of the records: a long value sends new connections to servers that are gone.',
    example: '30s',
  },
  scheduling: {
    meaning: 'Which idle connection is reused: the last used (lifo) or the longest idle (fifo).',
    trap: 'fifo keeps every connection of a burst alive, and reuses the one most likely to have been closed by the server.',
    example: 'lifo',
  },
  retryStale: {
    meaning:
      'A request that failed on a reused connection before any response byte is sent once more on a fresh one, if it is safe: nothing was written, or the method is idempotent and the body can be replayed.',
    trap: 'It is not a general retry: errors on a fresh connection, timeouts and error statuses reach the caller.',
    example: true,
  },
  proxy: {
    meaning:
      'The proxy that connections are made through: a URL (http, https, socks5, socks5h; user and password percent-encoded), `env` for what HTTP_PROXY, HTTPS_PROXY and ALL_PROXY say at creation and at `reconfigure`, or false for none.',
    trap: 'Limits count the connections of this process, one for each tunnel: the proxy sees those of every process, which maxConnectionsPerProxy bounds only here.',
    example: 'http://proxy.example:3128',
  },
  noProxy: {
    meaning:
      'Hosts that are reached without `proxy`: `host`, `host:port`, `.suffix`, `*.suffix`, `*`, an address or a range, or `env` for what NO_PROXY lists. It does not affect a host that has a `proxy` of its own.',
    trap: 'Names are compared, never looked up: a range of addresses matches only URLs written with an address. Tools differ on what an entry means: here `example.com` is the host and everything below it.',
    example: ['localhost', '.internal', '10.0.0.0/8'],
  },
  maxConnectionsPerProxy: {
    meaning: 'Open connections to one proxy, over all hosts behind it, idle ones included.',
    trap: 'Proxies cap their clients, and refuse or hang beyond that: stay below the cap with all your processes together.',
    example: 50,
  },
  http2: {
    meaning:
      'true offers HTTP/2, and uses it where the server accepts; `only` is HTTP/2 or an error, for http origins as well; false is HTTP/1.1.',
    trap: 'Caps still count connections, and one now carries many requests: a server that maxConnectionsPerHost protected may see a hundred times the work. Bound that with maxStreamsPerConnection.',
    example: true,
  },
  maxStreamsPerConnection: {
    meaning: 'Requests at one time on one HTTP/2 connection; the server may allow fewer.',
    trap: 'What reaches a server at one time is this times the connections to it: multiply before you raise either.',
    example: 50,
  },
  pingInterval: {
    meaning:
      'A silent HTTP/2 connection is pinged this often, and closed if no answer comes within the same time; false never pings.',
    trap: 'A server that died silently is noticed only after up to twice this long, and until then its requests wait: give them a timeout of their own.',
    example: '60s',
  },
  hosts: {
    meaning: 'Overrides by `host`, `host:port`, `scheme://host:port` or `*.suffix`; field by field the most specific key wins.',
    trap: 'Limits over all hosts cannot be overridden, and `*.example.com` does not include `example.com`.',
    example: { 'api.example.com': { maxConnectionsPerHost: 20 }, '*.slow.example': { acquireTimeout: '10s' } },
  },
} as const satisfies { readonly [F in PoolConfigField]: Texts<F> }
