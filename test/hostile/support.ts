import { expect } from 'vitest'
import { Findings, Misuse } from '../../cli/src/io.ts'
import { PoolError } from '../../src/errors.ts'
import { hangs } from '../time.ts'

/** What hostile input may be answered with. */
function isOurs(error: unknown): boolean {
  return error instanceof PoolError || error instanceof Misuse || error instanceof Findings
}

/** What a call gives, or the error of ours that it throws; any other error is a fault. */
export async function outcomeOf<T>(call: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await call()
  } catch (error) {
    if (!isOurs(error)) throw new Error('an error that is not ours came out', { cause: error })
    return error as Error
  }
}

const shared = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Map.prototype,
  Set.prototype,
  Promise.prototype,
  Error.prototype,
]

function shapeOf(object: object): string {
  return Reflect.ownKeys(object)
    .map((key) => {
      const { value, get, set, writable } = Object.getOwnPropertyDescriptor(object, key) ?? {}
      const held = typeof value === 'function' ? value.name : typeof value
      return `${String(key)}:${held}:${get?.name}:${set?.name}:${writable}`
    })
    .join()
}

/** Remembers what everything inherits from; the function that it gives says whether all of it is as it was. */
export function watchPrototypes(): () => void {
  const before = shared.map(shapeOf)
  return () => {
    expect(shared.map(shapeOf)).toEqual(before)
    expect(Object.keys({ ...Object.prototype })).toEqual([])
    for (const name of ['polluted', 'block', 'maxConnections', 'keepAlive', 'isAdmin']) expect(name in {}).toBe(false)
  }
}

/** Of `effort`, some ten seconds on a usual machine: what this guards against takes minutes. */
export const patience = 1000

/** For `vi.waitFor`: a pool settles within some ms on an idle machine. */
export const settling = { timeout: hangs } as const

/** Names under which objects may be made to inherit what they should not. */
export const poisons = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'toJSON',
  'then',
] as const
