import { clients } from '../../src/clients/index.ts'
import type { ClientName } from '../../src/clients/types.ts'

/** What a client's users do for a proxy by themselves, and what that does to limits, as measured: 40 requests at once, 2 https hosts and one of http. */
const ways: { readonly [C in ClientName]: readonly [way: string, limits: string] } = {
  undici: [
    '`ProxyAgent({ connections: 5 })`, `EnvHttpProxyAgent`',
    'https: 5 for each host, http: unlimited; 20 connections at a time',
  ],
  fetch: ['undici’s, as `dispatcher`; `NODE_USE_ENV_PROXY=1`, which goes for the global dispatcher alone', 'as of undici'],
  axios: [
    '`proxy`, or the environment, which it reads by itself',
    'with agents of `maxSockets: 5` 35 connections at a time; https tunnels are never used again, and leave `httpsAgent`',
  ],
  got: ['hpagent, `maxSockets: 5`', '40 connections opened, 28 at a time: the limit is ignored while it dials'],
  'node-fetch': ['https-proxy-agent 9, `maxSockets: 5`', '10 connections for two https hosts: the limit holds'],
  agentkeepalive: ['none of its own', ''],
  'node-http': [
    '`proxyEnv` of its agents, from Node 24.5 on, `maxSockets: 5`',
    '35 connections opened, 34 at a time: the limit is ignored while it dials',
  ],
}

/** One line for each client, and what `proxy` comes to in its pools. */
export function proxyTable(): string {
  const rows = Object.entries(ways).map(([client, [way, limits]]) => {
    const { pool, pooled } = clients[client as ClientName].support.fields.proxy
    const ofPool = pool === 'unsupported' ? `✗ ${pooled ?? ''}` : 'every limit holds'
    return `| [${client}](clients/${client}.md) | ${ofPool} | ${way} | ${limits} |`
  })
  return ['| client | `proxy` in a pool | the client’s own way | and its limits, measured |', '|---|---|---|---|', ...rows].join(
    '\n',
  )
}
