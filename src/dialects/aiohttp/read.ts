import { plainEntries, plainItems } from '../../config/plain-object.ts'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'
import type { PoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import type { NumberRule } from '../numbers.ts'
import { readProxy, readTrusting, withCredentials } from '../proxies.ts'
import { limit, type SettingsReader } from '../settings-reader.ts'

const unlimited = Number.POSITIVE_INFINITY

/** None and 0 both mean no limit. */
const cap: NumberRule = { whole: true, none: true, zero: true }
const optional: NumberRule = { none: true, zero: true }

export function read(reader: SettingsReader): PoolConfig {
  reader.boolean('enable_cleanup_closed')
  return {
    maxConnections: limit(reader.number('limit', cap) || null),
    maxConnectionsPerHost: limit(reader.number('limit_per_host', cap) || null),
    ...readKeepAlive(reader),
    dnsCacheTtl: readDnsCache(reader),
    ...readTimeout(reader),
    ...readTrusting(reader, readOwnProxy(reader)),
    ...reader.fixed(),
  }
}

function readOwnProxy(reader: SettingsReader): ProxyServer | undefined {
  const noSocks =
    'goes by SOCKS, which aiohttp does not speak without a connector of another package: for a pool set proxy itself'
  const proxy = readProxy(reader, 'proxy', reader.raw('proxy'), { noSocks })
  const given = reader.raw('proxy_auth')
  if (given === undefined || given === null) return proxy
  const [user, password] = plainItems(given) ?? []
  if (typeof user !== 'string' || typeof password !== 'string')
    reader.fail('proxy_auth', 'it is no user and password: write ["user", "password"]', '***')
  else if (proxy === undefined) reader.noEffect('proxy_auth', 'without proxy: what the environment names has its own')
  else return readProxy(reader, 'proxy', withCredentials(proxy, user, password))
  return proxy
}

function readKeepAlive(reader: SettingsReader): PoolConfig {
  if (reader.boolean('force_close')) {
    const given = reader.raw('keepalive_timeout')
    if (given !== undefined && given !== null)
      reader.fail(
        'keepalive_timeout',
        `${show(given)} contradicts force_close=True, and aiohttp refuses both together: leave one of them out`,
      )
    return { keepAlive: false }
  }
  const none = 'is refused by aiohttp itself when a connection falls idle (only force_close=True goes with it)'
  const expiry = reader.duration('keepalive_timeout', { none, zero: true })
  if (expiry === 0) {
    reader.note(
      'keepalive_timeout',
      'approximated',
      'keepalive_timeout: 0 leaves a used connection open until the next request; a pool closes it after use',
    )
    return { keepAlive: false }
  }
  return { keepAliveExpiry: expiry === unlimited ? 'unlimited' : expiry }
}

function readDnsCache(reader: SettingsReader): number {
  const cached = reader.boolean('use_dns_cache')
  const ttl = reader.duration('ttl_dns_cache', optional)
  if (cached) return ttl
  if (reader.has('ttl_dns_cache')) reader.noEffect('ttl_dns_cache', 'with use_dns_cache=False: nothing is cached')
  return 0
}

/** Here too None and 0 both mean no limit. `total` and `connect` run from the moment a request begins to wait. */
function readTimeout(reader: SettingsReader): PoolConfig {
  const given = reader.raw('timeout')
  if (given !== undefined && given !== null && !plainEntries(given)) {
    reader.fail('timeout', `${show(given)} is no ClientTimeout: use an object such as { total: 300, sock_connect: 30 }`)
  }
  const whole = plainEntries(given) ? undefined : plainEntries(reader.default('timeout'))
  const of = (step: string) => {
    const fallback = whole?.find(([key]) => key === step)?.[1] ?? reader.default(`timeout.${step}`)
    return reader.duration(`timeout.${step}`, optional, fallback) || unlimited
  }
  reader.duration('timeout.sock_read', optional, null)
  const acquireTimeout = Math.min(of('connect'), of('total'))
  return { acquireTimeout, connectTimeout: Math.min(of('sock_connect'), acquireTimeout) }
}
