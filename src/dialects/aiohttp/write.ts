import type { ParsedPoolConfig } from '../../config/parse.ts'
import { ProxyServer } from '../../config/proxies/proxy-server.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, orZero, secondsOrNone, tenYears } from '../demands.ts'
import type { Written } from '../losses.ts'
import { proxyArgument, proxyImport, settingOf, trusting } from '../proxies.ts'
import { call, keywords, lines } from '../python.ts'
import { defaults } from './defaults.ts'
import type { AiohttpSettings } from './settings.ts'

type Connector = Omit<AiohttpSettings, 'timeout' | 'proxy' | 'trust_env'>
type Proxies = Pick<AiohttpSettings, 'proxy' | 'trust_env'>
type Timeout = NonNullable<AiohttpSettings['timeout']>

export function write(parsed: ParsedPoolConfig): Written<AiohttpSettings> {
  const connector = connectorOf(parsed.config)
  const timeout: Timeout = {
    connect: secondsOrNone(parsed.config.acquireTimeout),
    sock_connect: secondsOrNone(parsed.config.connectTimeout),
  }
  const proxies = proxiesOf(parsed.config)
  return { settings: { ...connector, ...proxies, timeout }, code: codeOf(connector, timeout, proxies) }
}

function proxiesOf({ proxy }: ResolvedPoolConfig): Proxies {
  // It would speak HTTP to one of SOCKS.
  const url = proxy instanceof ProxyServer && proxy.isSocks ? undefined : settingOf(proxy)
  return { ...(url === undefined ? {} : { proxy: url }), ...trusting(proxy, false) }
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

function codeOf(connector: Connector, timeout: Timeout, { proxy, trust_env }: Proxies): string {
  const url = proxy ?? undefined
  const session = [
    { keyword: 'connector', code: 'connector' },
    { keyword: 'timeout', code: 'timeout' },
    ...proxyArgument('proxy', url),
    ...keywords({ trust_env }),
  ]
  const standard = Object.fromEntries(Object.keys(connector).map((key) => [key, defaultOf(defaults, key)]))
  const limits = keywords({ ...timeout }, { connect: null, sock_connect: null })
  return lines(
    proxyImport(url),
    'import aiohttp',
    '',
    '',
    'async def main() -> None:',
    call('aiohttp.TCPConnector', keywords({ ...connector }, standard), { before: '    connector = ' }),
    call('aiohttp.ClientTimeout', limits.length === 0 ? keywords({ total: null }) : limits, { before: '    timeout = ' }),
    call('aiohttp.ClientSession', session, { before: '    async with ', after: ' as session:' }),
    '        async with session.get("https://example.com/") as response:',
    '            print(await response.text())',
  )
}
