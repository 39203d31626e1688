import HttpAgent, { type HttpsAgent } from 'agentkeepalive'
import type { AdapterModule } from '../src/adapter.ts'
import { adopt } from '../src/clients/agentkeepalive/adopt.ts'
import { readSettings, translate } from '../src/clients/agentkeepalive/native.ts'
import type { AgentkeepaliveSettings } from '../src/clients/agentkeepalive/settings.ts'
import { requirement, support } from '../src/clients/agentkeepalive/support.ts'
import { isAtLeast, loadedVersion, parseVersion, unsupportedVersion, type Version } from '../src/engines/installed.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../src/engines/node-agent/open-agents.ts'
import { assertRuntime } from '../src/engines/node-agent/runtime.ts'
import { openPool } from '../src/engines/open-pool.ts'

type Adapter = AdapterModule<
  Agents<HttpAgent, HttpsAgent>,
  NativeAgentOptions,
  Agents<AgentkeepaliveSettings, AgentkeepaliveSettings>
>

export { readSettings, support, translate }

// Its own idle and active timers are off: the pool closes idle connections, and active ones are the caller's.
const timersOff = { timeout: 0, freeSocketTimeout: 0 }

/** A pool of agentkeepalive's own agents, whose statistics and events go on working. */
export const createPool: Adapter['createPool'] = (config, native, options) =>
  openPool(support, config, options, (core) =>
    openAgents<HttpAgent, HttpsAgent>(core, native, agentClasses(), timersOff, false, adopt),
  )

function agentClasses(): { readonly http: unknown; readonly https: unknown } {
  assertRuntime()
  const version = loadedVersion(HttpAgent)
  if (version !== undefined && !isSupported(parseVersion(version))) {
    throw unsupportedVersion(requirement, version, process.versions.node)
  }
  return { http: HttpAgent, https: HttpAgent.HttpsAgent }
}

function isSupported(version: Version): boolean {
  return isAtLeast(version, [4, 5, 0]) && !isAtLeast(version, [5, 0, 0])
}
