import { describe, expect, test } from 'vitest'
import { formatDuration, maxDuration, parseDuration } from '../../src/config/durations.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { effort } from '../time.ts'

describe('parseDuration', () => {
  test.each([
    [0, 0],
    [1, 1],
    [4000, 4000],
    [1500.4, 1500],
    ['0ms', 0],
    ['500ms', 500],
    ['5s', 5000],
    ['05s', 5000],
    ['1.5s', 1500],
    ['1.005s', 1005],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['596h', 2_145_600_000],
    ['2147483.647s', maxDuration],
    ['596.523h', 2_147_482_800],
    ['1.4ms', 1],
    [maxDuration, maxDuration],
    [`${maxDuration}ms`, maxDuration],
  ])('%o is %i ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms)
  })

  test.each([
    ['unlimited', 'duration: "unlimited" is not possible here: use milliseconds or a string such as "500ms", "5s", "10m", "1h"'],
    [-1, 'duration: -1 is negative: use milliseconds or a string such as "500ms", "5s", "10m", "1h"'],
    ['5', 'duration: "5" has no unit: write "5s" or "5ms"'],
    ['0.5', 'duration: "0.5" has no unit: write "500ms"'],
    ['0', 'duration: "0" has no unit: write the number 0 or "0ms"'],
    ['0.4ms', 'duration: "0.4ms" is shorter than a millisecond: use milliseconds or a string such as "500ms", "5s", "10m", "1h"'],
    ['0.0001h', 'duration: "0.0001h" is not a duration: write "360ms"'],
    ['2147483.648s', 'duration: "2147483.648s" is longer than timers can run, 24.8 days: use at most "596h"'],
    ['500', 'duration: "500" has no unit: write the number 500 or "500ms"'],
    ['1M', 'duration: "1M" is not a duration: write "1m"'],
    ['597h', 'duration: "597h" is longer than timers can run, 24.8 days: use at most "596h"'],
    [maxDuration + 1, 'duration: 2147483648 is longer than timers can run, 24.8 days: use at most "596h"'],
  ])('%o is refused', (value, message) => {
    expect(() => parseDuration(value)).toThrow(new PoolConfigError([{ path: 'duration', value, message }]))
  })

  test('unlimited where it is allowed, under the name that is asked for', () => {
    expect(parseDuration('unlimited', { unlimited: true })).toBe(Number.POSITIVE_INFINITY)
    expect(parseDuration(Number.POSITIVE_INFINITY, { unlimited: true })).toBe(Number.POSITIVE_INFINITY)
    expect(() => parseDuration('soon', { name: '--timeout' })).toThrow('--timeout: "soon" is not a duration')
  })

  test.each([
    '9'.repeat(1_000_000),
    `${'9'.repeat(1_000_000)}s`,
    `${'0'.repeat(30)}5s`,
    '1h'.repeat(500_000),
    ' '.repeat(1_000_000),
    `${'1.'.repeat(500_000)}s`,
  ])('a long text is refused at once', (text) => {
    const spent = effort()
    expect(() => parseDuration(text)).toThrow(PoolConfigError)
    // Some milliseconds' worth; quadratic time would be minutes.
    expect(spent()).toBeLessThan(20)
  })
})

test.each([
  [0, '0ms'],
  [1, '1ms'],
  [999, '999ms'],
  [1000, '1s'],
  [1500, '1.5s'],
  [1001, '1.001s'],
  [4000, '4s'],
  [59_999, '59.999s'],
  [60_000, '1m'],
  [90_000, '90s'],
  [600_000, '10m'],
  [3_600_000, '1h'],
  [5_400_000, '90m'],
  [999.7, '1s'],
  [Number.POSITIVE_INFINITY, 'unlimited'],
])('formatDuration(%d) is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
