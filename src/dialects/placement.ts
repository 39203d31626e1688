import { readHostKey } from '../config/hosts.ts'
import { readProcessCount } from '../config/processes.ts'
import { showProxyUrl } from '../config/proxies/proxy-server.ts'
import { PoolConfigError } from '../errors.ts'
import { show } from '../text/show.ts'
import { isBefore, readVersion } from './versions.ts'

/** Where a reverse proxy stands. */
export interface Placement {
  /** The server behind it: `https://api.example.com`, `http://10.0.0.5:8080`. */
  readonly upstream: string
  /** Where it takes requests: `127.0.0.1:8080`, `[::1]:8080`, `*:8080`. */
  readonly listen?: string | undefined
  /** The proxy's version, such as `2.6`. Default: one that the declarations name. */
  readonly version?: string | undefined
  /** How many of it there are: each holds its part of the limits. Default 1. */
  readonly replicas?: number | undefined
}

/** The same, checked. */
export interface Site {
  /** `scheme://host:port`, the port written out. */
  readonly origin: string
  readonly tls: boolean
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** `host:port`, with brackets around an IPv6 address. */
  readonly address: string
  /** What the Host header says: no port that is the scheme's own. */
  readonly authority: string
  /** Of the upstream, for the names of sections. */
  readonly name: string
  readonly listen: { readonly host: string; readonly port: number; readonly address: string }
  readonly version: string
  readonly replicas: number
}

interface Wishes {
  readonly title: string
  readonly versions: { readonly oldest: string; readonly usual: string }
  readonly listens: boolean
}

/** Throws PoolConfigError that names everything that is wrong. */
export function readPlacement({ upstream, listen, version, replicas }: Placement, wishes: Wishes): Site {
  const issues: { path: string; value: unknown; message: string }[] = []
  const refuse = (path: string, value: unknown, message: string): undefined => {
    issues.push({ path, value, message: `${path}: ${message}` })
    return undefined
  }
  const server = readUpstream(upstream, (message) => refuse('upstream', showProxyUrl(upstream), message))
  const listening = readListen(listen, wishes, (message) => refuse('listen', listen, message))
  const known = readVersionFor(version, wishes, (message) => refuse('version', version, message))
  const counted = readProcessCount(replicas ?? 1)
  if ('problem' in counted) refuse('replicas', replicas, counted.problem.replace('for a single process', 'for a single one'))
  if (issues.length > 0 || server === undefined || listening === undefined || known === undefined || !('count' in counted))
    throw new PoolConfigError(issues)
  return { ...server, listen: listening, version: known, replicas: counted.count }
}

type Refuse = (message: string) => undefined
const example = 'https://api.example.com'

function readUpstream(text: unknown, refuse: Refuse): Omit<Site, 'listen' | 'version' | 'replicas'> | undefined {
  if (typeof text !== 'string' || text.trim() === '') return refuse(`it is missing: write the server's URL, such as ${example}`)
  // Somebody may have pasted one with its password.
  const shown = showProxyUrl(text)
  if (!/^https?:\/\//i.test(text)) return refuse(`${shown} is no URL of http or https: write one such as ${example}`)
  if (!URL.canParse(text) || /[\s"'\\;{}#]/.test(text)) return refuse(`${shown} is no URL: write one such as ${example}`)
  const { protocol, hostname, port: written, username, password, pathname, search } = new URL(text)
  if (username !== '' || password !== '') return refuse(`${shown} has credentials: they go into the request, not to the proxy`)
  if (pathname !== '/' || search !== '')
    return refuse(
      `${shown} has a path: paths go through as they are, so write ${protocol}//${hostname}${written && `:${written}`}`,
    )
  const key = readHostKey(`${protocol}//${hostname}${written && `:${written}`}`)
  if ('problem' in key) return refuse(`${shown} ${key.problem}`)
  const tls = protocol === 'https:'
  const port = Number(written || (tls ? 443 : 80))
  const host = hostname.replace(/^\[|\]$/g, '')
  if (tls && isAddress(hostname)) return refuse(`${shown} is https at an address: write the name that its certificate is for`)
  const authority = `${hostname}${written && `:${written}`}`
  const name = `polypool_${host.replace(/[^A-Za-z0-9]+/g, '_')}_${port}`
  return { origin: `${protocol}//${hostname}:${port}`, tls, host, port, address: `${hostname}:${port}`, authority, name }
}

function readListen(text: unknown, { title, listens }: Wishes, refuse: Refuse): Site['listen'] | undefined {
  if (!listens) {
    if (text === undefined) return { host: '', port: 0, address: '' }
    return refuse(`${title} takes what goes to the upstream wherever it is sent: leave it out`)
  }
  const fix = 'write an address and a port, such as 127.0.0.1:8080'
  if (text === undefined) return refuse(`it is missing: ${fix}`)
  const [, host, digits] = (typeof text === 'string' && /^(\[[\da-f:.]{2,45}\]|\*|[\w.-]{1,253}):(\d{1,5})$/i.exec(text)) || []
  if (host === undefined) return refuse(`${show(text)} is no address and port: ${fix}`)
  const port = Number(digits)
  if (port < 1 || port > 65_535) return refuse(`${show(text)} has no valid port: use 1 to 65535`)
  const bare = host.replace(/^\[|\]$/g, '')
  const numbers = /^[\d.]+$/.test(bare) && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(bare)
  if (numbers || (host !== '*' && 'problem' in readHostKey(host))) return refuse(`${show(text)} is no address and port: ${fix}`)
  return { host: bare, port, address: `${host}:${port}` }
}

function readVersionFor(text: unknown, { title, versions }: Wishes, refuse: Refuse): string | undefined {
  if (text === undefined) return versions.usual
  const version = readVersion(text)
  if (version === undefined) return refuse(`${show(text)} is no version of ${title}: write one such as ${versions.usual}`)
  if (isBefore(version, versions.oldest))
    return refuse(`${title} ${version} lacks what is needed: use ${versions.oldest} or later`)
  return version
}

/** Of a host as URL has it: an IPv6 address in brackets, an IPv4 address in numbers. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname)
}
