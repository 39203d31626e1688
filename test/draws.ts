/**
 * How many cases a property test draws: a tenth in `npm test`, all in `npm run test:long`, which runs every file again that imports
 * this one. POLYPOOL_TEST_DRAWS=20 draws twenty times as many.
 */
const share = Number(process.env.POLYPOOL_TEST_DRAWS ?? 0.1)

/** @param all as many as it takes to be sure */
export function draws(all: number): number {
  return Math.ceil(all * share)
}
