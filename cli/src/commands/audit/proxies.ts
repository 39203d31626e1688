import { isNodeAgent, isProxying } from '../../reading/javascript/clients.ts'
import type { Creating, Model } from '../../reading/javascript/model.ts'
import { content, field, hasAny, isClosed, type Value } from '../../reading/javascript/values.ts'
import { type GivenOptions, givenOptions } from './given-options.ts'
import type { AuditRule } from './rule.ts'

const forBoth = 'give a pool the field proxy, through which every limit holds, or keep the limit where the proxy is'

export const proxyLimit: AuditRule = {
  id: 'proxy-limit',
  severity: 'warn',
  title: 'a limit that does not hold through a proxy',
  why: 'connections through the proxy are made without checking the limit, or by code that does not know it: a burst opens one for each request',
  fix: forBoth,
  example: {
    bad: `import { ProxyAgent } from 'undici'

export const dispatcher = new ProxyAgent({ uri: 'http://proxy.example.com:3128', connections: 20 })`,
    good: `import { createPool } from 'polypool/undici'

export const pool = createPool({ proxy: 'http://proxy.example.com:3128', maxConnectionsPerHost: 20 })`,
  },
  *find({ created }) {
    for (const one of created) {
      const why = brokenLimit(one)
      if (why !== undefined) yield { at: one.node, message: why }
    }
  },
}

/** Measured: docs/proxies.md. https-proxy-agent counts what it dials since version 6, and holds. */
function brokenLimit({ creation, made }: Creating): string | undefined {
  const { options } = made
  const limit = (name: string) => isLimit(field(options, name))
  const sockets = limit('maxSockets') || limit('maxTotalSockets')
  if (made.creation.startsWith('hpagent#'))
    return sockets ? 'hpagent does not count the connections that it is making: maxSockets does not hold' : undefined
  if (isNodeAgent(made.creation) && options.kind === 'fields' && hasAny(options, ['proxyEnv']))
    return sockets ? 'with proxyEnv node does not count the connections that it is making: maxSockets does not hold' : undefined
  const ofUndici = /^undici#(?:ProxyAgent|EnvHttpProxyAgent)$/.test(made.creation)
  return ofUndici && limit('connections')
    ? `${creation.label} heeds connections for https alone: for http it has no limit`
    : undefined
}

function isLimit(value: Value | undefined): boolean {
  const limit = content(value)
  return typeof limit === 'number' && limit > 0 && limit !== Number.POSITIVE_INFINITY
}

export const proxyBypass: AuditRule = {
  id: 'proxy-bypass',
  severity: 'warn',
  title: 'agents that axios bypasses because of a proxy',
  why: 'axios makes a tunnel of its own for each https request through a proxy: it bypasses httpsAgent, whose limits do not hold, and no tunnel is reused',
  fix: 'set proxy: false beside the agents, and give the proxy to the agents, or to a pool with its field proxy',
  example: {
    bad: `import https from 'node:https'
import axios from 'axios'

const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent, proxy: { host: 'proxy.example.com', port: 3128 } })`,
    good: `import axios from 'axios'
import { HttpsProxyAgent } from 'https-proxy-agent'

const httpsAgent = new HttpsProxyAgent('http://proxy.example.com:3128', { keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent, proxy: false })`,
  },
  *find(model) {
    for (const { at, agent, proxy } of agentsOfAxios(model)) {
      if (proxy?.kind === 'fields')
        yield { at, message: 'httpsAgent is left for https: axios makes a tunnel of its own to its proxy' }
      if (proxy === undefined && isProxyingAgent(agent)) {
        yield { at, message: "HTTPS_PROXY, if it is set, puts axios' own tunnel in the place of this agent: set proxy: false" }
      }
    }
  },
}

export const proxyEnvironment: AuditRule = {
  id: 'proxy-env',
  severity: 'info',
  title: 'agents that axios bypasses where HTTPS_PROXY is set',
  why: 'unless proxy is false, axios reads the environment: if HTTPS_PROXY is set, it makes a tunnel of its own for each https request, and bypasses httpsAgent and its limits',
  fix: 'set proxy: false beside the agents; a pool has the field proxy for proxies in the environment',
  example: {
    bad: `import https from 'node:https'
import axios from 'axios'

const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent })`,
    good: `import https from 'node:https'
import axios from 'axios'

const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent, proxy: false })`,
  },
  *find(model) {
    for (const { at, agent, proxy } of agentsOfAxios(model)) {
      if (proxy === undefined && !isProxyingAgent(agent)) {
        yield { at, message: 'HTTPS_PROXY, if it is set, gets round httpsAgent: set proxy: false' }
      }
    }
  },
}

function isProxyingAgent(agent: Value): boolean {
  return agent.kind === 'made' && isProxying(agent.creation)
}

/** Where axios is given an agent for https, and what is said of a proxy beside it; undefined where nothing is. */
function* agentsOfAxios(model: Model): Generator<{ at: GivenOptions['at']; agent: Value; proxy: Value | undefined }> {
  for (const { at, client, options } of givenOptions(model)) {
    if (client !== 'axios' || options.kind !== 'fields') continue
    const agent = field(options, 'httpsAgent')
    // What goes by fetch has no agents at all.
    if (agent === undefined || !isClosed(options) || content(field(options, 'adapter')) === 'fetch') continue
    const proxy = field(options, 'proxy')
    if (proxy !== undefined || !isSilenced(model)) yield { at, agent, proxy }
  }
}

/** `axios.defaults.proxy = false`, which holds for what the file makes after it. */
function isSilenced({ text }: Model): boolean {
  return /\bdefaults\.proxy\s*=\s*false\b/.test(text)
}
