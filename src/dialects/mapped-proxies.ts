import { plainEntries } from '../config/plain-object.ts'
import { type ProxyServer, showProxyUrl } from '../config/proxies/proxy-server.ts'
import type { HostConfig, PoolConfig } from '../config/types.ts'
import { readProxy } from './proxies.ts'
import type { SettingsReader } from './settings-reader.ts'

/** What a key of such a mapping is for: a scheme (`all` for both), and on which hosts, as keys of `hosts`; none for every host. */
interface ProxyPattern {
  readonly scheme: string
  readonly hosts: readonly string[]
}

/** How a library maps schemes and hosts to proxies. */
interface ProxyMapping {
  /** The setting that holds the mapping. */
  readonly key: string
  /** What to write in place of something else, and in place of a key that is no pattern. */
  readonly example: string
  readonly instead: string
  /** Keys that mean nothing there, and what to know of each. */
  readonly idle?: { readonly [key: string]: string }
  /** Undefined for a key that a pool can't follow. */
  patternOf(key: string): ProxyPattern | undefined
  /** A value as a URL, where it may be written as less than one. */
  urlOf?(value: unknown): unknown
  /** Whether a value, other than a URL, says that there is no proxy, or that nothing is said. */
  without(value: unknown): 'none' | 'unsaid' | undefined
  /** Which of the schemes (`all` too) variables of the environment go before. */
  readonly variablesBefore: readonly string[]
}

const ofBoth = 'a pool has one proxy for http and https, unless it goes by the environment'

/** Proxies by scheme and by host. Where no scheme has one, the environment is asked if `trust_env` says so, be it by default. */
export function readMappedProxies(
  reader: SettingsReader,
  mapping: ProxyMapping,
  own?: ProxyServer,
): Pick<PoolConfig, 'proxy' | 'hosts'> {
  const { schemes, hosts } = readMapping(reader, mapping)
  const proxy = own ?? schemeProxy(reader, mapping, schemes)
  return { proxy, ...(Object.keys(hosts).length > 0 ? { hosts } : {}) }
}

type BySchemes = ReadonlyMap<string, ProxyServer | null>

function readMapping(reader: SettingsReader, mapping: ProxyMapping) {
  const { key, example, instead, idle = {}, patternOf, urlOf = (value) => value, without } = mapping
  const given = reader.raw(key)
  const entries = given === undefined || given === null ? [] : plainEntries(given)
  if (entries === undefined)
    reader.fail(key, `${showProxyUrl(given)} is no set of proxies: use an object such as ${example}`, showProxyUrl(given))
  const schemes = new Map<string, ProxyServer | null>()
  const hosts: { [host: string]: HostConfig } = {}
  for (const [name, value] of entries ?? []) {
    const remark = Object.hasOwn(idle, name) ? idle[name] : undefined
    if (remark !== undefined) {
      reader.note(key, 'unsupported', `${key}: ${remark}`)
      continue
    }
    const pattern = patternOf(name)
    const empty = without(value)
    if (pattern === undefined)
      reader.fail(key, `${showProxyUrl(name)} is no pattern that a pool could follow: ${instead}`, showProxyUrl(name))
    const server = empty === undefined ? readProxy(reader, key, urlOf(value)) : null
    if (pattern === undefined || server === undefined || empty === 'unsaid') continue
    for (const host of pattern.hosts) hosts[host] = { proxy: server ?? false }
    if (pattern.hosts.length === 0) schemes.set(pattern.scheme, server)
  }
  return { schemes, hosts }
}

function schemeProxy(reader: SettingsReader, mapping: ProxyMapping, schemes: BySchemes): ProxyServer | 'env' | false {
  const trusting = reader.boolean('trust_env')
  const [http, https, all] = ['http', 'https', 'all'].map((scheme) => schemes.get(scheme))
  const own = https ?? all ?? http
  if (own === undefined || own === null) {
    const direct = [http, https].every((one) => one === null) && !mapping.variablesBefore.includes('http')
    if (!trusting || direct) return false
    if (!reader.has('trust_env')) reader.remark('trust_env')
    return 'env'
  }
  const ways = [http, https].map((one) => (one === undefined ? all : one))
  const same = ways.every((way) => way?.equals(own))
  const taken = own === https ? 'that for https' : 'the one that there is'
  if (!same) reader.note(mapping.key, 'approximated', `${mapping.key}: ${ofBoth}; ${taken} was taken`)
  if (trusting && mapping.variablesBefore.some((scheme) => schemes.get(scheme) === own))
    reader.note(
      mapping.key,
      'approximated',
      `${mapping.key}: with trust_env=True, the default, variables of the environment go before it; a pool goes by what is written`,
    )
  return own
}
