import type { ParsedPoolConfig } from '../../config/parse.ts'
import type { PoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import { listedHosts, readHosts, readProxy, settingOf } from '../proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { flag } from './flag.ts'
import type { PycurlSettings } from './settings.ts'

/** PROXY without a scheme is an HTTP proxy, and without a port it is at 1080, but for one by TLS (CURLOPT_PROXY). */
export function readProxies(reader: SettingsReader): PoolConfig {
  flag(reader, 'HTTPPROXYTUNNEL')
  const given = reader.raw('PROXY')
  const secret = reader.raw('PROXYUSERPWD')
  if (secret !== undefined && typeof secret !== 'string')
    reader.fail('PROXYUSERPWD', 'it is no text: write "user:password"', show(secret))
  // Of either what is left out is read from the environment.
  const listed = reader.has('NOPROXY') ? readHosts(reader, 'NOPROXY', reader.raw('NOPROXY')) : undefined
  const direct: PoolConfig = listed ?? { noProxy: 'env' }
  if (given === undefined) {
    if (reader.has('PROXYUSERPWD')) reader.noEffect('PROXYUSERPWD', 'without PROXY: what the environment names has its own')
    reader.remark('PROXY')
    return { proxy: 'env', ...listed }
  }
  if (given === '') return { proxy: false }
  if (typeof given !== 'string') {
    reader.fail('PROXY', `${show(given)} is no proxy: write a URL such as "http://proxy.example:3128"`, show(given))
    return direct
  }
  const proxy = readProxy(reader, 'PROXY', withCredentials(reader, withPort(given.includes('://') ? given : `http://${given}`)))
  return { ...(proxy && { proxy }), ...direct }
}

export function proxySettings(parsed: ParsedPoolConfig): PycurlSettings {
  const { proxy } = parsed.config
  if (proxy === false) return { PROXY: '' }
  const [url, direct] = [settingOf(proxy), listedHosts(parsed)]
  return { ...(url === undefined ? {} : { PROXY: url }), ...(direct === undefined ? {} : { NOPROXY: direct }) }
}

function withPort(url: string): string {
  const authority = url.slice(Math.max(url.lastIndexOf('@') + 1, url.indexOf('://') + 3)).replace(/\/$/, '')
  return /:\d+$/.test(authority) || /^https:/i.test(url) ? url : `${url.replace(/\/$/, '')}:1080`
}

function withCredentials(reader: SettingsReader, url: string): string {
  const given = reader.raw('PROXYUSERPWD')
  if (typeof given !== 'string') return url
  const [user = '', ...password] = given.split(':')
  // Each is percent-encoded already (CURLOPT_PROXYUSERPWD decodes them).
  return url.replace(/:\/\/(?:.*@)?/, () => `://${user}:${password.join(':')}@`)
}
