/** The keywords of `requests.adapters.HTTPAdapter`, and the headers of a Session. */
export interface RequestsSettings {
  pool_connections?: number | undefined
  pool_maxsize?: number | undefined
  pool_block?: boolean | undefined
  headers?: { readonly [name: string]: string } | null | undefined
}
