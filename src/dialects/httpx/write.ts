import type { ParsedPoolConfig } from '../../config/parse.ts'
import { plainEntries } from '../../config/plain-object.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf, type LibraryDefaults } from '../defaults.ts'
import { demandsOf, orNone, secondsOrNone } from '../demands.ts'
import type { Written } from '../losses.ts'
import { proxyArgument, proxyImport, settingOf, trusting } from '../proxies.ts'
import { call, keywords, lines } from '../python.ts'
import { defaults } from './defaults.ts'
import type { HttpxSettings } from './settings.ts'

type Limits = Required<NonNullable<HttpxSettings['limits']>>
type Timeout = { connect: number | null; read: number; write: number; pool: number | null }

/** What differs between httpx and requestx. */
interface Flavour {
  readonly name: string
  /** Whether the protocol can be chosen. */
  readonly protocols: boolean
  readonly defaults: LibraryDefaults
  /** Seconds for an idle connection that is kept for ever. */
  readonly forever: number | null
}

// The default of every step, and of keepalive_expiry once limits are given.
const standard = 5

export function write(parsed: ParsedPoolConfig): Written<HttpxSettings> {
  return writeAs({ name: 'httpx', protocols: true, defaults, forever: null }, parsed)
}

/** Writes the keywords that httpx and requestx share. */
export function writeAs(flavour: Flavour, parsed: ParsedPoolConfig): Written<HttpxSettings> {
  const { config } = parsed
  const limits = limitsOf(config, flavour.forever)
  const timeout = timeoutOf(config)
  const others = { ...(flavour.protocols ? protocolsOf(config) : {}), ...proxiesOf(config) }
  return { settings: { limits, timeout, ...others }, code: codeOf(flavour, limits, timeout, others) }
}

type Others = Pick<HttpxSettings, 'http1' | 'http2' | 'proxy' | 'trust_env'>

function proxiesOf({ proxy }: ResolvedPoolConfig): Others {
  const url = settingOf(proxy)
  return url === undefined ? trusting(proxy, true) : { proxy: url }
}

function protocolsOf({ http2 }: ResolvedPoolConfig): Others {
  return { ...(http2 === 'only' ? { http1: false } : {}), ...(http2 === false ? {} : { http2: true }) }
}

function limitsOf(config: ResolvedPoolConfig, forever: number | null): Limits {
  const { open, kept } = demandsOf(config)
  // As many as may be open need no limit of their own, unless one was given.
  const clamped = Number.isFinite(kept) ? open : kept
  return {
    max_connections: orNone(open),
    max_keepalive_connections: config.keepAlive ? orNone(kept < open ? kept : clamped) : 0,
    keepalive_expiry: secondsOrNone(config.keepAliveExpiry) ?? forever,
  }
}

function timeoutOf(config: ResolvedPoolConfig): Timeout {
  const pool = secondsOrNone(demandsOf(config).wait)
  return { connect: secondsOrNone(config.connectTimeout), read: standard, write: standard, pool }
}

function codeOf(flavour: Flavour, limits: Limits, timeout: Timeout, others: Others): string {
  const { name } = flavour
  const asDefault =
    plainEntries(defaultOf(flavour.defaults, 'limits'))?.every(([key, value]) => limits[key as keyof Limits] === value) ?? false
  const limitArguments = keywords(limits, { max_connections: null, max_keepalive_connections: null, keepalive_expiry: standard })
  const steps = keywords(timeout, { connect: standard, read: standard, write: standard, pool: standard })
  const clientArguments = [
    ...proxyArgument('proxy', others.proxy ?? undefined),
    ...keywords({ ...others, proxy: undefined }),
    ...(asDefault ? [] : [{ keyword: 'limits', code: 'limits' }]),
    ...(steps.length === 0 ? [] : [{ keyword: 'timeout', code: 'timeout' }]),
  ]
  return lines(
    proxyImport(others.proxy ?? undefined),
    `import ${name}`,
    '',
    !asDefault && call(`${name}.Limits`, limitArguments, { before: 'limits = ' }),
    steps.length > 0 && call(`${name}.Timeout`, [{ code: String(standard) }, ...steps], { before: 'timeout = ' }),
    others.trust_env === false && '# No proxy of the environment; nor is SSL_CERT_FILE read then.',
    call(`${name}.AsyncClient`, clientArguments, { before: 'client = ' }),
  )
}
