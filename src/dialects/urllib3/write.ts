import type { ParsedPoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, secondsOrNone } from '../demands.ts'
import type { Written } from '../losses.ts'
import { askedProxy, proxyArgument, proxyImport, settingOf } from '../proxies.ts'
import { call, keywords, lines, pythonLiteral } from '../python.ts'
import { defaults } from './defaults.ts'
import { managerLimits } from './manager.ts'
import type { Urllib3Settings } from './settings.ts'

export function write(parsed: ParsedPoolConfig): Written<Urllib3Settings> {
  const { config } = parsed
  const { hosts, size, block } = managerLimits(config)
  const url = settingOf(askedProxy(parsed))
  const settings = {
    num_pools: hosts,
    maxsize: size,
    block,
    ...(block ? { pool_timeout: secondsOrNone(demandsOf(config).wait) } : {}),
    timeout: { connect: secondsOrNone(config.connectTimeout) },
    ...(url === undefined ? {} : { proxy_url: url }),
    ...(config.keepAlive ? {} : { headers: { Connection: 'close' } }),
  }
  return { settings, code: codeOf(settings) }
}

function codeOf({
  num_pools,
  maxsize,
  block,
  pool_timeout,
  timeout,
  proxy_url,
  headers,
}: Urllib3Settings & { timeout: { connect: number | null } }): string {
  const standard = { num_pools: defaultOf(defaults, 'num_pools'), maxsize: defaultOf(defaults, 'maxsize'), block: false }
  const connect =
    timeout.connect === null ? [] : [{ keyword: 'timeout', code: `urllib3.Timeout(connect=${pythonLiteral(timeout.connect)})` }]
  const request = keywords({ pool_timeout: pool_timeout ?? undefined })
  return lines(
    proxyImport(proxy_url),
    'import urllib3',
    '',
    call(
      proxy_url === undefined ? 'urllib3.PoolManager' : 'urllib3.ProxyManager',
      [...proxyArgument('proxy_url', proxy_url), ...keywords({ num_pools, maxsize, block, headers }, standard), ...connect],
      {
        before: 'http = ',
      },
    ),
    request.length > 0 && '# pool_timeout goes with each request',
    request.length > 0 &&
      call('http.request', [{ code: '"GET"' }, { code: '"https://example.com/"' }, ...request], { before: 'response = ' }),
  )
}
