import type { ClientSupport, Reading } from '../adapter.ts'
import type { Note, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { PoolConfigError, PoolUnsupportedError } from '../errors.ts'
import { isPool } from './open-pool.ts'

/** Values under which a field asks nothing of a client, so that nothing is lost if the client does not know the field. */
const undemanding: { readonly [F in PoolConfigField]?: ResolvedPoolConfig[F] } = {
  maxConnections: Number.POSITIVE_INFINITY,
  maxConnectionsPerHost: Number.POSITIVE_INFINITY,
  maxIdleConnections: Number.POSITIVE_INFINITY,
  maxIdleConnectionsPerHost: Number.POSITIVE_INFINITY,
  maxHosts: Number.POSITIVE_INFINITY,
  keepAliveExpiry: Number.POSITIVE_INFINITY,
  maxLifetime: Number.POSITIVE_INFINITY,
  maxRequestsPerConnection: Number.POSITIVE_INFINITY,
  block: true,
  maxOverflow: 0,
  acquireTimeout: Number.POSITIVE_INFINITY,
  maxPending: Number.POSITIVE_INFINITY,
  connectTimeout: Number.POSITIVE_INFINITY,
  dnsCacheTtl: 0,
  retryStale: false,
}

/** A note for each field that the config asks for and the client's own settings do not hold. */
export function lossesOf({ fields }: ClientSupport, config: ResolvedPoolConfig): Note[] {
  return (Object.keys(fields) as PoolConfigField[]).flatMap((field): Note[] => {
    const { native, message = '' } = fields[field]
    const asked = field === 'hosts' ? Object.keys(config.hosts).length > 0 : config[field] !== undemanding[field]
    return asked && (native === 'approximated' || native === 'unsupported') ? [{ field, support: native, message }] : []
  })
}

/** A copy without the keys whose value is undefined. */
export function compact<T extends object>(settings: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** A finite number, or undefined where the native default is no limit. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

/** Throws if a client's native options are none at all, as code without types may give them. */
export function assertOptions(native: unknown): void {
  const given = misgiven(native)
  if (given !== undefined)
    throw new PoolUnsupportedError(`the native options are ${given}: pass an object such as { ca }, or leave them out`)
}

function misgiven(native: unknown): string | undefined {
  if (native === null) return 'null'
  if (typeof native !== 'object') return `a ${typeof native}`
  if (Array.isArray(native)) return 'an array'
  if (!('addRequest' in native)) return undefined
  return 'dispatch' in native
    ? 'a pool'
    : 'an agent, and a pool makes its own (readSettings(agent) gives the config for the first argument)'
}

/**
 * A `readSettings` that looks into anything: what a getter or a proxy of the given object throws becomes a PoolConfigError.
 * A pool is as good as its options.
 */
export function readSafely(read: (native: unknown) => Reading): (native: unknown) => Reading {
  return (native) => {
    try {
      return read(isPool(native) ? native.options : native)
    } catch (cause) {
      throw cause instanceof PoolConfigError ? cause : Object.assign(unreadable('its getter or proxy throws'), { cause })
    }
  }
}

function unreadable(problem: string): PoolConfigError {
  const message = `readSettings: what was given can't be read, ${problem}: pass options, or what was made of them`
  return new PoolConfigError([{ path: '', value: undefined, message }])
}
