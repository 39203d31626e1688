import { expect, test } from 'vitest'
import { javascriptLineBreaks, Positions } from '../../src/text/positions.ts'

const text = 'ab\ncd\r\ne\r\rf\u2028g'

test('lines end as editors end them', () => {
  const positions = new Positions(text)
  const found = [...text.matchAll(/\w/g)].map(({ 0: letter, index }) => ({ letter, ...positions.at(index) }))
  expect(found).toEqual([
    { letter: 'a', line: 1, column: 1 },
    { letter: 'b', line: 1, column: 2 },
    { letter: 'c', line: 2, column: 1 },
    { letter: 'd', line: 2, column: 2 },
    { letter: 'e', line: 3, column: 1 },
    { letter: 'f', line: 5, column: 1 },
    { letter: 'g', line: 5, column: 3 },
  ])
  expect(positions.at(text.length)).toEqual({ line: 5, column: 4 })
})

test('or as JavaScript ends them', () => {
  expect(new Positions(text, javascriptLineBreaks).at(text.indexOf('g'))).toEqual({ line: 6, column: 1 })
})
