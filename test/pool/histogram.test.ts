import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../src/pool/histogram.ts'
import { seededRandom } from './fake-clock.ts'

const random = seededRandom(7)

const shapes: { readonly [name: string]: () => number } = {
  'uniform from 0 to 1000': () => random() * 1000,
  'mostly 0': () => (random() < 0.9 ? 0 : random() * 50),
  exponential: () => -Math.log(1 - random()) * 12,
  'from 1 µs to 12 days': () => 10 ** (random() * 12 - 3),
  'whole numbers': () => Math.floor(random() * 40),
  'two humps': () => (random() < 0.5 ? 1 : 100) * (1 + random() / 10),
}

function exact(sorted: readonly number[], part: number): number {
  return sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1] as number
}

/** Half a bucket, and what is below a microsecond. */
const isNear = (told: number, value: number) => Math.abs(told - value) <= value * 0.04 + 0.001

describe.each(Object.keys(shapes))('%s', (name) => {
  test.each([1, 2, 10, 1000, 100_000])('of %i values the quantiles are right to 4 %', (count) => {
    const histogram = new Histogram()
    const values = Array.from({ length: count }, shapes[name] as () => number)
    for (const value of values) histogram.record(value)
    const { p50, p95, p99, ...told } = histogram.summary()
    const sorted = values.toSorted((a, b) => a - b)
    const wanted = [0.5, 0.95, 0.99].map((part) => exact(sorted, part))
    const quantiles = [p50, p95, p99]
    expect(
      quantiles.map((value, index) => [value, wanted[index]]).filter(([value, want]) => !isNear(value as number, want as number)),
    ).toEqual([])
    expect(told).toEqual({
      count,
      sum: expect.closeTo(
        values.reduce((a, b) => a + b, 0),
        3,
      ),
      max: sorted.at(-1),
    })
  })
})

test('buckets count what does not exceed their bounds, right to 4 % of the bound', () => {
  const histogram = new Histogram()
  const values = Array.from({ length: 10_000 }, () => random() * 1000)
  for (const value of values) histogram.record(value)
  const bounds = [0, 1, 10, 100, 500, 1000, Number.POSITIVE_INFINITY]
  const { buckets = [] } = histogram.summary(bounds)
  bounds.forEach((bound, index) => {
    const count = buckets[index] as number
    expect(count).toBeGreaterThanOrEqual(values.filter((value) => value <= bound * 0.96 - 0.001).length)
    expect(count).toBeLessThanOrEqual(values.filter((value) => value <= bound * 1.04 + 0.001).length)
  })
})

test('any number of 0 or more is recorded', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, noNaN: true })), (values) => {
      const histogram = new Histogram()
      for (const value of values) histogram.record(value)
      const { count, max, p50 } = histogram.summary()
      expect([count, max]).toEqual([values.length, Math.max(0, ...values)])
      expect(p50).toBeLessThanOrEqual(max)
    }),
  )
})

test('nothing recorded', () => {
  expect(new Histogram().summary([1])).toEqual({ count: 0, sum: 0, p50: 0, p95: 0, p99: 0, max: 0, buckets: [0] })
})
