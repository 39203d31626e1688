import type { Dispatcher } from 'undici'
import type { AdapterModule } from '../src/adapter.ts'
import { support } from '../src/clients/undici/support.ts'
import { openPool } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'
import type { NativeClientOptions } from '../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../src/engines/undici-dispatcher/open-dispatcher.ts'
import { readDispatcher } from '../src/engines/undici-dispatcher/read.ts'
import { type DispatcherSettings, translateToAgent } from '../src/engines/undici-dispatcher/settings.ts'

/** What requests of undici take. */
export interface DispatcherOptions {
  readonly dispatcher: Dispatcher
}

type Adapter = AdapterModule<DispatcherOptions, NativeClientOptions, DispatcherSettings>

export { support }

/** A pool for undici: give its `options` to `request`, `stream`, `fetch` and the rest. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => openDispatcher<Dispatcher>(core, native))

/** The options for `new Agent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) => translateToAgent(support, config)

/** The config that an Agent, Pool or Client, its options, or `{ dispatcher }` amount to. */
export const readSettings: Adapter['readSettings'] = readSafely(readDispatcher)
