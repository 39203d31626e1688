import { plainEntries } from '../../config/plain-object.ts'
import { ProxyServer } from '../../config/proxies/proxy-server.ts'
import type { PoolConfig, ResolvedPoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import { readProxy, withCredentials } from '../proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'
import type { Urllib3Settings } from './settings.ts'

type ProxySettings = Pick<Urllib3Settings, 'proxy_url' | 'proxy_headers'>

/** ProxyManager sends user and password only as a header; those of a URL stay unsent, but for SOCKS (urllib3/poolmanager.py). */
export function readProxies(reader: SettingsReader): PoolConfig {
  const proxy = readProxy(reader, 'proxy_url')
  const sent = readCredentials(reader)
  if (proxy === undefined) return {}
  if (sent !== undefined) {
    const whole = readProxy(reader, 'proxy_url', withCredentials(proxy, ...sent))
    return whole ? { proxy: whole } : {}
  }
  if (proxy.credentials() !== null && !proxy.isSocks)
    reader.note(
      'proxy_url',
      'approximated',
      'proxy_url: urllib3 itself does not send its user and password, which are for proxy_headers; a pool does',
    )
  return { proxy }
}

function readCredentials(reader: SettingsReader): readonly [user: string, password: string] | undefined {
  const given = reader.raw('proxy_headers')
  const headers = given === undefined || given === null ? [] : plainEntries(given)
  if (headers === undefined)
    reader.fail('proxy_headers', 'they are no set of headers: use an object such as { "proxy-authorization": "Basic …" }', '***')
  let credentials: readonly [string, string] | undefined
  for (const [name, value] of headers ?? []) {
    const sent = name.toLowerCase() === 'proxy-authorization' ? basic(value) : undefined
    if (typeof value !== 'string')
      reader.fail('proxy_headers', `the header ${show(name)} has no text as its value: use a string`, '***')
    else if (sent) credentials = sent
    else
      reader.note(
        'proxy_headers',
        'unsupported',
        `proxy_headers: ${show(name)} is no setting of a pool: pass it second, createPool(config, { proxyHeaders })`,
      )
  }
  return credentials
}

function basic(value: unknown): readonly [string, string] | undefined {
  const encoded = typeof value === 'string' ? /^Basic +([\w+/=-]+)$/i.exec(value)?.[1] : undefined
  if (encoded === undefined) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':')
  return password.length === 0 ? undefined : [user, password.join(':')]
}

export function proxySettings({ proxy }: ResolvedPoolConfig): ProxySettings {
  if (!(proxy instanceof ProxyServer)) return {}
  const credentials = proxy.credentials()
  if (proxy.isSocks || credentials === null) return { proxy_url: proxy.urlWithCredentials() }
  const encoded = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  return { proxy_url: proxy.origin, proxy_headers: { 'proxy-authorization': `Basic ${encoded}` } }
}
