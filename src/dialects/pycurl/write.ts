import type { ParsedPoolConfig } from '../../config/parse.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { defaultOf } from '../defaults.ts'
import { demandsOf, orZero, tenYears, wholeSeconds } from '../demands.ts'
import type { Written } from '../losses.ts'
import { proxyCode, proxyImport } from '../proxies.ts'
import { lines, pythonLiteral } from '../python.ts'
import { defaults } from './defaults.ts'
import { mostStreams } from './protocols.ts'
import { proxySettings } from './proxies.ts'
import type { PycurlSettings } from './settings.ts'
import { httpVersionFor } from './versions.ts'

// The longest that every libcurl takes, 24.8 days: 0 is not unlimited but 300 s.
const longestConnect = 2_147_483

export function write(parsed: ParsedPoolConfig): Written<PycurlSettings> {
  const settings = { ...settingsOf(parsed.config), ...proxySettings(parsed) }
  return { settings, code: codeOf(settings) }
}

function settingsOf(config: ResolvedPoolConfig): PycurlSettings {
  const { open, openPerHost, kept } = demandsOf(config)
  return {
    M_MAX_TOTAL_CONNECTIONS: orZero(open),
    M_MAX_HOST_CONNECTIONS: orZero(openPerHost),
    ...(Number.isFinite(kept) ? { M_MAXCONNECTS: kept } : {}),
    ...(config.http2 === false
      ? {}
      : { M_MAX_CONCURRENT_STREAMS: Math.min(config.maxStreamsPerConnection, mostStreams), PIPEWAIT: 1 }),
    HTTP_VERSION: httpVersionFor(config.http2),
    // Before libcurl 8.15, 0 is not unlimited but none.
    MAXAGE_CONN: Number.isFinite(config.keepAliveExpiry) ? wholeSeconds(config.keepAliveExpiry) : tenYears,
    MAXLIFETIME_CONN: orZero(wholeSeconds(config.maxLifetime)),
    ...connectTimeout(config.connectTimeout),
    ...(config.tcpKeepAlive === false
      ? { TCP_KEEPALIVE: 0 }
      : { TCP_KEEPALIVE: 1, TCP_KEEPIDLE: wholeSeconds(config.tcpKeepAlive) }),
    ...(config.keepAlive ? {} : { FORBID_REUSE: 1 }),
    DNS_CACHE_TIMEOUT: config.dnsCacheTtl === Number.POSITIVE_INFINITY ? -1 : wholeSeconds(config.dnsCacheTtl),
  }
}

function connectTimeout(ms: number): PycurlSettings {
  if (ms === Number.POSITIVE_INFINITY) return { CONNECTTIMEOUT: longestConnect }
  return ms % 1000 === 0 ? { CONNECTTIMEOUT: ms / 1000 } : { CONNECTTIMEOUT_MS: ms }
}

function codeFor(option: string, value: unknown): string {
  if (option === 'HTTP_VERSION') return `pycurl.${String(value)}`
  return option === 'PROXY' && value !== '' ? proxyCode(String(value)) : pythonLiteral(value)
}

function codeOf(settings: PycurlSettings): string {
  // The protocol is always said: which one libcurl chooses depends on its version, and on what it was built with.
  const said = ([option, value]: readonly [string, unknown]) => option === 'HTTP_VERSION' || value !== defaultOf(defaults, option)
  const options = Object.entries(settings).filter(said)
  const set = (handle: string, [option, value]: readonly [string, unknown]) =>
    `${handle}.setopt(pycurl.${option}, ${codeFor(option, value)})`
  return lines(
    proxyImport(settings.PROXY || undefined),
    'import pycurl',
    '',
    'multi = pycurl.CurlMulti()',
    ...options.filter(([option]) => option.startsWith('M_')).map((option) => set('multi', option)),
    '',
    '',
    'def new_handle(url: str) -> pycurl.Curl:',
    '    handle = pycurl.Curl()',
    '    handle.setopt(pycurl.URL, url)',
    ...options.filter(([option]) => !option.startsWith('M_')).map((option) => `    ${set('handle', option)}`),
    '    return handle',
    '',
    '',
    'multi.add_handle(new_handle("https://example.com/"))',
  )
}
