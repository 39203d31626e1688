import type { AdapterModule } from '../../adapter.ts'
import { readSafely } from '../../engines/translation.ts'
import { readDispatcher } from '../../engines/undici-dispatcher/read.ts'
import { type DispatcherSettings, translateToAgent } from '../../engines/undici-dispatcher/settings.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, DispatcherSettings>

/** The options for `new Agent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) => translateToAgent(support, config)

/** The config that an Agent, Pool or Client, its options, or `{ dispatcher }` amount to. */
export const readSettings: Adapter['readSettings'] = readSafely(readDispatcher)
