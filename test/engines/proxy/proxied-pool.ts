// Pools of node's and agentkeepalive's agents whose origins are reached through proxies.
import type http from 'node:http'
import AgentkeepaliveHttp from 'agentkeepalive'
import { support } from '../../../src/clients/node-http/support.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { type Agents, type NativeAgentOptions, openAgents } from '../../../src/engines/node-agent/open-agents.ts'
import { openPool } from '../../../src/engines/open-pool.ts'
import { cleanup, type Opened, probeCertificate, type Scheme, type variants } from '../node-agent/support.ts'

/** Names that end at this machine, so that what is asked for by name can be told from what is connected to. */
export const lookup: NonNullable<NativeAgentOptions['lookup']> = (_, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}

export interface Proxied extends Opened {
  /** The same with the other agent. */
  by(scheme: Scheme): Opened
  reroute(settings: Settings): void
}

export type Settings = Pick<PoolConfig, 'proxy' | 'noProxy'>

type Variant = Pick<(typeof variants)[number], 'client' | 'scheme'>

export function openProxied(
  { client, scheme }: Variant,
  settings: Settings | string,
  config: PoolConfig = {},
  native: NativeAgentOptions = {},
): Proxied {
  const bases = client === 'agentkeepalive' ? [{ http: AgentkeepaliveHttp, https: AgentkeepaliveHttp.HttpsAgent }] : []
  const given = { ca: probeCertificate, proxyTls: { ca: probeCertificate }, ...native }
  const timers = client === 'agentkeepalive' ? [{ timeout: 0, freeSocketTimeout: 0 }] : []
  const whole = { ...config, ...(typeof settings === 'string' ? { proxy: settings } : settings) }
  const pool = openPool<Agents>(support, whole, { name: 'proxied', strict: false }, (core) =>
    openAgents(core, given, ...bases, ...timers),
  )
  cleanup(() => pool.destroy())
  const by = (other: Scheme): Opened => ({ pool, agent: pool.options[other] as http.Agent, scheme: other })
  return { ...by(scheme), by, reroute: (changed) => pool.reconfigure({ noProxy: [], ...changed }) }
}
