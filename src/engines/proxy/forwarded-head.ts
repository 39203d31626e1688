import type { Gateway } from './gateway.ts'

/** What a proxy reads of an origin: without the port that its scheme has anyway. */
function authorityOf(origin: string): string {
  return origin.endsWith(':80') ? origin.slice(0, -3) : origin
}

/**
 * The target of a request as its proxy reads it (RFC 9112 §3.2.2): `http://host:port/path`. For `OPTIONS *` it is the origin alone (§3.2.4).
 * What has an absolute form already is its client's matter.
 */
export function absoluteTarget(origin: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return path
  if (path === '*') return authorityOf(origin)
  return authorityOf(origin) + (path.startsWith('/') ? path : `/${path}`)
}

/** The head of an HTTP/1.1 request, to its end, as it is written for a proxy: the target in absolute form, and what the proxy is to know besides. */
export function forwardedHead(head: string, origin: string, gateway: Gateway): string {
  const methodEnd = head.indexOf(' ')
  const targetEnd = head.indexOf(' ', methodEnd + 1)
  const target = absoluteTarget(origin, head.slice(methodEnd + 1, targetEnd))
  // Before the blank line.
  const rest = head.slice(targetEnd, -2)
  return `${head.slice(0, methodEnd + 1)}${target}${rest}${gateway.linesFor(head)}\r\n`
}
