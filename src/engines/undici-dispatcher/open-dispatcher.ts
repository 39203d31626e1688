import type { LookupFunction } from 'node:net'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import type { Clock, Core } from '../../pool/port.ts'
import { cachedLookup, steadyLookup } from '../lookup.ts'
import type { Opened } from '../open-pool.ts'
import { Routes } from '../proxy/routes.ts'
import { withVerdicts } from '../proxy/server-check.ts'
import type { ConnectorOptions, NativeClientOptions } from './client-options.ts'
import { createDispatcher, type PoolDispatcher } from './dispatcher.ts'
import { checkedOptions, Driver } from './driver.ts'
import type { Connectors, OriginLane } from './lane.ts'
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
  const { connector, client, proxy, socketPath } = splitOptions(native)
  const routes = new Routes(proxy)
  routes.apply(core.routes)
  const connectorsFor = (config: ResolvedPoolConfig) =>
    typeof connector === 'function'
      ? ownConnectors(connector as Connector, config)
      : new SharedConnectors(peer, core.clock, connector, config)
  // All that may throw comes before joining: a pool that was not opened is no part of a shared budget.
  const connectors = connectorsFor(core.config)
  const options = checkedOptions(peer, client, native)
  const member = core.join((url): OriginLane => driver.laneOf(url))
  const driver: Driver = new Driver(peer, member, core, { connectors, options, ways: { routes, socketPath } })
  driver.watchesDials = typeof connector === 'function'
  const dispatcher = createDispatcher(driver)
  let { tcpKeepAlive, dnsCacheTtl } = core.config
  const configure = (config: ResolvedPoolConfig) => {
    // What was made by another way ends with the requests that it has.
    routes.apply(core.routes)
    driver.reroute()
    if (config.tcpKeepAlive === tcpKeepAlive && config.dnsCacheTtl === dnsCacheTtl) return
    driver.connectors = connectorsFor(config)
    tcpKeepAlive = config.tcpKeepAlive
    dnsCacheTtl = config.dnsCacheTtl
  }
  return { options: { dispatcher: dispatcher as Dispatcher }, member, check, configure }
}

/** One connector for all Clients of a protocol, so that they share TLS sessions. It has no timeout: the core's is exact. */
class SharedConnectors implements Connectors {
  readonly http1: Connector
  readonly tcp: object
  readonly #peer: Peer
  readonly #options: object
  #http2: Connector | undefined

  constructor(peer: Peer, clock: Clock, options: ConnectorOptions, { tcpKeepAlive, dnsCacheTtl }: ResolvedPoolConfig) {
    this.#peer = peer
    this.#options = {
      ...options,
      ...lookupOf(options, dnsCacheTtl, clock),
      ...withVerdicts(options),
      ...(tcpKeepAlive === false ? { keepAlive: false } : { keepAlive: true, keepAliveInitialDelay: tcpKeepAlive }),
      allowH2: false,
      timeout: 0,
    }
    this.http1 = peer.buildConnector(this.#options)
    // As undici's connector has it.
    this.tcp = { highWaterMark: 65_536, ...this.#options, noDelay: true }
  }

  /** A server that takes the client's order would else choose HTTP/1.1. */
  get http2(): Connector {
    this.#http2 ??= this.#peer.buildConnector({ ...this.#options, allowH2: true, preferH2: true })
    return this.#http2
  }
}

function ownConnectors(connector: Connector, config: ResolvedPoolConfig): Connectors {
  const connect = withTcpKeepAlive(connector, config)
  return { http1: connect, http2: connect, tcp: {} }
}

function lookupOf({ lookup }: ConnectorOptions, ttl: number, clock: Clock): { lookup?: LookupFunction } {
  const own = typeof lookup === 'function' ? steadyLookup(lookup, clock) : lookup
  if (ttl > 0) return { lookup: cachedLookup(ttl, clock, own) }
  return own === undefined ? {} : { lookup: own }
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
