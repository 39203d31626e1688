import type { PoolConfig } from '../../config/types.ts'
import { readMappedProxies } from '../mapped-proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'

/** `proxies` of a Session, which what the environment says goes before (requests/sessions.py, `merge_environment_settings`). */
export function readProxies(reader: SettingsReader): PoolConfig {
  return readMappedProxies(reader, proxies)
}

const proxies = {
  key: 'proxies',
  example: '{ "https": "http://proxy.example:3128" }',
  instead: 'write "http", "https", "all", or "https://host"',
  idle: {
    no_proxy: 'no_proxy makes no difference in it, a Session goes through its proxies all the same; for a pool set noProxy',
  },
  patternOf(key: string) {
    const [, scheme, host] = /^(all|https?)(?::\/\/([\w.-]+|\[[\w:.]+\]))?$/.exec(key) ?? []
    if (scheme === undefined) return undefined
    return { scheme, hosts: host === undefined ? [] : [scheme === 'all' ? host : `${scheme}://${host}`] }
  },
  // None takes a key out again.
  without: (value: unknown) => (value === null ? ('unsaid' as const) : value === '' ? ('none' as const) : undefined),
  urlOf: (value: unknown) => (typeof value === 'string' && !value.includes('://') ? `http://${value}` : value),
  variablesBefore: ['http', 'https', 'all'],
}
