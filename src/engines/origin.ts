import { LRU } from 'tiny-lru'

/** Spellings that are remembered; the usual ones need not be. */
const mostSpellings = 1000

const spellings = new LRU<string>(mostSpellings)

// A name as `URL` leaves it. The last label begins with a letter: else it may be an address.
const usual = /^(?:[a-z0-9_-]+\.)*[a-z_][a-z0-9_-]*$/

/** `scheme://host:port`, the port always there: what limits count by, in every engine, however host and port are spelled. */
export function originKey(protocol: string, host: string, port: number | string): string {
  return `${protocol}//${usual.test(host) ? host : canonical(host)}:${Number(port) || port}`
}

function canonical(host: string): string {
  const known = spellings.get(host)
  if (known !== undefined) return known
  const found = withoutDot(hostOf(host))
  spellings.set(host, found)
  return found
}

/** What `URL` makes of a host: lower case, punycode, addresses in their shortest form. What is none to it stays, in lower case. */
function hostOf(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const text = bare.includes(':') ? `[${bare}]` : bare
  const url = `http://${text}/`
  // What has a meaning in a URL has none in a host, and `URL` decodes what the resolver would take as it is.
  const isHost = !/[\s/?#@\\%]/.test(text) && URL.canParse(url)
  return isHost ? new URL(url).hostname : text.toLowerCase()
}

/** `example.com.` is `example.com`, told not to look further. */
function withoutDot(host: string): string {
  return host.length > 1 && host.endsWith('.') ? host.slice(0, -1) : host
}
