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

/**
 * The head of an HTTP/1.1 request as it is written for a proxy: the target in absolute form, and what the proxy is to know besides.
 * @param head to its end, or so many whole lines of it that no field of the proxy's can follow
 */
export function forwardedHead(head: string, origin: string, gateway: Gateway): string {
  const methodEnd = head.indexOf(' ')
  const targetEnd = head.indexOf(' ', methodEnd + 1)
  const target = absoluteTarget(origin, head.slice(methodEnd + 1, targetEnd))
  // Before the blank line, if that is there.
  const end = head.endsWith('\r\n\r\n') ? head.length - 2 : head.length
  return `${head.slice(0, methodEnd + 1)}${target}${head.slice(targetEnd, end)}${gateway.linesFor(head)}${head.slice(end)}`
}

/**
 * Whether a proxy says, in the fields of an answer, that its connection stays. HTTP/1.1 has it so where nothing is said (RFC 9112 §9.3), but
 * tinyproxy 1.11 says nothing and closes right behind each answer: the next request would be lost.
 * @param field the value of the field of that name, in lower case
 */
export function isKept(field: (name: string) => string | undefined): boolean {
  const said = field('connection') ?? field('proxy-connection')
  return said === undefined ? field('keep-alive') !== undefined : /\bkeep-alive\b/i.test(said)
}
