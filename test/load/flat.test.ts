import { expect, test } from 'vitest'
import { type Flatness, flatness } from '../../bench/flatness.ts'
import { handOver, reuse } from '../../bench/scale-core.ts'

// What is constant costs up to four times as much where the larger state no longer fits the processor's caches (measured), and as much
// again is left to a busy machine, whose other work takes its share of those. What grows with the logarithm would cost 12 and 5 times as
// much by its steps alone, what is linear 5,000 and 10,000 times.
const bound = 8

/** The least ratio of three: what else a machine does can only add to it, and seldom for three times as long. Each alternates in itself. */
function best(few: () => void, many: () => void): Flatness {
  const found = [1, 2, 3].map(() => flatness(few, many, 15))
  return found.reduce((least, one) => (one.ratio < least.ratio ? one : least))
}

test('to reuse an idle connection costs the same with 1 and with 5,000 origins', () => {
  const { few, many, ratio } = best(reuse(1), reuse(5000))
  console.log(`reuse: ${few.toFixed(2)} µs with 1 origin, ${many.toFixed(2)} µs with 5,000, ratio ${ratio.toFixed(2)}`)
  expect(ratio).toBeLessThan(bound)
})

test('to hand a connection over costs the same with 10 and with 100,000 waiting', () => {
  const { few, many, ratio } = best(handOver(10), handOver(100_000))
  console.log(`hand over: ${few.toFixed(2)} µs with 10 waiting, ${many.toFixed(2)} µs with 100,000, ratio ${ratio.toFixed(2)}`)
  expect(ratio).toBeLessThan(bound)
})
