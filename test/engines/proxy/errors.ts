import type { PoolConfigError } from '../../../src/errors.ts'

/** What a call throws. */
export function errorOf(call: () => unknown): PoolConfigError {
  try {
    call()
  } catch (error) {
    return error as PoolConfigError
  }
  throw new Error('expected a failure')
}
