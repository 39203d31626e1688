import type { CreatePoolOptions, Pool } from '../src/adapter.ts'
import { readSettings, translate } from '../src/clients/fetch/native.ts'
import { support, supportIn } from '../src/clients/fetch/support.ts'
import { supportWith, undiciPeer } from '../src/clients/undici/peer.ts'
import type { PoolConfig } from '../src/config/types.ts'
import { openPool } from '../src/engines/open-pool.ts'
import type { NativeClientOptions } from '../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../src/engines/undici-dispatcher/open-dispatcher.ts'
import { assertTakesDispatcher, fetchBy } from '../src/engines/undici-dispatcher/platform-fetch.ts'

/** As the types of the platform's `fetch` know it. Those of browsers, which TypeScript has unless `lib` says otherwise, know none. */
type DispatcherOf<Init> = Init extends { dispatcher?: infer D } ? NonNullable<D> : object

/** What `fetch` takes: among its standard options, so that whichever types it has take it. */
export interface FetchOptions extends RequestInit {
  readonly dispatcher: DispatcherOf<RequestInit>
}

export interface FetchPool extends Pool<FetchOptions> {
  /**
   * The platform's own `fetch` on this pool's connections: the global one as it was when polypool was loaded, whatever replaces it later.
   * It may be made the global one itself.
   */
  readonly fetch: typeof globalThis.fetch
}

export { readSettings, support, translate }

/** A pool for the platform's `fetch`: call `fetch` of the pool, or give its `options` to the global one. */
export function createPool(
  config?: PoolConfig | Pool<unknown>,
  native?: NativeClientOptions,
  options?: CreatePoolOptions,
): FetchPool {
  assertTakesDispatcher()
  const pool = openPool(
    support,
    config,
    options,
    (core) => openDispatcher<FetchOptions['dispatcher']>(core, undiciPeer(), native),
    () => supportWith(undiciPeer(), supportIn(process.versions)),
  )
  return Object.assign(pool, { fetch: fetchBy(pool.options.dispatcher) })
}
