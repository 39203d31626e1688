import type { ParsedPoolConfig } from '../../config/parse.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, orZero, secondsOrNone, tenYears } from '../demands.ts'
import type { Written } from '../losses.ts'
import { call, keywords, lines } from '../python.ts'
import { defaults } from './defaults.ts'
import type { AiohttpSettings } from './settings.ts'

type Connector = Omit<AiohttpSettings, 'timeout'>
type Timeout = NonNullable<AiohttpSettings['timeout']>

export function write(parsed: ParsedPoolConfig): Written<AiohttpSettings> {
  const connector = connectorOf(parsed.config)
  const timeout: Timeout = {
    connect: secondsOrNone(parsed.config.acquireTimeout),
    sock_connect: secondsOrNone(parsed.config.connectTimeout),
  }
  return { settings: { ...connector, timeout }, code: codeOf(connector, timeout) }
}

function connectorOf(config: ResolvedPoolConfig): Connector {
  const neverWaits = config.maxOverflow === Number.POSITIVE_INFINITY
  return {
    limit: neverWaits ? 0 : orZero(config.maxConnections),
    limit_per_host: orZero(demandsOf(config).openPerHost),
    ...(config.keepAlive ? { keepalive_timeout: secondsOrNone(config.keepAliveExpiry) ?? tenYears } : { force_close: true }),
    ...(config.dnsCacheTtl === 0 ? { use_dns_cache: false } : { ttl_dns_cache: secondsOrNone(config.dnsCacheTtl) }),
  }
}

function codeOf(connector: Connector, timeout: Timeout): string {
  const standard = Object.fromEntries(Object.keys(connector).map((key) => [key, defaultOf(defaults, key)]))
  const limits = keywords({ ...timeout }, { connect: null, sock_connect: null })
  return lines(
    'import aiohttp',
    '',
    '',
    'async def main() -> None:',
    call('aiohttp.TCPConnector', keywords({ ...connector }, standard), { before: '    connector = ' }),
    call('aiohttp.ClientTimeout', limits.length === 0 ? keywords({ total: null }) : limits, { before: '    timeout = ' }),
    '    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:',
    '        async with session.get("https://example.com/") as response:',
    '            print(await response.text())',
  )
}
