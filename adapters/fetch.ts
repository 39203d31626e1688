import type { AdapterModule, CreatePoolOptions, Pool } from '../src/adapter.ts'
import { support } from '../src/clients/fetch/support.ts'
import type { PoolConfig } from '../src/config/types.ts'
import { openPool } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'
import type { NativeClientOptions } from '../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../src/engines/undici-dispatcher/open-dispatcher.ts'
import { assertTakesDispatcher, fetchBy } from '../src/engines/undici-dispatcher/platform-fetch.ts'
import { readDispatcher } from '../src/engines/undici-dispatcher/read.ts'
import { type DispatcherSettings, translateToAgent } from '../src/engines/undici-dispatcher/settings.ts'

/** A dispatcher as the types of the platform's `fetch` know it. */
type Dispatcher = NonNullable<RequestInit['dispatcher']>

/** What `fetch` takes besides its standard options. */
export interface FetchOptions {
  readonly dispatcher: Dispatcher
}

export interface FetchPool extends Pool<FetchOptions> {
  /**
   * The platform's own `fetch` on this pool's connections: the global one as it was when polypool was loaded, whatever replaces it later.
   * It may be made the global one itself.
   */
  readonly fetch: typeof globalThis.fetch
}

type Adapter = AdapterModule<FetchOptions, NativeClientOptions, DispatcherSettings>

export { support }

/** A pool for the platform's `fetch`: call `fetch` of the pool, or give its `options` to the global one. */
export function createPool(
  config?: PoolConfig | Pool<unknown>,
  native?: NativeClientOptions,
  options?: CreatePoolOptions,
): FetchPool {
  assertTakesDispatcher()
  const pool = openPool(support, config, options, (core) => openDispatcher<Dispatcher>(core, native))
  return Object.assign(pool, { fetch: fetchBy(pool.options.dispatcher) })
}

/** The options for undici's `new Agent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) => translateToAgent(support, config)

/** The config that an Agent, Pool or Client, its options, or `{ dispatcher }` amount to. */
export const readSettings: Adapter['readSettings'] = readSafely(readDispatcher)
