import type { FleetStats, Pool } from '../adapter.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import type { PoolError } from '../errors.ts'

// What pools tell of themselves by node:diagnostics_channel: the names of the channels, and what the messages on each of them hold.

/**
 * Why a connection has closed.
 *
 * - `expired`: it has idled for `keepAliveExpiry` or as long as its server keeps it, or a changed config wants another protocol
 * - `lifetime`: it was older than `maxLifetime`
 * - `requests`: it had served as many as `maxRequestsPerConnection`, its server's `max=` or `keepAlive: false` allow
 * - `evicted`: its place was needed for another origin, client or TLS identity
 * - `surplus`: more were idle than the limits keep, or a limit was lowered
 * - `overflow`: it was temporary, beyond a limit, and its request is over
 * - `server`: its server ended it, or said that it will: FIN or RST while it idled, `Connection: close`, GOAWAY, RST of a session of HTTP/2
 * - `error`: its connect failed, or its request did, be it that the caller gave that up
 * - `upgrade`: its socket is the caller's own now
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

/** Every message says whose it is. Times are in milliseconds throughout. */
export interface PoolMessage {
  /** What `createPool`, or `open` of loaded pools, has returned: the same object. Names need not be unique. */
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
  /** Opened for no request. */
  readonly ahead: boolean
}

/** The socket of a connection has closed, or has left the pool; also of one whose connect failed. */
export interface ConnectionCloseMessage extends OriginMessage {
  readonly reason: CloseReason
  /** Since its connect was begun. */
  readonly age: number
  /** Requests that it was given. */
  readonly uses: number
  /** How long its connect took; undefined: it was never established, and no `open` was told of it. */
  readonly connectTime: number | undefined
}

/** A request has to wait for a connection. What is told next of it is grant, timeout, reject or abort. */
export interface AcquireWaitMessage extends OriginMessage {
  /** Requests of the pool that wait, this one included. */
  readonly pending: number
  /** The field of the limit that it waits at, and its value. */
  readonly field: 'maxConnections' | 'maxConnectionsPerHost' | 'maxConnectionsPerProxy'
  readonly limit: number
  /** The proxy, where the limit is its own: scheme, host and port. */
  readonly proxy?: string
  /** The fleet, where the limit is what that leaves to the pool. */
  readonly fleet?: string
}

/** A request has got a connection, be it one yet to be opened. One that is sent again because its connection was stale gets two. */
export interface AcquireGrantMessage extends OriginMessage {
  /** 0 if it had not to wait. */
  readonly waited: number
  /** Requests that the connection was given, this one included: 1 for a new one. */
  readonly uses: number
}

/** A request has waited as long as it may. */
export interface AcquireTimeoutMessage extends OriginMessage {
  readonly waited: number
  readonly error: PoolError
}

/** A request was refused: the pool is full, its queue is, or the pool is closed. */
export interface AcquireRejectMessage extends OriginMessage {
  readonly waited: number
  readonly error: PoolError
}

/** The caller has given a request up while it waited. */
export interface AcquireAbortMessage extends OriginMessage {
  readonly waited: number
}

export interface PoolCreateMessage extends PoolMessage {
  /** As its adapter is called. */
  readonly client: string
  readonly config: ResolvedPoolConfig
}

export interface PoolReconfigureMessage extends PoolMessage {
  readonly config: ResolvedPoolConfig
  readonly before: ResolvedPoolConfig
}

/** A pool was closed or destroyed, and its last connection has gone. */
export interface PoolCloseMessage extends PoolMessage {}

/** A pool has joined a fleet, or has left it and given back what it had. */
export interface FleetMessage extends PoolMessage {
  /** As it is from now on. */
  readonly fleet: FleetStats
}

/** The store has given a pool another lease, or has begun or ended to learn. */
export interface FleetLeaseMessage extends FleetMessage {
  readonly before: FleetStats
}

/** A pool has fallen back to its floor, as it has heard nothing of its fleet's store. */
export interface FleetLostMessage extends FleetMessage {
  /** Since the last question that the store has answered. */
  readonly silent: number
  /** What the store has rejected with since, if it has. */
  readonly reason: unknown
}

/** What is told on each channel. */
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
