import { hostFieldNames, pickFields } from './fields.ts'
import type { HostLimits, ResolvedPoolConfig } from './types.ts'

const defaultPorts: { readonly [scheme: string]: string } = { http: '80', https: '443' }

/** The longest name that DNS knows; the bound keeps hostile keys and origins cheap. */
export const longestHost = 253

/** A key of `hosts` in the one form that origins are compared with, or what is wrong with it. */
export type HostKey = { readonly value: string } | { readonly problem: string }

/** Reads `host`, `host:port`, `scheme://host:port` (the port may be the scheme's own) and `*.suffix`. */
export function readHostKey(text: string): HostKey {
  // A dot may follow the name.
  if (text.length > longestHost + 'https://.:65535'.length) return { problem: 'is too long for a host' }
  if (/[\s/?#@\\%]/.test(text.replace('://', ''))) {
    return { problem: 'is more than a host: use "host", "host:port", "scheme://host:port" or "*.suffix"' }
  }
  if (text.includes('*')) return readSuffix(text)
  const schemeEnd = text.indexOf('://')
  const scheme = schemeEnd < 0 ? '' : text.slice(0, schemeEnd).toLowerCase()
  if (schemeEnd >= 0 && !Object.hasOwn(defaultPorts, scheme)) return { problem: 'has an unknown scheme: use http:// or https://' }
  const authority = schemeEnd < 0 ? text : text.slice(schemeEnd + 3)
  const portColon = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') + 1 : 0)
  if (portColon !== authority.lastIndexOf(':') && !authority.endsWith(']')) {
    return { problem: 'is not a host: write an IPv6 address in brackets, as in "[::1]" or "[::1]:8080"' }
  }
  const name = portColon < 0 ? authority : authority.slice(0, portColon)
  if (/^\.[\w-]/.test(name)) return { problem: `is not a host: for all hosts below it, write "*${name}"` }
  const host = hostName(name)
  if (host === undefined) return { problem: 'is not a host: use a name such as "api.example.com", or an address' }
  const port = portColon < 0 ? defaultPorts[scheme] : portNumber(authority.slice(portColon + 1))
  if (portColon >= 0 && port === undefined) return { problem: 'has no valid port: use 1 to 65535' }
  return { value: `${scheme}${scheme && '://'}${host}${port === undefined ? '' : `:${port}`}` }
}

function readSuffix(text: string): HostKey {
  if (text === '*') return { problem: 'is every host: set its fields outside hosts' }
  if (text.includes(':')) return { problem: 'is not a suffix: it takes no scheme and no port, as in "*.example.com"' }
  const suffix = text.slice(2)
  if (!text.startsWith('*.') || suffix.includes('*')) {
    return { problem: 'is not a suffix: the star stands for whole labels in front, as in "*.example.com"' }
  }
  // With a label in front, a suffix of an IPv4 address is refused too.
  const host = suffix === '' ? undefined : hostName(`a.${suffix}`)
  return host === undefined ? { problem: 'is not a suffix: use a name, as in "*.example.com"' } : { value: `*${host.slice(1)}` }
}

/** Lower case, punycode, addresses in their shortest form, no dot at the end: what origins make of the same host in a request. */
function hostName(text: string): string | undefined {
  // URL would read these as an address (8080 is 0.0.31.144), or they are no host at all.
  if (/^\d*\.?$/.test(text)) return undefined
  try {
    const host = withoutRoot(new URL(`http://${text}/`).hostname)
    const known = host.startsWith('[') || (host.length <= longestHost && host.split('.').every(isLabel))
    return known && host !== '__proto__' ? host : undefined
  } catch {
    return undefined
  }
}

/** `example.com.` is the same name as `example.com`. */
function withoutRoot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}

/** URL lets through what no name has: empty labels, and `(`, `!` or `,`. */
function isLabel(text: string): boolean {
  return /^[\w-]{1,63}$/.test(text)
}

function portNumber(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

/**
 * The limits of any origin, `scheme://host:port` with its port written out. Field by field the most specific key wins:
 * scheme://host:port, host:port, host, *.suffix (longer before shorter), then the pool's own values.
 */
export function compileHosts(config: ResolvedPoolConfig): (origin: string) => HostLimits {
  const shared = Object.freeze(pickFields(config, hostFieldNames))
  const overrides = new Map(Object.entries(config.hosts))
  if (overrides.size === 0) return () => shared
  return (origin) => {
    let limits: HostLimits = shared
    for (const key of hostKeysOf(origin.toLowerCase())) {
      const override = overrides.get(key)
      if (override) limits = Object.freeze({ ...limits, ...override })
    }
    return limits
  }
}

/** Every key that an origin answers to, the least specific first. A unix socket, `http://unix:/path`, answers to none. */
export function hostKeysOf(origin: string): string[] {
  const start = origin.indexOf('://') + 3
  const colon = origin.lastIndexOf(':')
  const host = withoutRoot(origin.slice(start, colon))
  const isPort = Number(origin.slice(colon + 1)) > 0
  if (start < 3 || colon < start || !isPort || host.includes('/') || host.length > longestHost) return []
  const keys: string[] = []
  for (let dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1)) keys.push(`*${host.slice(dot)}`)
  const port = origin.slice(colon)
  return [...keys, host, host + port, origin.slice(0, start) + host + port]
}
