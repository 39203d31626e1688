import type { AdapterModule } from '../../adapter.ts'
import type { Agents } from '../../engines/node-agent/open-agents.ts'
import { translateWith } from '../../engines/node-agent/settings.ts'
import { readAgents } from '../../engines/node-agent/unwrap.ts'
import { readSafely } from '../../engines/translation.ts'
import { type AgentkeepaliveSettings, agentkeepaliveSettings } from './settings.ts'
import { support } from './support.ts'

type Adapter = AdapterModule<unknown, never, Agents<AgentkeepaliveSettings, AgentkeepaliveSettings>>

/** The options for `new Agent` and `new HttpsAgent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({
    http: agentkeepaliveSettings(resolved),
    https: agentkeepaliveSettings(resolved),
  }))

/** The config that an agent, its options, or `{ http, https }` of either amount to. */
export const readSettings: Adapter['readSettings'] = readSafely((native) => readAgents(native, 'agentkeepalive'))
