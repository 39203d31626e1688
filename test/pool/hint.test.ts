import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HintReader, parseKeepAliveHint } from '../../src/pool/hint.ts'

const none = Number.POSITIVE_INFINITY

test.each([
  ['timeout=5', 5, none],
  ['timeout=5, max=100', 5, 100],
  ['MAX=0,Timeout = 7', 7, 0],
  ['max=3; timeout=5', none, 3],
  ['timeout=5; max=3', 5, none],
  ['timeout=5s, max=3', 5, 3],
  ['timeout="5"', none, none],
  ['timeout=-1', none, none],
  ['timeout=1.5, max=2', 1, 2],
  ['timeout=5=6, max=2', 5, 2],
  ['timeout=s5, max=2', none, 2],
  ['timeout=99999999999', none, none],
  ['timeout', none, none],
  ['', none, none],
])('%j means timeout %d, max %d', (header, timeout, max) => {
  expect(parseKeepAliveHint(header)).toEqual({ timeout, max })
})

test('no header is a danger: two whole numbers or none come of any, in time that does not grow with its length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (header) => {
      for (const value of Object.values(parseKeepAliveHint(header)))
        expect(value === none || Number.isSafeInteger(value)).toBe(true)
    }),
  )
  expect(parseKeepAliveHint(`${'timeout=1,'.repeat(30)}timeout=9`).timeout).toBe(1)
})

test('what is written is read, in any order, case and spacing', () => {
  const space = fc.constantFrom('', ' ', '\t')
  fc.assert(
    fc.property(fc.nat(), fc.nat(), space, space, fc.boolean(), (timeout, max, before, after, swapped) => {
      const parts = [`${before}TimeOut${after}=${before}${timeout}`, `max=${max}${after}`]
      expect(parseKeepAliveHint((swapped ? parts.toReversed() : parts).join(','))).toEqual({ timeout, max })
    }),
  )
})

test('a reader says the same as the parser, whatever it has read before', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('', 'timeout=1', 'timeout=2, max=3', 'junk')), (headers) => {
      const reader = new HintReader()
      for (const header of headers) expect(reader.read(header)).toEqual(parseKeepAliveHint(header))
    }),
  )
})
