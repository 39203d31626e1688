import { createRequire } from 'node:module'
import type { default as HttpAgent, HttpsAgent } from 'agentkeepalive'
import type { AdapterModule } from '../src/adapter.ts'
import { type AgentkeepaliveSettings, agentkeepaliveSettings } from '../src/clients/agentkeepalive/settings.ts'
import { requirement, support } from '../src/clients/agentkeepalive/support.ts'
import { installedVersion, isAtLeast, parseVersion, unsupportedVersion } from '../src/engines/installed.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { assertRuntime } from '../src/engines/node-agent/runtime.ts'
import { translateWith } from '../src/engines/node-agent/settings.ts'
import { readAgents } from '../src/engines/node-agent/unwrap.ts'
import { openPool } from '../src/engines/open-pool.ts'
import { readSafely } from '../src/engines/translation.ts'

type Adapter = AdapterModule<
  Agents<HttpAgent, HttpsAgent>,
  NativeAgentOptions,
  Agents<AgentkeepaliveSettings, AgentkeepaliveSettings>
>

export { support }

// Its own idle and active timers are off: the pool closes idle connections, and active ones are the caller's.
const timersOff = { timeout: 0, freeSocketTimeout: 0 }

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
export const readSettings: Adapter['readSettings'] = readSafely((native) => readAgents(native, 'agentkeepalive'))

// Loaded with the first pool, so that what the adapter declares can be read without the package.
function loadAgents(): { readonly http: unknown; readonly https: unknown } {
  assertRuntime()
  const require = createRequire(import.meta.url)
  const version = installedVersion(requirement, require)
  const parsed = parseVersion(version)
  if (!isAtLeast(parsed, [4, 5, 0]) || isAtLeast(parsed, [5, 0, 0])) {
    throw unsupportedVersion(requirement, version, process.versions.node)
  }
  const HttpAgent = require('agentkeepalive') as typeof import('agentkeepalive')
  return { http: HttpAgent, https: HttpAgent.HttpsAgent }
}
