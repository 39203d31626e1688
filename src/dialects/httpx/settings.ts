/** Seconds, as a Python number; null is None. */
type Seconds = number | null | undefined

/** The keywords of `httpx.Limits` and `httpx.Timeout`, and of requestx's classes of the same names. */
export interface HttpxSettings {
  limits?:
    | {
        max_connections?: number | null | undefined
        max_keepalive_connections?: number | null | undefined
        keepalive_expiry?: Seconds
      }
    | undefined
  /** Of the client or its transport. */
  http1?: boolean | undefined
  http2?: boolean | undefined
  /** Of the client: `scheme://user:password@host:port`, and whether the environment is asked where there is none. */
  proxy?: string | null | undefined
  trust_env?: boolean | undefined
  /** Of the client before 0.28: one URL, or by pattern. */
  proxies?: string | null | { readonly [pattern: string]: string | null } | undefined
  /** By pattern, the URL of a proxy in place of a transport with it; None for none. */
  mounts?: { readonly [pattern: string]: string | null } | undefined
  /** Of a transport: each is (level, option, value), constants by their names, such as `socket.SO_KEEPALIVE`. */
  socket_options?: readonly (readonly unknown[])[] | null | undefined
  /** A number is for all four; `timeout.timeout` is the default of those that are left out. */
  timeout?: Seconds | { timeout?: Seconds; connect?: Seconds; read?: Seconds; write?: Seconds; pool?: Seconds }
}
