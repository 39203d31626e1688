import dns from 'node:dns'
import { createRequire } from 'node:module'
import type { LookupFunction } from 'node:net'

interface TimedAddress {
  readonly address: string
  /** Seconds. */
  readonly ttl: number
}

type Resolve = (hostname: string, options: object, callback: (error: Error | null, addresses: TimedAddress[]) => void) => void

interface CacheableLookupOptions {
  readonly maxTtl: number
  readonly errorTtl: number
  readonly fallbackDuration: number
  readonly lookup: false
  readonly resolver: { readonly resolve4: Resolve; readonly resolve6: Resolve }
}

type CacheableLookupClass = new (options: CacheableLookupOptions) => { readonly lookup: LookupFunction }

/**
 * A `lookup` for sockets that remembers addresses for `ttl` milliseconds; failures are not remembered.
 * It asks the given look-up and not, as cacheable-lookup would, the DNS servers: names from the hosts file count and are cached too.
 */
export function cachedLookup(ttl: number, lookup: LookupFunction = dns.lookup as LookupFunction): LookupFunction {
  // Loaded when it is wanted: most pools do without.
  const { default: CacheableLookup } = createRequire(import.meta.url)('cacheable-lookup') as { default: CacheableLookupClass }
  const seconds = ttl / 1000
  const resolver = { resolve4: resolveBy(lookup, 4, seconds), resolve6: resolveBy(lookup, 6, seconds) }
  return new CacheableLookup({ maxTtl: seconds, errorTtl: 0, fallbackDuration: 0, lookup: false, resolver }).lookup
}

function resolveBy(lookup: LookupFunction, family: 4 | 6, ttl: number): Resolve {
  return (hostname, _options, callback) => {
    lookup(hostname, { family, all: true }, (error, found) => {
      const addresses = typeof found === 'string' ? [{ address: found, family }] : (found ?? [])
      callback(
        error,
        addresses.flatMap((entry) => (entry.family === family ? [{ address: entry.address, ttl }] : [])),
      )
    })
  }
}
