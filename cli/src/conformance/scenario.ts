import type { PoolConfig, PoolConfigField, PoolErrorCode } from 'polypool'
import type { Ability } from './clients/types.ts'
import type { ScenarioContext } from './context.ts'
import type { ProxyKind, Scheme } from './probe/types.ts'

/** A rule of the contract: see docs. */
export type Rule = `rule-${1 | 2 | 3 | 4 | 5 | 6 | 7}`

/** What a scenario is there for: a field, a rule, an error code, a part of the API, or a known trap of a client. */
export type Coverage = PoolConfigField | Rule | PoolErrorCode | `api:${string}` | `trap:${string}`

/** One thing that must hold on the wire, written once for every client. */
export interface Scenario {
  /** `group/name`, unique. */
  readonly id: string
  readonly title: string
  /**
   * Fields listed here are under test: where the adapter declares one of them unsupported, `createPool(config)` must throw, and
   * `absent` shows what happens instead; where it declares one approximated, `approximated` shows what does hold.
   */
  readonly covers: readonly Coverage[]
  /** The pool's config; it names every field under test. */
  readonly config?: PoolConfig
  /** Default: http. */
  readonly schemes?: readonly Scheme[]
  /** Only for clients that can do this. */
  readonly needs?: readonly Ability[]
  /** Only for these drivers: a trap of one client. */
  readonly only?: readonly string[]
  /** Run once with each of these clients as a second one under the same budget. */
  readonly peers?: readonly string[]
  /**
   * Every pool of it reaches every origin through a proxy, that all have in common or that each has for itself: sockets are counted at the
   * proxies, and what is asked of an origin's port is answered by what its proxy counted.
   */
  readonly through?: 'one' | 'each'
  /** What these proxies speak; default: http. */
  readonly proxies?: ProxyKind
  /** Gives the probe a process of its own. */
  readonly ownProcess?: boolean
  /** Starts the client in a process of its own, so its packages must be importable by name. */
  readonly startsClient?: boolean
  run(context: ScenarioContext): Promise<void>
  absent?(context: ScenarioContext): Promise<void>
  approximated?(context: ScenarioContext): Promise<void>
}
