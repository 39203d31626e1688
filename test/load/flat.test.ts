import { expect, test } from 'vitest'
import { handOver, reuse } from '../../bench/scale-core.ts'
import { timesAsMuch } from '../time.ts'

// What is constant costs up to four times as much where the larger state no longer fits the processor's caches (measured), and as much
// again is left to a busy machine, whose other work takes its share of those. What grows with the logarithm would cost 12 and 5 times as
// much by its steps alone, what is linear 5,000 and 10,000 times.
const bound = 8

/** The median ratio of many steps among few and among many. */
function ratioOf(few: () => void, many: () => void): number {
  const repeated = (step: () => void) => () => {
    for (let done = 0; done < 100_000; done++) step()
  }
  return timesAsMuch(repeated(few), repeated(many))
}

test('to reuse an idle connection costs the same with 1 and with 5,000 origins', () => {
  expect(ratioOf(reuse(1), reuse(5000))).toBeLessThan(bound)
})

test('to hand a connection over costs the same with 10 and with 100,000 waiting', () => {
  expect(ratioOf(handOver(10), handOver(100_000))).toBeLessThan(bound)
})
