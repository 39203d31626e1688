import type { ParsedPoolConfig } from '../../config/parse.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf } from '../defaults.ts'
import type { Written } from '../losses.ts'
import { proxyCode, proxyImport, settingOf, trusting } from '../proxies.ts'
import { call, keywords, lines } from '../python.ts'
import { managerLimits } from '../urllib3/manager.ts'
import { defaults } from './defaults.ts'
import type { RequestsSettings } from './settings.ts'

export function write(parsed: ParsedPoolConfig): Written<RequestsSettings> {
  const { hosts, size, block } = managerLimits(parsed.config)
  const headers = parsed.config.keepAlive ? {} : { headers: { Connection: 'close' } }
  const settings = { pool_connections: hosts, pool_maxsize: size, pool_block: block, ...proxiesOf(parsed.config), ...headers }
  return { settings, code: codeOf(settings) }
}

function proxiesOf({ proxy }: ResolvedPoolConfig): Pick<RequestsSettings, 'proxies' | 'trust_env'> {
  const url = settingOf(proxy)
  return { ...(url === undefined ? {} : { proxies: { http: url, https: url } }), ...trusting(proxy, true) }
}

function proxiesCode({ http }: NonNullable<RequestsSettings['proxies']>): string {
  const url = proxyCode(http ?? '')
  return lines('session.proxies = {', `    "http": ${url},`, `    "https": ${url},`, '}').trimEnd()
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
    trust_env === false && '# No proxy of the environment; nor are .netrc and REQUESTS_CA_BUNDLE read then.',
    trust_env === false && 'session.trust_env = False',
    headers !== undefined && 'session.headers.update({"Connection": "close"})',
  )
}
