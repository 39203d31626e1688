import type { ParsedPoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import type { Written } from '../losses.ts'
import { call, keywords, lines } from '../python.ts'
import { managerLimits } from '../urllib3/manager.ts'
import { defaults } from './defaults.ts'
import type { RequestsSettings } from './settings.ts'

export function write(parsed: ParsedPoolConfig): Written<RequestsSettings> {
  const { hosts, size, block } = managerLimits(parsed.config)
  const headers = parsed.config.keepAlive ? {} : { headers: { Connection: 'close' } }
  const settings = { pool_connections: hosts, pool_maxsize: size, pool_block: block, ...headers }
  return { settings, code: codeOf(settings) }
}

function codeOf({ headers, ...limits }: RequestsSettings): string {
  const standard = Object.fromEntries(Object.keys(limits).map((key) => [key, defaultOf(defaults, key)]))
  return lines(
    'import requests',
    'from requests.adapters import HTTPAdapter',
    '',
    'session = requests.Session()',
    call('HTTPAdapter', keywords({ ...limits }, standard), { before: 'adapter = ' }),
    'session.mount("https://", adapter)',
    'session.mount("http://", adapter)',
    headers !== undefined && 'session.headers.update({"Connection": "close"})',
  )
}
