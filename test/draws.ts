/**
 * What `npm test` draws of the cases of a property test: a tenth, but never fewer than a hundred. `npm run test:long` runs every file again
 * that imports this one, and draws all. TEST_DRAWS=20 draws twenty times as many; with TEST_DRAWS=0 `npm test` leaves these files out.
 */
export const share = Number(process.env.TEST_DRAWS ?? 0.1)

/** @param all as many as it takes to be sure */
export function draws(all: number): number {
  return Math.ceil(Math.max(all * share, Math.min(all, 100)))
}
