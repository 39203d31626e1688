import type { HttpVersionName } from './versions.ts'

/** A switch: 1 and 0, or True and False. */
type Switch = 0 | 1 | boolean | undefined
type Long = number | undefined

/** By name or by number, as `pycurl.CURL_HTTP_VERSION_2TLS` and 4. */
type Version = HttpVersionName | number | undefined

/** The options of `CurlMulti.setopt` (`M_…`) and of `Curl.setopt`. Seconds, but for CONNECTTIMEOUT_MS. */
export interface PycurlSettings {
  M_MAXCONNECTS?: Long
  M_MAX_TOTAL_CONNECTIONS?: Long
  M_MAX_HOST_CONNECTIONS?: Long
  M_MAX_CONCURRENT_STREAMS?: Long
  /** Bits: 1 is of no effect any more, 2 lets transfers share connections of HTTP/2. */
  M_PIPELINING?: Long
  HTTP_VERSION?: Version
  PIPEWAIT?: Switch
  MAXCONNECTS?: Long
  MAXAGE_CONN?: Long
  MAXLIFETIME_CONN?: Long
  CONNECTTIMEOUT?: Long
  CONNECTTIMEOUT_MS?: Long
  TCP_KEEPALIVE?: Switch
  TCP_KEEPIDLE?: Long
  TCP_KEEPINTVL?: Long
  FORBID_REUSE?: Switch
  FRESH_CONNECT?: Switch
  DNS_CACHE_TIMEOUT?: Long
  /** A URL, or host and port; '' is none, whatever the environment says. */
  PROXY?: string | undefined
  /** Hosts, set apart by commas. */
  NOPROXY?: string | undefined
  /** `user:password`. */
  PROXYUSERPWD?: string | undefined
  HTTPPROXYTUNNEL?: Switch
  HTTPHEADER?: readonly string[] | undefined
}
