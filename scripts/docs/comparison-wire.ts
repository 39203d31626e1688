import type { ClientSupport } from '../../src/adapter.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'

/** What the examples on pooling in Node configure, each in its client's own words. */
export const exampleConfig = {
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
} as const

/** What the test sends: so many requests at once to each of so many hosts, by each scheme. */
export const burst = { requests: 12, hosts: 3, schemes: ['http', 'https'] } as const

/** What a server sees of an example. */
export interface Seen {
  /** Connections to one host at most. */
  readonly perHost: number
  /** Connections to all hosts together at most, by both schemes. */
  readonly total: number
  /** Connections to one host that stay open after a burst. */
  readonly idle: number
  /** Milliseconds from the last answer on an idle connection to its close. */
  readonly expiry: number
  /** Code of the error of a request that found no connection free; null if it waited on. */
  readonly refusal: string | null
}

const { maxConnections, maxConnectionsPerHost, maxIdleConnectionsPerHost, keepAliveExpiry } =
  parsePoolConfig(exampleConfig).config

const unlimited = Number.POSITIVE_INFINITY

/** What polypool is to hold. */
export const pooled = {
  perHost: maxConnectionsPerHost,
  total: maxConnections,
  idle: maxIdleConnectionsPerHost,
  expiry: keepAliveExpiry,
  refusal: 'ERR_POOL_ACQUIRE_TIMEOUT',
} as const satisfies Seen

/** What the client's own options are declared to hold. */
export function native({ fields }: ClientSupport): Seen {
  const has = (field: keyof ClientSupport['fields']) => fields[field].native !== 'unsupported'
  const schemes = burst.schemes.length
  const perHost = has('maxConnectionsPerHost') ? maxConnectionsPerHost : burst.requests
  return {
    perHost,
    // What is declared as approximated counts each scheme alone.
    total: has('maxConnections') ? maxConnections * schemes : perHost * burst.hosts * schemes,
    idle: has('maxIdleConnectionsPerHost') ? maxIdleConnectionsPerHost : perHost,
    expiry: has('keepAliveExpiry') ? keepAliveExpiry : unlimited,
    refusal: has('acquireTimeout') ? pooled.refusal : null,
  }
}
