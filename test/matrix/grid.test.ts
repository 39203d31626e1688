import { expect, test } from 'vitest'
import { failureLines } from '../../scripts/matrix/grid.ts'

test('failures are named with the first lines of their errors, each error once', () => {
  const error = `Error: boom\n${'x'.repeat(300)}\nthird\nfourth`
  const failures = [
    { scenario: 'got caps/total', error },
    { scenario: 'got caps/idle', error },
    { scenario: 'got caps/reuse', error: 'Error: other' },
  ]
  expect(failureLines(failures).split('\n')).toEqual([
    '  got caps/total',
    '    Error: boom',
    `    ${'x'.repeat(200)}`,
    '    third',
    '  got caps/idle',
    '  got caps/reuse',
    '    Error: other',
  ])
})
