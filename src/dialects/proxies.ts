import type { ParsedPoolConfig } from '../config/parse.ts'
import { problemOfHost } from '../config/proxies/no-proxy.ts'
import { ProxyServer, readProxyUrl, showProxyUrl } from '../config/proxies/proxy-server.ts'
import type { PoolConfig } from '../config/types.ts'
import type { PythonArgument } from './python.ts'
import type { SettingsReader } from './settings-reader.ts'

type Proxies = Pick<PoolConfig, 'proxy' | 'noProxy'>

interface ProxyForms {
  /** Why the library can't reach one by SOCKS; left out where it can. */
  readonly noSocks?: string
}

/** The proxy that a setting names; None and nothing name none. An error has no password in it. */
export function readProxy(
  reader: SettingsReader,
  key: string,
  value: unknown = reader.raw(key),
  { noSocks }: ProxyForms = {},
): ProxyServer | undefined {
  if (value === undefined || value === null) return undefined
  const read = readProxyUrl(value)
  const problem = 'problem' in read ? read.problem : read.server.isSocks && noSocks ? `${read.server} ${noSocks}` : undefined
  if (problem === undefined && 'server' in read) return read.server
  reader.fail(key, String(problem), showProxyUrl(value))
  return undefined
}

/** The URL of a proxy with a user and password that were given beside it. */
export function withCredentials({ origin }: ProxyServer, user: string, password: string): string {
  return origin.replace('://', () => `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`)
}

/** A proxy of its own goes before the environment, which is asked where `trust_env` says so, be it by default. */
export function readTrusting(reader: SettingsReader, own: ProxyServer | undefined): Proxies {
  const trusting = reader.boolean('trust_env')
  if (own !== undefined) {
    if (trusting && reader.has('trust_env')) reader.noEffect('trust_env', 'beside a proxy of its own')
    return { proxy: own }
  }
  if (trusting && !reader.has('trust_env')) reader.remark('trust_env')
  return { proxy: trusting ? 'env' : false }
}

/** Hosts in a text, set apart by commas, as `no_proxy` of several libraries has them. */
export function readHosts(reader: SettingsReader, key: string, value: unknown): Proxies {
  if (value === undefined || value === null) return {}
  const items = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : undefined
  const problem =
    items === undefined
      ? 'is no text of hosts: write "localhost,.internal"'
      : items.flatMap((item) => problemOfHost(item) ?? [])[0]
  if (problem === undefined) return { noProxy: items }
  reader.fail(key, problem, showProxyUrl(value))
  return {}
}

/** What a config comes to. */
type Asked = ProxyServer | 'env' | false

/** The URL as a setting. */
export function settingOf(proxy: Asked): string | undefined {
  return proxy instanceof ProxyServer ? proxy.urlWithCredentials() : undefined
}

/** `trust_env` for what a config asks; undefined where the library's own default says it. */
export function trusting(proxy: Asked, standard: boolean): { trust_env?: boolean } {
  const wanted = proxy === 'env'
  return wanted === standard ? {} : { trust_env: wanted }
}

/** The hosts of a config in one text; undefined where NO_PROXY lists them. */
export function listedHosts({ config: { noProxy } }: ParsedPoolConfig): string | undefined {
  return noProxy === 'env' ? undefined : noProxy.join(',')
}

/** The URL as code: one with a password is taken from the environment, for code is kept where others read it. */
export function proxyCode(url: string): string {
  const read = readProxyUrl(url)
  return 'server' in read && read.server.credentials() === null ? JSON.stringify(url) : 'os.environ["PROXY_URL"]'
}

/** The import that such code needs, or false. */
export function proxyImport(url: string | undefined): string | false {
  return url !== undefined && proxyCode(url).startsWith('os.') && 'import os'
}

export function proxyArgument(keyword: string, url: string | undefined): PythonArgument[] {
  return url === undefined ? [] : [{ keyword, code: proxyCode(url) }]
}
