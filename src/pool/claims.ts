import type { Connections } from './connections.ts'
import { type Connection, type Lane, OriginState, ProxyState } from './entities.ts'
import type { List } from './list.ts'

/** Idle connections that are no room for anybody else. */
export interface Claims {
  readonly all: number
  /** Of the origin: whose places would be those again of lanes that have them. What others of the origin wait for is in what it wants. */
  in(origin: OriginState): number
  /** Behind the proxy: those, and what lanes of one of its origins wait for. */
  behind(proxy: ProxyState): number
}

const none: Claims = { all: 0, in: () => 0, behind: () => 0 }

/**
 * What idles and is claimed: by lanes that the limit of an origin or proxy keeps waiting, and that it is kept from for a while; or by its own
 * lane, which would need another one instead.
 * @param blocked origins and proxies of the first kind
 */
export function claimsOn({ idle, streams }: Connections, blocked: ReadonlySet<OriginState | ProxyState>): Claims {
  const held = streams.shut > 0 ? heldBack(idle.all) : null
  if (blocked.size === 0 && (held === null || held.size === 0)) return none
  const own = new Map<OriginState, number>()
  for (const level of blocked) if (level instanceof OriginState) own.set(level, 0)
  if (held !== null) for (const { origin } of held) own.set(origin, (own.get(origin) ?? 0) + 1)
  const behind = new Map<ProxyState | null, number>()
  for (const [origin, count] of own) behind.set(origin.proxy, (behind.get(origin.proxy) ?? 0) + claimed(origin, count))
  let all = behind.get(null) ?? 0
  const proxies = [...blocked].filter((level) => level instanceof ProxyState)
  for (const proxy of new Set([...proxies, ...behind.keys()])) if (proxy !== null) all += claimed(proxy, behind.get(proxy) ?? 0)
  return {
    all,
    in: (origin) => own.get(origin) ?? 0,
    behind: (proxy) => Math.min(behind.get(proxy) ?? 0, proxy.idle.size),
  }
}

/** Lanes whose last idle connection is no room for others. */
function heldBack(idle: List<Connection>): ReadonlySet<Lane> {
  const lanes = new Set<Lane>()
  for (const { lane, slots } of idle) if (slots === 0 && lane.isHeldBack) lanes.add(lane)
  return lanes
}

/** Idle connections that those wait for whom the level's own limit keeps waiting, and others within it. */
function claimed({ wanted, places, idle }: OriginState | ProxyState, within: number): number {
  return Math.min(Math.max(0, wanted - places) + within, idle.size)
}
