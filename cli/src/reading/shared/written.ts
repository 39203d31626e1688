import type { HostConfig, PoolConfig, PoolConfigField, ResolvedPoolConfig } from 'polypool'
/** A config as one would write it: `4s` for 4000, `unlimited` for Infinity. */
import { fields, formatValue, proxyServerIn, readProxyUrl, showProxyUrl } from 'polypool/internal'
export function written(config: PoolConfig): { [field: string]: unknown } {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, field === 'hosts' ? writtenHosts(value) : writtenValue(field as PoolConfigField, value)]),
  )
}

function writtenHosts(hosts: { readonly [host: string]: HostConfig }): object {
  return Object.fromEntries(Object.entries(hosts).map(([host, override]) => [host, written(override)]))
}

function writtenValue(field: PoolConfigField, value: unknown): unknown {
  if (field === 'proxy') return writtenProxy(value)
  const isText =
    value === Number.POSITIVE_INFINITY || (fields[field].kind === 'duration' && typeof value === 'number' && value !== 0)
  return isText ? formatValue(field, value as ResolvedPoolConfig[typeof field]) : value
}

/** What a config file fills in for a password, of which none is ever written. */
const password = '${PROXY_PASSWORD}'

function writtenProxy(value: unknown): unknown {
  if (value === 'env' || value === false) return value
  const known = proxyServerIn(value)
  const read = known ? { server: known } : readProxyUrl(value)
  return 'server' in read ? read.server.withPassword(password) : showProxyUrl(value)
}

/** What `written` gives, as code: there it is a template that fills itself in. */
export function inCode(code: string): string {
  return code.replaceAll(/'([^'\n]*)\$\{PROXY_PASSWORD\}([^'\n]*)'/g, '`$1${encodeURIComponent(process.env.PROXY_PASSWORD)}$2`')
}
