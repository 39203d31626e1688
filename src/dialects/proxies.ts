import type { ParsedPoolConfig } from '../config/parse.ts'
import { problemOfHost } from '../config/proxies/no-proxy.ts'
import { ProxyServer, readProxyUrl, showProxyUrl } from '../config/proxies/proxy-server.ts'
import type { PoolConfig } from '../config/types.ts'
import type { PythonArgument } from './python.ts'
import type { SettingsReader } from './settings-reader.ts'

type Proxies = Pick<PoolConfig, 'proxy' | 'noProxy'>

/** The proxy that a setting names; None and nothing name none. An error has no password in it. */
export function readProxy(reader: SettingsReader, key: string, value: unknown = reader.raw(key)): ProxyServer | undefined {
  if (value === undefined || value === null) return undefined
  const read = readProxyUrl(value)
  if ('server' in read) return read.server
  reader.fail(key, read.problem, showProxyUrl(value))
  return undefined
}

/** A proxy of its own goes before the environment, which is asked only where `trust_env` says so in so many words. */
export function readTrusting(reader: SettingsReader, own: ProxyServer | undefined): Proxies {
  const asked = reader.has('trust_env') ? reader.boolean('trust_env') : undefined
  if (own !== undefined) return { proxy: own }
  return asked === undefined ? {} : { proxy: asked ? 'env' : false }
}

/** Hosts in a text, set apart by commas, as `no_proxy` of several libraries has them. */
export function readHosts(reader: SettingsReader, key: string, value: unknown): Proxies {
  if (value === undefined || value === null || value === '') return {}
  const items = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : undefined
  const problem =
    items === undefined
      ? 'is no text of hosts: write "localhost,.internal"'
      : items.flatMap((item) => problemOfHost(item) ?? [])[0]
  if (problem === undefined) return { noProxy: items }
  reader.fail(key, problem, showProxyUrl(value))
  return {}
}

/** What a config says of a proxy in so many words: what it leaves out is left out. */
export function askedProxy({ config, explicit }: ParsedPoolConfig): ProxyServer | 'env' | false | undefined {
  return explicit.has('proxy') ? config.proxy : undefined
}

export function listedHosts({ config: { noProxy } }: ParsedPoolConfig): string | undefined {
  return noProxy === 'env' || noProxy.length === 0 ? undefined : noProxy.join(',')
}

/** The URL as a setting. */
export function settingOf(proxy: ProxyServer | 'env' | false | undefined): string | undefined {
  return proxy instanceof ProxyServer ? proxy.urlWithCredentials() : undefined
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

/** `trust_env` for what a config asks; undefined where the library's own default is meant, or nothing was said. */
export function trusting(proxy: ProxyServer | 'env' | false | undefined, standard: boolean): boolean | undefined {
  if (proxy === undefined) return undefined
  const wanted = proxy === 'env'
  return wanted || standard ? wanted : undefined
}
