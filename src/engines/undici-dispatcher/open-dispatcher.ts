import type { LookupFunction } from 'node:net'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import type { Clock, Core } from '../../pool/port.ts'
import { cachedLookup, lateLookup } from '../lookup.ts'
import type { Opened } from '../open-pool.ts'
import type { ConnectorOptions, NativeClientOptions } from './client-options.ts'
import { createDispatcher, type PoolDispatcher } from './dispatcher.ts'
import { checkedOptions, Driver } from './driver.ts'
import type { OriginLane } from './lane.ts'
import { assertFreeForUndici, splitOptions } from './native-options.ts'
import type { ConnectCallback, ConnectOptions, Connector, Peer } from './peer.ts'

/** A dispatcher of that undici on a pool. */
export function openDispatcher<Dispatcher = PoolDispatcher>(
  core: Core,
  peer: Peer,
  native: NativeClientOptions = {},
): Opened<{ readonly dispatcher: Dispatcher }> {
  const check = (config: ResolvedPoolConfig) => assertFreeForUndici(native, config)
  check(core.config)
  const { connector, client } = splitOptions(native)
  const connectorFor = (config: ResolvedPoolConfig) =>
    typeof connector === 'function'
      ? withTcpKeepAlive(connector as Connector, config)
      : sharedConnector(peer, core.clock, connector, config)
  // All that may throw comes before joining: a pool that was not opened is no part of a shared budget.
  const connect = connectorFor(core.config)
  const clients = checkedOptions(peer, client, native)
  const member = core.join((url): OriginLane => driver.laneOf(url))
  const driver: Driver = new Driver(peer, core, member, connect, clients)
  driver.watchesDials = typeof connector === 'function'
  const dispatcher = createDispatcher(driver)
  let { tcpKeepAlive, dnsCacheTtl } = core.config
  const configure = (config: ResolvedPoolConfig) => {
    if (config.tcpKeepAlive === tcpKeepAlive && config.dnsCacheTtl === dnsCacheTtl) return
    driver.connect = connectorFor(config)
    tcpKeepAlive = config.tcpKeepAlive
    dnsCacheTtl = config.dnsCacheTtl
  }
  return { options: { dispatcher: dispatcher as Dispatcher }, member, check, configure }
}

/** One connector for all Clients, so that they share TLS sessions. It has no timeout: the core's is exact. */
function sharedConnector(
  peer: Peer,
  clock: Clock,
  options: ConnectorOptions,
  { tcpKeepAlive, dnsCacheTtl }: ResolvedPoolConfig,
): Connector {
  return peer.buildConnector({
    ...options,
    ...lookupOf(options, dnsCacheTtl, clock),
    ...(tcpKeepAlive === false ? { keepAlive: false } : { keepAlive: true, keepAliveInitialDelay: tcpKeepAlive }),
    allowH2: false,
    timeout: 0,
  })
}

function lookupOf({ lookup }: ConnectorOptions, ttl: number, clock: Clock): { lookup?: LookupFunction } {
  if (ttl > 0) return { lookup: cachedLookup(ttl, clock, lookup) }
  return lookup === undefined ? {} : { lookup: lateLookup(lookup, clock) }
}

/** A connector of the caller's, whose sockets get the TCP keep-alive of the config. */
function withTcpKeepAlive(connector: Connector, { tcpKeepAlive }: ResolvedPoolConfig): Connector {
  return (options: ConnectOptions, callback: ConnectCallback) =>
    connector(options, (error, socket) => {
      if (tcpKeepAlive === false) socket?.setKeepAlive?.(false)
      else socket?.setKeepAlive?.(true, tcpKeepAlive)
      callback(error, socket)
    })
}
