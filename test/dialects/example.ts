import type { PoolConfig } from '../../src/config/types.ts'

/** Settings, the whole config that they amount to, and the settings that have a note. */
interface Reading {
  readonly why: string
  readonly settings?: object
  readonly version?: string
  readonly config: PoolConfig
  readonly notes?: readonly string[]
}

/** A config, what it is in a library's settings, and fields that must have a note or must not. */
interface WrittenExample {
  readonly why: string
  readonly config: PoolConfig
  readonly settings: object
  readonly lost?: readonly string[]
  readonly kept?: readonly string[]
}

/** What one dialect reads and writes. */
export interface Examples {
  readonly readings: readonly Reading[]
  readonly writings: readonly WrittenExample[]
}

/** Examples that say nothing of proxies, of a library that goes by the environment: what each of them means besides. */
export function byVariables({ readings, writings }: Examples, key: string, direct: object): Examples {
  return {
    readings: readings.map((one) => ({ ...one, config: { ...one.config, proxy: 'env' }, notes: [...(one.notes ?? []), key] })),
    writings: writings.map((one) => ({ ...one, settings: { ...one.settings, ...direct } })),
  }
}

/** A config that lacks some of the fields of another. */
export function without<T extends object, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.some((one) => one === key))) as Omit<T, K>
}
