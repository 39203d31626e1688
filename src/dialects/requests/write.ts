import type { ParsedPoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import type { Written } from '../losses.ts'
import { askedProxy, listedHosts, proxyCode, proxyImport, settingOf, trusting } from '../proxies.ts'
import { call, keywords, lines } from '../python.ts'
import { managerLimits } from '../urllib3/manager.ts'
import { defaults } from './defaults.ts'
import type { RequestsSettings } from './settings.ts'

export function write(parsed: ParsedPoolConfig): Written<RequestsSettings> {
  const { hosts, size, block } = managerLimits(parsed.config)
  const headers = parsed.config.keepAlive ? {} : { headers: { Connection: 'close' } }
  const settings = { pool_connections: hosts, pool_maxsize: size, pool_block: block, ...proxiesOf(parsed), ...headers }
  return { settings, code: codeOf(settings) }
}

function proxiesOf(parsed: ParsedPoolConfig): Pick<RequestsSettings, 'proxies' | 'trust_env'> {
  const asked = askedProxy(parsed)
  const [url, no_proxy, trust_env] = [settingOf(asked), listedHosts(parsed), trusting(asked, true)]
  const proxies = url === undefined ? {} : { proxies: { http: url, https: url, ...(no_proxy === undefined ? {} : { no_proxy }) } }
  return { ...proxies, ...(trust_env === undefined ? {} : { trust_env }) }
}

function proxiesCode({ http, no_proxy }: NonNullable<RequestsSettings['proxies']>): string {
  const url = proxyCode(http ?? '')
  const entries = [`"http": ${url}`, `"https": ${url}`, ...(no_proxy ? [`"no_proxy": ${JSON.stringify(no_proxy)}`] : [])]
  return lines('session.proxies = {', ...entries.map((entry) => `    ${entry},`), '}').trimEnd()
}

function codeOf({ headers, proxies, trust_env, ...limits }: RequestsSettings): string {
  const standard = Object.fromEntries(Object.keys(limits).map((key) => [key, defaultOf(defaults, key)]))
  return lines(
    proxyImport(proxies?.http ?? undefined),
    'import requests',
    'from requests.adapters import HTTPAdapter',
    '',
    'session = requests.Session()',
    call('HTTPAdapter', keywords({ ...limits }, standard), { before: 'adapter = ' }),
    'session.mount("https://", adapter)',
    'session.mount("http://", adapter)',
    proxies !== undefined && proxiesCode(proxies),
    trust_env === false && 'session.trust_env = False',
    headers !== undefined && 'session.headers.update({"Connection": "close"})',
  )
}
