import { type ConfigIssue, PoolConfigError } from '../../errors.ts'
import { type NoProxy, readNoProxy } from './no-proxy.ts'
import { type ProxyServer, readProxyUrl } from './proxy-server.ts'

/** A proxy and the variable that names it. */
export interface VariableProxy {
  readonly server: ProxyServer
  readonly variable: string
}

/** What the environment says of proxies, for origins of each scheme. */
export interface EnvironmentProxies {
  readonly http: VariableProxy | null
  readonly https: VariableProxy | null
  /** A variable for http that is set and not read, since a client may have set it. */
  readonly ignored?: string
}

/** Hosts that are reached directly, and the variable that lists them; '' if there is none. */
export interface VariableNoProxy {
  readonly list: NoProxy
  readonly variable: string
}

/**
 * Reads `http_proxy`, `https_proxy` and `all_proxy`, each also in upper case, as curl does (`man curl`, "ENVIRONMENT"; lib/url.c): the
 * lower-case one goes before, an empty one is none, and `all_proxy` is for schemes that have none of their own. A value without a scheme is an
 * HTTP proxy (curl, Go).
 *
 * `HTTP_PROXY` is ignored where `REQUEST_METHOD` is set (curl, Go): in a CGI program a client sets it, by a header `Proxy` (httpoxy,
 * CVE-2016-5385). On Windows, where both spellings are one variable, neither is read then.
 *
 * Throws ERR_POOL_CONFIG that names the variable, for those that are read and malformed.
 */
export function readProxyVariables(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): EnvironmentProxies {
  const issues: ConfigIssue[] = []
  const inCgi = env.REQUEST_METHOD !== undefined
  const nameOf = (lower: string): string | undefined => {
    if (lower === 'http_proxy' && inCgi) return platform !== 'win32' && env[lower] ? lower : undefined
    return named(env, lower)
  }
  const proxy = (lower: string): VariableProxy | null => {
    const variable = nameOf(lower)
    if (variable === undefined) return null
    const value = env[variable] as string
    const read = readProxyUrl(value.includes('://') ? value : `http://${value}`)
    if ('server' in read) return { server: read.server, variable }
    if (!issues.some(({ path }) => path === variable)) issues.push(refusal(variable, read.problem))
    return null
  }
  const http = nameOf('http_proxy') === undefined ? proxy('all_proxy') : proxy('http_proxy')
  const https = nameOf('https_proxy') === undefined ? proxy('all_proxy') : proxy('https_proxy')
  if (issues.length > 0) throw new PoolConfigError(issues)
  const ignored = inCgi && http === null ? named(env, 'http_proxy') : undefined
  return { http, https, ...(ignored && { ignored }) }
}

/** Reads `no_proxy`, or `NO_PROXY`. Throws ERR_POOL_CONFIG that names it, if it is malformed. */
export function readNoProxyVariable(env: NodeJS.ProcessEnv = process.env): VariableNoProxy {
  const variable = named(env, 'no_proxy') ?? ''
  const read = readNoProxy(env[variable] ?? '')
  if ('list' in read) return { list: read.list, variable }
  throw new PoolConfigError(read.problems.map((problem) => refusal(variable, problem)))
}

function named(env: NodeJS.ProcessEnv, lower: string): string | undefined {
  return [lower, lower.toUpperCase()].find((name) => env[name])
}

function refusal(variable: string, problem: string): ConfigIssue {
  return { path: variable, value: undefined, message: `${variable} in the environment: ${problem}` }
}
