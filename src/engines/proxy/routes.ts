import { LRU } from 'tiny-lru'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'
import { explain, type ReadRoutes, readRoutes, serversOf } from '../../config/proxies/ways.ts'
import { assertProxyOptions, Gateway, type ProxyOptions } from './gateway.ts'

/** How an origin is reached. */
export interface Route {
  /** Null: directly. */
  readonly gateway: Gateway | null
  /** Why, for people: the field, variable or entry that says so. Tells no credentials. */
  readonly reason: string
}

/** More than the origins that a pool knows at one time; the usual ones are not asked about again. */
const mostOrigins = 1000

const ownDial: Route = { gateway: null, reason: 'it is no host that a proxy could reach' }

/**
 * By which way each origin is reached, under settings that can change. A proxy that is the same before and after a change keeps its gateway, so
 * that connections through it stay good.
 */
export class Routes {
  readonly #options: ProxyOptions
  #read: ReadRoutes
  readonly #known = new LRU<Route>(mostOrigins)
  #gateways: Gateway[] = []
  #some = false

  /** Every origin is reached directly until `apply`. Throws ERR_POOL_UNSUPPORTED for options that are none. */
  constructor(options: ProxyOptions = {}) {
    assertProxyOptions(options)
    this.#options = options
    this.#read = readRoutes({})
  }

  /** Whether any origin may be reached through a proxy. */
  get some(): boolean {
    return this.#some
  }

  apply(read: ReadRoutes): void {
    this.#read = read
    this.#known.clear()
    const servers = serversOf(read)
    this.#some = servers.length > 0
    this.#gateways = this.#gateways.filter(({ server }) => servers.some((other) => other.equals(server)))
  }

  /** @param origin `scheme://host:port` as the engines spell it, or null for what is dialled otherwise: a unix socket, a handle */
  routeOf(origin: string | null): Route {
    if (origin === null) return ownDial
    const known = this.#known.get(origin)
    if (known !== undefined) return known
    const route = this.#find(origin)
    this.#known.set(origin, route)
    return route
  }

  #find(origin: string): Route {
    const { server, reason } = explain(this.#read, origin)
    return { gateway: server === null ? null : this.#gatewayOf(server), reason }
  }

  #gatewayOf(server: ProxyServer): Gateway {
    const known = this.#gateways.find((one) => one.server.equals(server))
    if (known !== undefined) return known
    const made = new Gateway(server, this.#options)
    this.#gateways.push(made)
    return made
  }
}
