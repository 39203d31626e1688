import type { PoolConfigField } from '../config/types.ts'
import { defaultOf, type LibraryDefaults } from './defaults.ts'
import type { Fact, FieldExpression, SettingMeaning } from './types.ts'

/** The library has a setting that means the same. */
export const native = (keyword: string | readonly string[], message = ''): FieldExpression => ({
  support: 'native',
  keywords: [keyword].flat(),
  message,
})

/** The library has a setting that means nearly the same. */
export const approximated = (keyword: string | readonly string[], message: string): FieldExpression => ({
  support: 'approximated',
  keywords: [keyword].flat(),
  message,
})

/** The library has no such thing among its settings. */
export const unsupported = (message: string): FieldExpression => ({ support: 'unsupported', keywords: [], message })

/** What a setting is when the whole of the configuration is left out. */
export function fact(defaults: LibraryDefaults, keyword: string, text?: string): Fact {
  const [group = '', child] = keyword.split('.')
  const whole = child === undefined ? undefined : defaultOf(defaults, group)
  const inGroup =
    typeof whole === 'object' && whole !== null ? Object.entries(whole).find(([key]) => key === child)?.[1] : undefined
  const value = whole === undefined ? defaultOf(defaults, keyword) : (inGroup ?? null)
  return { keyword, default: value, ...(text === undefined ? {} : { text }) }
}

/** The library has no such thing. */
export function nothing(text?: string): Fact {
  return { keyword: null, default: null, ...(text === undefined ? {} : { text }) }
}

/** Of the switch by which libraries of Python ask the environment. */
export const asksVariables = 'True, the default, asks HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY'

/** A library whose proxies are set elsewhere. */
export const proxiesElsewhere = (where: string) => ({ proxy: unsupported(where), noProxy: unsupported(where) })

/** What no library of this kind has. */
export const unknownToAll = {
  minIdleConnectionsPerHost: unsupported('a connection is opened when a request needs it, never ahead'),
  keepAliveHintMargin: unsupported("a server's `Keep-Alive: timeout=N` is not heeded"),
  maxRequestsPerConnection: unsupported('the requests of a connection are not counted'),
  maxPending: unsupported('any number of requests may wait'),
  maxConnectionsPerProxy: unsupported('the connections to a proxy have no limit of their own'),
} as const

/** The same, of a library that speaks HTTP/1.1 alone. */
export const unknownToHttp1 = {
  ...unknownToAll,
  http2: unsupported('it speaks HTTP/1.1 alone'),
  maxStreamsPerConnection: unsupported('a connection carries one request at a time'),
  pingInterval: unsupported('HTTP/1.1 has no pings'),
} as const

type Fields = PoolConfigField | readonly PoolConfigField[]

/** A setting that a pool has too. */
export const becomes = (fields: Fields, message = ''): SettingMeaning => ({ fields: [fields].flat(), support: 'native', message })

/** A setting that means a little else in a pool. */
export const nearly = (fields: Fields, message: string): SettingMeaning => ({
  fields: [fields].flat(),
  support: 'approximated',
  message,
})

/** A setting that has no place in a pool. */
export const dropped = (message: string): SettingMeaning => ({ fields: [], support: 'unsupported', message })
