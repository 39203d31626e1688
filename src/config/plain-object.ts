import { show } from '../text/show.ts'

const { isPromise } = process.getBuiltinModule('node:util/types')

export interface PlainObject {
  readonly [key: string]: unknown
}

/** The value if it is an object literal, of any realm, or has no prototype. What others inherit would be passed over in silence. */
export function plainObject(value: unknown): PlainObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    const prototype: object | null = Object.getPrototypeOf(value)
    const literal = prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
    return literal ? (value as PlainObject) : undefined
  } catch {
    return undefined
  }
}

/** The own properties of a plain object with string keys, read once; undefined if it is none or its getters throw. */
export function plainEntries(value: unknown): readonly (readonly [key: string, value: unknown])[] | undefined {
  const object = plainObject(value)
  try {
    return object && Object.entries(object)
  } catch {
    return undefined
  }
}

export const mostItems = 1000

/** The items of an array, the first 1000, read once; undefined if it is none or its getters throw. */
export function plainItems(value: unknown): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) ? Array.from(value.slice(0, mostItems) as unknown[]) : undefined
  } catch {
    return undefined
  }
}

/** What a value is where something else was asked for. */
export function kindOf(value: unknown): string {
  if (isPromise(value)) return 'a promise'
  const shown = show(value)
  return shown === 'an object' && plainObject(value) === undefined ? 'an object with a prototype of its own' : shown
}

/** What to give instead of it. */
export function insteadOf(value: unknown, fix: string): string {
  return isPromise(value) ? 'await it' : fix
}
