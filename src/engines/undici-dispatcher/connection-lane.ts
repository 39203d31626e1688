import type { Core, Lane } from '../../pool/port.ts'
import type { Route } from '../proxy/routes.ts'
import type { Detour } from './detour.ts'
import type { DialSettings } from './dial.ts'
import type { ClientMaker, Drafts } from './draft.ts'
import type { Client, ConnectOptions, Connector, Peer } from './peer.ts'

/** What connections ask of the driver of their dispatcher. */
export interface ConnectionDriver extends DialSettings, ClientMaker {
  readonly peer: Peer
  readonly core: Core
  readonly drafts: Drafts
  /** What undici asks a connector with, for a Client without a request. */
  connectOptions(url: string, servername: string): ConnectOptions
  /** What requests fail with that `destroy` was given. */
  readonly reason: Error | null
  emit(event: 'connect' | 'disconnect' | 'connectionError', url: URL, client: Client | null, error?: Error): void
}

/** What they ask of their lane. */
export interface ConnectionLane extends Lane {
  readonly driver: ConnectionDriver
  readonly core: Core
  readonly url: string
  readonly servername: string
  readonly route: Route
  /** How many connections have been told GOAWAY of which their server had taken on nothing, since the last answer over HTTP/2. */
  fruitless: number
  /** The way of a new connection through a proxy; null: it goes directly. */
  detour(): Detour | null
  /** Opens the sockets of a connection that is made by that way. */
  connectorBy(detour: Detour | null): Connector
  /** What its Clients are made with, beyond what all are. */
  readonly clientOptions: object | undefined
}
