import type { Description } from './description.ts'
import { problemOfHost } from './proxies/no-proxy.ts'
import type { HostConfigField, PoolConfigField, ResolvedPoolConfig } from './types.ts'

const noHosts: readonly string[] = Object.freeze([])
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
    needs: [],
    perHost: false,
    divided: true,
  },
  maxConnectionsPerHost: {
    kind: 'limit',
    zero: refuse,
    default: unlimited,
    undemanding: unlimited,
    needs: [],
    perHost: true,
    divided: true,
  },
  maxIdleConnections: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: false,
    divided: true,
  },
  maxIdleConnectionsPerHost: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: true,
    divided: true,
  },
  minIdleConnectionsPerHost: {
    kind: 'limit',
    zero: true,
    unlimited: false,
    default: 0,
    undemanding: 0,
    needs: ['reuse'],
    perHost: true,
  },
  maxHosts: {
    kind: 'limit',
    zero: dropIdle,
    default: unlimited,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: false,
  },
  keepAlive: {
    kind: 'boolean',
    default: true,
    undemanding: null,
    needs: [],
    perHost: true,
  },
  keepAliveExpiry: {
    kind: 'duration',
    zero: dropIdle,
    unlimited: true,
    default: 4000,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: true,
  },
  keepAliveHintMargin: {
    kind: 'duration',
    zero: true,
    unlimited: false,
    default: 1000,
    undemanding: null,
    needs: ['reuse', 'http1'],
    perHost: true,
  },
  maxLifetime: {
    kind: 'duration',
    zero: 'to use each connection once, set keepAlive: false',
    unlimited: true,
    default: unlimited,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: true,
  },
  maxRequestsPerConnection: {
    kind: 'limit',
    zero: 'for one request a connection, set keepAlive: false',
    default: unlimited,
    undemanding: unlimited,
    needs: ['reuse'],
    perHost: true,
  },
  block: {
    kind: 'boolean',
    default: true,
    undemanding: true,
    needs: [],
    perHost: false,
  },
  maxOverflow: {
    kind: 'limit',
    zero: true,
    default: 0,
    undemanding: 0,
    needs: [],
    dependent: { text: '0 if `block`, else unlimited', of: ({ block }) => (block ? 0 : unlimited) },
    perHost: false,
    divided: true,
  },
  acquireTimeout: {
    kind: 'duration',
    zero: refuse,
    unlimited: true,
    default: 30_000,
    undemanding: unlimited,
    needs: [],
    perHost: true,
  },
  maxPending: {
    kind: 'limit',
    zero: true,
    default: unlimited,
    undemanding: unlimited,
    needs: [],
    perHost: false,
  },
  connectTimeout: {
    kind: 'duration',
    zero: 'for no bound, write "unlimited"',
    unlimited: true,
    default: 10_000,
    undemanding: unlimited,
    needs: [],
    perHost: true,
  },
  tcpKeepAlive: {
    kind: 'duration',
    zero: 'for no probes, write false',
    unlimited: false,
    off: true,
    default: 60_000,
    undemanding: null,
    needs: [],
    perHost: false,
  },
  dnsCacheTtl: {
    kind: 'duration',
    zero: true,
    unlimited: true,
    default: 0,
    undemanding: 0,
    needs: [],
    perHost: false,
  },
  scheduling: {
    kind: 'choice',
    choices: ['lifo', 'fifo'],
    default: 'lifo',
    undemanding: null,
    needs: ['reuse'],
    perHost: false,
  },
  retryStale: {
    kind: 'boolean',
    default: true,
    undemanding: false,
    needs: ['reuse'],
    perHost: false,
  },
  proxy: {
    kind: 'proxy',
    default: false,
    undemanding: false,
    needs: [],
    perHost: true,
  },
  noProxy: {
    kind: 'list',
    item: 'host',
    sample: ['localhost', '.internal', '10.0.0.0/8'],
    problemOf: problemOfHost,
    default: noHosts,
    dependent: { text: '`env` if `proxy` is `env`, else []', of: ({ proxy }) => (proxy === 'env' ? 'env' : noHosts) },
    undemanding: noHosts,
    needs: ['proxy'],
    perHost: false,
  },
  maxConnectionsPerProxy: {
    kind: 'limit',
    zero: 'for no proxy, set proxy: false',
    default: unlimited,
    undemanding: unlimited,
    needs: ['proxy'],
    perHost: false,
    divided: true,
  },
  http2: {
    kind: 'choice',
    choices: [false, true, 'only'],
    default: false,
    undemanding: false,
    needs: [],
    perHost: true,
  },
  maxStreamsPerConnection: {
    kind: 'limit',
    counts: 'requests',
    zero: 'for HTTP/1.1, set http2: false',
    default: 100,
    undemanding: 100,
    needs: ['http2', 'reuse'],
    perHost: true,
  },
  pingInterval: {
    kind: 'duration',
    zero: 'for no pings, write false',
    unlimited: false,
    off: true,
    default: 60_000,
    undemanding: 60_000,
    needs: ['http2'],
    perHost: true,
  },
  hosts: {
    kind: 'hosts',
    default: Object.freeze({}),
    undemanding: Object.freeze({}),
    needs: [],
    perHost: false,
  },
} as const satisfies { readonly [F in PoolConfigField]: Description<F> }

export const fieldNames = Object.freeze(Object.keys(fields)) as readonly PoolConfigField[]

/** What holds in a config that says nothing. */
export const fieldDefaults = Object.freeze(
  Object.fromEntries(fieldNames.map((field) => [field, fields[field].default])),
) as unknown as ResolvedPoolConfig

export const hostFieldNames = Object.freeze(fieldNames.filter((field) => fields[field].perHost)) as readonly HostConfigField[]

/** Some of the fields of a config. */
export function pickFields<F extends PoolConfigField>(
  config: ResolvedPoolConfig,
  names: readonly F[],
): Pick<ResolvedPoolConfig, F> {
  return Object.fromEntries(names.map((name) => [name, config[name]])) as Pick<ResolvedPoolConfig, F>
}
