/** Seconds, as a Python number; null is None. */
type Seconds = number | null | undefined

/** The keywords of `aiohttp.TCPConnector`, and of `aiohttp.ClientTimeout`. */
export interface AiohttpSettings {
  limit?: number | null | undefined
  limit_per_host?: number | null | undefined
  keepalive_timeout?: Seconds
  force_close?: boolean | undefined
  ttl_dns_cache?: Seconds
  use_dns_cache?: boolean | undefined
  enable_cleanup_closed?: boolean | undefined
  /** Of the ClientSession, and whether the environment is asked where there is none. */
  proxy?: string | null | undefined
  /** What `aiohttp.BasicAuth` takes, for the proxy. */
  proxy_auth?: readonly [login: string, password: string] | null | undefined
  trust_env?: boolean | undefined
  timeout?: { total?: Seconds; connect?: Seconds; sock_connect?: Seconds; sock_read?: Seconds } | null | undefined
}
