import { type ConfigIssue, PoolConfigError } from '../../errors.ts'
import { hostKeysOf } from '../hosts.ts'
import { fieldPath } from '../paths.ts'
import {
  type EnvironmentProxies,
  readNoProxyVariable,
  readProxyVariables,
  type VariableNoProxy,
  type VariableProxy,
} from './environment.ts'
import { NoProxy, readNoProxy } from './no-proxy.ts'
import { type ProxyServer, proxyServerIn, readProxyUrl } from './proxy-server.ts'

/** What a `proxy` field says: a URL, the environment, or none. */
export type ProxySetting = string | false | ProxyServer

/** What a config says of proxies, resolved or not. */
export interface ProxySettings {
  /** `scheme://user:password@host:port`, `'env'`, or false (the default). */
  readonly proxy?: ProxySetting | undefined
  /** Hosts that are reached directly, or `'env'` for those of NO_PROXY. Default: `'env'` where `proxy` is that, else none. */
  readonly noProxy?: readonly string[] | string | undefined
  /** By keys of `hosts`, their own `proxy`. It is meant for these hosts, so `noProxy` does not bear on it. */
  readonly hosts?: { readonly [host: string]: { readonly proxy?: ProxySetting | undefined } } | undefined
}

/** Settings that have been read; what is wrong with them is known. */
export interface ReadRoutes {
  readonly main: Way
  readonly hosts: ReadonlyMap<string, Way>
}

/** What one `proxy` field comes to, for origins of each scheme. */
interface Way {
  readonly http: Via
  readonly https: Via
  readonly noProxy: NoProxy
  /** What lists those hosts. */
  readonly noProxyName: string
}

interface Via {
  readonly server: ProxyServer | null
  readonly reason: string
}

/**
 * By which proxy an origin is reached under settings, and why.
 * @param origin `scheme://host:port`, as the engines spell it
 */
export function explain({ main, hosts }: ReadRoutes, origin: string): Via {
  // The most specific key comes last.
  const key = hosts.size === 0 ? undefined : hostKeysOf(origin).findLast((one) => hosts.has(one))
  const way = (key === undefined ? undefined : hosts.get(key)) ?? main
  const [, scheme, host = '', digits] = /^(https?):\/\/(.*):(\d+)$/.exec(origin) ?? []
  const via = scheme === 'https' ? way.https : way.http
  if (via.server === null) return via
  const entry = way.noProxy.match(host, Number(digits))
  return entry === null ? via : { server: null, reason: `${way.noProxyName}: ${entry}` }
}

/** Every proxy that origins may be reached by. */
export function serversOf({ main, hosts }: ReadRoutes): ProxyServer[] {
  const servers = [main, ...hosts.values()].flatMap(({ http, https }) => [http.server, https.server])
  return servers.filter((server) => server !== null)
}

/** By which proxy an origin is reached: its scheme, host and port. Null: by none, as what has no host and port, such as a unix socket. */
export function proxyOf(read: ReadRoutes, origin: string): string | null {
  if (!/^https?:\/\/[^/]*:\d+$/.test(origin)) return null
  return explain(read, origin).server?.origin ?? null
}

/** Reads settings, and with `'env'` the environment as it is now. Throws ERR_POOL_CONFIG with everything that is wrong. */
export function readRoutes(
  { proxy = false, noProxy, hosts = {} }: ProxySettings,
  env: NodeJS.ProcessEnv = process.env,
): ReadRoutes {
  const reader = new WaysReader(env)
  const main = reader.wayOf(proxy, 'proxy', noProxy ?? (proxy === 'env' ? 'env' : []))
  const own = Object.entries(hosts).flatMap(([key, { proxy: setting }]) =>
    setting === undefined
      ? []
      : [[key, reader.wayOf(setting, `${fieldPath('hosts', key)}.proxy`, setting === 'env' ? 'env' : [])] as const],
  )
  reader.throwIfAny()
  return { main, hosts: new Map(own) }
}

/** Collects what is wrong, and asks the environment only where a setting does, and once. */
class WaysReader {
  readonly #env: NodeJS.ProcessEnv
  readonly #issues: ConfigIssue[] = []
  #proxies: EnvironmentProxies | undefined
  #noProxy: VariableNoProxy | undefined

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
  }

  wayOf(setting: ProxySetting, name: string, noProxy: readonly string[] | string): Way {
    if (setting === false) return direct(name)
    const listed = this.#listOf(noProxy)
    if (setting !== 'env') {
      const server = this.#serverOf(setting, name)
      return { http: { server, reason: name }, https: { server, reason: name }, ...listed }
    }
    const { http, https, ignored } = this.#variables()
    const none = `${name}: env, and `
    const noneForHttp = ignored ? `${ignored} is not read where REQUEST_METHOD is set` : missing('HTTP_PROXY', https)
    return {
      http: viaVariable(http, name) ?? { server: null, reason: none + noneForHttp },
      https: viaVariable(https, name) ?? { server: null, reason: none + missing('HTTPS_PROXY', http) },
      ...listed,
    }
  }

  throwIfAny(): void {
    if (this.#issues.length > 0) throw new PoolConfigError(this.#issues)
  }

  #serverOf(setting: string | ProxyServer, name: string): ProxyServer | null {
    const known = proxyServerIn(setting)
    const read = known ? { server: known } : readProxyUrl(setting)
    if ('server' in read) return read.server
    this.#refuse(name, read.problem)
    return null
  }

  #listOf(noProxy: readonly string[] | string): Pick<Way, 'noProxy' | 'noProxyName'> {
    if (noProxy === 'env') {
      this.#noProxy ??= this.#attempt(() => readNoProxyVariable(this.#env)) ?? noVariable
      return { noProxy: this.#noProxy.list, noProxyName: this.#noProxy.variable }
    }
    const read = readNoProxy(noProxy)
    if ('list' in read) return { noProxy: read.list, noProxyName: 'noProxy' }
    for (const problem of read.problems) this.#refuse('noProxy', problem)
    return { noProxy: new NoProxy(), noProxyName: 'noProxy' }
  }

  #variables(): EnvironmentProxies {
    this.#proxies ??= this.#attempt(() => readProxyVariables(this.#env)) ?? { http: null, https: null }
    return this.#proxies
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof PoolConfigError)) throw error
      this.#issues.push(...error.issues)
      return undefined
    }
  }

  #refuse(path: string, problem: string): void {
    this.#issues.push({ path, value: undefined, message: `${path}: ${problem}` })
  }
}

const noVariable: VariableNoProxy = { list: new NoProxy(), variable: '' }

function direct(name: string): Way {
  const via = { server: null, reason: `${name}: false` }
  return { http: via, https: via, noProxy: noVariable.list, noProxyName: '' }
}

function viaVariable(found: VariableProxy | null, name: string): Via | undefined {
  return found === null ? undefined : { server: found.server, reason: `${name}: env, ${found.variable}` }
}

/** @param other what is found for the other scheme */
function missing(variable: string, other: VariableProxy | null): string {
  return other === null ? 'no variable names a proxy' : `neither ${variable} nor ALL_PROXY is set`
}
