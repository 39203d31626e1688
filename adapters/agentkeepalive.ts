import { createRequire } from 'node:module'
import type { default as HttpAgent, HttpsAgent } from 'agentkeepalive'
import type { AdapterModule } from '../src/adapter.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { type AgentkeepaliveSettings, agentkeepaliveSettings, translateWith } from '../src/engines/node-agent/settings.ts'
import { nodeSupport } from '../src/engines/node-agent/support.ts'
import { readAgents } from '../src/engines/node-agent/unwrap.ts'
import { openPool } from '../src/engines/open-pool.ts'
import { PoolUnsupportedError } from '../src/errors.ts'

type Adapter = AdapterModule<
  Agents<HttpAgent, HttpsAgent>,
  NativeAgentOptions,
  Agents<AgentkeepaliveSettings, AgentkeepaliveSettings>
>

// Its own idle and active timers are off: the pool closes idle connections, and active ones are the caller's.
const timersOff = { timeout: 0, freeSocketTimeout: 0 }

export const support: Adapter['support'] = nodeSupport(
  'agentkeepalive',
  { name: 'agentkeepalive', range: '^4.5.0' },
  {
    keepAliveExpiry: {
      native: 'approximated',
      pool: 'enforced',
      message:
        'freeSocketTimeout; it also strikes a socket that has just been handed to a waiting request, and overrides a shorter hint of the server',
    },
    maxLifetime: {
      native: 'approximated',
      pool: 'enforced',
      message: 'socketActiveTTL; it is not checked when a socket is handed to a waiting request',
    },
    keepAliveHintMargin: {
      native: 'unsupported',
      pool: 'enforced',
      message: "agentkeepalive's own timer replaces the server's hint",
    },
    advice: [],
  },
)

/** A pool of agentkeepalive's own agents, whose statistics and events go on working. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) => openAgents<HttpAgent, HttpsAgent>(core, native, loadAgents(), timersOff))

/** The options for `new Agent` and `new HttpsAgent` that come nearest to the config. */
export const translate: Adapter['translate'] = (config) =>
  translateWith(support, config, (resolved) => ({
    http: agentkeepaliveSettings(resolved),
    https: agentkeepaliveSettings(resolved),
  }))

/** The config that an agent, its options, or `{ http, https }` of either amount to. */
export const readSettings: Adapter['readSettings'] = (native) => readAgents(native, 'agentkeepalive')

// Loaded with the first pool, so that what the adapter declares can be read without the package.
function loadAgents(): { readonly http: unknown; readonly https: unknown } {
  const require = createRequire(import.meta.url)
  try {
    const HttpAgent = require('agentkeepalive') as typeof import('agentkeepalive')
    return { http: HttpAgent, https: HttpAgent.HttpsAgent }
  } catch (cause) {
    throw new PoolUnsupportedError('agentkeepalive is not installed: npm install agentkeepalive@4', { cause })
  }
}
