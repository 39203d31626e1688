import type { LookupAddress } from 'node:dns'
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
export function cachedLookup(ttl: number, lookup: LookupFunction = systemLookup()): LookupFunction {
  // Loaded when it is wanted: most pools do without.
  const { default: CacheableLookup } = createRequire(import.meta.url)('cacheable-lookup') as { default: CacheableLookupClass }
  const seconds = ttl / 1000
  const find = shareInFlight(lookup)
  const resolve =
    (family: 4 | 6): Resolve =>
    (hostname, _options, callback) => {
      find(hostname).then(
        (found) =>
          callback(
            null,
            found.flatMap((entry) => (entry.family === family ? [{ address: entry.address, ttl: seconds }] : [])),
          ),
        (error: Error) => callback(error, []),
      )
    }
  const resolver = { resolve4: resolve(4), resolve6: resolve(6) }
  return new CacheableLookup({ maxTtl: seconds, errorTtl: 0, fallbackDuration: 0, lookup: false, resolver }).lookup
}

function systemLookup(): LookupFunction {
  return process.getBuiltinModule('node:dns').lookup as LookupFunction
}

/** Both families of a name, asked for separately at the same moment, come from one look-up. */
function shareInFlight(lookup: LookupFunction): (hostname: string) => Promise<LookupAddress[]> {
  const inFlight = new Map<string, Promise<LookupAddress[]>>()
  return (hostname) => {
    let found = inFlight.get(hostname)
    if (found === undefined) {
      found = new Promise<LookupAddress[]>((resolve, reject) => {
        lookup(hostname, { all: true }, (error, addresses, family) => {
          inFlight.delete(hostname)
          if (error) reject(error)
          else resolve(typeof addresses === 'string' ? [{ address: addresses, family: family ?? 4 }] : addresses)
        })
      })
      inFlight.set(hostname, found)
    }
    return found
  }
}
