import { aiohttp } from './aiohttp/dialect.ts'
import { httpx } from './httpx/dialect.ts'
import { dialectsOf } from './library.ts'
import { pycurl } from './pycurl/dialect.ts'
import { requests } from './requests/dialect.ts'
import { requestx } from './requestx/dialect.ts'
import { sqlalchemy } from './sqlalchemy/dialect.ts'
import { urllib3 } from './urllib3/dialect.ts'

/** The vocabularies of libraries outside Node, by name. */
export const dialects = dialectsOf({ httpx, requestx, urllib3, requests, aiohttp, pycurl, sqlalchemy })

export type DialectName = keyof typeof dialects

export type { Note, PoolConfig } from '../config/types.ts'
export type { AiohttpSettings } from './aiohttp/settings.ts'
export type { Callable, Callables } from './callables.ts'
export type { LibraryDefaults } from './defaults.ts'
export type { HttpxSettings } from './httpx/settings.ts'
export type { Placement } from './placement.ts'
export type { PycurlSettings } from './pycurl/settings.ts'
export type { RequestsSettings } from './requests/settings.ts'
export { type ReverseProxyName, reverseProxies } from './reverse-proxies.ts'
export {
  type ProxyFacts,
  type ReverseProxy,
  type ReverseProxySupport,
  type ReverseProxyWriting,
  refusalHeader,
} from './reverse-proxy.ts'
export type { SqlalchemySettings } from './sqlalchemy/settings.ts'
export type { Dialect, DialectSupport, Fact, FieldExpression, ReadOptions, SettingMeaning, Writing } from './types.ts'
export type { Urllib3Settings } from './urllib3/settings.ts'
