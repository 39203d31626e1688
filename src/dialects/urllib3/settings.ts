/** The keywords of `urllib3.PoolManager`, and `pool_timeout` of its requests. Seconds are numbers; null is None. */
export interface Urllib3Settings {
  num_pools?: number | undefined
  maxsize?: number | undefined
  block?: boolean | undefined
  pool_timeout?: number | null | undefined
  /** A number is for connecting and reading, each. */
  timeout?:
    | number
    | null
    | { connect?: number | null | undefined; read?: number | null | undefined; total?: number | null | undefined }
    | undefined
  /** Of ProxyManager, or SOCKSProxyManager, in place of PoolManager. */
  proxy_url?: string | undefined
  /** Of ProxyManager: `proxy-authorization` is user and password, as `make_headers(proxy_basic_auth=…)` gives it. */
  proxy_headers?: { readonly [name: string]: string } | null | undefined
  /** Each is (level, option, value), constants by their names, such as `socket.SO_KEEPALIVE`. */
  socket_options?: readonly (readonly unknown[])[] | null | undefined
  headers?: { readonly [name: string]: string } | null | undefined
}
