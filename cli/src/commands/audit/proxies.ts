import { isNodeAgent, isProxying } from '../../reading/javascript/clients.ts'
import type { Creating, Model } from '../../reading/javascript/model.ts'
import { content, type Fields, field, hasAny, isClosed, type Value } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

const forBoth = 'give a pool the field proxy, through which every limit holds, or keep the limit where the proxy is'

export const proxyLimit: AuditRule = {
  id: 'proxy-limit',
  title: 'a limit that does not hold through a proxy',
  why: 'connections through the proxy are made while the limit is not looked at, or by a part that was not told of it: a burst opens one for each request',
  fix: forBoth,
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
  title: 'agents that axios leaves where there is a proxy',
  why: 'with its option proxy, and with HTTPS_PROXY in the environment too unless proxy is false, axios makes a tunnel of its own for each https request: httpsAgent is left, its limits do not hold, and no tunnel is used again',
  fix: 'set proxy: false beside the agents, and give the proxy to them, or to a pool, by its field proxy',
  *find(model) {
    for (const { at, options } of optionsOfAxios(model)) {
      const agent = field(options, 'httpsAgent')
      // What goes by fetch has no agents at all.
      if (agent === undefined || !isClosed(options) || content(field(options, 'adapter')) === 'fetch') continue
      const proxy = field(options, 'proxy')
      if (proxy === undefined && isSilenced(model)) continue
      const message = messageFor(proxy, agent)
      if (message !== undefined) yield { at, message }
    }
  },
}

function messageFor(proxy: Value | undefined, agent: Value): string | undefined {
  if (proxy === undefined) {
    const own = agent.kind === 'made' && isProxying(agent.creation)
    return own
      ? "HTTPS_PROXY, if it is set, puts axios' own tunnel in the place of this agent: set proxy: false"
      : 'HTTPS_PROXY, if it is set, gets round httpsAgent: set proxy: false'
  }
  return proxy.kind === 'fields' ? 'httpsAgent is left for https: axios makes a tunnel of its own to its proxy' : undefined
}

function* optionsOfAxios({ created, sent }: Model): Generator<Given> {
  for (const { node, creation, made } of created)
    if (creation.role === 'client' && creation.client === 'axios' && made.options.kind === 'fields')
      yield { at: node, options: made.options }
  for (const { node, sending, options } of sent)
    if (sending.client === 'axios' && options?.kind === 'fields') yield { at: node, options }
}

interface Given {
  readonly at: { readonly start: number }
  readonly options: Fields
}

/** `axios.defaults.proxy = false`, which holds for what the file makes after it. */
function isSilenced({ text }: Model): boolean {
  return /\bdefaults\.proxy\s*=\s*false\b/.test(text)
}
