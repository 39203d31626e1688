import { PoolUnsupportedError } from '../errors.ts'
import { explainDuration, readDuration } from './durations.ts'
import { fieldNames } from './fields.ts'
import { list, nearest } from './similar.ts'
import { show } from './vocabulary.ts'

/** The third argument of `createPool`, checked. */
export interface CheckedPoolOptions {
  readonly name: string | undefined
  readonly strict: boolean
}

const third = 'the third argument of createPool'

/** Throws ERR_POOL_UNSUPPORTED that names the option, what was given and what to write. */
export function readPoolOptions(options: unknown): CheckedPoolOptions {
  if (options === undefined) return { name: undefined, strict: true }
  assertNames(options, third, ['name', 'strict'])
  const { name, strict = true } = options as { name?: unknown; strict?: unknown }
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) {
    throw refused(`name of ${third}: ${show(name)} is no name: use a text such as "payments", or leave it out`)
  }
  if (typeof strict !== 'boolean') {
    throw refused(`strict of ${third}: ${show(strict)} is neither true nor false: use one of them, without quotes`)
  }
  return { name, strict }
}

const closing = { zero: true, unlimited: true } as const

/** Milliseconds that `close` lets what runs and waits take; `Infinity` for unlimited, the default. */
export function readCloseTimeout(options: unknown): number {
  if (options === undefined) return Number.POSITIVE_INFINITY
  assertNames(options, 'the argument of close', ['timeout'])
  const { timeout } = options as { timeout?: unknown }
  if (timeout === undefined) return Number.POSITIVE_INFINITY
  const ms = readDuration(timeout, closing)
  if (ms === undefined) throw refused(`timeout of the argument of close: ${explainDuration(timeout, closing)}`)
  return ms
}

/** Throws if a set of options is none, or has one that is not among `names`: what is misspelt would be passed over in silence. */
function assertNames(options: unknown, place: string, names: readonly string[]): void {
  const example = `{ ${names.join(', ')} }`
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw refused(`${place} is ${show(options)}: pass an object such as ${example}, or leave it out`)
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw refused(
      unknown
        .slice(0, 10)
        .map((name) => stray(name, place, names))
        .join('; '),
    )
}

function stray(name: string, place: string, names: readonly string[]): string {
  const given = `${show(name)} is unknown to ${place}`
  const meant = nearest(name, names)
  if (meant !== undefined) return `${given}: did you mean ${meant}?`
  if (place === third && fieldNames.some((field) => field === name))
    return `${given}: it is a limit and goes first, into the config`
  return `${given}: it takes ${list(names)}${place === third ? ' (options of the client go second)' : ''}`
}

function refused(message: string): PoolUnsupportedError {
  return new PoolUnsupportedError(message)
}
