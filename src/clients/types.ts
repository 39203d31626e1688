import type { ClientSupport } from '../adapter.ts'
import type { PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'

/** By the name an adapter is imported under: `polypool/<name>`. */
export type ClientName = 'undici' | 'fetch' | 'axios' | 'got' | 'node-fetch' | 'agentkeepalive' | 'node-http'

/** What is known of a client besides its adapter. */
export interface ClientFacts {
  /** What else people call it. */
  readonly otherNames?: readonly string[]
  /** What its pools run on; the native options, the second argument of `createPool`, are of that kind. */
  readonly engine: 'node-agent' | 'undici-dispatcher'
  /** Whether polypool loads the client's package itself, and so tells a version that it does not take. */
  readonly loadsPeer: boolean
  readonly support: ClientSupport
  readonly pooling: NativePooling
  readonly recipe: Recipe
}

/** A client's own option for one field. How well it holds is in the adapter's `support`. */
export interface NativeSetting<F extends PoolConfigField = PoolConfigField> {
  /** The option as one writes it; `connect.timeout` is a property of an object. */
  readonly keyword: string
  /** What holds when it is left out: counts and milliseconds, `Infinity` for unlimited. */
  readonly default: ResolvedPoolConfig[F]
  /** The default as the option itself says it, where that is something else. */
  readonly written?: string
}

/** An option that bears on pooling and for which a pool has no field. */
interface NativeParameter {
  readonly keyword: string
  readonly default: string
  readonly meaning: string
}

/** How a client pools by itself: its classes, their options and the defaults of these. Held against the libraries by a test. */
export interface NativePooling {
  /** The classes that hold the connections. */
  readonly poolClasses: readonly string[]
  /** The client's options that take them. */
  readonly givenAs: string
  /** What is used when none is given, and in what it differs from a new one. */
  readonly fallback: { readonly pool: string; readonly settings: { readonly [F in PoolConfigField]?: ResolvedPoolConfig[F] } }
  readonly settings: { readonly [F in PoolConfigField]?: NativeSetting<F> }
  readonly parameters: readonly NativeParameter[]
}

/** How one client takes what a pool or its own class gives. */
export interface Recipe {
  /** Imports of the client itself. */
  readonly imports: readonly string[]
  /** From `pool` on. */
  readonly use: readonly string[]
  /** The same without polypool, from the settings that `translate` gives. */
  native(settings: never): { readonly imports: readonly string[]; readonly code: readonly string[] }
}
