/** What one metric is called where, and what it tells. */
export interface Metric {
  /** Prometheus's name without the prefix. */
  readonly name?: string
  /** OpenTelemetry's name. */
  readonly otel?: string
  readonly kind: 'gauge' | 'counter' | 'histogram'
  /** In UCUM, as OpenTelemetry has it. */
  readonly unit: string
  readonly help: string
  /** Prometheus's labels. */
  readonly labels: readonly string[]
  /** OpenTelemetry's attributes. */
  readonly attributes: readonly string[]
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[]
}

const host = ['server.address', 'server.port', 'url.scheme'] as const

// What the conventions for HTTP advise for durations of requests, and what .NET has for those of connections.
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const connectionBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]

/**
 * Every metric, once: both exporters, the docs, and the tests of the dashboard and the alerts draw on this. Those named `http.client.…` are of
 * OpenTelemetry's semantic conventions, time_in_queue of .NET's HTTP stack, and have their attributes and no others.
 */
export const metrics = {
  connections: {
    name: 'connections',
    otel: 'http.client.open_connections',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Open connections, from the start of their connect to their close',
    labels: ['pool', 'host', 'state'],
    attributes: ['http.connection.state', ...host],
  },
  requests: {
    name: 'requests',
    otel: 'http.client.active_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that wait for a connection or have one',
    labels: ['pool', 'host'],
    attributes: [...host],
  },
  pending: {
    name: 'pending_requests',
    otel: 'polypool.pending_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that wait for a connection',
    labels: ['pool', 'host'],
    attributes: ['polypool.pool.name', ...host],
  },
  readyMissing: {
    name: 'ready_missing_connections',
    otel: 'polypool.ready.missing',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections that minIdleConnectionsPerHost wants ready and that are not there',
    labels: ['pool', 'host'],
    attributes: ['polypool.pool.name', ...host],
  },
  readyFailures: {
    name: 'ready_failures',
    otel: 'polypool.ready.failures',
    kind: 'gauge',
    unit: '{round}',
    help: 'Rounds of connects in a row that have failed, of those that minIdleConnectionsPerHost asks for',
    labels: ['pool', 'host'],
    attributes: ['polypool.pool.name', ...host],
  },
  limit: {
    name: 'limit_connections',
    otel: 'polypool.limit',
    kind: 'gauge',
    unit: '{connection}',
    help: 'maxConnections of the pool, or what its fleet leaves to it if that is less',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  acquire: {
    name: 'acquire_duration_seconds',
    otel: 'http.client.request.time_in_queue',
    kind: 'histogram',
    unit: 's',
    help: 'How long requests that got a connection have waited for it',
    labels: ['pool'],
    attributes: [...host],
    buckets: requestBuckets,
  },
  connectionDuration: {
    name: 'connection_duration_seconds',
    otel: 'http.client.connection.duration',
    kind: 'histogram',
    unit: 's',
    help: 'How long connections were open, of those that have closed',
    labels: ['pool'],
    attributes: [...host],
    buckets: connectionBuckets,
  },
  refused: {
    otel: 'polypool.refused',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that got no connection',
    labels: [],
    attributes: ['polypool.pool.name', 'polypool.refusal'],
  },
  acquireTimeouts: {
    name: 'acquire_timeouts_total',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that waited as long as acquireTimeout',
    labels: ['pool'],
    attributes: [],
  },
  rejected: {
    name: 'rejected_total',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests refused at once: pool full, queue full, pool closed',
    labels: ['pool'],
    attributes: [],
  },
  aborted: {
    name: 'aborted_total',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that their caller gave up while they waited',
    labels: ['pool'],
    attributes: [],
  },
  created: {
    name: 'created_total',
    kind: 'counter',
    unit: '{connection}',
    help: 'Connections that were opened, whether or not they connected',
    labels: ['pool'],
    attributes: [],
  },
  reused: {
    name: 'reused_total',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests sent on a connection that had served one before',
    labels: ['pool'],
    attributes: [],
  },
  evicted: {
    name: 'evicted_total',
    kind: 'counter',
    unit: '{connection}',
    help: 'Idle connections closed to keep a limit or to make room for another host',
    labels: ['pool'],
    attributes: [],
  },
  expired: {
    name: 'expired_total',
    kind: 'counter',
    unit: '{connection}',
    help: "Connections closed by keepAliveExpiry, a server's hint, maxLifetime or maxRequestsPerConnection",
    labels: ['pool'],
    attributes: [],
  },
  overflowed: {
    name: 'overflowed_total',
    kind: 'counter',
    unit: '{connection}',
    help: 'Temporary connections opened beyond a limit',
    labels: ['pool'],
    attributes: [],
  },
  fleetLease: {
    name: 'fleet_lease_connections',
    otel: 'polypool.fleet.lease',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections that the pool has leased from its fleet, beyond its floor',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  fleetWant: {
    name: 'fleet_want_connections',
    otel: 'polypool.fleet.want',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections beyond its floor that the pool could use',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  fleetFloor: {
    name: 'fleet_floor_connections',
    otel: 'polypool.fleet.floor',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections that the pool has in any case',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  fleetMembers: {
    name: 'fleet_members',
    otel: 'polypool.fleet.members',
    kind: 'gauge',
    unit: '{member}',
    help: 'Members of the fleet that its store knows of',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  fleetLearning: {
    name: 'fleet_learning',
    otel: 'polypool.fleet.learning',
    kind: 'gauge',
    unit: '1',
    help: '1 while the store is new and gives nobody more',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
  fleetLost: {
    name: 'fleet_lost_leases_total',
    otel: 'polypool.fleet.lost',
    kind: 'counter',
    unit: '{lease}',
    help: 'Leases that have ended because the store was silent',
    labels: ['pool'],
    attributes: ['polypool.pool.name'],
  },
} as const satisfies { readonly [key: string]: Metric }

/** The counters of a pool that are metrics of their own. */
export const counters = [
  'acquireTimeouts',
  'rejected',
  'aborted',
  'created',
  'reused',
  'evicted',
  'expired',
  'overflowed',
] as const satisfies readonly (keyof typeof metrics)[]

export type CounterName = (typeof counters)[number]

/** What Prometheus's names begin with unless told otherwise. */
export const defaultPrefix = 'polypool_'

/** Pools without a name, in metrics. */
export const unnamed = 'unnamed'
