import type { Clock } from './clock.ts'

/** Throws what a caller's code has thrown where nobody of the pool's or a client's stands above: these would stop half way. */
export function throwLater(clock: Clock, error: unknown): void {
  clock.soon(() => {
    throw error
  })
}
