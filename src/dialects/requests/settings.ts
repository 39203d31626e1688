/** The keywords of `requests.adapters.HTTPAdapter`, and the headers of a Session. */
export interface RequestsSettings {
  pool_connections?: number | undefined
  pool_maxsize?: number | undefined
  pool_block?: boolean | undefined
  /** Of the Session: by scheme, and `no_proxy` for what is reached directly. */
  proxies?:
    | { http?: string | null | undefined; https?: string | null | undefined; no_proxy?: string | null | undefined }
    | undefined
  trust_env?: boolean | undefined
  headers?: { readonly [name: string]: string } | null | undefined
}
