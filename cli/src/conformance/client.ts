import type { ClientSupport, CreatePoolOptions, Pool, PoolConfig, Reading, Translation } from 'polypool'
import type { ClientDriver } from './clients/types.ts'

export type AnyPool = Pool<unknown>

/** Any adapter module; what its options and native options are is the driver's business. */
export interface AnyAdapter {
  readonly support: ClientSupport
  createPool(config?: PoolConfig | AnyPool, native?: object, options?: CreatePoolOptions): AnyPool
  translate(config?: PoolConfig): Translation<unknown>
  readSettings(native: unknown): Reading
}

/** How to load a client by name, also in another process. */
export interface ClientSource {
  readonly driver: string
  /** Package to import instead of the driver's usual one: another version under an alias. */
  readonly module?: string
  /** Packages to be replaced wherever they are imported, e.g. `undici` by `undici7`. */
  readonly alias?: { readonly [name: string]: string }
}

/** A client to be put to the test: its driver, its adapter, and the client's own module in the version at hand. */
export interface ConformanceClient {
  /** `got`, or `got@14`. */
  readonly name: string
  readonly driver: ClientDriver
  readonly adapter: AnyAdapter
  readonly module: unknown
  /** Null when it can't be loaded by another process. */
  readonly source: ClientSource | null
}
