import { compileHosts } from '../config/hosts.ts'
import { proxyOf, type ReadRoutes } from '../config/proxies/ways.ts'
import type { HostLimits, ResolvedPoolConfig } from '../config/types.ts'
import { CostMemory } from './costs.ts'
import { type Connection, type Lane, OriginState, ProxyState } from './entities.ts'

/** The origins that a pool knows, and the proxies on their way: each from its first connection or waiter to its last, so that none is kept for ever. */
export class Registry {
  readonly origins: Map<string, OriginState> = new Map<string, OriginState>()
  readonly costs: CostMemory = new CostMemory()
  readonly proxies: Map<string, ProxyState> = new Map<string, ProxyState>()
  #config: ResolvedPoolConfig
  #limitsOf: (origin: string) => HostLimits
  routes: ReadRoutes

  constructor(config: ResolvedPoolConfig, routes: ReadRoutes) {
    this.#config = config
    this.#limitsOf = compileHosts(config)
    this.routes = routes
  }

  /** The origin of that key, which may not be known yet. */
  origin(key: string): OriginState {
    const known = this.origins.get(key)
    if (known !== undefined) return known
    return new OriginState(key, this.#limitsOf(key), this.#config.maxOverflow, this.#proxyOf(key))
  }

  /** Makes the lane and its origin known, or finds those that have taken their names meanwhile. */
  attach(lane: Lane): Lane {
    if (lane.attached) return lane
    const { lanes } = lane.member
    const known = lanes.get(lane.key)
    if (known !== undefined) return known
    const origin = this.origin(lane.origin.key)
    if (origin.lanes++ === 0) this.#enter(origin)
    lane.origin = origin
    lane.costs = this.costs.recall(lane.key)
    lanes.set(lane.key, lane)
    lane.attached = true
    return lane
  }

  /** Forgets the lane and its origin if nothing is left of them. */
  tidy(lane: Lane): void {
    if (!lane.attached || lane.connections.size > 0 || lane.oldest !== undefined) return
    lane.attached = false
    this.costs.keep(lane.key, lane.costs)
    lane.member.lanes.delete(lane.key)
    const { origin } = lane
    if (--origin.lanes > 0) return
    this.origins.delete(origin.key)
    if (origin.proxy !== null) this.#leave(origin.proxy)
  }

  /** The connection counts from now on, at this proxy. */
  count(connection: Connection, proxy: ProxyState | null): void {
    connection.proxy = proxy === null ? null : (this.proxies.get(proxy.key) ?? proxy)
    if (connection.proxy !== null) this.proxies.set(connection.proxy.key, connection.proxy)
  }

  /** Forgets the proxy if nothing is left of it. */
  tidyProxy(proxy: ProxyState): void {
    if (proxy.isUnused) this.proxies.delete(proxy.key)
  }

  /** Gives every origin and proxy its limits under another config. */
  relimit(config: ResolvedPoolConfig): void {
    this.#config = config
    this.#limitsOf = compileHosts(config)
    for (const origin of this.origins.values()) {
      origin.limits = this.#limitsOf(origin.key)
      origin.maxOverflow = config.maxOverflow
    }
    for (const proxy of this.proxies.values()) {
      proxy.limit = config.maxConnectionsPerProxy
      proxy.maxOverflow = config.maxOverflow
    }
  }

  /** Origins are reached by other ways from now on. `move` is told of each that is reached by another proxy, or by none now. */
  reroute(routes: ReadRoutes, move: (origin: OriginState, proxy: ProxyState | null) => void): void {
    this.routes = routes
    for (const origin of this.origins.values()) {
      const before = origin.proxy
      const proxy = this.#proxyOf(origin.key)
      if (proxy === before) continue
      if (proxy !== null) this.#join(proxy)
      move(origin, proxy)
      if (before !== null) this.#leave(before)
    }
  }

  #proxyOf(origin: string): ProxyState | null {
    const key = proxyOf(this.routes, origin)
    if (key === null) return null
    const { maxConnectionsPerProxy, maxOverflow } = this.#config
    return this.proxies.get(key) ?? new ProxyState(key, maxConnectionsPerProxy, maxOverflow)
  }

  #enter(origin: OriginState): void {
    this.origins.set(origin.key, origin)
    if (origin.proxy !== null) this.#join(origin.proxy)
  }

  /** One more origin is reached through it. */
  #join(proxy: ProxyState): void {
    this.proxies.set(proxy.key, proxy)
    proxy.origins++
  }

  /** One less. */
  #leave(proxy: ProxyState): void {
    proxy.origins--
    this.tidyProxy(proxy)
  }
}
