import type { BlockList } from 'node:net'
import { show } from '../../text/show.ts'
import { showProxyUrl } from './proxy-server.ts'

/** One entry of a list. */
interface Rule {
  readonly entry: string
  /** Only this port, or any. */
  readonly port: number | undefined
  /** @param host as origins spell it: lower case, punycode, an IPv6 address in brackets */
  matches(host: string): boolean
}

export type ReadNoProxy = { readonly list: NoProxy } | { readonly problems: readonly string[] }

type ReadRule = Rule | { readonly problem: string }

/**
 * Hosts that are reached without the proxy.
 *
 * The forms of curl 8 (lib/noproxy.c), Go 1.2x (golang.org/x/net/http/httpproxy) and Node 24 (lib/internal/http.js), in any case, with or without a
 * dot at the end. Where they differ, curl's meaning is taken, for it is the oldest that is still read:
 *
 * | form | reaches directly | from |
 * |---|---|---|
 * | `*` | every host, also among others | Go, Node; curl only alone |
 * | `example.com` | that host and all below it | curl, Go; to Node that host alone |
 * | `.example.com` | the same | curl, Node; to Go only those below |
 * | `*.example.com` | all below it, not itself | Go, Node |
 * | `host:port`, `[::1]:port` | the same on that port alone | Go, Node; curl knows no ports |
 * | `192.0.2.1`, `::1`, `[::1]` | that address, if it is written as one in the URL: no name is looked up | all; brackets: Go, Node |
 * | `10.0.0.0/8`, `fd00::/8` | those addresses | curl since 7.86, Go |
 * | `10/8`, `169.254/16` | the same, zeros left out | systems' own settings, which are copied into NO_PROXY |
 * | `192.0.2.1-192.0.2.9` | those addresses | Node, where it takes IPv4 alone |
 *
 * In a text, entries are set apart by commas (all), spaces (curl before 8.9) or both. An IPv4 address in an IPv6 one (`::ffff:10.0.0.1`) is itself (Go).
 */
export class NoProxy {
  readonly #rules: readonly Rule[]

  constructor(rules: readonly Rule[] = []) {
    this.#rules = rules
  }

  /** The entry by which a host is reached directly, or null. `host`: as in the origins of the pool. */
  match(host: string, port: number): string | null {
    for (const rule of this.#rules) {
      if ((rule.port === undefined || rule.port === port) && rule.matches(host)) return rule.entry
    }
    return null
  }
}

/** Reads a list of entries, or a text in which commas or spaces set them apart. */
export function readNoProxy(value: unknown): ReadNoProxy {
  const entries = typeof value === 'string' ? value.split(/[\s,]+/).filter((entry) => entry !== '') : value
  if (!Array.isArray(entries)) {
    return { problems: [`${show(value)} is no list of hosts: write one such as ["localhost", ".internal", "10.0.0.0/8"]`] }
  }
  const read = (entries as readonly unknown[]).map(readEntry)
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []))
  return problems.length > 0 ? { problems } : { list: new NoProxy(read as readonly Rule[]) }
}

/** What is wrong with one entry of a list, and what to write instead. */
export function problemOfHost(value: unknown): string | undefined {
  const read = readEntry(value)
  return 'problem' in read ? read.problem : undefined
}

const forms = 'use "host", "host:port", ".suffix", "*.suffix", "*", an address, or a range such as "10.0.0.0/8"'

function readEntry(value: unknown): ReadRule {
  const refused = (why: string) => ({ problem: `${showHost(value)} ${why}` })
  if (typeof value !== 'string') return refused(`is no host: ${forms}`)
  const entry = value.trim()
  if (entry === '*') return { entry, port: undefined, matches: () => true }
  if (entry.includes('://')) return refused('has a scheme: write the host alone, or host:port')
  if (/[\s,;|]/.test(entry)) return refused('is more than one host: give each an item of its own')
  if (entry.includes('/'))
    return readSubnet(entry) ?? refused('is no range of addresses: write it as in "10.0.0.0/8" or "fd00::/8"')
  const range = readRange(entry)
  if (range !== undefined) return range ?? refused('is no range of addresses: both are of one kind, the lower one first')
  const { name, port } = splitPort(entry)
  if (port !== undefined && !(port >= 1 && port <= 65_535)) return refused('has no valid port: use 1 to 65535')
  const bare = name.replace(/^\[|\]$/g, '')
  const family = familyOf(bare)
  if (family !== undefined) return addressRule(entry, port, (list) => list.addAddress(bare, family))
  const wild = name.startsWith('*.')
  const host = hostOf(name.replace(/^\*?\./, ''))
  if (host === undefined) return refused(`is no host: ${forms}`)
  const below = `.${host}`
  return { entry, port, matches: (other) => (other === host && !wild) || other.endsWith(below) }
}

/** What stands for a host in a message: what is no address may be a URL, or part of one, with a password. */
export function showHost(value: unknown): string {
  return typeof value === 'string' && !/^[\da-f.:[\]/-]*$/i.test(value) ? showProxyUrl(value) : show(value)
}

function splitPort(entry: string): { readonly name: string; readonly port?: number } {
  // More than one colon without brackets is an IPv6 address.
  const [, name, digits] = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(entry) ?? []
  return name === undefined ? { name: entry } : { name, port: Number(digits) }
}

type Family = 'ipv4' | 'ipv6'

function familyOf(address: string): Family | undefined {
  // An interface in the address is no part of what it matches.
  if (address.includes('%')) return undefined
  const version = process.getBuiltinModule('node:net').isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}

function addressRule(entry: string, port: number | undefined, add: (list: BlockList) => void): Rule {
  const list = new (process.getBuiltinModule('node:net').BlockList)()
  add(list)
  return {
    entry,
    port,
    matches(host) {
      const bare = host.replace(/^\[|\]$/g, '')
      const kind = familyOf(bare)
      return kind !== undefined && list.check(bare, kind)
    },
  }
}

function readSubnet(entry: string): Rule | undefined {
  const [, text = '', digits = ''] = /^\[?([^/\]]*)\]?\/(\d{1,3})$/.exec(entry) ?? []
  const address = /^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(text) ? `${text}${'.0'.repeat(4 - text.split('.').length)}` : text
  const family = familyOf(address)
  const bits = Number(digits)
  if (family === undefined || digits === '' || bits > (family === 'ipv4' ? 32 : 128)) return undefined
  return addressRule(entry, undefined, (list) => list.addSubnet(address, bits, family))
}

/** Undefined for what is no range, null for one that is wrong. A host's name may hold a hyphen. */
function readRange(entry: string): Rule | null | undefined {
  const [first = '', last = '', ...more] = entry.split('-')
  const family = familyOf(first)
  if (family === undefined || more.length > 0 || last === '') return undefined
  if (familyOf(last) !== family) return null
  try {
    return addressRule(entry, undefined, (list) => list.addRange(first, last, family))
  } catch {
    // The first one is above the last.
    return null
  }
}

/** What `URL` makes of a name, without a dot at the end. All digits would be an address to it, and are none to anybody else. */
function hostOf(name: string): string | undefined {
  if (name === '' || /^\d+\.?$|[\s/?#@\\%*[\]:<>]/.test(name) || !URL.canParse(`http://${name}/`)) return undefined
  const host = new URL(`http://${name}/`).hostname
  const bare = host.endsWith('.') ? host.slice(0, -1) : host
  return bare.split('.').every((label) => /^[\w-]{1,63}$/.test(label)) ? bare : undefined
}
