import { plainEntries } from '../../config/plain-object.ts'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'
import type { HostConfig, PoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import { readProxy } from '../proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'

/** What `mounts` says of proxies: the pool's own, and those of hosts. */
interface MountedProxies {
  readonly proxy: ProxyServer | undefined
  readonly config: Pick<PoolConfig, 'hosts'>
}

/** Patterns such as `all://`, `https://` and `all://*example.com`, each with the URL of a proxy, or None for none. */
export function readMounts(reader: SettingsReader): MountedProxies {
  const given = reader.raw('mounts')
  const entries = given === undefined ? [] : plainEntries(given)
  if (entries === undefined)
    reader.fail(
      'mounts',
      `${show(given)} is no set of mounts: use an object such as { "all://": "http://proxy.example:3128" }`,
      show(given),
    )
  const bySchemes = new Map<string, ProxyServer | undefined>()
  const hosts: { [host: string]: HostConfig } = {}
  for (const [pattern, value] of entries ?? []) {
    const [, scheme, host = ''] = /^(all|https?):\/\/(.*)$/.exec(pattern) ?? []
    const keys = scheme === undefined ? undefined : keysOf(scheme, host)
    const server = readProxy(reader, 'mounts', value)
    if (scheme === undefined || keys === undefined)
      reader.fail(
        'mounts',
        `${show(pattern)} is no pattern of httpx that a pool could follow: write "all://", or "all://host"`,
        show(pattern),
      )
    else if (host === '') bySchemes.set(scheme, server)
    else for (const key of keys) hosts[key] = { proxy: server ?? false }
  }
  const proxy = bySchemes.get('https') ?? bySchemes.get('all') ?? bySchemes.get('http')
  if (bySchemes.has('http') || bySchemes.has('https'))
    reader.note(
      'mounts',
      'approximated',
      'mounts: a pool has one proxy for http and https, unless it goes by the environment: that for https was taken',
    )
  return { proxy, config: Object.keys(hosts).length > 0 ? { hosts } : {} }
}

/** Keys of `hosts` for a pattern's host. `*example.com` is that host and all below it. */
function keysOf(scheme: string, host: string): string[] | undefined {
  const suffix = /^\*\.?([\w-][\w.-]*)$/.exec(host)?.[1]
  // A suffix has no scheme there.
  if (suffix !== undefined) return scheme === 'all' ? [...(host.startsWith('*.') ? [] : [suffix]), `*.${suffix}`] : undefined
  if (host !== '' && !/^[\w.:[\]-]+$/.test(host)) return undefined
  return [scheme === 'all' ? host : `${scheme}://${host}`]
}
