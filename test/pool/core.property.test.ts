import fc from 'fast-check'
import { test } from 'vitest'
import { draws } from '../draws.ts'
import { play } from './player.ts'
import { scenarios } from './scenarios.ts'

// The same draws each time: what fails is then of the change that was made. Others by hand, and more of them:
// FUZZ_SEED=7 TEST_DRAWS=30 npx vitest run --project usual test/pool/core.property
const seed = Number(process.env.FUZZ_SEED ?? 5502)

test('the core keeps the contract under random operations', () => {
  fc.assert(fc.property(scenarios(60), play), { numRuns: draws(6000), seed })
})

test('also in long runs', () => {
  fc.assert(fc.property(scenarios(400), play), { numRuns: draws(400), seed })
})
