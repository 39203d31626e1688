import { fieldNames } from '../config/fields.ts'
import { list, nearest } from '../config/similar.ts'
import { show } from '../config/vocabulary.ts'
import { PoolUnsupportedError } from '../errors.ts'
import type { LoadPoolsOptions } from './pools.ts'

const kinds: { readonly [O in keyof LoadPoolsOptions]-?: { readonly is: (value: unknown) => boolean; readonly what: string } } = {
  cwd: { is: isText, what: 'a path of a directory' },
  file: { is: (value) => isText(value) || value instanceof URL, what: 'a path or a URL of a file' },
  env: { is: (value) => value === false || isObject(value), what: 'an object such as process.env, or false' },
  // What is in it is checked with the file, so that all mistakes are told together.
  pools: { is: () => true, what: 'pools by name' },
  watch: { is: (value) => typeof value === 'boolean', what: 'true or false' },
}

const names = Object.keys(kinds) as (keyof LoadPoolsOptions)[]

/**
 * The options of loadPools, each looked at once.
 * Throws a PoolUnsupportedError that names every option that it does not know, or that holds something else than it takes.
 */
export function readOptions(options: unknown): LoadPoolsOptions {
  const given = entriesOf(options)
  if (given === undefined) {
    const fix = 'use loadPools({ watch: true }), or no options at all'
    throw new PoolUnsupportedError(`loadPools: ${show(options)} is no set of options: ${fix}`)
  }
  const wrong = given.flatMap(([key, value]) => explain(key, value) ?? [])
  if (wrong.length > 0) throw new PoolUnsupportedError(`loadPools: ${wrong.join('; ')}`)
  return Object.fromEntries(given) as LoadPoolsOptions
}

/** Undefined also of an object whose getters or traps throw. */
function entriesOf(options: unknown): [string, unknown][] | undefined {
  try {
    return isObject(options) ? Object.entries(options) : undefined
  } catch {
    return undefined
  }
}

function explain(key: string, value: unknown): string | undefined {
  const name = names.find((known) => known === key)
  if (name === undefined) return `${show(key)} is no option: ${adviceFor(key)}`
  const { is, what } = kinds[name]
  return value === undefined || is(value) ? undefined : `${name}: ${show(value)} is not what it takes: use ${what}`
}

function adviceFor(key: string): string {
  const field = fieldNames.find((known) => known === key)
  if (field !== undefined) return `write pools: { default: { ${field}: … } }`
  const meant = nearest(key, names)
  return meant ? `did you mean ${meant}?` : `the options are ${list(names)}`
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
