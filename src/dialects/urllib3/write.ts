import type { ParsedPoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, secondsOrNone } from '../demands.ts'
import type { Written } from '../losses.ts'
import { proxyArgument, proxyImport } from '../proxies.ts'
import { call, keywords, lines, pythonLiteral } from '../python.ts'
import { defaults } from './defaults.ts'
import { managerLimits } from './manager.ts'
import { proxySettings } from './proxies.ts'
import type { Urllib3Settings } from './settings.ts'

export function write({ config }: ParsedPoolConfig): Written<Urllib3Settings> {
  const { hosts, size, block } = managerLimits(config)
  const settings = {
    num_pools: hosts,
    maxsize: size,
    block,
    ...(block ? { pool_timeout: secondsOrNone(demandsOf(config).wait) } : {}),
    timeout: { connect: secondsOrNone(config.connectTimeout) },
    ...proxySettings(config),
    ...(config.keepAlive ? {} : { headers: { Connection: 'close' } }),
  }
  return { settings, code: codeOf(settings) }
}

function codeOf(settings: Urllib3Settings & { timeout: { connect: number | null } }): string {
  const { num_pools, maxsize, block, pool_timeout, timeout, proxy_url, proxy_headers, headers } = settings
  const standard = { num_pools: defaultOf(defaults, 'num_pools'), maxsize: defaultOf(defaults, 'maxsize'), block: false }
  const connect =
    timeout.connect === null ? [] : [{ keyword: 'timeout', code: `urllib3.Timeout(connect=${pythonLiteral(timeout.connect)})` }]
  const request = keywords({ pool_timeout: pool_timeout ?? undefined })
  const manager = managerFor(proxy_url)
  const proxy = [
    ...proxyArgument('proxy_url', proxy_url),
    ...(proxy_headers ? [{ keyword: 'proxy_headers', code: basicAuthCode }] : []),
  ]
  return lines(
    proxy_headers ? 'import os' : proxyImport(proxy_url),
    'import urllib3',
    manager === 'SOCKSProxyManager' && 'from urllib3.contrib.socks import SOCKSProxyManager',
    '',
    call(manager, [...proxy, ...keywords({ num_pools, maxsize, block, headers }, standard), ...connect], { before: 'http = ' }),
    request.length > 0 && '# pool_timeout goes with each request',
    request.length > 0 &&
      call('http.request', [{ code: '"GET"' }, { code: '"https://example.com/"' }, ...request], { before: 'response = ' }),
  )
}

// Code is kept where others read it.
const basicAuthCode = 'urllib3.make_headers(proxy_basic_auth=os.environ["PROXY_USERPWD"])'

function managerFor(url: string | undefined): string {
  if (url === undefined) return 'urllib3.PoolManager'
  return url.startsWith('socks') ? 'SOCKSProxyManager' : 'urllib3.ProxyManager'
}
