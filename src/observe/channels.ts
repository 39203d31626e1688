import type { FleetStats, Pool } from '../adapter.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import type { PoolError } from '../errors.ts'

// What pools publish on node:diagnostics_channel: the names of the channels, and the messages on each of them.

/**
 * Why a connection has closed.
 *
 * - `expired`: it was idle for `keepAliveExpiry` or for as long as its server keeps it, or a changed config requires another protocol
 * - `lifetime`: it was older than `maxLifetime`
 * - `requests`: it had served as many as `maxRequestsPerConnection`, its server's `max=` or `keepAlive: false` allow
 * - `evicted`: its place was needed for another origin, client or TLS identity
 * - `surplus`: more connections were idle than the limits keep, or a limit was lowered
 * - `overflow`: it was temporary, beyond a limit, and its request is over
 * - `server`: its server ended it, or announced that: FIN or RST while idle, `Connection: close`, GOAWAY, RST of an HTTP/2 session
 * - `error`: its connect failed, or its request did, which includes being aborted by the caller
 * - `upgrade`: its socket now belongs to the caller
 * - `closed`: its pool was closed or destroyed
 */
export type CloseReason =
  | 'expired'
  | 'lifetime'
  | 'requests'
  | 'evicted'
  | 'surplus'
  | 'overflow'
  | 'server'
  | 'error'
  | 'upgrade'
  | 'closed'

/** Every message says which pool it is about. Times are in milliseconds throughout. */
export interface PoolMessage {
  /** The object that `createPool`, or `open` of loaded pools, returned. Names need not be unique. */
  readonly pool: Pool<unknown>
  readonly name: string | undefined
}

export interface OriginMessage extends PoolMessage {
  /** Scheme, host and port. */
  readonly origin: string
}

/** A connection is established, TLS included. */
export interface ConnectionOpenMessage extends OriginMessage {
  readonly connectTime: number
  readonly protocol: 'http/1.1' | 'h2'
  /** Opened ahead of any request. */
  readonly ahead: boolean
}

/** The socket of a connection has closed, or has left the pool. Also published if a connect fails. */
export interface ConnectionCloseMessage extends OriginMessage {
  readonly reason: CloseReason
  /** Time since its connect began. */
  readonly age: number
  /** Requests that it was given. */
  readonly uses: number
  /** How long its connect took; undefined if it was never established, in which case there was no `open` message. */
  readonly connectTime: number | undefined
}

/** A request has to wait for a connection. The next message about it is grant, timeout, reject or abort. */
export interface AcquireWaitMessage extends OriginMessage {
  /** Waiting requests of the pool, this one included. */
  readonly pending: number
  /** The limit that it waits at. */
  readonly field: 'maxConnections' | 'maxConnectionsPerHost' | 'maxConnectionsPerProxy'
  /** The value of that limit. */
  readonly limit: number
  /** If the limit is that of a proxy: its scheme, host and port. */
  readonly proxy?: string
  /** If the limit is what a fleet leaves to the pool: the name of the fleet. */
  readonly fleet?: string
}

/** A request has got a connection, which may still have to be opened. A request that is sent again because its connection was stale gets two. */
export interface AcquireGrantMessage extends OriginMessage {
  /** 0 if it did not have to wait. */
  readonly waited: number
  /** Requests that the connection was given, this one included: 1 for a new connection. */
  readonly uses: number
  /** Requests that the connection carries from now on, this one included: streams over HTTP/2, and 1 over HTTP/1.1. */
  readonly streams: number
}

/** A request has waited for `acquireTimeout`, and was refused. */
export interface AcquireTimeoutMessage extends OriginMessage {
  readonly waited: number
  readonly error: PoolError
}

/** A request was refused: the pool is full, its queue is, or the pool is closed. */
export interface AcquireRejectMessage extends OriginMessage {
  readonly waited: number
  readonly error: PoolError
}

/** The caller has given up a request while it waited. */
export interface AcquireAbortMessage extends OriginMessage {
  readonly waited: number
}

/** A pool was created. */
export interface PoolCreateMessage extends PoolMessage {
  /** The name of its adapter. */
  readonly client: string
  readonly config: ResolvedPoolConfig
}

/** The config of a pool was changed while it runs. */
export interface PoolReconfigureMessage extends PoolMessage {
  /** The config in force from now on. */
  readonly config: ResolvedPoolConfig
  readonly before: ResolvedPoolConfig
}

/** A pool was closed or destroyed, and its last connection has gone. */
export interface PoolCloseMessage extends PoolMessage {}

/** A pool has joined a fleet, or has left it and given back what it had. */
export interface FleetMessage extends PoolMessage {
  /** The state from now on. */
  readonly fleet: FleetStats
}

/** The store has changed a pool's lease, or has begun or finished learning. */
export interface FleetLeaseMessage extends FleetMessage {
  readonly before: FleetStats
}

/** A pool has fallen back to its floor, because its fleet's store was silent for too long. */
export interface FleetLostMessage extends FleetMessage {
  /** Time since the last round that the store answered. */
  readonly silent: number
  /** The error that the store rejected with since then, if any. */
  readonly reason: unknown
}

/** The message of each channel. */
export interface ChannelMessages {
  readonly 'polypool:connection:open': ConnectionOpenMessage
  readonly 'polypool:connection:close': ConnectionCloseMessage
  readonly 'polypool:acquire:wait': AcquireWaitMessage
  readonly 'polypool:acquire:grant': AcquireGrantMessage
  readonly 'polypool:acquire:timeout': AcquireTimeoutMessage
  readonly 'polypool:acquire:reject': AcquireRejectMessage
  readonly 'polypool:acquire:abort': AcquireAbortMessage
  readonly 'polypool:pool:create': PoolCreateMessage
  readonly 'polypool:pool:reconfigure': PoolReconfigureMessage
  readonly 'polypool:pool:close': PoolCloseMessage
  readonly 'polypool:fleet:join': FleetMessage
  readonly 'polypool:fleet:lease': FleetLeaseMessage
  readonly 'polypool:fleet:lost': FleetLostMessage
  readonly 'polypool:fleet:leave': FleetMessage
}

export type ChannelName = keyof ChannelMessages

/** As much of a channel of node:diagnostics_channel as telling takes. */
export interface Channel<Message> {
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

const { channel, subscribe: listen, unsubscribe } = process.getBuiltinModule('node:diagnostics_channel')

const named = <N extends ChannelName>(name: N): Channel<ChannelMessages[N]> => channel(name)

/** Every channel, by its name. */
export const channels: { readonly [N in ChannelName]: Channel<ChannelMessages[N]> } = {
  'polypool:connection:open': named('polypool:connection:open'),
  'polypool:connection:close': named('polypool:connection:close'),
  'polypool:acquire:wait': named('polypool:acquire:wait'),
  'polypool:acquire:grant': named('polypool:acquire:grant'),
  'polypool:acquire:timeout': named('polypool:acquire:timeout'),
  'polypool:acquire:reject': named('polypool:acquire:reject'),
  'polypool:acquire:abort': named('polypool:acquire:abort'),
  'polypool:pool:create': named('polypool:pool:create'),
  'polypool:pool:reconfigure': named('polypool:pool:reconfigure'),
  'polypool:pool:close': named('polypool:pool:close'),
  'polypool:fleet:join': named('polypool:fleet:join'),
  'polypool:fleet:lease': named('polypool:fleet:lease'),
  'polypool:fleet:lost': named('polypool:fleet:lost'),
  'polypool:fleet:leave': named('polypool:fleet:leave'),
}

export const channelNames: readonly ChannelName[] = Object.keys(channels) as ChannelName[]

/** Listens on one channel; what it returns ends that. */
export function subscribe<N extends ChannelName>(name: N, listener: (message: ChannelMessages[N]) => void): () => void {
  const onMessage = (message: unknown) => listener(message as ChannelMessages[N])
  listen(name, onMessage)
  return () => void unsubscribe(name, onMessage)
}
