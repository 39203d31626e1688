import { expect, test } from 'vitest'
import { flatness } from '../../bench/flatness.ts'
import { handOver, reuse } from '../../bench/scale-core.ts'

// What is linear would cost 5,000 and 10,000 times as much. What is constant costs up to four times as much where the larger state no
// longer fits the processor's caches (measured); on a busy machine others take their share of those.
const bound = 20

test('to reuse an idle connection costs the same with 1 and with 5,000 origins', () => {
  const { few, many, ratio } = flatness(reuse(1), reuse(5000))
  console.log(`reuse: ${few.toFixed(2)} µs with 1 origin, ${many.toFixed(2)} µs with 5,000, ratio ${ratio.toFixed(2)}`)
  expect(ratio).toBeLessThan(bound)
})

test('to hand a connection over costs the same with 10 and with 100,000 waiting', () => {
  const { few, many, ratio } = flatness(handOver(10), handOver(100_000))
  console.log(`hand over: ${few.toFixed(2)} µs with 10 waiting, ${many.toFixed(2)} µs with 100,000, ratio ${ratio.toFixed(2)}`)
  expect(ratio).toBeLessThan(bound)
})
