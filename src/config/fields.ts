import { isDeepStrictEqual } from 'node:util'
import { type DurationRule, formatDuration } from './durations.ts'
import type { HostConfigField, PoolConfig, PoolConfigField, ResolvedPoolConfig } from './types.ts'

/** A positive integer, or unlimited. */
export interface LimitKind {
  readonly kind: 'limit'
  /** True where 0 is meaningful; otherwise what to write instead of it. */
  readonly zero: true | string
  /** False where "unlimited" makes no sense. Default true. */
  readonly unlimited?: boolean
}

/** Milliseconds, or a string with its unit. */
export interface DurationKind extends DurationRule {
  readonly kind: 'duration'
}

interface BooleanKind {
  readonly kind: 'boolean'
}

interface ChoiceKind {
  readonly kind: 'choice'
  readonly choices: readonly string[]
}

export interface HostsKind {
  readonly kind: 'hosts'
}

/** What there is to know about one field: checks, defaults, docs, JSON schema and CLI are drawn from it. */
interface Description<F extends PoolConfigField> {
  /** What holds when the field is left out, resolved: counts and milliseconds, `Infinity` for unlimited. */
  readonly default: ResolvedPoolConfig[F]
  /** Where the default depends on other fields: in words, and what it is beside them. */
  readonly dependent?: { readonly text: string; of(others: ResolvedPoolConfig): ResolvedPoolConfig[F] }
  /** The value that asks nothing of a client, so that nothing is lost where it does not know the field; null where every value asks something. */
  readonly undemanding: ResolvedPoolConfig[F] | null
  /** Whether it says anything only where connections serve more than one request. */
  readonly aboutReuse: boolean
  readonly meaning: string
  /** What people get wrong about it. */
  readonly trap: string
  /** Whether `hosts` can override it. */
  readonly perHost: F extends HostConfigField ? true : false
  /** A sensible value, as one would write it in a file. */
  readonly example: Exclude<PoolConfig[F], undefined>
}

type KindOf<Value> = [Value] extends [boolean]
  ? BooleanKind
  : [Value] extends [number | false]
    ? LimitKind | DurationKind
    : [Value] extends [string]
      ? ChoiceKind
      : HostsKind

export type FieldSpec = {
  [F in PoolConfigField]: Description<F> & (LimitKind | DurationKind | BooleanKind | ChoiceKind | HostsKind)
}[PoolConfigField]

const unlimited = Number.POSITIVE_INFINITY
const refuse = 'to refuse instead of waiting, set block: false'
const dropIdle = 'to keep no idle connection, set keepAlive: false'

/** Every field of a PoolConfig, in the order in which docs list them. */
export const fields = {
  maxConnections: {
    kind: 'limit',
    zero: refuse,
    default: 100,
    undemanding: unlimited,
    aboutReuse: false,
    perHost: false,
    example: 50,
    meaning: 'Open connections over all hosts, idle ones included, both schemes together.',
    trap: 'It counts connections, not requests, and idle ones too: one host can use it up, and then an idle connection of another host makes room.',
  },
  maxConnectionsPerHost: {
    kind: 'limit',
    zero: refuse,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: false,
    perHost: true,
    example: 10,
    meaning: 'Open connections to one origin (scheme, host, port), idle ones included.',
    trap: 'http and https of one host are two origins, and each process has a pool of its own: a server sees this number from each of them.',
  },
  maxIdleConnections: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: false,
    example: 20,
    meaning: 'Idle connections kept, over all hosts; the longest idle goes first.',
    trap: 'It does not limit how many connections are open: that is maxConnections.',
  },
  maxIdleConnectionsPerHost: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: true,
    example: 5,
    meaning: 'Idle connections kept for one origin; the longest idle goes first.',
    trap: 'Set far below the usual load it makes every burst reconnect: connections above it close as soon as they fall idle.',
  },
  minIdleConnectionsPerHost: {
    kind: 'limit',
    zero: true,
    unlimited: false,
    default: 0,
    undemanding: 0,
    aboutReuse: true,
    perHost: true,
    example: 2,
    meaning:
      'Connections kept open and unused to an origin that was used within ten times keepAliveExpiry, or from the start to one named in `hosts` with scheme and host; never above a cap, never by evicting another host.',
    trap: 'It costs the server connections that nobody uses, from every process, and each is made anew once per keepAliveExpiry: set it where a connect is slow, not as a habit.',
  },
  maxHosts: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: false,
    example: 50,
    meaning: "Origins that keep idle connections; beyond it the least recently used origin's idle ones are closed.",
    trap: 'It never refuses a request: more hosts can be in use at one time, they only do not stay connected.',
  },
  keepAlive: {
    kind: 'boolean',
    default: true,
    undemanding: null,
    aboutReuse: false,
    perHost: true,
    example: true,
    meaning:
      'Whether a connection serves more than one request; false closes each after its request and sends `Connection: close`.',
    trap: 'It is HTTP reuse; the probes that TCP sends on an open connection are tcpKeepAlive.',
  },
  keepAliveExpiry: {
    kind: 'duration',
    zero: dropIdle,
    unlimited: true,
    default: 4000,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: true,
    example: '4s',
    meaning: 'An idle connection closes after this long. It never touches an active request.',
    trap: 'Keep it below the idle timeout of the server and of every proxy between: whoever closes first must be the client, else a request can meet a closed connection.',
  },
  keepAliveHintMargin: {
    kind: 'duration',
    zero: true,
    unlimited: false,
    default: 1000,
    undemanding: null,
    aboutReuse: true,
    perHost: true,
    example: '1s',
    meaning: "A server's `Keep-Alive: timeout=N` lowers the expiry to N minus this, and never raises it.",
    trap: 'A server that announces no more than this margin gets a new connection for every request.',
  },
  maxLifetime: {
    kind: 'duration',
    zero: 'to use each connection once, set keepAlive: false',
    unlimited: true,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: true,
    example: '10m',
    meaning: 'A connection older than this takes no new request and closes when idle. An active request is never cut.',
    trap: 'Without it a busy connection outlives every change of DNS; up to 10 % is taken off at random, so that a fleet does not reconnect at once.',
  },
  maxRequestsPerConnection: {
    kind: 'limit',
    zero: 'for one request a connection, set keepAlive: false',
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: true,
    perHost: true,
    example: 1000,
    meaning: 'A connection closes after this many requests.',
    trap: 'To spread load over new servers maxLifetime is better: it does not depend on traffic.',
  },
  block: {
    kind: 'boolean',
    default: true,
    undemanding: true,
    aboutReuse: false,
    perHost: false,
    example: true,
    meaning: 'At a limit: true waits, false never waits.',
    trap: 'false alone limits nothing but what is kept, as in urllib3: connections beyond a limit are opened and closed after use. Set maxOverflow: 0 to refuse them.',
  },
  maxOverflow: {
    kind: 'limit',
    zero: true,
    default: 0,
    undemanding: 0,
    aboutReuse: false,
    dependent: { text: '0 if `block`, else unlimited', of: ({ block }) => (block ? 0 : unlimited) },
    perHost: false,
    example: 10,
    meaning:
      'Temporary connections open at one time, over all hosts, beyond a limit (total or per host); each closes after its request.',
    trap: 'The most that can be open is the limit plus this, so size file descriptors and server limits for the sum.',
  },
  acquireTimeout: {
    kind: 'duration',
    zero: refuse,
    unlimited: true,
    default: 30_000,
    undemanding: unlimited,
    aboutReuse: false,
    perHost: true,
    example: '2s',
    meaning: 'Longest wait for a connection; then ERR_POOL_ACQUIRE_TIMEOUT. One deadline per request, also across a retry.',
    trap: "It bounds the wait only, not the request: the client's own timeout does that, and should be longer.",
  },
  maxPending: {
    kind: 'limit',
    zero: true,
    default: unlimited,
    undemanding: unlimited,
    aboutReuse: false,
    perHost: false,
    example: 1000,
    meaning: 'Waiting requests allowed, over all hosts; beyond it ERR_POOL_QUEUE_FULL at once.',
    trap: 'Unlimited, a slow server fills the memory with waiting requests; bound it where callers can retry or shed load.',
  },
  connectTimeout: {
    kind: 'duration',
    zero: 'for no bound, write "unlimited"',
    unlimited: true,
    default: 10_000,
    undemanding: unlimited,
    aboutReuse: false,
    perHost: true,
    example: '5s',
    meaning: 'TCP and TLS set-up together; then ERR_POOL_CONNECT_TIMEOUT.',
    trap: 'It does not bound the wait for a free connection, nor the answer.',
  },
  tcpKeepAlive: {
    kind: 'duration',
    zero: 'for no probes, write false',
    unlimited: false,
    off: true,
    default: 60_000,
    undemanding: null,
    aboutReuse: false,
    perHost: false,
    example: '60s',
    meaning: 'Delay before TCP probes on a silent connection, or false for none.',
    trap: 'It closes no idle connection (that is keepAliveExpiry), and sockets take it in whole seconds.',
  },
  dnsCacheTtl: {
    kind: 'duration',
    zero: true,
    unlimited: true,
    default: 0,
    undemanding: 0,
    aboutReuse: false,
    perHost: false,
    example: '30s',
    meaning: 'Cache DNS look-ups this long, in the order of the resolver, with the addresses of each family in turn; 0 is off.',
    trap: 'It ignores the TTL of the records, so a long value sends new connections to servers that are gone.',
  },
  scheduling: {
    kind: 'choice',
    choices: ['lifo', 'fifo'],
    default: 'lifo',
    undemanding: null,
    aboutReuse: true,
    perHost: false,
    example: 'lifo',
    meaning: 'Which idle connection is reused: the last used (lifo) or the longest idle (fifo).',
    trap: 'fifo keeps every connection of a burst alive, and reuses the one most likely to have been closed by the server.',
  },
  retryStale: {
    kind: 'boolean',
    default: true,
    undemanding: false,
    aboutReuse: true,
    perHost: false,
    example: true,
    meaning:
      'A request that failed on a reused connection before any response byte is sent once more on a fresh one, if it is safe: nothing was written, or the method is idempotent and the body can be replayed.',
    trap: 'It is no general retry: errors on a fresh connection, timeouts and error statuses reach the caller.',
  },
  hosts: {
    kind: 'hosts',
    default: Object.freeze({}),
    undemanding: Object.freeze({}),
    aboutReuse: false,
    perHost: false,
    example: { 'api.example.com': { maxConnectionsPerHost: 20 }, '*.slow.example': { acquireTimeout: '10s' } },
    meaning: 'Overrides by `host`, `host:port`, `scheme://host:port` or `*.suffix`; field by field the most specific key wins.',
    trap: 'Limits over all hosts cannot be overridden, and `*.example.com` does not include `example.com`.',
  },
} as const satisfies { readonly [F in PoolConfigField]: Description<F> & KindOf<ResolvedPoolConfig[F]> }

export const fieldNames = Object.freeze(Object.keys(fields)) as readonly PoolConfigField[]

/** What holds in a config that says nothing. */
export const fieldDefaults = Object.freeze(
  Object.fromEntries(fieldNames.map((field) => [field, fields[field].default])),
) as unknown as ResolvedPoolConfig

/** What says nothing where `keepAlive` is false. */
export const reuseFieldNames = Object.freeze(fieldNames.filter((field) => fields[field].aboutReuse))

export const hostFieldNames = Object.freeze(fieldNames.filter((field) => fields[field].perHost)) as readonly HostConfigField[]

/** A resolved value as one would write it in a file, without quotes: `100`, `unlimited`, `4s`, `lifo`. */
export function formatValue<F extends PoolConfigField>(field: F, value: ResolvedPoolConfig[F]): string {
  if (value === unlimited) return 'unlimited'
  if (fields[field].kind === 'duration' && typeof value === 'number' && value !== 0) return formatDuration(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The default of a field as docs show it. */
export function formatDefault(field: PoolConfigField): string {
  const spec = fields[field]
  return 'dependent' in spec ? spec.dependent.text : formatValue(field, spec.default)
}

/** Some of the fields of a config. */
export function pickFields<F extends PoolConfigField>(
  config: ResolvedPoolConfig,
  names: readonly F[],
): Pick<ResolvedPoolConfig, F> {
  return Object.fromEntries(names.map((name) => [name, config[name]])) as Pick<ResolvedPoolConfig, F>
}

/** Whether a value asks a client for something that it must be able to do. */
export function isDemanding<F extends PoolConfigField>(field: F, value: ResolvedPoolConfig[F]): boolean {
  return !isDeepStrictEqual(value, fields[field].undemanding)
}
