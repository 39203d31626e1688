import type { Connection, Lane, ProxyState } from './entities.ts'

/** Who hears of what happens to connections by themselves. */
export interface ConnectionEvents {
  /** The place of one is free: what an engine reports is for the pool, and this is one with it. */
  closed(connection: Connection): void
  /** One is begun. */
  begun(connection: Connection): void
  /** One was begun through the proxy in a place that somebody counted on whose origin had another proxy before: what closes there frees none here. */
  crowded(proxy: ProxyState): void
  /** A connect has failed that nobody gave up. */
  failed(lane: Lane): void
  /** A lane has fewer connections than those who wait in it counted on. */
  lost(lane: Lane): void
}
