/** The own properties of an object literal, read once, or of a class instance with string keys; undefined if it is no such object or its getters throw. */
export function plainEntries(value: unknown): readonly (readonly [key: string, value: unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    if (Array.isArray(value)) return undefined
    const prototype: object | null = Object.getPrototypeOf(value)
    const literal = prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
    return literal ? Object.entries(value) : undefined
  } catch {
    return undefined
  }
}

/** The items of an array, read once; undefined if it is none or its getters throw. */
export function plainItems(value: unknown): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) ? Array.from(value.slice(0, mostItems) as unknown[]) : undefined
  } catch {
    return undefined
  }
}

const mostItems = 1000
