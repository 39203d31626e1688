import type { ClientSupport, Reading } from '../adapter.ts'
import { isDemanding } from '../config/needs.ts'
import { insteadOf, kindOf, plainObject } from '../config/plain-object.ts'
import type { Note, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { PoolConfigError, PoolUnsupportedError } from '../errors.ts'
import { show } from '../text/show.ts'
import { isPool } from './open-pool.ts'

/** A note for each field that the config asks for and the client's own settings do not hold. */
export function lossesOf({ fields }: ClientSupport, config: ResolvedPoolConfig): Note[] {
  return (Object.keys(fields) as PoolConfigField[]).flatMap((field): Note[] => {
    const { native, message = '' } = fields[field]
    return isDemanding(field, config) && (native === 'approximated' || native === 'unsupported')
      ? [{ field, support: native, message }]
      : []
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
  if (given === undefined) return
  const instead = insteadOf(native, 'pass an object such as { ca }, or leave them out')
  throw new PoolUnsupportedError(`the native options are ${given}: ${instead}`)
}

function misgiven(native: unknown): string | undefined {
  if (typeof native !== 'object' || native === null) return misgivenOptions(native)
  // What dispatches is refused by the engines, each in its words.
  if (!('addRequest' in native)) return 'dispatch' in native ? undefined : misgivenOptions(native)
  return 'dispatch' in native
    ? 'a pool'
    : 'an agent, and a pool makes its own (readSettings(agent) gives the config for the first argument)'
}

/** What was given for options, if something in it would be passed over: of an instance only what it holds itself is seen. */
export function misgivenOptions(given: unknown): string | undefined {
  // Not the text itself, which may be a key.
  if (typeof given === 'string') return 'a string'
  if (plainObject(given) !== undefined) return undefined
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) return kindOf(given)
  for (const name in given) {
    if (!Object.hasOwn(given, name)) return `an object that inherits ${show(name)}, which is not seen`
  }
  return undefined
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
