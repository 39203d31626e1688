import { readProxyVariables } from '../config/proxies/environment.ts'
import { readNoProxy } from '../config/proxies/no-proxy.ts'
import { type ProxyServer, readProxyUrl } from '../config/proxies/proxy-server.ts'
import type { Note, PoolConfig } from '../config/types.ts'
import type { Options } from './options.ts'

/** What native settings say of proxies, in the words of a config. */
export interface ProxyReading {
  readonly config: Pick<PoolConfig, 'proxy' | 'noProxy'>
  readonly notes: readonly Note[]
}

export const noProxyAtAll: ProxyReading = { config: {}, notes: [] }

/** No note repeats a value: it may be an URL with its password. */
export function proxyNote(field: string, message: string, support: Note['support'] = 'native'): Note {
  return { field, support, message }
}

/** The proxy of a URL, a text, or an object of parts as axios and socks-proxy-agent have them; undefined for what is none. */
export function serverOf(value: unknown): ProxyServer | undefined {
  const text =
    value instanceof URL ? value.href : typeof value === 'object' && value !== null ? urlOfParts(value as Options) : value
  const read = readProxyUrl(typeof text === 'string' && text !== '' && !text.includes('://') ? `http://${text}` : text)
  return 'server' in read ? read.server : undefined
}

function urlOfParts(parts: Options): string | undefined {
  const { href, protocol = 'http', host, hostname = host, port } = parts
  if (typeof href === 'string') return href
  if (typeof hostname !== 'string' || hostname === '') return undefined
  const { username, password } = credentialsIn(parts.auth)
  const secret = [username, password].map((part) => encodeURIComponent(String(part ?? ''))).join(':')
  const name = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
  const numbered = port === undefined || port === null || port === '' || /:\d+$/.test(name) ? name : `${name}:${String(port)}`
  return `${String(protocol).replace(/:(\/\/)?$/, '')}://${secret === ':' ? '' : `${secret}@`}${numbered}`
}

/** As axios has them, or in a text, as the `auth` of what `url.parse` gives. */
function credentialsIn(auth: unknown): Options {
  if (typeof auth !== 'string') return (auth ?? {}) as Options
  const [username, ...password] = auth.split(':')
  return { username, password: password.join(':') }
}

/** One proxy as a field; a note where it can't be read. */
export function readServer(option: string, value: unknown): ProxyReading {
  if (value === undefined || value === null || value === '') return noProxyAtAll
  const server = serverOf(value)
  if (server !== undefined) return { config: { proxy: server }, notes: [] }
  return {
    config: {},
    notes: [proxyNote(option, `${option} names no proxy that a pool could go through: set proxy`, 'unsupported')],
  }
}

/** A proxy for each scheme, and what is reached without: a pool has one for both, unless the environment says it. */
export function readPair(
  names: readonly [http: string, https: string, noProxy: string],
  http: unknown,
  https: unknown,
  noProxy: unknown,
  own: readonly [http: boolean, https: boolean] = [true, true],
): ProxyReading {
  const [first, second] = [readServer(names[0], own[0] ? http : undefined), readServer(names[1], own[1] ? https : undefined)]
  const proxy = second.config.proxy ?? first.config.proxy
  const notes = [...first.notes, ...second.notes]
  if (proxy === undefined) return { config: {}, notes }
  const same = first.config.proxy && second.config.proxy && serverOf(http)?.equals(second.config.proxy as ProxyServer)
  if (!same && own[0] && own[1]) {
    const which = second.config.proxy ? names[1] : names[0]
    notes.push(
      proxyNote(
        'proxy',
        `a pool has one proxy for http and https, unless it goes by the environment (proxy: env): that of ${which} was taken`,
        'approximated',
      ),
    )
  }
  return { config: { proxy, ...listOf(noProxy) }, notes: [...notes, ...listNotes(names[2], noProxy)] }
}

/** What goes by the environment, but for a list of its own. */
export function readByEnvironment(name: string, noProxy: unknown): ProxyReading {
  return { config: { proxy: 'env', ...listOf(noProxy) }, notes: listNotes(name, noProxy) }
}

function listOf(noProxy: unknown): Pick<PoolConfig, 'noProxy'> {
  const items = typeof noProxy === 'string' ? noProxy.split(/[\s,]+/).filter(Boolean) : []
  return items.length > 0 && 'list' in readNoProxy(items) ? { noProxy: items } : {}
}

function listNotes(name: string, noProxy: unknown): Note[] {
  if (typeof noProxy !== 'string' || noProxy.trim() === '') return []
  if (listOf(noProxy).noProxy === undefined)
    return [proxyNote('noProxy', `${name} lists what is no host to a pool: set noProxy`, 'unsupported')]
  return [
    proxyNote('noProxy', `a host in noProxy stands for all below it too, in ${name} often for itself alone`, 'approximated'),
  ]
}

/** `proxyEnv` of node's agents: variables, of which the process's own are `env`. */
export function readProxyEnv(value: unknown, schemes: readonly [http: boolean, https: boolean]): ProxyReading {
  if (typeof value !== 'object' || value === null) return noProxyAtAll
  if (value === process.env) return { config: { proxy: 'env' }, notes: [] }
  const env = value as Options
  const either = (name: string) => env[name] || env[name.toUpperCase()]
  return readPair(
    ['HTTP_PROXY of proxyEnv', 'HTTPS_PROXY of proxyEnv', 'NO_PROXY of proxyEnv'],
    either('http_proxy'),
    either('https_proxy'),
    either('no_proxy'),
    schemes,
  )
}

/** Whether these are the proxies of the environment as it is. */
export function areOfEnvironment(http: ProxyServer | undefined, https: ProxyServer | undefined): boolean {
  try {
    const { http: first, https: second } = readProxyVariables()
    const equal = (one: ProxyServer | undefined, other: ProxyServer | undefined) =>
      one === undefined || other === undefined ? one === other : one.equals(other)
    // undici uses that of http for https where there is no other.
    return equal(http, first?.server) && equal(https, (second ?? first)?.server)
  } catch {
    return false
  }
}

/** Agents of https-proxy-agent, http-proxy-agent, socks-proxy-agent, proxy-agent and hpagent, by what they hold. */
export function readProxyingAgent(agent: Options): ProxyReading {
  const { proxy, proxyHeaders, connectOpts, proxyRequestOptions, getProxyForUrl } = agent
  if (typeof getProxyForUrl === 'function') {
    const note = proxyNote(
      'proxy',
      'the agent goes by the environment, unless it was given a getProxyForUrl of its own',
      'approximated',
    )
    return { config: { proxy: 'env' }, notes: [note] }
  }
  if (typeof proxy !== 'object' || proxy === null) return noProxyAtAll
  const { config, notes } = readServer('proxy', partsOf(proxy as Options, agent.shouldLookup === true))
  const besides = [
    typeof proxyHeaders === 'function' || hasAny(proxyHeaders) ? ['proxyHeaders', 'proxyHeaders'] : [],
    hasAny(proxyRequestOptions) ? ['proxyRequestOptions', 'proxyHeaders and proxyTls'] : [],
    hasTls(connectOpts) ? ['the TLS options for the proxy', 'proxyTls'] : [],
  ]
  const told = besides.flatMap(([what, option]) =>
    what === undefined ? [] : [proxyNote('proxy', `${what} are not a pool setting: pass them as the native option ${option}`)],
  )
  return { config, notes: [...notes, ...told] }
}

/** socks-proxy-agent has a number for the version, and user and password by other names. */
function partsOf(proxy: Options, looksUp: boolean): Options {
  if (typeof proxy.type !== 'number') return proxy
  const auth = proxy.userId === undefined ? undefined : { username: proxy.userId, password: proxy.password }
  return { protocol: proxy.type === 5 ? (looksUp ? 'socks5' : 'socks5h') : 'socks4', host: proxy.host, port: proxy.port, auth }
}

function hasAny(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function hasTls(value: unknown): boolean {
  return (
    hasAny(value) &&
    ['ca', 'cert', 'key', 'pfx', 'rejectUnauthorized', 'servername'].some((name) => (value as Options)[name] != null)
  )
}
