import fc from 'fast-check'
import { test } from 'vitest'
import { play, scenarios } from './operations.ts'

// More by hand: FUZZ_RUNS=200000 npx vitest run test/pool/core.property
const runs = Number(process.env.FUZZ_RUNS ?? 0)
const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) }

test(
  'the core keeps the contract under random operations',
  () => {
    fc.assert(fc.property(scenarios(60), play), { numRuns: runs || 6000, ...seed })
  },
  runs ? 3_600_000 : 60_000,
)

test(
  'also in long runs',
  () => {
    fc.assert(fc.property(scenarios(400), play), { numRuns: Math.ceil((runs || 6000) / 15), ...seed })
  },
  runs ? 3_600_000 : 60_000,
)
