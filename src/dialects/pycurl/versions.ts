import type { ResolvedPoolConfig } from '../../config/types.ts'

/** One value of HTTP_VERSION. */
interface HttpVersion {
  readonly value: number
  /** Null where libcurl chooses. */
  readonly http2: ResolvedPoolConfig['http2'] | null
  /** In what a pool differs. */
  readonly remark?: string
}

const http3 = 'a pool speaks no HTTP/3'

/** By the names that pycurl has for them. */
export const httpVersions = {
  CURL_HTTP_VERSION_NONE: { value: 0, http2: null },
  CURL_HTTP_VERSION_1_0: { value: 1, http2: false, remark: 'a pool speaks HTTP/1.1 at least' },
  CURL_HTTP_VERSION_1_1: { value: 2, http2: false },
  CURL_HTTP_VERSION_2: { value: 3, http2: true, remark: 'asks http servers to upgrade, which a pool does not' },
  CURL_HTTP_VERSION_2_0: { value: 3, http2: true, remark: 'asks http servers to upgrade, which a pool does not' },
  CURL_HTTP_VERSION_2TLS: { value: 4, http2: true },
  CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE: { value: 5, http2: 'only' },
  CURL_HTTP_VERSION_3: { value: 30, http2: true, remark: http3 },
  CURL_HTTP_VERSION_3ONLY: { value: 31, http2: true, remark: http3 },
} as const satisfies { readonly [name: string]: HttpVersion }

export type HttpVersionName = keyof typeof httpVersions

/** What libcurl is told for each protocol of a pool. */
export function httpVersionFor(http2: ResolvedPoolConfig['http2']): HttpVersionName {
  if (http2 === 'only') return 'CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE'
  return http2 ? 'CURL_HTTP_VERSION_2TLS' : 'CURL_HTTP_VERSION_1_1'
}

/** A value as it was given, by name or by number; undefined if there is none such. */
export function readHttpVersion(given: unknown): (HttpVersion & { readonly name: string }) | undefined {
  const all: readonly (readonly [string, HttpVersion])[] = Object.entries(httpVersions)
  const found = all.find(([name, { value }]) => given === name || given === value)
  return found && { name: found[0], ...found[1] }
}
