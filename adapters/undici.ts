import type { Dispatcher } from 'undici'
import type { AdapterModule } from '../src/adapter.ts'
import { readSettings, translate } from '../src/clients/undici/native.ts'
import { supportWith, undiciPeer } from '../src/clients/undici/peer.ts'
import { support, supportOn } from '../src/clients/undici/support.ts'
import { openPool } from '../src/engines/open-pool.ts'
import type { NativeClientOptions } from '../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../src/engines/undici-dispatcher/open-dispatcher.ts'
import type { DispatcherSettings } from '../src/engines/undici-dispatcher/settings.ts'

/** What requests of undici take. */
export interface DispatcherOptions {
  readonly dispatcher: Dispatcher
}

type Adapter = AdapterModule<DispatcherOptions, NativeClientOptions, DispatcherSettings>

export { readSettings, support, translate }

/** A pool for undici: give its `options` to `request`, `stream`, `fetch` and the rest. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(
    support,
    config,
    options,
    (core) => openDispatcher<Dispatcher>(core, undiciPeer(), native),
    () => supportWith(undiciPeer(), supportOn(undiciPeer())),
  )
