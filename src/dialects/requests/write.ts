import { parsePoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import { writing } from '../losses.ts'
import { call, keywords, lines } from '../python.ts'
import type { Dialect } from '../types.ts'
import { managerLimits } from '../urllib3/manager.ts'
import { read } from './read.ts'
import type { RequestsSettings } from './settings.ts'
import { support } from './support.ts'

export const write: Dialect<RequestsSettings>['write'] = (input) => {
  const parsed = parsePoolConfig(input)
  const { hosts, size, block } = managerLimits(parsed.config)
  const headers = parsed.config.keepAlive ? {} : { headers: { Connection: 'close' } }
  const settings = { pool_connections: hosts, pool_maxsize: size, pool_block: block, ...headers }
  return writing({ support, read }, parsed, settings, codeOf(settings))
}

function codeOf({ headers, ...limits }: RequestsSettings): string {
  const standard = Object.fromEntries(Object.keys(limits).map((key) => [key, defaultOf('requests', key)]))
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
