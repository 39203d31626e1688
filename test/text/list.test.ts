import { expect, test } from 'vitest'
import { allOf, counted, list, oneOf } from '../../src/text/list.ts'

test('lists are joined as in a sentence', () => {
  const names = ['a', 'b', 'c']
  expect([0, 1, 2, 3].map((count) => oneOf(names.slice(0, count)))).toEqual(['', 'a', 'a or b', 'a, b or c'])
  expect([0, 1, 2, 3].map((count) => allOf(names.slice(0, count)))).toEqual(['', 'a', 'a and b', 'a, b and c'])
})

test('a long list ends with how many more there are', () => {
  expect(list(['a', 'b', 'c'], 3)).toBe('a, b, c')
  expect(list(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
})

test('a noun follows its number', () => {
  expect([0, 1, 2].map((count) => counted(count, 'request'))).toEqual(['0 requests', '1 request', '2 requests'])
})
