import type { PoolConfig } from '../../config/types.ts'
import { readMappedProxies } from '../mapped-proxies.ts'
import { readProxy, readTrusting } from '../proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'

/** `proxy` goes before the environment, and `mounts` is laid over either (httpx/_client.py). */
export function readProxies(reader: SettingsReader): PoolConfig {
  const former = reader.raw('proxies')
  if (former !== undefined && former !== null && typeof former !== 'string')
    return readMappedProxies(reader, { ...mounts, key: 'proxies', variablesBefore: [] })
  const own = readProxy(reader, 'proxy') ?? readProxy(reader, 'proxies', former)
  if (own === undefined) return readMappedProxies(reader, mounts)
  return { ...readMappedProxies(reader, mounts, own), ...readTrusting(reader, own) }
}

/** Patterns such as `all://`, `https://` and `all://*example.com`, each with the URL of a proxy, or None for none. */
const mounts = {
  key: 'mounts',
  example: '{ "all://": "http://proxy.example:3128" }',
  instead: 'write "all://", or "all://host"',
  patternOf(key: string) {
    const [, scheme, host = ''] = /^(all|https?):\/\/(.*)$/.exec(key) ?? []
    const hosts = scheme === undefined || host === '' || host === '*' ? [] : hostsOf(scheme, host)
    return scheme === undefined || hosts === undefined ? undefined : { scheme, hosts }
  },
  without: (value: unknown) => (value === null ? ('none' as const) : undefined),
  // The longer pattern goes first: those of the environment are `http://` and `https://`.
  variablesBefore: ['all'],
}

/** Keys of `hosts` for a pattern's host. `*example.com` is that host and all below it. */
function hostsOf(scheme: string, host: string): readonly string[] | undefined {
  const suffix = /^\*\.?([\w-][\w.-]*)$/.exec(host)?.[1]
  // A suffix has no scheme there.
  if (suffix !== undefined) return scheme === 'all' ? [...(host.startsWith('*.') ? [] : [suffix]), `*.${suffix}`] : undefined
  if (!/^[\w.:[\]-]+$/.test(host)) return undefined
  return [scheme === 'all' ? host : `${scheme}://${host}`]
}
