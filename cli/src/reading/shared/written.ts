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

/** A config whose native settings can be shown: a variable's name stands for each password. */
export function withoutPasswords(config: PoolConfig): PoolConfig {
  const { proxy, hosts } = config
  const masked = proxy === undefined ? config : { ...config, proxy: placeheld(proxy) }
  return hosts === undefined
    ? masked
    : {
        ...masked,
        hosts: Object.fromEntries(Object.entries(hosts).map(([host, override]) => [host, withoutPasswords(override)])),
      }
}

function placeheld(proxy: NonNullable<PoolConfig['proxy']>): NonNullable<PoolConfig['proxy']> {
  const server = proxyServerIn(proxy)
  return server === undefined ? proxy : server.withPassword(encodeURIComponent(password))
}

/** Settings of such a config, the variables as one reads them. */
export function readable(settings: unknown): unknown {
  if (typeof settings === 'string') return settings.replaceAll(encodeURIComponent(password), password)
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return settings
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, readable(value)]))
}
