/** The keywords of `requests.adapters.HTTPAdapter`, and the headers of a Session. */
export interface RequestsSettings {
  pool_connections?: number | undefined
  pool_maxsize?: number | undefined
  pool_block?: boolean | undefined
  /** Of the Session: by scheme (`http`, `https`, `all`) or by scheme and host (`https://host`) the URL of a proxy; '' for none. */
  proxies?: { readonly [pattern: string]: string | null } | undefined
  trust_env?: boolean | undefined
  headers?: { readonly [name: string]: string } | null | undefined
}
