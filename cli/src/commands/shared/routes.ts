import { PoolConfigError, type ResolvedPoolConfig } from 'polypool'
import { explainRoute, list, namedProxies, type ReadRoutes, readRoutes, showProxyUrl } from 'polypool/internal'
import { type Io, Misuse } from '../../io.ts'
import { type Colors, colorsFor, printable, table } from '../../output.ts'

/** By which way a host is reached, and why. */
export interface ShownRoute {
  /** A URL that was asked for, a key of `hosts`, an entry of `noProxy`, or `every other host`. */
  readonly host: string
  /** `http` and `https` where both go the same way. */
  readonly schemes: readonly ('http' | 'https')[]
  /** The proxy, without its credentials; null: directly. */
  readonly proxy: string | null
  /** The field, entry or variable that says so. */
  readonly why: string
}

const schemes = ['https', 'http'] as const

/**
 * By which way the hosts that a config names, all others, and those of some URLs are reached.
 * Nothing where nobody asks, no proxy is on any way, and no variable names one. Throws Misuse for what is wrong in the environment, where
 * `proxy: env` reads it.
 * @param isSaid whether the config says anything of `proxy`
 */
export function routesOf(
  config: ResolvedPoolConfig,
  urls: readonly string[],
  { env }: Pick<Io, 'env'>,
  isSaid: boolean,
): ShownRoute[] {
  const read = readAs(config, env)
  const unread = isSaid ? [] : namedProxies({ ...env })
  const because = (routes: ShownRoute[]) => (unread.length === 0 ? routes : routes.map((route) => unreadBecause(route, unread)))
  const asked = urls.map((url) => {
    const { protocol, origin } = new URL(url)
    const scheme = protocol === 'https:' ? 'https' : 'http'
    return routeTo(read, url, [scheme], withPort(origin, scheme))
  })
  const none = config.proxy === false && Object.values(config.hosts).every(({ proxy = false }) => proxy === false)
  if (none) return because([...asked, ...(unread.length === 0 ? [] : routesTo(read, 'every other host', 'other.invalid'))])
  const listed = config.noProxy === 'env' || config.proxy === false ? [] : config.noProxy
  return because([
    ...asked,
    ...Object.keys(config.hosts).flatMap((key) => routesTo(read, key)),
    ...listed.map((host) => ({
      host,
      schemes,
      proxy: null,
      why: `noProxy: ${host}${isRange(host) ? ', no name is looked up' : ''}`,
    })),
    // A name that nobody has (RFC 2606).
    ...(listed.includes('*') ? [] : routesTo(read, 'every other host', 'other.invalid')),
  ])
}

/** Where nobody has said that no proxy is meant. */
function unreadBecause(route: ShownRoute, unread: readonly string[]): ShownRoute {
  if (route.why !== 'proxy: false') return route
  return {
    ...route,
    why: `proxy: false, the default; ${list(unread)} ${unread.length === 1 ? 'is' : 'are'} read with proxy: env`,
  }
}

function isRange(entry: string): boolean {
  return entry.includes('/') || /^[\d.]+-[\d.]+$/.test(entry)
}

/** URLs of `--url`. Throws Misuse for what is none. */
export function checkedUrls(urls: readonly string[] = []): readonly string[] {
  return urls.map((url) => {
    const problem = problemOfUrl(url)
    // Somebody may have pasted one with its password.
    if (problem !== undefined) throw new Misuse(`--url ${showProxyUrl(url)} ${problem}`)
    return new URL(url).origin
  })
}

const example = 'https://api.example.com'

function problemOfUrl(url: string): string | undefined {
  if (/^(?:https?:\/\/)?unix:/i.test(url)) return 'is a Unix socket, which is reached directly, whatever proxy is set'
  if (!/^[a-z][\w+.-]*:\/\//i.test(url)) return `has no scheme: write it in front, as in ${example}`
  if (!/^https?:/i.test(url)) return `is no URL of http or https: write one such as ${example}`
  return URL.canParse(url) ? undefined : `is no URL: write it as in ${example}`
}

export async function routesTable(routes: readonly ShownRoute[], io: Io): Promise<string> {
  const colors = colorsFor(io)
  const rows = routes.map(({ host, schemes: both, proxy, why }) => [
    printable(both.length === 1 && !host.includes('://') ? `${host} (${both[0]})` : host),
    wayText(proxy, colors),
    printable(why),
  ])
  return table(io, [{ head: 'host' }, { head: 'reached' }, { head: 'because of', wrap: true }], rows)
}

function wayText(proxy: string | null, { dim }: Colors): string {
  return proxy === null ? dim('directly') : `through ${printable(proxy)}`
}

function readAs(config: ResolvedPoolConfig, env: Io['env']): ReadRoutes {
  try {
    return readRoutes(config, { ...env })
  } catch (error) {
    if (error instanceof PoolConfigError) throw new Misuse(error.message)
    throw error
  }
}

/** One for both schemes where they go the same way. */
function routesTo(read: ReadRoutes, key: string, host = key): ShownRoute[] {
  const [scheme, authority = host] = /^https?:/.test(host) ? host.split('://') : [undefined, host]
  // A suffix stands for all names below it.
  const name = authority.replace(/^\*/, 'any')
  const own = schemes.filter((one) => scheme === undefined || one === scheme)
  const routes = own.map((one) => routeTo(read, key, [one], withPort(`${one}://${name}`, one)))
  const [first, second] = routes
  const same = first && second && first.proxy === second.proxy && first.why === second.why
  return same ? [{ ...first, schemes }] : routes
}

function routeTo(read: ReadRoutes, host: string, own: ShownRoute['schemes'], origin: string): ShownRoute {
  const { server, reason } = explainRoute(read, origin)
  return { host, schemes: own, proxy: server === null ? null : server.origin, why: reason }
}

function withPort(origin: string, scheme: 'http' | 'https'): string {
  return /:\d+$/.test(origin) ? origin : `${origin}:${scheme === 'https' ? 443 : 80}`
}
