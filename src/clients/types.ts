import type { ClientSupport, Reading, Translation } from '../adapter.ts'
import type { PoolConfig, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'

/** By the name an adapter is imported under: `polypool/<name>`. */
export type ClientName = 'undici' | 'fetch' | 'axios' | 'got' | 'node-fetch' | 'agentkeepalive' | 'node-http'

/** What is known of a client besides its adapter. */
export interface ClientFacts {
  /** What else people call it. */
  readonly otherNames?: readonly string[]
  /** What its pools run on; the native options, the second argument of `createPool`, are of that kind. */
  readonly engine: 'node-agent' | 'undici-dispatcher'
  /** Whether the adapter imports the client's package, and so tells a version that it does not take. */
  readonly loadsPeer: boolean
  readonly support: ClientSupport
  /** What the adapter exports under these names; here the client's package need not be there. */
  translate(config?: PoolConfig): Translation<unknown>
  readSettings(native: unknown): Reading
  readonly pooling: NativePooling
  readonly recipe: Recipe
  readonly source: SourceFacts
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
  /** What its users do for a proxy, and what that does to limits, as measured: 40 requests at once, to two hosts of https and one of http. */
  readonly behindProxy: { readonly way: string; readonly limits: string }
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

/** What makes an agent, a dispatcher or an instance of a client. */
export interface Maker {
  readonly role: 'agent' | 'dispatcher' | 'client'
  /** As people call it. */
  readonly label: string
  /** Index of the argument that holds the options. */
  readonly options: number
  /** Index of the argument that holds the one origin it is for. */
  readonly origin?: number
  /** Index of the argument that names a proxy: among the options it is `proxy`. */
  readonly proxy?: number
  readonly scheme?: 'http' | 'https'
  /** What stands for the instance where `readSettings` is given its options. Default: the options themselves. */
  readonly instance?: (options: object) => object
}

/** Functions that send a request. */
interface Senders {
  /** Empty for the module, or the instance, itself. */
  readonly names: readonly string[]
  /** Arguments that may hold the options: the first of them that is an object does. */
  readonly options: readonly number[]
}

/** What is set once, for every request of a client that brings nothing of its own. */
export interface SharedSettings {
  /** `module#path` of the object that is assigned to, or of the function that is called. */
  readonly reference: string
  readonly label: string
  /** Options of the client or of an agent are assigned; a dispatcher is the argument of a call. */
  readonly holds: 'client options' | 'agent options' | 'dispatcher'
  /** What else is assigned there, besides the options that carry agents. */
  readonly more?: readonly string[]
  /** Other clients whose requests go by it. */
  readonly also?: readonly ClientName[]
  /** As of a maker. */
  readonly instance?: (options: object) => object
}

/** How JavaScript sets a client up and calls it, and how settings without code show whose they are. */
export interface SourceFacts {
  /** By `module#path`; `()` stands for an instance of the client. */
  readonly makers: { readonly [reference: string]: Maker }
  /** By module; what is `global` needs no import. An instance of the client has the same. */
  readonly senders: { readonly [module: string]: readonly Senders[] }
  readonly shared: readonly SharedSettings[]
  /** Options of a request or of the client through which agents and dispatchers are given to it. */
  readonly carriers: readonly string[]
  /** The same as a sentence, for who gives them in another client's way. */
  readonly takes: string
  /** For a client with classes of its own: names that other clients have, which these ignore in silence, and what to know of each. */
  readonly foreign: { readonly taker: string; readonly names: { readonly [option: string]: string } } | null
  /**
   * Options that show, without code, whose settings they are; none where only the shape of the settings does.
   * `alone`: one of them decides, whatever else is there.
   */
  readonly marks: { readonly names: readonly string[]; readonly alone: boolean }
  /** The maker whose options are meant where settings without code are those of an agent or a dispatcher. */
  readonly maker: string
  /** What `readSettings` is to be given where nothing is set at all. */
  nothingSet(): object
}
